//! What follows from the events, beside what people write.

use holdpoint_domain::wire::SessionFacts;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::api::{self, export_url};
use crate::components::loading::Loaded;
use crate::format::{TimeFormat, duration_s, local_time, zone};
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
    let on_hold = on_hold(&facts);
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

/// The time on hold.
fn on_hold(facts: &SessionFacts) -> String {
    let since = facts
        .on_hold_since
        .map(|since| format!("{} {}", local_time(since, TimeFormat::Day), zone(since)));
    on_hold_words(facts.holds, facts.seconds_on_hold, since)
}

/// How long a hold lasts that has not ended is not said: since when, is.
fn on_hold_words(holds: u32, ended: u64, since: Option<String>) -> String {
    let length = duration_s(ended);
    let since = since.map(|since| format!("on hold since {since}, not ended"));
    match (holds, since) {
        (0, _) => "nothing held".to_owned(),
        (1, None) => format!("{length}, in one hold"),
        (holds, None) => format!("{length}, in {holds} holds"),
        (_, Some(since)) if ended == 0 => since,
        (_, Some(since)) => format!("{length} before, and {since}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_that_has_not_ended_has_no_length() {
        let since = || Some("20 Nov, 14:12 UTC".to_owned());
        for (holds, ended, since, words) in [
            (0, 0, None, "nothing held"),
            (1, 0, None, "0 s, in one hold"),
            (2, 90, None, "1 min 30 s, in 2 holds"),
            (1, 0, since(), "on hold since 20 Nov, 14:12 UTC, not ended"),
            (
                2,
                60,
                since(),
                "1 min before, and on hold since 20 Nov, 14:12 UTC, not ended",
            ),
        ] {
            assert_eq!(on_hold_words(holds, ended, since), words);
        }
    }
}
