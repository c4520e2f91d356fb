//! What the tables of a session's state hold, one type for each table.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, Utc};

use super::event::{Actor, GateId, RunId, SessionOutcome, StepId, TickedBy};
use crate::gate::{GateSnapshot, Verdict};
use crate::runbook::OnFail;

/// A step that is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// The time of the event that ticked or skipped it.
    pub at: DateTime<Utc>,
    /// The one who asked; the proxy when gates ticked it.
    pub actor: Actor,
    pub how: HowDone,
}

/// Whether a step was ticked or left out.
#[derive(Clone, Debug, PartialEq)]
pub enum HowDone {
    Ticked(TickedBy),
    /// It was left out, for this reason.
    Skipped(String),
}

/// One run of a gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Unique in the session; a start that repeats it is ignored.
    pub id: RunId,
    pub step: StepId,
    /// The gate's name in `gates.toml`.
    pub gate: GateId,
    /// It started by itself.
    pub auto: bool,
    /// The time of the event that started it.
    pub started: DateTime<Utc>,
    pub actor: Actor,
    /// It was the step's turn when it started and its work was done, or the step was done. A run that was started out of turn, to lift a hold, can
    /// lift it and nothing more.
    pub in_turn: bool,
    pub verdict: Option<Verdict>,
}

/// What the captain's browser saw, as the proxy judged it.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    pub id: RunId,
    /// As for [`Run::in_turn`].
    pub in_turn: bool,
    pub verdict: Verdict,
}

/// A declaration of a gate that was taken in place of the one before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// The time of its event.
    pub at: DateTime<Utc>,
    pub actor: Actor,
    pub reason: String,
    pub snapshot: GateSnapshot,
    /// How many runs there were: those asked something else, and are no evidence.
    pub runs_before: usize,
}

/// A gate that ticked a step before another declaration of it was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OldTick {
    /// [`GateSnapshot::direct_decides`] of the declaration that ticked.
    pub direct_decides: bool,
}

/// A gate that did not pass, so that nothing may be ticked.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    /// The run whose verdict holds.
    pub run: RunId,
    /// When the hold was placed.
    pub since: DateTime<Utc>,
    pub reason: String,
    /// What the runbook says to do.
    pub advice: OnFail,
    /// How many runs there were when the last failure was recorded: those were started before it and never lift it.
    pub runs_before: usize,
    /// Another declaration of the gate was taken since, and nothing failed by it yet.
    pub corrected: bool,
}

/// A person's word that the work of a step is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmed {
    /// The time of its event.
    pub at: DateTime<Utc>,
    pub actor: Actor,
}

/// The decision to go on although a gate did not pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Caution {
    /// As for [`Run::in_turn`]: one that was decided out of turn lifts the hold, and ticks nothing.
    pub in_turn: bool,
    /// The time of its event.
    pub at: DateTime<Utc>,
    pub actor: Actor,
    /// The run or the observation that did not pass.
    pub run: RunId,
    pub reason: String,
}

/// Somebody's word that a step could not be followed as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct NotFollowed {
    pub at: DateTime<Utc>,
    pub actor: Actor,
    pub step: StepId,
    /// As the person gave it.
    pub reason: String,
}

/// A note.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// The time of its event.
    pub at: DateTime<Utc>,
    pub actor: Actor,
    /// The step that it is about; none when it is about the session as a whole.
    pub step: Option<StepId>,
    /// As written, at most 10,000 characters.
    pub text: String,
    /// When the person says to have written it, where it arrived later.
    pub written: Option<DateTime<Utc>>,
}

/// A filled-in value.
#[derive(Clone, Debug, PartialEq)]
pub struct Filled {
    /// The time of its event.
    pub at: DateTime<Utc>,
    pub actor: Actor,
    /// As written, at most 2,000 characters.
    pub value: String,
}

/// A timer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timer {
    /// The time of its event, from which it runs.
    pub started: DateTime<Utc>,
    /// Its length, 1 to 86,400 seconds.
    pub seconds: u64,
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Closed {
    /// The time of the closing.
    pub at: DateTime<Utc>,
    pub actor: Actor,
    /// Whether every step was done, a rollback was started, or it was given up.
    pub outcome: SessionOutcome,
    pub summary: String,
}
