//! What a timeline is made of.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::gate::{Outcome, Source};
use crate::session::{Event, GateId, LiftedBy, RunId, SessionId, SessionOutcome, StepId};

/// An event's place in its session and in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub seq: u64,
    /// As it was recorded.
    pub at: DateTime<Utc>,
    /// Where it is drawn: never before an event that came before it, also where the clock was set back between the two.
    pub drawn: DateTime<Utc>,
}

/// A session on the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    pub session: SessionId,
    pub role: LaneRole,
    /// `Golden release v1.4.2`.
    pub name: String,
    pub captain: String,
    pub environment: String,
    pub rehearsal: bool,
    /// Every event, in order.
    pub events: Vec<Moment>,
    /// In the order of their beginnings.
    pub spans: Vec<Span>,
    pub closed: Option<Moment>,
    pub clock_back: Option<ClockBack>,
}

/// What a session is on its timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LaneRole {
    Session,
    /// It undoes another session of the timeline.
    Rollback,
}

/// Events that were recorded with an earlier time than the event before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockBack {
    pub events: usize,
    /// The first of them.
    pub first: u64,
}

/// Something that lasted, or that happened at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    pub kind: SpanKind,
    /// What it is about: a step's number and title, a gate's title, what happened.
    pub label: String,
    pub from: Moment,
    /// The event that ended it. None where none did; for what only happened it is the same event.
    pub to: Option<Moment>,
    /// Who did it, or ended it.
    pub by: String,
    /// A reason, a verdict's sentence, a note's text. May be empty.
    pub detail: String,
}

/// What a span draws, with what tells two of a kind apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// A top-level step, from when it or the first step in it was next. In a procedure without an order it begins with the first
    /// event that is about it.
    Phase {
        step: StepId,
        /// None where it was not finished.
        end: Option<StepEnd>,
    },
    /// A step or a sub-step, from when it was next, or as for [`SpanKind::Phase`].
    Step {
        step: StepId,
        /// None where it was not finished.
        end: Option<StepEnd>,
        /// The event by which a person took it back.
        taken_back: Option<u64>,
    },
    /// A run of a gate, or what the captain's browser saw.
    Gate {
        step: StepId,
        gate: GateId,
        run: RunId,
        /// None without a verdict. What says *pass* and does not prove it is inconclusive.
        verdict: Option<Outcome>,
        source: Source,
        /// Its number among the runs of this gate at this step, from 1; 0 for what a browser saw.
        number: u32,
        /// How often it was tried; 0 without a verdict.
        attempts: u32,
    },
    Hold {
        step: StepId,
        gate: GateId,
        /// None while it holds.
        ended: Option<HoldEnd>,
    },
    Timer {
        step: StepId,
        seconds: u64,
    },
    Mark(Mark),
}

/// How a step came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepEnd {
    Person,
    Gates,
    SubSteps,
    /// A person decided to go on without a pass of one of its gates.
    WithoutPass,
    LeftOut,
}

/// What ended a hold. The report's JSON has it by these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldEnd {
    /// The gate passed.
    Pass,
    /// A person decided to proceed with caution. The gate had not passed.
    Caution,
    /// A pass by a corrected declaration that was taken while it held.
    Declaration,
    /// A rollback was started. The gate had not passed.
    Rollback,
    /// The session was closed. The gate had not passed.
    Closed,
}

impl HoldEnd {
    /// What an event says of a hold that was there before it and is not there after it. `corrected`: another declaration of the gate was
    /// taken while it held.
    #[must_use]
    pub fn of(event: &Event, corrected: bool) -> Option<Self> {
        let pass = if corrected { Self::Declaration } else { Self::Pass };
        match event {
            Event::GateFinished { .. } | Event::GateObserved { .. } => Some(pass),
            Event::ProceededWithCaution { .. } => Some(Self::Caution),
            Event::HoldLifted { by } => Some(match by {
                LiftedBy::Pass { .. } => pass,
                LiftedBy::Rollback { .. } => Self::Rollback,
                LiftedBy::Caution { .. } => Self::Caution,
            }),
            Event::SessionClosed { .. } => Some(Self::Closed),
            _ => None,
        }
    }
}

/// What happened at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Started,
    Note,
    Value,
    WorkDone,
    TakenBack,
    WentOnWithoutPass,
    Declaration,
    RollbackStarted,
    Closed(SessionOutcome),
}

impl Span {
    /// When it ends on a timeline that ends then: what was not ended lasts to there, and a timer as long as it was set.
    #[must_use]
    pub fn end(&self, timeline_end: DateTime<Utc>) -> DateTime<Utc> {
        let end = match (&self.kind, self.to) {
            (SpanKind::Timer { seconds, .. }, stopped) => {
                let rest = stopped.map_or(timeline_end, |stopped| stopped.drawn);
                let length = i64::try_from(*seconds).ok().and_then(TimeDelta::try_seconds);
                let set = length.and_then(|length| self.from.drawn.checked_add_signed(length));
                set.map_or(rest, |set| set.min(rest))
            }
            (_, Some(to)) => to.drawn,
            (_, None) => timeline_end,
        };
        end.max(self.from.drawn)
    }

    /// Seconds between its first and its last event, as they were recorded; none where it has no end, or only happened.
    #[must_use]
    pub fn seconds(&self) -> Option<u64> {
        let to = self.to.filter(|to| to.seq != self.from.seq)?;
        u64::try_from((to.at - self.from.at).num_seconds()).ok()
    }
}
