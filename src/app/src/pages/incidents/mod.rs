//! The incident log.

mod months;
mod row;

use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::IncidentLog;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use crate::api;
use crate::components::loading::{EmptyState, Loaded};
use crate::components::title::PageTitle;
use crate::format::count;
use months::Months;
use row::IncidentRow;

/// `/incidents`, with `?rehearsals` for those of rehearsals and `?before=ID` for older sessions.
#[component]
pub fn IncidentsPage() -> impl IntoView {
    let query = use_query_map();
    let rehearsals = Memo::new(move |_| query.with(|query| query.get("rehearsals").is_some()));
    let before =
        Memo::new(move |_| query.with(|query| query.get("before").and_then(|id| id.parse::<SessionId>().ok())));
    let log = LocalResource::new(move || api::incidents(before.get(), rehearsals.get()));
    let retry = Callback::new(move |()| log.refetch());
    view! {
        <PageTitle text="Incidents" />
        <main id="content" class="page incidents" tabindex="-1">
            <h1>"Incidents"</h1>
            <p class="lead">
                "Emergencies, releases that were rolled back or given up, and sessions of which a person said a severity."
            </p>
            <nav class="acts" aria-label="Which incidents">
                <A href="/incidents" attr:class="btn small" attr:aria-current=move || (!rehearsals.get()).then_some("true")>"Real ones"</A>
                <A href="/incidents?rehearsals=1" attr:class="btn small" attr:aria-current=move || rehearsals.get().then_some("true")>"Rehearsals"</A>
            </nav>
            <Loaded resource=log what="the incidents" let:log>
                <Shown log before=before.get_untracked() rehearsals=rehearsals.get_untracked() retry />
            </Loaded>
        </main>
    }
}

#[component]
fn Shown(log: IncidentLog, before: Option<SessionId>, rehearsals: bool, retry: Callback<()>) -> impl IntoView {
    let IncidentLog {
        incidents,
        sessions,
        older,
        unread,
        statistics,
        ..
    } = log;
    let which = if before.is_some() { "older " } else { "" };
    let told = format!(
        "{} in {which}{}. Action items: {} open, {} overdue{}.",
        count(statistics.incidents as usize, "incident"),
        count(sessions as usize, "session"),
        statistics.open_actions,
        statistics.overdue_actions,
        match statistics.actions_unknown {
            0 => String::new(),
            unknown => format!(", not counting {unknown} whose log was not read"),
        }
    );
    let incomplete = older.is_some();
    let mode = if rehearsals { "&rehearsals=1" } else { "" };
    let older = older.map(|older| {
        view! { <A href=format!("/incidents?before={older}{mode}") attr:class="btn">"Look through older sessions"</A> }
    });
    let unread = (unread > 0).then(|| {
        view! {
            <p class="notice" role="status">
                {format!("The logs of {} that may be incidents were not read yet. ", count(unread as usize, "session"))}
                <button type="button" class="btn small" on:click=move |_| retry.run(())>"Go on"</button>
            </p>
        }
    });
    let exports = [("md", "Markdown"), ("csv", "CSV")].map(|(format, name)| {
        let url = api::incidents_url(before, rehearsals, Some(format));
        view! { <a href=url class="btn bare small" download="" rel="external">{format!("As {name}")}</a> }
    });
    let list = match incidents.is_empty() {
        true => view! {
            <EmptyState title="No incident">
                <p class="quiet">"An incident stands here as soon as an emergency is started, a release is rolled back or given up, or somebody says a severity in a session’s post-mortem."</p>
            </EmptyState>
        }
        .into_any(),
        false => {
            let rows = incidents.into_iter().map(|incident| view! { <IncidentRow incident /> });
            view! { <ol class="incident-list" role="list" aria-label="Incidents, newest first">{rows.collect_view()}</ol> }.into_any()
        }
    };
    view! {
        <p class="quiet">{told}</p>
        {unread}
        {list}
        <Months months=statistics.months incomplete />
        <div class="acts">{older}{exports}</div>
    }
}
