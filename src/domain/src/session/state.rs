//! A session's state: the fold of its events.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::annotations::Annotations;
use super::drill::SealedDrill;
use super::entries::{
    Caution, Closed, Confirmed, Done, Filled, Hold, HowDone, NotFollowed, Note, Observed, OldTick, Run, Taken, Timer,
};
use super::event::{GateId, RunId, SessionId, SessionOutcome, Started, StepId};
use super::index::Index;
use super::pace::Pace;
use crate::runbook::{Procedure, ProcedureKind, Step};

/// The state of a session: the fold of its events, which alone change it.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]
pub struct State {
    /// What the session keeps from its start; absent before the first event.
    pub started: Option<Arc<Started>>,
    pub started_at: Option<DateTime<Utc>>,
    /// The procedure that is run: that of `started`, shared.
    pub procedure: Option<Arc<Procedure>>,
    /// Ticks and skips, by step.
    pub done: BTreeMap<StepId, Done>,
    /// Steps that were ever next, ticked, left out or said to be done, or of which a gate was ever asked. What is taken back stays in
    /// it.
    pub worked_on: BTreeSet<StepId>,
    /// Work that persons said was done, by step. It is void once a tick before it is taken back.
    pub confirmed: BTreeMap<StepId, Confirmed>,
    /// Runs of gates, in the order of their start.
    pub runs: Vec<Run>,
    /// The last thing that the captain's browser saw, by step and gate.
    pub observed: BTreeMap<(StepId, GateId), Observed>,
    /// The captain's browser once saw a gate pass that sees the release. Nothing takes that back.
    pub browser_saw_release: bool,
    /// Declarations that were taken since the start, by gate: the last one of each, by which the session goes.
    pub taken: BTreeMap<GateId, Taken>,
    /// Gates that ticked their step by a declaration that another one was taken for, and that have not passed since.
    pub old_ticks: BTreeMap<(StepId, GateId), OldTick>,
    /// The gates that hold, by step and gate; empty when the session is not on hold.
    pub holds: BTreeMap<(StepId, GateId), Hold>,
    /// What held when a rollback was started, by step and gate. Nothing lifts it any more.
    pub left_holds: BTreeMap<(StepId, GateId), Hold>,
    /// Decisions to go on without a pass, by step and gate. A pass, another failure or another declaration ends one.
    pub cautions: BTreeMap<(StepId, GateId), Caution>,
    /// Gates of steps that are done by such a decision: those that were gone on with then, and have not passed since.
    pub never_passed: BTreeSet<(StepId, GateId)>,
    /// Every such decision, by step and run, with its gate; nothing ends its being on record.
    pub decisions: BTreeMap<(StepId, RunId), (GateId, Caution)>,
    /// Notes, in order.
    pub notes: Vec<Note>,
    /// Steps of a rehearsal of which somebody said that they could not be followed, in order.
    pub not_followed: Vec<NotFollowed>,
    /// The plan of its drill, once it was revealed.
    pub drill: Option<Arc<SealedDrill>>,
    /// Filled-in values, by step and field.
    pub values: BTreeMap<(StepId, String), Filled>,
    /// The last timer of each step.
    pub timers: BTreeMap<StepId, Timer>,
    /// The rollback session, once one was started.
    pub rollback: Option<SessionId>,
    /// What people wrote about it beside its steps. No rule of the session's course reads it.
    pub annotations: Annotations,
    /// The number of the last recorded event that was folded in; 0 before the first.
    pub head: u64,
    /// How and when it ended.
    pub closed: Option<Closed>,
    /// How long each step took.
    pub(super) pace: Pace,
    /// Indexes of the tables above.
    pub(super) index: Index,
}

/// The status of a session.
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

impl State {
    /// The status of the session.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match &self.closed {
            Some(closed) => match closed.outcome {
                SessionOutcome::Completed => Standing::Completed,
                SessionOutcome::RolledBack => Standing::RolledBack,
                SessionOutcome::Abandoned => Standing::Abandoned,
            },
            None if self.is_being_undone() => Standing::RollingBack,
            None if !self.holds.is_empty() => Standing::Hold,
            None => Standing::Go,
        }
    }

    /// How long a window to watch was open that was closed as completed before it was over, and how long the runbook has it watched.
    #[must_use]
    pub fn closed_early(&self) -> Option<(TimeDelta, TimeDelta)> {
        let procedure = self.procedure.as_deref();
        let window = procedure.filter(|procedure| procedure.kind == ProcedureKind::Monitoring)?;
        let window = TimeDelta::try_seconds(i64::try_from(window.timebox_seconds?).ok()?)?;
        let closed = self.closed.as_ref();
        let closed = closed.filter(|closed| closed.outcome == SessionOutcome::Completed)?;
        let lasted = (closed.at - self.started_at?).max(TimeDelta::zero());
        (lasted < window).then_some((lasted, window))
    }

    /// Whether a rollback has taken over. An emergency goes on while what caused it is rolled back.
    #[must_use]
    pub fn is_being_undone(&self) -> bool {
        self.rollback.is_some() && !self.is_emergency()
    }

    pub(super) fn is_emergency(&self) -> bool {
        let procedure = self.procedure.as_deref();
        procedure.is_some_and(|procedure| procedure.kind == ProcedureKind::Emergency)
    }

    /// Whether a gated step waits for a person's word that its work is done.
    #[must_use]
    pub fn waits_for_work(&self, step: &Step) -> bool {
        step.work && !self.is_done(&step.id) && !self.confirmed.contains_key(&step.id)
    }

    /// The gates that hold, and those that held when a rollback was started.
    pub fn unmet(&self) -> impl Iterator<Item = (&(StepId, GateId), &Hold)> {
        self.holds.iter().chain(&self.left_holds)
    }

    /// The hold that has lasted longest, with its step and gate.
    #[must_use]
    pub fn hold(&self) -> Option<(&StepId, &GateId, &Hold)> {
        let oldest = self.holds.iter().min_by_key(|(_, hold)| hold.since);
        oldest.map(|((step, gate), hold)| (step, gate, hold))
    }

    /// Whether a step or a sub-step was left out.
    #[must_use]
    pub fn left_something_out(&self) -> bool {
        self.done.values().any(|done| matches!(done.how, HowDone::Skipped(_)))
    }

    /// Whether a person decided to go on without a pass, and there was none since.
    #[must_use]
    pub fn went_on_without_pass(&self) -> bool {
        !self.cautions.is_empty()
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
