//! The log: what happened, newest first.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos_router::components::A;

use super::linked::{LinkTo, use_linked};
use super::ui::{OpenDialog, use_ui};
use super::unsent::Unsent;
use crate::components::star::StarButton;
use crate::components::time::Time;
use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, local_time, zone};
use crate::state::session::{LogLine, LogMark, OtherSession, use_session};

/// Events that are shown at first, and how many more each press of the button shows.
const FIRST_PAGE: usize = 200;
const NEXT_PAGE: usize = 500;

#[component]
pub fn Log() -> impl IntoView {
    let session = use_session();
    let stars = session.stars();
    let limit = RwSignal::new(FIRST_PAGE);
    let total = Memo::new(move |_| session.with_records(<[_]>::len));
    let since = session.with_untracked(|state| {
        let began = state.started_at?;
        Some(format!(
            "Started {} · times in {}",
            local_time(began, TimeFormat::Day),
            zone(began)
        ))
    });
    let earlier = move || total.get().saturating_sub(limit.get());
    // An event's number is its place, from 1.
    let numbers = move || (earlier() as u64 + 1..=total.get() as u64).rev();
    view! {
        // It scrolls by itself where there is room for three columns, and the keyboard must reach it then.
        <aside class="log" aria-label="Log" tabindex="0">
            <h2 class="label">"Log"</h2>
            <p class="quiet small">{since}</p>
            <p class="small">
                <A href=format!("/sessions/{}/replay", session.id)>"Replay"</A> " · "
                <A href=format!("/sessions/{}/post-mortem", session.id)>"Post-mortem"</A>
            </p>
            <Unsent />
            <ol role="list">
                <For each=numbers key=|seq| *seq let:seq>
                    {session.log_line(seq).map(|line| view! { <LogEntry line stars /> })}
                </For>
            </ol>
            <button
                type="button"
                class="btn bare small"
                hidden=move || earlier() == 0
                on:click=move |_| limit.update(|limit| *limit += NEXT_PAGE)
            >
                {move || format!("Show {} earlier", earlier().min(NEXT_PAGE))}
            </button>
        </aside>
    }
}

#[component]
fn LogEntry(line: LogLine, stars: Memo<BTreeMap<u64, String>>) -> impl IntoView {
    let session = use_session();
    let seq = line.seq;
    let star = view! {
        <StarButton
            seq
            what=line.what.clone()
            starred=Signal::derive(move || stars.with(|stars| stars.contains_key(&seq)))
            on_press=Callback::new(move |star| session.star(seq, star))
        />
    };
    let mark = line.mark.map(|mark| {
        let (kind, text) = match mark {
            LogMark::Outcome(outcome) => Word::of_outcome(outcome),
            LogMark::Hold => (Word::Hold, "HOLD"),
            LogMark::Lifted => (Word::Go, "GO"),
            LogMark::Back => (Word::Back, "ROLLBACK"),
        };
        view! { <StatusWord kind text />" " }
    });
    let ui = use_ui();
    let evidence = line.evidence.then(|| {
        let label = format!("Evidence of event {}: {}", line.seq, line.what);
        view! {
            " "
            <button
                type="button"
                class="link"
                aria-haspopup="dialog"
                aria-label=label
                on:click=move |_| ui.dialog.set(Some(OpenDialog::Evidence(line.seq)))
            >
                "Evidence"
            </button>
        }
    });
    let linked = use_linked();
    let other = line.other.map(|other| match other {
        OtherSession::Undone => {
            view! { " · "<LinkTo other=linked.undone before="rolls back " unnamed="another session" /> }.into_any()
        }
        OtherSession::Rollback(id) => view! { " "<A href=format!("/sessions/{id}")>"Open it"</A> }.into_any(),
    });
    let text = (!line.text.is_empty()).then(|| format!("{} ", line.text));
    view! {
        <li>
            <Time at=line.at format=TimeFormat::Seconds />
            <span>{mark}<b>{line.what}</b>" "{text}<span class="by">{line.by}</span>{other}{evidence}</span>
            {star}
        </li>
    }
}
