//! What is said to people who do not see the page change, and where their focus goes: what was recorded, and which step is next.

use std::time::Duration;

use holdpoint_domain::session::{
    ClientCommand, Event, LiftedBy, SessionOutcome, State, StepId, TickedBy, describe_event,
};
use leptos::prelude::*;

use super::done::every_step;
use super::ui::use_ui;
use crate::components::attention::{content_changed, keep_focus, use_attention};
use crate::components::scroll::{after_paint, reveal};
use crate::components::words::Word;
use crate::state::app::use_app;
use crate::state::session::{Session, use_session};

/// What happens within this time is said in one go: a pass, the tick that it brings, and the step after it.
const TOGETHER: Duration = Duration::from_millis(250);
/// More entries than these are not spoken one by one.
const SPOKEN: usize = 6;

/// As long as the page is on screen.
pub fn announce() {
    take_back_what_was_told();
    say_what_happens();
    say_how_the_connection_is();
    keep_the_focus();
}

/// Whether something that was told before may not be so any more. That a gate starts is what was just told of it.
fn outdates_what_was_told(event: &Event) -> bool {
    !matches!(event, Event::GateStarted { .. })
}

/// What is shown for a moment is not shown beyond the next thing that happens, or over what somebody opened since.
fn take_back_what_was_told() {
    let (attention, session, ui) = (use_attention(), use_session(), use_ui());
    Effect::new(move |known: Option<usize>| {
        session.with_records(|records| {
            let fresh = known.and_then(|known| records.get(known..)).unwrap_or_default();
            if fresh.iter().any(|record| outdates_what_was_told(&record.event)) {
                attention.hush();
            }
            records.len()
        })
    });
    Effect::new(move |before: Option<()>| {
        ui.dialog.track();
        if before.is_some() {
            attention.hush();
        }
    });
}

fn say_what_happens() {
    let (attention, session, ui) = (use_attention(), use_session(), use_ui());
    let heard = StoredValue::new(session.with_records_untracked(<[_]>::len));
    let next_said = StoredValue::new(ui.current.get_untracked());
    let waits = StoredValue::new(false);
    let speak = move || {
        // The page may be gone by now.
        if waits.try_set_value(false).is_some() {
            return;
        }
        let from = heard.get_value();
        let mut sentences = session.with_records_untracked(|records| {
            heard.set_value(records.len());
            let fresh = records.get(from..).unwrap_or_default();
            session.with_confirmed_untracked(|state| {
                fresh
                    .iter()
                    .filter_map(|record| match &record.event {
                        Event::WorkConfirmed { step } => Some(work_words(session, state, step)),
                        event => sentence(state, event),
                    })
                    .collect::<Vec<_>>()
            })
        });
        let by_itself = session.with_records_untracked(|records| {
            let fresh = records.get(from..).unwrap_or_default();
            session.with_confirmed_untracked(|state| {
                let steps = fresh.iter().filter_map(|record| passed_by_itself(state, &record.event));
                steps
                    .map(|title| format!("{title} passed by itself."))
                    .collect::<Vec<_>>()
            })
        });
        // It may have flown past while somebody looked at the step before it.
        if !by_itself.is_empty() {
            attention.show(by_itself.join(" "));
            sentences.extend(by_itself);
        }
        if sentences.len() > SPOKEN {
            sentences = vec![format!("{} new entries in the log.", sentences.len())];
        }
        let next = ui.current.get_untracked();
        let is_lost = untrack(move || session.is_lost());
        // What is on its way is told with its record, in the order in which it happened, unless none is to be expected.
        let is_on_its_way = from == heard.get_value() && !is_lost;
        if !is_on_its_way && next_said.with_value(|said| *said != next) {
            if is_lost {
                sentences.push("It is sent when Holdpoint can be reached again.".to_owned());
            }
            sentences.extend(session.with_untracked(|state| next_words(state, next.as_ref())));
            next_said.set_value(next);
        }
        if !sentences.is_empty() {
            attention.say(sentences.join(" "));
        }
    };
    let lost = Memo::new(move |_| session.is_lost());
    Effect::new(move |known: Option<(usize, Option<StepId>, bool)>| {
        let now = (session.with_records(<[_]>::len), ui.current.get(), lost.get());
        if known.is_some_and(|known| known != now) && !waits.get_value() {
            waits.set_value(true);
            set_timeout(speak, TOGETHER);
        }
        now
    });
}

fn next_words(state: &State, next: Option<&StepId>) -> Option<String> {
    match next {
        Some(next) => Some(format!("Next: {}.", state.step(next)?.title)),
        None if state.closed.is_none() && state.rollback.is_none() => {
            Some(format!("{}.", every_step(state.left_out())))
        }
        None => None,
    }
}

/// What the word that a step's work is done leads to, by what runs and what was not run.
fn work_words(session: Session, state: &State, step: &str) -> String {
    let found = state.step(step);
    let title = found.map_or(step, |step| &step.title);
    let not_run = found.is_some_and(|found| {
        let mut starts = found.gates.iter().map(|gate| ClientCommand::RunGate {
            step: step.to_owned(),
            gate: gate.clone(),
        });
        starts.any(|start| untrack(|| session.is_not_run(&start)))
    });
    let runs = state.open_runs().any(|run| run.step == step);
    match (not_run, runs) {
        (true, _) => format!("Work done: {title}. Its gate did not run: run it."),
        (false, true) => format!("Work done: {title}. Its checks run now."),
        (false, false) => format!("Work done: {title}."),
    }
}

/// The title of a step that its gates ticked, none of which somebody had asked for.
fn passed_by_itself<'a>(state: &'a State, event: &Event) -> Option<&'a str> {
    let Event::StepTicked {
        step,
        by: TickedBy::Gate { .. },
    } = event
    else {
        return None;
    };
    let found = state.step(step)?;
    let by_itself = found.gates.iter().all(|gate| {
        let mut runs = state
            .runs
            .iter()
            .rev()
            .filter(|run| run.step == *step && run.gate == *gate);
        runs.next().is_some_and(|run| run.auto)
    });
    by_itself.then_some(&*found.title)
}

/// A tick that gates or sub-steps bring is told by what comes next. A hold is told by its banner.
fn sentence(state: &State, event: &Event) -> Option<String> {
    let step = |id: &str| state.step(id).map_or_else(|| id.to_owned(), |step| step.title.clone());
    let gate = |id: &str| {
        state
            .gate_snapshot(id)
            .map_or_else(|| id.to_owned(), |gate| gate.title.clone())
    };
    Some(match event {
        Event::StepTicked {
            step: id,
            by: TickedBy::Person,
        } => format!("Ticked: {}.", step(id)),
        Event::StepTicked { .. } | Event::SessionStarted(_) | Event::HoldPlaced { .. } => return None,
        Event::StepUnticked { step: id, .. } => format!("Taken back: {}.", step(id)),
        Event::StepSkipped { step: id, .. } => format!("Left out: {}.", step(id)),
        Event::GateStarted { gate: id, .. } => format!("Running: {}.", gate(id)),
        Event::GateFinished { gate: id, verdict, .. } => {
            format!("{}: {}.", Word::of_outcome(verdict.outcome).1, gate(id))
        }
        Event::GateObserved { gate: id, verdict, .. } => {
            format!(
                "{}, seen from the browser: {}.",
                Word::of_outcome(verdict.outcome).1,
                gate(id)
            )
        }
        Event::DeclarationTaken { new, .. } => format!("Corrected declaration taken: {}.", new.title),
        Event::WorkConfirmed { step: id } => format!("Work done: {}.", step(id)),
        Event::ProceededWithCaution { gate: id, .. } => {
            format!("Decided: proceed with caution, without a pass of {}.", gate(id))
        }
        // What was started in its place is told by the next event.
        Event::HoldLifted {
            by: LiftedBy::Rollback { .. },
        } => return None,
        Event::HoldLifted { .. } => "The hold is lifted.".to_owned(),
        Event::NoteAdded { .. } => "Note added.".to_owned(),
        Event::Annotated { .. } => {
            let told = describe_event(state, event);
            format!("{}: {}.", told.subject, told.what)
        }
        Event::StepNotFollowed { step: id, .. } => format!("Could not be followed: {}.", step(id)),
        // The closing is told by the next event.
        Event::DrillRevealed { .. } => return None,
        Event::ValueFilled { .. } => "Value saved.".to_owned(),
        Event::TimerStarted { .. } => "Timer started.".to_owned(),
        Event::RollbackStarted { .. } => "Rollback started.".to_owned(),
        Event::SessionClosed { outcome, .. } => {
            let how = match outcome {
                SessionOutcome::Completed => "completed",
                SessionOutcome::RolledBack => "rolled back",
                SessionOutcome::Abandoned => "given up",
            };
            format!("Session closed: {how}.")
        }
    })
}

fn say_how_the_connection_is() {
    let (attention, session) = (use_attention(), use_session());
    let lost = Memo::new(move |_| session.is_lost());
    let is_back = Memo::new(move |_| session.is_live());
    Effect::new(move |was_lost: Option<bool>| {
        let (lost, is_back) = (lost.get(), is_back.get());
        match was_lost {
            Some(false) if lost && untrack(move || session.unanswered.with(Option::is_some)) => {
                attention.say("Holdpoint does not answer.");
            }
            Some(false) if lost => attention.say("The connection to Holdpoint is lost."),
            Some(true) if is_back => attention.say("Connected again."),
            _ => {}
        }
        lost || was_lost == Some(true) && !is_back
    });
}

/// What had the focus may be gone with whatever of these changed. And a step that comes by itself begins in view.
fn keep_the_focus() {
    let (ui, outbox) = (use_ui(), use_app().outbox);
    Effect::new(move |before: Option<()>| {
        ui.standing.track();
        ui.closed.track();
        ui.dialog.track();
        outbox.refused();
        if before.is_some() {
            keep_focus(true);
        }
    });
    Effect::new(move |before: Option<()>| {
        ui.shown.track();
        if before.is_some() {
            content_changed();
            after_paint(|| reveal("step-title"));
        }
    });
}

#[cfg(test)]
mod tests {
    use holdpoint_domain::runbook::OnFail;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_was_told_ends_with_what_happens_next_and_not_with_the_start_that_it_tells_of() {
        let (step, gate, run) = ("deploy".to_owned(), "api".to_owned(), Uuid::nil());
        let started = Event::GateStarted {
            run,
            step: step.clone(),
            gate: gate.clone(),
            auto: false,
        };
        assert!(!outdates_what_was_told(&started));
        let held = Event::HoldPlaced {
            step: step.clone(),
            gate,
            run,
            reason: String::new(),
            advice: OnFail::Stop,
        };
        assert!(outdates_what_was_told(&held));
        let by = TickedBy::Person;
        assert!(outdates_what_was_told(&Event::StepTicked { step, by }));
    }
}
