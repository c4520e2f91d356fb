//! A session beside another one of the same procedure, or beside its runbook's own times: what differs comes first.

mod choice;
mod sides;
mod table;

use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::Comparison;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_params, use_query_map};
use leptos_router::params::Params;

use crate::api;
use crate::components::loading::Loaded;
use crate::components::not_found::NotFound;
use crate::components::title::PageTitle;
use choice::Choice;
use sides::Sides;
use table::Steps;

#[derive(Clone, Debug, PartialEq, Params)]
struct CompareParams {
    id: SessionId,
}

/// `/sessions/:id/compare`.
#[component]
pub fn ComparePage() -> impl IntoView {
    let asked = use_params::<CompareParams>();
    let id = Memo::new(move |_| asked.with(|asked| asked.as_ref().ok().map(|asked| asked.id)));
    view! {
        <PageTitle text="Compare" />
        {move || match id.get() {
            Some(id) => view! { <Compared id /> }.into_any(),
            None => view! { <NotFound /> }.into_any(),
        }}
    }
}

#[component]
fn Compared(id: SessionId) -> impl IntoView {
    let query = use_query_map();
    let with = Memo::new(move |_| query.with(|query| query.get("with")).filter(|with| !with.is_empty()));
    let result = move || match with.get() {
        None => view! { <p class="quiet">"Choose what to compare it with."</p> }.into_any(),
        Some(with) => view! { <Asked id with /> }.into_any(),
    };
    view! {
        <main id="content" class="page comparison" tabindex="-1">
            <div class="page-head"><h1>"Compare"</h1></div>
            <p class="replay-ways">
                <A href=format!("/sessions/{id}") attr:class="btn small">"Open the session"</A>
                <A href=format!("/sessions/{id}/replay") attr:class="btn small">"Replay"</A>
            </p>
            <Choice id with />
            {result}
        </main>
    }
}

#[component]
fn Asked(id: SessionId, with: String) -> impl IntoView {
    let found = LocalResource::new(move || {
        let with = with.clone();
        async move { api::compare(id, &with).await }
    });
    view! {
        <Loaded resource=found what="the comparison" let:found>
            <Found found />
        </Loaded>
    }
}

#[component]
fn Found(found: Comparison) -> impl IntoView {
    let remarks = found
        .remarks
        .iter()
        .map(|remark| view! { <li>{remark.clone()}</li> })
        .collect_view();
    let remarks = (!found.remarks.is_empty()).then(|| {
        view! { <ul class="notice" role="list" aria-label="Before anything is concluded">{remarks}</ul> }
    });
    let summary = found.in_words();
    let steps = found.comparable.then(|| view! { <Steps found=found.clone() /> });
    view! {
        {remarks}
        <Sides found=found.clone() />
        {summary.map(|summary| view! { <p role="status">{summary}</p> })}
        {steps}
    }
}
