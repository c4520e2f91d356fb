//! What each sentence of the answer rests on: the event in the log, with a link to what a check saw.

use chrono::{DateTime, Utc};
use holdpoint_domain::session::{Event, Record, SessionId, State, describe};
use holdpoint_domain::summary::{Claim, Evidence, Said, Summary};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::time::Time;
use crate::format::TimeFormat;
use crate::state::session::{Load, Session, use_session};

/// A sentence, and the events that show it.
#[derive(Clone, Debug, PartialEq)]
struct Rest {
    text: String,
    events: Vec<Shown>,
    /// Said where there is no event.
    otherwise: &'static str,
}

/// An event in the words of the log, without what people wrote.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    session: SessionId,
    seq: u64,
    at: DateTime<Utc>,
    what: String,
    by: String,
    /// A gate answered in it, so that there is more to see.
    is_verdict: bool,
}

#[component]
pub fn RestsOn(summary: Memo<Option<Summary>>, #[prop(into)] rollback: Signal<Option<Session>>) -> impl IntoView {
    let session = use_session();
    let rests = Memo::new(move |_| {
        let parts = summary.with(|summary| summary.as_ref().map(|summary| summary.sentence.parts.clone()));
        let parts = parts.unwrap_or_default();
        let known = rollback.get().filter(|one| one.load.get() == Load::Ready);
        session.with_records(|records| {
            session.with_confirmed(|state| match known {
                Some(one) => one.with_records(|others| {
                    one.with_confirmed(|other| {
                        let rollback = Some(log(one.id, other, others));
                        rests(&parts, log(session.id, state, records), rollback)
                    })
                }),
                None => rests(&parts, log(session.id, state, records), None),
            })
        })
    });
    view! {
        <details class="rests">
            <summary>"What this rests on"</summary>
            <ul role="list">
                {move || rests.get().into_iter().map(|rest| view! { <Line rest /> }).collect_view()}
            </ul>
        </details>
    }
}

type Log<'a> = (SessionId, Evidence<'a>);

fn log<'a>(id: SessionId, state: &'a State, records: &'a [Record]) -> Log<'a> {
    (id, Evidence { state, records })
}

fn rests(parts: &[Said], session: Log<'_>, rollback: Option<Log<'_>>) -> Vec<Rest> {
    let rest = |part: &Said| {
        let mut events: Vec<Shown> = Vec::new();
        for claim in &part.claims {
            let place = claim.place(session.1, rollback.map(|(_, evidence)| evidence));
            let log = |in_rollback| if in_rollback { rollback } else { Some(session) };
            let shown = place.and_then(|place| shown(log(place.in_rollback)?, place.seq));
            events.extend(shown.filter(|one| !events.contains(one)));
        }
        Rest {
            text: part.text.clone(),
            events,
            otherwise: otherwise(&part.claims),
        }
    };
    parts.iter().map(rest).collect()
}

fn otherwise(claims: &[Claim]) -> &'static str {
    match claims {
        [] => "Follows from the session’s start and its log as a whole.",
        [Claim::NothingNewLive, ..] => "Nothing in the log has begun that step, and neither a check nor a browser has seen the new version.",
        _ => "The event is not known here.",
    }
}

fn shown((session, Evidence { state, records }): Log<'_>, seq: u64) -> Option<Shown> {
    let record = records.iter().find(|record| record.seq == seq)?;
    let told = describe(state, record);
    Some(Shown {
        session,
        seq,
        at: record.at,
        what: format!("{}: {}", told.subject, told.what),
        by: record.actor.name().to_owned(),
        is_verdict: matches!(record.event, Event::GateFinished { .. } | Event::GateObserved { .. }),
    })
}

#[component]
fn Line(rest: Rest) -> impl IntoView {
    let events = match rest.events.is_empty() {
        true => view! { <p class="quiet small">{rest.otherwise}</p> }.into_any(),
        false => view! {
            <ul role="list" class="small">
                {rest.events.into_iter().map(|event| view! { <EventLine event /> }).collect_view()}
            </ul>
        }
        .into_any(),
    };
    view! { <li><p>{rest.text}</p>{events}</li> }
}

#[component]
fn EventLine(event: Shown) -> impl IntoView {
    let link = event.is_verdict.then(|| {
        let label = format!("Evidence of event {}: {}", event.seq, event.what);
        let address = format!("/sessions/{}?event={}", event.session, event.seq);
        view! { " "<A href=address attr:aria-label=label>"Evidence"</A> }
    });
    view! {
        <li>
            <Time at=event.at format=TimeFormat::Seconds />
            " "
            {event.what}
            <span class="quiet">{format!(" · {} · event {}", event.by, event.seq)}</span>
            {link}
        </li>
    }
}
