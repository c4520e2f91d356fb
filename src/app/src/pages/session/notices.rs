//! What must be seen whatever step is shown: the hold and the connection.

use chrono::{DateTime, Utc};
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{Standing, State};
use leptos::prelude::*;

use super::ui::{OpenDialog, use_ui};
use crate::components::hold::{HoldBar, HoldView};
use crate::components::words::{StatusWord, Word};
use crate::format::{TimeFormat, local_time};
use crate::state::app::use_app;
use crate::state::session::{Link, gate_title, held_gates, use_session};

#[component]
pub fn HoldNotice() -> impl IntoView {
    let session = use_session();
    let hold = Memo::new(move |_| {
        session.with_confirmed(|state| {
            let (step, gate, hold) = state.hold().filter(|_| state.standing() == Standing::Hold)?;
            Some(HoldView {
                step: step.clone(),
                gate: gate.clone(),
                reason: hold.reason.clone(),
                recommendation: state.recommendation(step, hold),
                of_rollback: state
                    .procedure
                    .as_ref()
                    .is_some_and(|one| one.kind == ProcedureKind::Rollback),
                others: {
                    let others = state.holds.keys().filter(|(of, one)| (of, one) != (step, gate));
                    others.map(|(_, gate)| gate_title(state, gate)).collect()
                },
                of_step: {
                    let held = held_gates(state).into_iter().flat_map(|(_, gates)| gates);
                    held.map(|gate| gate_title(state, gate)).collect()
                },
            })
        })
    });
    let is_held = Memo::new(move |_| hold.with(Option::is_some));
    move || {
        let first = is_held.get().then(|| hold.get_untracked()).flatten();
        first.map(|first| view! { <Hold first hold /> })
    }
}

#[component]
fn Hold(
    /// As the hold began.
    first: HoldView,
    hold: Memo<Option<HoldView>>,
) -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let hold = Signal::derive(move || hold.get().unwrap_or_else(|| first.clone()));
    let clock = use_app().clock;
    let refusal = Memo::new(move |_| {
        let gates = ui.gates_of_key(clock.now_untracked());
        let mut refusals = gates.into_iter().map(|gate| session.refusal(gate));
        match refusals.next() {
            None => Some("The gates that hold are running already.".to_owned()),
            Some(first) if refusals.all(|other| other.is_some()) => first,
            Some(_) => None,
        }
    });
    let runs = Memo::new(move |_| session.with_confirmed(runs_again));
    let running = Signal::derive(move || {
        let RunsAgain {
            titles,
            since,
            verdict_at,
        } = runs.get()?;
        let seconds = (clock.now() - since).num_seconds().max(0);
        let old = verdict_at.map_or_else(String::new, |at| {
            format!(
                " What stands above is the old verdict, of {}.",
                local_time(at, TimeFormat::Seconds)
            )
        });
        Some((
            format!("RUNNING AGAIN {seconds} s"),
            format!("{}.{old}", titles.join(", ")),
        ))
    });
    view! {
        <HoldBar
            hold
            refusal
            running
            on_rollback=Callback::new(move |()| ui.dialog.set(Some(OpenDialog::Rollback)))
            on_run=Callback::new(move |()| ui.run_gates_of_key())
            on_caution=Callback::new(move |()| {
                let (step, gate) = hold.with_untracked(|hold| (hold.step.clone(), hold.gate.clone()));
                ui.dialog.set(Some(OpenDialog::Caution(step, gate)));
            })
            on_show_step=Callback::new(move |()| ui.select(Some(hold.with_untracked(|hold| hold.step.clone()))))
        />
    }
}

/// What runs of the gates that hold the step.
#[derive(Clone, PartialEq, Eq)]
struct RunsAgain {
    titles: Vec<String>,
    /// When the first of them started.
    since: DateTime<Utc>,
    /// When the verdict came by which it holds.
    verdict_at: Option<DateTime<Utc>>,
}

fn runs_again(state: &State) -> Option<RunsAgain> {
    let (step, gates) = held_gates(state)?;
    let open: Vec<_> = gates.iter().filter_map(|gate| state.open_run(step, gate)).collect();
    let first = open.iter().min_by_key(|run| run.started)?;
    Some(RunsAgain {
        titles: open.iter().map(|run| gate_title(state, &run.gate)).collect(),
        since: first.started,
        // The banner shows the first gate's verdict, which is old only where that one runs.
        verdict_at: gates
            .first()
            .filter(|first| open.iter().any(|run| &run.gate == **first))
            .and_then(|first| state.last_verdict(step, first))
            .map(|verdict| verdict.finished),
    })
}

/// How the connection is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    Offline,
    /// For so many seconds.
    NoAnswer(i64),
    Reconnecting,
    Connecting,
    /// The proxy has just said what is shown. Whether the stream works is not known for some seconds more.
    UpToDate,
    Polling,
    Live,
}

impl Stands {
    fn word(self) -> Word {
        match self {
            Self::Offline | Self::NoAnswer(_) | Self::Polling => Word::Hold,
            Self::Reconnecting => Word::Run,
            Self::Connecting => Word::Wait,
            Self::UpToDate | Self::Live => Word::Go,
        }
    }

    /// There is something to do, or to wait for.
    fn is_trouble(self) -> bool {
        !matches!(self, Self::UpToDate | Self::Polling | Self::Live)
    }
}

#[component]
pub fn Connection() -> impl IntoView {
    let (outbox, session) = (use_app().outbox, use_session());
    let stands = Memo::new(
        move |_| match (session.link.get(), outbox.send_error(), session.unanswered.get()) {
            (Link::Offline, ..) | (_, Some(_), _) => Stands::Offline,
            (.., Some(seconds)) => Stands::NoAnswer(seconds),
            (Link::Reconnecting, ..) => Stands::Reconnecting,
            (Link::Connecting, ..) if session.is_live() => Stands::UpToDate,
            (Link::Connecting, ..) => Stands::Connecting,
            (Link::Polling, ..) => Stands::Polling,
            (Link::Live, ..) => Stands::Live,
        },
    );
    let text = Signal::derive(move || match stands.get() {
        Stands::Offline => match outbox.waiting() {
            0 => "Offline: nothing is waiting to be sent".to_owned(),
            waiting => format!("Offline: {waiting} waiting to be sent"),
        },
        Stands::NoAnswer(seconds) => format!("No answer for {seconds} s"),
        Stands::Reconnecting => "Reconnecting…".to_owned(),
        Stands::Connecting => "Connecting…".to_owned(),
        Stands::UpToDate => "Up to date".to_owned(),
        Stands::Polling => "Polling every 2 seconds".to_owned(),
        Stands::Live => "Live".to_owned(),
    });
    let last = Memo::new(move |_| session.with_records(|records| records.last().map(|record| record.at)));
    let known_at = move || {
        let at = last.get().filter(|_| session.is_lost())?;
        let time = local_time(at, TimeFormat::Minutes);
        let what = match stands.get() {
            Stands::NoAnswer(_) => "Holdpoint does not answer",
            _ => "Connection lost",
        };
        Some(format!(
            "{what}. This page shows what was known; the last change was at {time}."
        ))
    };
    let why = move || {
        outbox
            .storage_problem()
            .or_else(|| outbox.send_error().map(|error| error.to_string()))
            .or_else(known_at)
    };
    view! {
        <div class="connection" class:trouble=move || stands.get().is_trouble()>
            // What changes here is said in the one live region.
            <span role="status" aria-live="off" aria-label="Connection"><StatusWord kind=Signal::derive(move || stands.get().word()) text /></span>
            <span class="quiet small">{why}</span>
            <button
                type="button"
                class="btn bare small"
                hidden=move || outbox.send_error().is_none()
                on:click=move |_| outbox.retry_now()
            >
                "Try now"
            </button>
        </div>
    }
}
