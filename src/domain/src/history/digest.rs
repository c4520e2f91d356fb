//! What is kept of a session that ended, so that nobody need read its log again to compare it with others.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::gates::{GateDigest, GateFold};
use crate::gate::Outcome;
use crate::runbook::ProcedureKind;
use crate::session::{Event, HowDone, LiftedBy, Record, SessionId, SessionOutcome, State, StepId};

/// A session that ended, in figures. It follows from the log alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionDigest {
    pub session: SessionId,
    /// The runbook's name.
    pub runbook: String,
    pub kind: ProcedureKind,
    pub rehearsal: bool,
    /// The session that it undid.
    pub undoes: Option<SessionId>,
    pub started: DateTime<Utc>,
    pub closed: DateTime<Utc>,
    pub outcome: SessionOutcome,
    /// Milliseconds in which one gate at least held. Two that held at the same time count once.
    pub held_ms: u64,
    pub first_hold: Option<FirstHold>,
    /// The first verdict that failed, or the first hold.
    pub first_trouble: Option<DateTime<Utc>>,
    /// When its first rollback was started while it was open.
    pub rollback_started: Option<DateTime<Utc>>,
    /// Those that ran.
    pub gates: Vec<GateDigest>,
    /// Steps at which people decided to go on without a pass.
    pub proceeded: Vec<ProceededStep>,
    /// Steps that were ticked, in no order. Those that were left out are not among them.
    pub steps: Vec<StepDigest>,
}

/// The first time that a session was on hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstHold {
    pub from: DateTime<Utc>,
    /// When nothing held any more.
    pub to: DateTime<Utc>,
    /// Every gate that held passed. Otherwise a person went on without a pass of one, or a rollback or the closing ended it.
    pub by_pass: bool,
}

/// A step at which people decided to go on without a pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProceededStep {
    pub step: StepId,
    /// Its number and title.
    pub label: String,
    pub times: u32,
}

/// How long a step was the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDigest {
    pub step: StepId,
    /// Milliseconds without those on hold.
    pub worked_ms: u64,
}

impl SessionDigest {
    /// How long it took from its start to its end.
    #[must_use]
    pub fn length_ms(&self) -> u64 {
        millis(self.closed - self.started)
    }

    /// A digest of a whole log. None while the session is open, or without a start.
    #[must_use]
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> Option<Self> {
        let (mut state, mut fold) = (State::default(), DigestFold::default());
        let mut session = None;
        for record in records {
            state.apply(record);
            fold.add(record, &state);
            session.get_or_insert(record.session);
        }
        fold.finish(session?, &state)
    }
}

/// Folds what a session's state does not keep. Feed it each record with the state after it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DigestFold {
    gates: GateFold,
    held: TimeDelta,
    held_since: Option<DateTime<Utc>>,
    /// Gates that held after the last event.
    holding: usize,
    /// Since then a hold ended otherwise than by a pass.
    without_pass: bool,
    first_hold: Option<FirstHold>,
    first_trouble: Option<DateTime<Utc>>,
    rollback_started: Option<DateTime<Utc>>,
    proceeded: BTreeMap<StepId, u32>,
    over: bool,
}

impl DigestFold {
    /// Adds an event. What comes after the closing changes nothing.
    pub fn add(&mut self, record: &Record, after: &State) {
        if self.over {
            return;
        }
        let at = record.at;
        self.gates.add(&record.event, after);
        match &record.event {
            Event::GateFinished { verdict, .. } if verdict.outcome == Outcome::Fail => {
                self.first_trouble.get_or_insert(at);
            }
            Event::ProceededWithCaution { step, .. } => *self.proceeded.entry(step.clone()).or_default() += 1,
            Event::RollbackStarted { .. } => {
                self.rollback_started.get_or_insert(at);
            }
            Event::SessionClosed { .. } => self.over = true,
            _ => {}
        }
        let holding = after.holds.len();
        self.without_pass |= holding < self.holding && !is_pass(&record.event);
        self.holding = holding;
        match (self.held_since, !after.holds.is_empty() && !self.over) {
            (None, true) => {
                self.held_since = Some(at);
                self.without_pass = false;
                self.first_trouble.get_or_insert(at);
            }
            (Some(from), false) => {
                self.held_since = None;
                self.held += (at - from).max(TimeDelta::zero());
                let by_pass = !self.without_pass && is_pass(&record.event);
                self.first_hold.get_or_insert(FirstHold { from, to: at, by_pass });
            }
            _ => {}
        }
    }

    /// The digest; none while the session is open, or without a start.
    #[must_use]
    pub fn finish(&self, session: SessionId, state: &State) -> Option<SessionDigest> {
        let (started, closed) = (state.started.as_deref()?, state.closed.as_ref()?);
        let proceeded = self.proceeded.iter().map(|(step, times)| ProceededStep {
            step: step.clone(),
            label: state.step_label(step),
            times: *times,
        });
        // In a procedure of any order a step may be ticked that never was the next one: it took no time of its own.
        let ticked = state
            .done
            .iter()
            .filter(|(_, done)| matches!(done.how, HowDone::Ticked(_)));
        let steps = ticked.map(|(step, _)| StepDigest {
            step: step.clone(),
            worked_ms: state.step_times().get(step).map_or(0, |time| millis(time.worked)),
        });
        Some(SessionDigest {
            session,
            runbook: started.runbook.clone(),
            kind: started.procedure.kind,
            rehearsal: started.rehearsal,
            undoes: started.undoes,
            started: state.started_at?,
            closed: closed.at,
            outcome: closed.outcome,
            held_ms: millis(self.held),
            first_hold: self.first_hold,
            first_trouble: self.first_trouble,
            rollback_started: self.rollback_started,
            gates: self.gates.finish_all(),
            proceeded: proceeded.collect(),
            steps: steps.collect(),
        })
    }
}

fn is_pass(event: &Event) -> bool {
    matches!(
        event,
        Event::GateFinished { .. }
            | Event::GateObserved { .. }
            | Event::HoldLifted {
                by: LiftedBy::Pass { .. }
            }
    )
}

fn millis(length: TimeDelta) -> u64 {
    u64::try_from(length.num_milliseconds()).unwrap_or(0)
}
