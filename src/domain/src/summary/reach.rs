//! How far a release has come, as far as its steps and gates say.

use super::steps::{changes_database, puts_live};
use crate::runbook::{Order, Procedure, Step};
use crate::session::{HowDone, State, TickedBy};

/// How far a release has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reach<'a> {
    /// The step that puts the new version live comes later.
    Before {
        live: &'a Step,
        /// The step that changes the database, if it is done.
        database: Option<&'a Step>,
    },
    /// That step is the next one: nobody but the captain knows whether the work on it has begun.
    AtHand { live: &'a Step },
    /// That step is done.
    Done { live: &'a Step, seen: Seen },
    /// The steps do not say.
    Unknown,
}

/// What is known of the new version after the step that puts it live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// A gate compared an answer with the release, and passed.
    Compared,
    /// The step's own gates passed, and none of them compared the version.
    Verified,
    /// Only a person has said that the step is done.
    Told,
    /// It is done by its sub-steps, or was gone on with without a pass.
    Done,
}

/// Reads from a release's steps how far it has come. Only steps that are done one after another can tell.
pub(super) fn reach<'a>(state: &State, procedure: &'a Procedure) -> Reach<'a> {
    if procedure.order != Order::Sequential {
        return Reach::Unknown;
    }
    let steps = &procedure.steps;
    let Some(at) = steps.iter().position(puts_live) else {
        return Reach::Unknown;
    };
    let live = &steps[at];
    let how = |step: &Step| state.done.get(&step.id).map(|done| &done.how);
    if matches!(how(live), Some(HowDone::Skipped(_))) {
        return Reach::Unknown;
    }
    // A rule of decide keeps steps in order. A log that was not made by it is not read as if it were.
    let next = steps.iter().position(|step| !state.is_done(&step.id));
    // Whether it was ever at hand counts, too: the work may have been done before a tick was taken back.
    let was_worked_on = |step: &Step| state.worked_on.iter().any(|one| step.contains(one));
    match next {
        Some(next) if next == at => Reach::AtHand { live },
        Some(next) if next < at && !was_worked_on(live) => Reach::Before {
            live,
            database: steps[..next]
                .iter()
                .find(|step| changes_database(step) && matches!(how(step), Some(HowDone::Ticked(_)))),
        },
        Some(next) if next < at => Reach::Unknown,
        _ => Reach::Done {
            live,
            seen: seen(state, &steps[at..]),
        },
    }
}

/// What is known of the new version, by the step that puts it live and those after it.
fn seen(state: &State, from_live: &[Step]) -> Seen {
    let of_them = |step: &str| from_live.iter().any(|one| one.contains(step));
    let compares = |gate: &str| state.gate_snapshot(gate).is_some_and(|gate| gate.compares_release);
    let last = state
        .runs
        .iter()
        .enumerate()
        .rfind(|(_, run)| run.verdict.is_some() && compares(&run.gate) && of_them(&run.step));
    let passed = last.is_some_and(|(at, run)| {
        let counts = run
            .verdict
            .as_ref()
            .is_some_and(|verdict| state.counts(&run.gate, verdict));
        counts && state.is_admissible(at, run)
    });
    // One that was gone on with has failed, too.
    let held = state
        .holds
        .keys()
        .chain(state.cautions.keys())
        .any(|(_, gate)| compares(gate));
    if passed && !held {
        return Seen::Compared;
    }
    match from_live
        .first()
        .and_then(|live| state.done.get(&live.id))
        .map(|done| &done.how)
    {
        Some(HowDone::Ticked(TickedBy::Gate { .. })) => Seen::Verified,
        Some(HowDone::Ticked(TickedBy::Person)) => Seen::Told,
        _ => Seen::Done,
    }
}
