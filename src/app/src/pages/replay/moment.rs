//! The captain's view as it stood at the moment: what had just happened, how the session stood, what held, which step was next.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{Recommendation, State};
use leptos::prelude::*;

use super::address::{link, path};
use super::controls::moment_words;
use super::evidence::GatesThen;
use super::outline::OutlineThen;
use crate::components::time::Time;
use crate::components::words::{RollbackFacts, Stands, StatusWord, StepTitle, Word, rollback_sentence};
use crate::format::TimeFormat;
use crate::state::replay::{Chosen, ReplayStore, use_replay};
use crate::state::session::{LogLine, LogMark};

#[component]
pub fn MomentView() -> impl IntoView {
    let replay = use_replay();
    view! {
        <section class="moment" aria-labelledby="moment-title">
            <h2 id="moment-title">"As it stood then"</h2>
            <Missing />
            <p class="moment-when"><b>{move || moment_words(replay)}</b>" "<MomentLink /></p>
            <Happened />
            <div class="moment-columns">
                <OutlineThen />
                <div class="moment-main">
                    <Standing />
                    <Held />
                    <StepThen />
                    <RollbackThen />
                </div>
            </div>
        </section>
    }
}

/// An address may name an event that is not there.
#[component]
fn Missing() -> impl IntoView {
    let replay = use_replay();
    move || {
        replay.missing().map(|missing| {
            let what = match missing {
                Chosen::Latest => return ().into_any(),
                Chosen::Own(seq) => format!("This session has no event {seq}"),
                Chosen::Rollback(seq) => format!("There is no event {seq} of a rollback"),
            };
            view! { <p class="notice">{format!("{what}. The moment that is shown is the nearest one.")}</p> }.into_any()
        })
    }
}

/// The link to this moment, to follow or to copy.
#[component]
fn MomentLink() -> impl IntoView {
    let replay = use_replay();
    let copied = RwSignal::new(None);
    let copy = move |_| {
        let address = link(replay.session.id, replay.shown());
        leptos::task::spawn_local(async move {
            let clipboard = window().navigator().clipboard();
            let written = wasm_bindgen_futures::JsFuture::from(clipboard.write_text(&address)).await;
            let _ = copied.try_set(Some(match written {
                Ok(_) => "Copied.".to_owned(),
                Err(_) => format!("The browser does not allow to copy. The address is {address}"),
            }));
        });
    };
    Effect::new(move || {
        replay.shown();
        copied.set(None);
    });
    view! {
        <a href=move || path(replay.session.id, replay.shown())>"Link to this moment"</a>
        " "
        <button type="button" class="btn bare small" on:click=copy>"Copy link"</button>
        <span role="status" class="small quiet">{move || copied.get()}</span>
    }
}

fn mark_word(mark: LogMark) -> (Word, &'static str) {
    match mark {
        LogMark::Outcome(outcome) => Word::of_outcome(outcome),
        LogMark::Hold => (Word::Hold, "HOLD"),
        LogMark::Lifted => (Word::Go, "GO"),
        LogMark::Back => (Word::Back, "ROLLBACK"),
    }
}

/// What the event of the moment says.
#[component]
fn Happened() -> impl IntoView {
    let replay = use_replay();
    let line = Memo::new(move |_| {
        let line: Option<(bool, LogLine)> = match replay.shown() {
            Chosen::Latest => None,
            Chosen::Own(seq) => replay.session.log_line(seq).map(|line| (false, line)),
            Chosen::Rollback(seq) => replay
                .rollback
                .get()
                .and_then(|one| one.log_line(seq))
                .map(|line| (true, line)),
        };
        line
    });
    move || {
        line.get().map(|(of_rollback, line)| {
            let of = if of_rollback { "In its rollback, " } else { "" };
            let mark = line.mark.map(|mark| {
                let (kind, text) = mark_word(mark);
                view! { <StatusWord kind text />" " }
            });
            view! {
                <p class="moment-event">
                    <Time at=line.at format=TimeFormat::Seconds />" "{mark}{of}<b>{line.what}</b>" "{line.text}" "
                    <span class="quiet">{line.by}</span>
                </p>
            }
        })
    }
}

/// At the end, another rollback undoes the rollback, which its log does not say once it is closed; tracked. When that one was
/// started is not known here.
fn rollback_is_undone(replay: ReplayStore) -> bool {
    replay.is_latest() && replay.rollback.get().is_some_and(|one| one.rollback_id().is_some())
}

#[component]
fn Standing() -> impl IntoView {
    let replay = use_replay();
    let stands = Memo::new(move |_| {
        let is_undone = rollback_is_undone(replay);
        let known = replay.with_rollback(|rollback| RollbackFacts::of_state(rollback, is_undone));
        replay
            .with(|state| Stands::of_state(state, known.is_some(), known))
            .word()
    });
    let kind = Signal::derive(move || stands.get().0);
    let text = Signal::derive(move || stands.get().1.to_owned());
    let captain = Memo::new(move |_| replay.with(|state| state.started.as_ref().map(|one| one.captain.clone())));
    let progress = Memo::new(move |_| replay.with(|state| (state.progress(), state.left_out())));
    let progress = move || {
        let ((over, all), left_out) = progress.get();
        match left_out {
            0 => format!("{over} of {all}"),
            left_out => format!("{over} of {all}, {left_out} left out"),
        }
    };
    view! {
        <p class="moment-standing" role="group" aria-label="Standing then"><StatusWord kind text /></p>
        <dl class="facts">
            <div><dt>"Captain"</dt><dd>{move || captain.get()}</dd></div>
            <div><dt>"Steps over"</dt><dd>{progress}</dd></div>
        </dl>
    }
}

/// A gate that held then.
#[derive(Clone, Debug, PartialEq)]
struct Hold {
    what: String,
    reason: String,
    outcome: Outcome,
    since: chrono::DateTime<chrono::Utc>,
    advice: Recommendation,
}

fn holds(state: &State) -> Vec<Hold> {
    let mut holds: Vec<Hold> = state
        .holds
        .iter()
        .map(|((step, gate), hold)| Hold {
            what: format!("{} at {}", state.gate_title(gate), state.step_label(step)),
            reason: hold.reason.clone(),
            outcome: state.outcome_of_hold(hold),
            since: hold.since,
            advice: state.recommendation(step, hold),
        })
        .collect();
    holds.sort_by_key(|hold| hold.since);
    holds
}

#[component]
fn Held() -> impl IntoView {
    let replay = use_replay();
    let held = Memo::new(move |_| {
        replay.with(|state| {
            if state.closed.is_some() {
                Vec::new()
            } else {
                holds(state)
            }
        })
    });
    let view = |hold: Hold| {
        let (kind, word) = Word::of_outcome(hold.outcome);
        view! {
            <li>
                <p><StatusWord kind=Word::Hold text="HOLD" />" "<b>{hold.what}</b>" "<StatusWord kind text=word /></p>
                <p>{hold.reason}</p>
                <p class="quiet small">
                    "since "<Time at=hold.since format=TimeFormat::Seconds />". "{hold.advice.lead}{hold.advice.what}"."
                </p>
            </li>
        }
    };
    move || {
        let held = held.get();
        (!held.is_empty()).then(|| {
            view! { <ul class="held-then" role="list" aria-label="What held then">{held.into_iter().map(view).collect_view()}</ul> }
        })
    }
}

/// The step that was next, and what its gates had said.
#[component]
fn StepThen() -> impl IntoView {
    let replay = use_replay();
    let next = Memo::new(move |_| {
        replay.with(|state| {
            let open = state.closed.is_none() && state.started.is_some() && !state.is_being_undone();
            let next = state.next_step().filter(|_| open)?;
            Some((
                next.id.clone(),
                next.number.clone(),
                next.title.clone(),
                next.gates.clone(),
            ))
        })
    });
    let over = Memo::new(move |_| {
        replay.with(|state| match (&state.started, &state.closed) {
            (None, _) => "The session had not begun.",
            (_, Some(_)) => "The session was closed.",
            _ if state.is_being_undone() => "A rollback had taken over: no step was next.",
            _ => "Every step was done or left out.",
        })
    });
    move || match next.get() {
        None => view! { <p class="moment-step">{over.get()}</p> }.into_any(),
        Some((id, number, title, gates)) => view! {
            <article class="moment-step" aria-label="Step then">
                <p class="label">"The step that was next"</p>
                <h3>{number.map(|number| format!("{number} "))}<StepTitle title /></h3>
                <GatesThen step=id gates />
            </article>
        }
        .into_any(),
    }
}

#[component]
fn RollbackThen() -> impl IntoView {
    let replay = use_replay();
    let sentence = Memo::new(move |_| {
        let is_undone = rollback_is_undone(replay);
        replay.with_rollback(|rollback| {
            let name = rollback.started.as_deref()?.name();
            Some(rollback_sentence(
                Some(&name),
                RollbackFacts::of_state(rollback, is_undone),
            ))
        })
    });
    move || {
        sentence
            .get()
            .map(|sentence| view! { <p class="moment-rollback">"Then: "{sentence}</p> })
    }
}
