//! The story in starred events, and the whole log to star more.

use std::collections::BTreeMap;

use holdpoint_domain::session::{Annotation, Event, Record};
use leptos::prelude::*;

use crate::components::attention::use_attention;
use crate::components::star::StarButton;
use crate::components::time::Time;
use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, count};
use crate::state::session::{LogMark, Session, use_session};

/// One for all rows, because each follows every event.
type Stars = Memo<BTreeMap<u64, String>>;

/// Events that are shown at first, and how many more each press shows.
const PAGE: usize = 200;

#[component]
pub fn Starred() -> impl IntoView {
    let session = use_session();
    let stars = session.stars();
    let happened = Memo::new(move |_| session.with_records(events_that_happened));
    let total = move || happened.with(Vec::len);
    let numbers = Memo::new(move |_| stars.with(|stars| stars.keys().copied().collect::<Vec<_>>()));
    let told = move || {
        let (starred, total) = (stars.with(|stars| stars.len()), total());
        match starred {
            0 => "No event is starred. The report then has the whole timeline alone.".to_owned(),
            _ => format!(
                "{starred} of {} starred. The report tells these first, and the whole timeline after them.",
                count(total, "event")
            ),
        }
    };
    let limit = RwSignal::new(PAGE);
    let opened = RwSignal::new(false);
    let earlier = move || total().saturating_sub(limit.get());
    let all = move || happened.with(|happened| happened.iter().rev().take(limit.get()).copied().collect::<Vec<_>>());
    view! {
        <section aria-labelledby="starred-title">
            <h2 id="starred-title">"Timeline of starred events"</h2>
            <p class="quiet small">{told}</p>
            <ol class="events" role="list" aria-label="Starred events">
                <For each=move || numbers.get() key=|seq| *seq let:seq>
                    <Row session stars seq caption=true />
                </For>
            </ol>
            <details class="all-events" on:toggle=move |_| opened.set(true)>
                <summary>{move || format!("Star events: the whole log, {}", count(total(), "event"))}</summary>
                <Show when=move || opened.get()>
                    <ol class="events" role="list" aria-label="What happened, newest first">
                        <For each=all key=|seq| *seq let:seq>
                            <Row session stars seq caption=false />
                        </For>
                    </ol>
                    <button
                        type="button"
                        class="btn bare small"
                        hidden=move || earlier() == 0
                        on:click=move |_| limit.update(|limit| *limit += PAGE)
                    >
                        {move || format!("Show {} earlier", earlier().min(PAGE))}
                    </button>
                </Show>
            </details>
        </section>
    }
}

/// The numbers of the events, without what was written beside the steps, which is no part of what happened.
fn events_that_happened(records: &[Record]) -> Vec<u64> {
    let happened = records
        .iter()
        .filter(|record| !matches!(record.event, Event::Annotated { .. }));
    happened.map(|record| record.seq).collect()
}

#[component]
fn Row(session: Session, stars: Stars, seq: u64, caption: bool) -> impl IntoView {
    let line = session.log_line(seq)?;
    let on_press = Callback::new(move |star| session.star(seq, star));
    let outcome = match line.mark {
        Some(LogMark::Outcome(outcome)) => Some(Word::of_outcome(outcome)),
        _ => None,
    };
    let mark = outcome.map(|(kind, text)| view! { <StatusWord kind text />" " });
    let text = (!line.text.is_empty()).then(|| format!("{} ", line.text));
    Some(view! {
        <li>
            <StarButton seq what=line.what.clone() starred=Signal::derive(move || stars.with(|stars| stars.contains_key(&seq))) on_press />
            <Time at=line.at format=TimeFormat::DaySeconds />
            <span>
                <span class="quiet">{format!("Event {seq} ")}</span>
                {mark}<b>{line.what}</b>" "{text}<span class="by quiet">{line.by}</span>
                {caption.then(|| view! { <Caption session stars seq /> })}
            </span>
        </li>
    })
}

/// What is said of a starred event. It is saved when the field is left or Enter is pressed.
#[component]
fn Caption(session: Session, stars: Stars, seq: u64) -> impl IntoView {
    let attention = use_attention();
    let saved = Memo::new(move |_| stars.with(|stars| stars.get(&seq).cloned().unwrap_or_default()));
    let save = move |event: leptos::ev::Event| {
        let caption = event_target_value(&event).trim().to_owned();
        if caption == saved.get_untracked() {
            return;
        }
        if let Err(why) = session.annotate(Annotation::Star { seq, caption }, || {}) {
            attention.tell(why);
        }
    };
    let waits = move || session.is_annotating(|one| matches!(one, Annotation::Star { seq: of, .. } if *of == seq));
    view! {
        <span class="caption">
            <input
                type="text"
                maxlength="500"
                placeholder="Caption"
                aria-label=format!("Caption of event {seq}")
                prop:value=move || saved.get()
                on:change=save
            />
            <span class="field-state pending small" hidden=move || !waits()>"waiting to be sent"</span>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use holdpoint_domain::session::{Actor, SessionId};

    use super::*;

    #[test]
    fn what_was_written_beside_the_steps_is_not_among_what_happened() {
        let note = |text: &str| Event::NoteAdded {
            step: None,
            text: text.to_owned(),
            written: None,
        };
        let star = Event::Annotated {
            annotation: Annotation::Unstar { seq: 1 },
        };
        let record = |(place, event): (usize, Event)| Record {
            v: 1,
            session: SessionId::nil(),
            seq: place as u64 + 1,
            at: DateTime::UNIX_EPOCH,
            actor: Actor::Proxy,
            command: SessionId::nil(),
            event,
            prev: String::new(),
            hash: String::new(),
        };
        let events = [note("one"), star, note("two")];
        let records: Vec<Record> = events.into_iter().enumerate().map(record).collect();
        assert_eq!(events_that_happened(&records), [1, 3]);
    }
}
