//! How far a release has come, as far as its steps say, and what its gates saw of the new version.

use super::steps::{changes_database, marked, puts_live};
use crate::gate::{GateSnapshot, Outcome, Verdict};
use crate::runbook::{Order, Procedure, Step};
use crate::session::{HowDone, Started, State, TickedBy};

/// How far a release has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reach<'a> {
    /// The step with which the new version goes live comes later.
    Before {
        live: &'a Step,
        /// The step that changes the database, if it is done.
        database: Option<&'a Step>,
    },
    /// That step is the next one: nobody but the captain knows whether the work on it has begun.
    AtHand { live: &'a Step },
    /// That step is done.
    Done { live: &'a Step, by: LiveTick },
    /// The steps do not say.
    Unknown,
}

/// What ticked the step with which the new version goes live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LiveTick {
    /// Its own gates, or those of the sub-steps that are marked, and they stand by it: none of it or of its sub-steps was gone on with,
    /// or passed by an earlier declaration alone.
    Gates,
    /// A person, by hand.
    Person,
    /// Its sub-steps, a person's decision to go on without a pass, or gates that stand by it no more.
    Otherwise,
}

/// What the gates that compare the answer with the release saw, wherever they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight<'a> {
    /// The last one passed, and none holds.
    New,
    /// The last one compared the answer with the release, and it was something else.
    Other {
        expected: &'a str,
        observed: &'a str,
        /// One passed before, or a browser saw one pass.
        once: bool,
    },
    /// One passed once, and no longer counts.
    Once,
    /// The captain's browser saw one pass, which makes nothing live, and no other has compared an answer with the release.
    Browser,
    /// None has compared an answer with the release.
    Nothing,
}

/// Reads from a release's steps how far it has come. Only steps that are done one after another can tell, and only where the author
/// says with which of them the new version goes live.
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
            by: ticked_by(state, live).unwrap_or(LiveTick::Otherwise),
        },
    }
}

/// What ticked the step, or those of its sub-steps that the author marked. None while it is not ticked.
fn ticked_by(state: &State, live: &Step) -> Option<LiveTick> {
    let tick = |step: &Step| match &state.done.get(&step.id)?.how {
        HowDone::Ticked(by) => Some(by),
        HowDone::Skipped(_) => None,
    };
    let own = tick(live)?;
    let by_gate = |step: &&Step| matches!(tick(step), Some(TickedBy::Gate { .. }));
    let stands = !state.has_part_without_pass(live) && !state.has_part_by_old_declaration(live);
    Some(match own {
        TickedBy::Person if live.live => LiveTick::Person,
        _ if stands && (by_gate(&live) || marked(live).iter().all(by_gate)) => LiveTick::Gates,
        _ => LiveTick::Otherwise,
    })
}

/// What the gates saw of the new version.
pub(super) fn sight<'a>(state: &'a State, started: &Started) -> Sight<'a> {
    let sees = |gate: &str| state.gate_snapshot(gate).is_some_and(GateSnapshot::sees_release);
    let answered = || {
        let runs = state.runs.iter().enumerate().rev();
        let told = runs.filter_map(|(at, run)| Some((at, run, run.verdict.as_ref()?)));
        told.filter(|(_, run, _)| sees(&run.gate))
    };
    let by_browser = state.browser_saw_release;
    let Some((at, run, verdict)) = answered().next() else {
        return if by_browser { Sight::Browser } else { Sight::Nothing };
    };
    // One that was gone on with has failed, too.
    let unmet = state.unmet().map(|(key, _)| key);
    let held = unmet.chain(state.cautions.keys()).any(|(_, gate)| sees(gate));
    if state.counts(&run.gate, verdict) && state.is_admissible(at, run) && !held {
        return Sight::New;
    }
    let once = answered().any(|(_, _, verdict)| verdict.passes());
    match other_version(verdict, started) {
        Some((expected, observed)) => Sight::Other {
            expected,
            observed,
            once: once || by_browser,
        },
        None if once => Sight::Once,
        None if by_browser => Sight::Browser,
        None => Sight::Nothing,
    }
}

/// What a comparison with the release expected and observed, where the two differ.
fn other_version<'a>(verdict: &'a Verdict, started: &Started) -> Option<(&'a str, &'a str)> {
    let released = [started.version.as_str(), started.git_sha.as_str()];
    let is_word = |one: char| one.is_alphanumeric() || matches!(one, '.' | '-' | '_' | '+');
    let names = |text: &str| {
        let mut words = text.split(|one| !is_word(one)).filter(|word| !word.is_empty());
        words.any(|word| released.contains(&word))
    };
    let differs = verdict
        .checks
        .iter()
        .find(|check| check.outcome == Outcome::Fail && names(&check.expected) && !check.observed.is_empty())?;
    Some((unquoted(&differs.expected), unquoted(&differs.observed)))
}

/// A text of JSON without its quotes, where they are all that tells it from itself.
fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.filter(|inner| !inner.contains(['"', '\\'])).unwrap_or(text)
}

/// Whether a release that was completed ended without a proof of the new version, although its steps say that it went live, or a gate has
/// compared it.
pub(super) fn is_unverified(state: &State, started: &Started) -> bool {
    match (sight(state, started), reach(state, &started.procedure)) {
        (Sight::New, _) => false,
        (Sight::Once | Sight::Other { .. }, _) => true,
        (Sight::Nothing | Sight::Browser, Reach::Done { by, .. }) => by != LiveTick::Gates,
        (Sight::Browser, _) => true,
        // Steps in no order do not say how far it has come, and what ticked the step that is marked still counts.
        (Sight::Nothing, Reach::Unknown) => {
            let mut live = started.procedure.steps.iter().filter(|step| puts_live(step));
            live.any(|step| ticked_by(state, step).is_some_and(|by| by != LiveTick::Gates))
        }
        (Sight::Nothing, Reach::Before { .. } | Reach::AtHand { .. }) => false,
    }
}

/// Whether the new version may be live, where the author says with which step it goes live, or a gate has seen it.
pub(super) fn may_be_live(state: &State, started: &Started) -> bool {
    let reached = matches!(
        reach(state, &started.procedure),
        Reach::AtHand { .. } | Reach::Done { .. }
    );
    let worked_on = started
        .procedure
        .steps
        .iter()
        .filter(|step| puts_live(step))
        .any(|step| {
            let mut ever = state.worked_on.iter();
            ever.any(|one| step.contains(one))
        });
    reached
        || worked_on
        || matches!(
            sight(state, started),
            Sight::New | Sight::Once | Sight::Browser | Sight::Other { once: true, .. }
        )
}
