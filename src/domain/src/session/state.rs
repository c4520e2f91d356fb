//! A session's state: the fold of its events.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::event::*;
use super::index::Index;
use crate::gate::Verdict;
use crate::runbook::{OnFail, Procedure};

/// The state of a session. Everything in it follows from its events; nothing else may change it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// What the session keeps from its start; absent before the first event.
    pub started: Option<Arc<Started>>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// The procedure that is run: that of `started`, shared.
    pub procedure: Option<Arc<Procedure>>,
    /// Ticks and skips, by step.
    pub done: BTreeMap<StepId, Done>,
    /// Runs of gates, in the order of their start.
    pub runs: Vec<Run>,
    /// The last thing that the captain's browser saw, by step and gate.
    pub observed: BTreeMap<(StepId, GateId), Observed>,
    /// What holds; nothing when empty.
    pub holds: BTreeMap<(StepId, GateId), Hold>,
    /// Notes, in order.
    pub notes: Vec<Note>,
    /// Filled-in values, by step and field.
    pub values: BTreeMap<(StepId, String), Filled>,
    /// The last timer of each step.
    pub timers: BTreeMap<StepId, Timer>,
    /// The rollback session, once one was started.
    pub rollback: Option<SessionId>,
    /// How and when it ended.
    pub closed: Option<Closed>,
    /// What follows from the tables above.
    pub(super) index: Index,
}

/// How a session stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Standing {
    /// Work goes on.
    Go,
    /// Nothing further may be ticked.
    Hold,
    /// A rollback was started from it.
    RollingBack,
    /// It ended with every step done.
    Completed,
    /// It ended undone.
    RolledBack,
    /// It was given up.
    Abandoned,
}

/// A step that is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// The time of the event that ticked or skipped it.
    pub at: DateTime<Utc>,
    /// The one who asked; the proxy when gates ticked it.
    pub actor: Actor,
    /// By what right it counts as done.
    pub how: HowDone,
}

/// How a step came to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum HowDone {
    /// It was ticked.
    Ticked(TickedBy),
    /// It was left out, for this reason.
    Skipped(String),
}

/// One run of a gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Unique in the session; a start that repeats it is ignored.
    pub id: RunId,
    /// The step that it verifies.
    pub step: StepId,
    /// The gate's name in `gates.toml`.
    pub gate: GateId,
    /// It started by itself.
    pub auto: bool,
    /// The time of the event that started it.
    pub started: DateTime<Utc>,
    /// Who started it.
    pub actor: Actor,
    /// It was the step's turn when it started, or the step was done. A run that was started out of turn, to lift a hold, can
    /// lift it and nothing more.
    pub in_turn: bool,
    /// Its verdict, once there is one.
    pub verdict: Option<Verdict>,
}

/// What the captain's browser saw, as the proxy judged it.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// The observation's id.
    pub id: RunId,
    /// What came of it.
    pub verdict: Verdict,
}

/// What holds, and since when.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    /// The run whose verdict holds.
    pub run: RunId,
    /// When the hold was placed.
    pub since: DateTime<Utc>,
    /// What failed.
    pub reason: String,
    /// What the runbook says to do.
    pub advice: OnFail,
}

/// A note.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// The time of its event.
    pub at: DateTime<Utc>,
    /// The one who wrote it.
    pub actor: Actor,
    /// The step that it is about; none when it is about the session as a whole.
    pub step: Option<StepId>,
    /// As written, at most 10,000 characters.
    pub text: String,
}

/// A filled-in value.
#[derive(Clone, Debug, PartialEq)]
pub struct Filled {
    /// The time of its event.
    pub at: DateTime<Utc>,
    /// The one who filled it in.
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
    /// The one who closed it.
    pub actor: Actor,
    /// Whether every step was done, a rollback was started, or it was given up.
    pub outcome: SessionOutcome,
    /// What is to be remembered.
    pub summary: String,
}

impl State {
    /// How it stands, in one word.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match &self.closed {
            Some(closed) => match closed.outcome {
                SessionOutcome::Completed => Standing::Completed,
                SessionOutcome::RolledBack => Standing::RolledBack,
                SessionOutcome::Abandoned => Standing::Abandoned,
            },
            None if self.rollback.is_some() => Standing::RollingBack,
            None if !self.holds.is_empty() => Standing::Hold,
            None => Standing::Go,
        }
    }

    /// The hold that has lasted longest, with its step and gate.
    #[must_use]
    pub fn hold(&self) -> Option<(&StepId, &GateId, &Hold)> {
        let oldest = self.holds.iter().min_by_key(|(_, hold)| hold.since);
        oldest.map(|((step, gate), hold)| (step, gate, hold))
    }

    /// Whether a step is ticked or was left out.
    #[must_use]
    pub fn is_done(&self, step: &str) -> bool {
        self.done.contains_key(step)
    }

    /// [`Started::values_for_placeholders`]; none before the start.
    #[must_use]
    pub fn values_for_placeholders(&self) -> BTreeMap<String, String> {
        let started = self.started.as_deref();
        started.map(Started::values_for_placeholders).unwrap_or_default()
    }
}
