//! What follows from the events, beside what people write.

use holdpoint_domain::wire::SessionFacts;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::api::{self, export_url};
use crate::components::loading::Loaded;
use crate::format::duration_s;
use crate::state::session::use_session;

#[component]
pub fn Facts() -> impl IntoView {
    let session = use_session();
    let id = session.id;
    // What the facts follow from, so that they are asked for again when it changes and not with every event.
    let rests_on = Memo::new(move |_| {
        session.with_confirmed(|state| {
            let verdicts = state.runs.iter().filter(|run| run.verdict.is_some()).count();
            (state.standing(), verdicts, state.observed.len(), state.holds.len())
        })
    });
    let facts = LocalResource::new(move || {
        rests_on.track();
        api::session_facts(id)
    });
    let exports = [("md", "Markdown"), ("html", "HTML")]
        .map(|(format, name)| view! { <li><a href=export_url(id, format) download="" rel="external">{format!("Report as {name}")}</a></li> });
    view! {
        <aside class="post-mortem-facts" aria-labelledby="facts-title">
            <h2 id="facts-title" class="label">"By the events"</h2>
            <Loaded resource=facts what="what the events say" let:facts>
                <Shown facts />
            </Loaded>
            <ul role="list" class="small">
                {exports}
                <li><A href="/incidents">"All incidents"</A></li>
            </ul>
        </aside>
    }
}

#[component]
fn Shown(facts: SessionFacts) -> impl IntoView {
    let on_hold = match facts.holds {
        0 => "nothing held".to_owned(),
        1 => format!("{}, in one hold", duration_s(facts.seconds_on_hold)),
        holds => format!("{}, in {holds} holds", duration_s(facts.seconds_on_hold)),
    };
    let gates = format!(
        "{} passed, {} failed, {} inconclusive",
        facts.passed, facts.failed, facts.inconclusive
    );
    view! {
        <dl class="facts">
            <div><dt>"Report"</dt><dd>{facts.report}</dd></div>
            <div><dt>"Severity"</dt><dd>{facts.suggestion}</dd></div>
            <div><dt>"Time on hold"</dt><dd>{on_hold}</dd></div>
            <div><dt>"Gate runs"</dt><dd>{gates}</dd></div>
        </dl>
    }
}
