//! What can happen in a session. Events are versioned and kept for ever; see `docs/EVENTS.md`.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::annotation::Annotation;
use super::drill::{DrillMark, SealedDrill};
use crate::gate::{GateSnapshot, Verdict};
use crate::runbook::{OnFail, Procedure, Symptom};

/// The version that new events are written in.
pub const EVENT_VERSION: u16 = 1;

/// A session's id, made by the client that starts it (UUID v7).
pub type SessionId = Uuid;
/// A step's id, as the runbook's reader makes it.
pub type StepId = String;
/// A gate's name in `gates.toml`.
pub type GateId = String;
/// One run of a gate, made by the proxy (UUID v7).
pub type RunId = Uuid;

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Actor {
    /// A person, by the name with which they signed in or started the session.
    Person { name: String },
    /// The proxy itself: gate verdicts, and the ticks and holds that follow from them.
    Proxy,
}

impl Actor {
    /// The name to show.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Person { name } => name,
            Self::Proxy => "Holdpoint",
        }
    }
}

/// An event with everything that makes it provable: its place in the session, its time, its author and the chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Record {
    /// The version of the event's format.
    pub v: u16,
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub session: Uuid,
    /// Its place in the session: 1, 2, 3, … without gaps.
    pub seq: u64,
    /// When the proxy recorded it.
    pub at: DateTime<Utc>,
    pub actor: Actor,
    /// The id of the command that made it. One command may make several events.
    pub command: Uuid,
    pub event: Event,
    /// The hash of the event before it; [`super::GENESIS`] for the first.
    pub prev: String,
    /// SHA-256 (hex) over `prev` and this record in canonical JSON without `hash`.
    pub hash: String,
}

/// What arrived this long after it was asked for says so. Less may be a clock that is a little wrong.
pub(super) const ON_ITS_WAY: TimeDelta = TimeDelta::seconds(10);

impl Record {
    /// When a person asked for it, by the clock of the browser, where that was ten seconds or more before it was recorded: a
    /// command that waits for a connection. The time is that of the command's id, which is a UUID v7 that the page makes when it
    /// is asked; a program that draws its ids otherwise says no time.
    #[must_use]
    pub fn asked_before(&self) -> Option<DateTime<Utc>> {
        let own = matches!(self.actor, Actor::Person { .. }) && !matches!(self.event, Event::NoteAdded { .. });
        let (seconds, nanos) = self.command.get_timestamp().filter(|_| own)?.to_unix();
        let asked = DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)?;
        (self.command.get_version_num() == 7 && self.at - asked >= ON_ITS_WAY).then_some(asked)
    }
}

/// What can happen in a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Event {
    /// The session began. Always the first event, and only the first.
    SessionStarted(Box<Started>),
    StepTicked {
        step: StepId,
        by: TickedBy,
    },
    /// A person's tick was taken back. A gate's tick cannot be.
    StepUnticked {
        step: StepId,
        /// As the person gave it, at most 2,000 characters.
        reason: String,
    },
    /// An optional step was left out.
    StepSkipped {
        /// The step's id. Its open sub-steps get an event each.
        step: StepId,
        /// As the person gave it, at most 2,000 characters.
        reason: String,
    },
    /// A person says that the work of a gated step is done, so that its gates can be asked.
    WorkConfirmed {
        step: StepId,
    },
    /// A gate was started. Exactly one [`Event::GateFinished`] with the same run follows, whatever happens.
    GateStarted {
        /// Drawn by the proxy for this run.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        run: RunId,
        step: StepId,
        /// One of the step's gates.
        gate: GateId,
        /// It was started because its step became current, not by a person.
        auto: bool,
    },
    /// A gate reached its verdict.
    GateFinished {
        /// The run of a [`Event::GateStarted`] before.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        run: RunId,
        step: StepId,
        gate: GateId,
        verdict: Verdict,
    },
    /// The captain's browser asked a `direct` gate's address itself, and the proxy judged what it saw. A pass counts only for a
    /// gate whose browser decides. Otherwise it starts a run of the proxy's.
    GateObserved {
        /// Drawn by the proxy; no run has it.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        observation: RunId,
        step: StepId,
        /// One of the step's gates.
        gate: GateId,
        /// Its source is the browser.
        verdict: Verdict,
    },
    /// From now on nothing may be ticked.
    HoldPlaced {
        /// The step whose gate did not pass.
        step: StepId,
        /// The gate that did not pass.
        gate: GateId,
        /// The run or the observation whose verdict holds.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        run: RunId,
        /// What failed, in one sentence.
        reason: String,
        /// What the runbook says to do.
        advice: OnFail,
    },
    /// A person took a corrected declaration of a gate in place of the one that the session went by. What was seen before is no
    /// evidence any more; what was ticked stays ticked.
    DeclarationTaken {
        gate: GateId,
        /// The one that the session went by; absent when it knew none.
        old: Option<Box<GateSnapshot>>,
        /// The one that it goes by from now on: the proxy's own, and never a client's.
        new: Box<GateSnapshot>,
        /// As the person gave it, at most 2,000 characters.
        reason: String,
    },
    /// A person decided to go on although a gate did not pass, where the runbook's word for that failure is *proceed with caution*.
    ProceededWithCaution {
        /// The step whose gate did not pass.
        step: StepId,
        /// The gate that did not pass.
        gate: GateId,
        /// The run or the observation that did not pass.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        run: RunId,
        /// As the person gave it, at most 2,000 characters.
        reason: String,
    },
    /// Work may go on.
    HoldLifted {
        by: LiftedBy,
    },
    /// Somebody wrote something down.
    NoteAdded {
        /// The step it is about; the session as a whole when absent.
        step: Option<StepId>,
        /// At most 10,000 characters.
        text: String,
        /// When the person says to have written it, where that is ten seconds or more before the record.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        written: Option<DateTime<Utc>>,
    },
    /// A value was filled in. The last one counts.
    ValueFilled {
        step: StepId,
        /// The id of one of the step's fields.
        field: String,
        /// At most 2,000 characters; may be empty.
        value: String,
    },
    /// A timer or a waiting time was started.
    TimerStarted {
        step: StepId,
        /// 1 to 86,400 seconds.
        seconds: u64,
    },
    /// A person says that a step of a rehearsal could not be followed as it is written.
    StepNotFollowed {
        step: StepId,
        /// As the person gave it, at most 2,000 characters.
        reason: String,
    },
    /// The plan of the session's drill, which nobody in it knew: right before the closing.
    DrillRevealed {
        drill: Box<SealedDrill>,
    },
    /// A rollback session was started to undo this one. Nothing more can be ticked here; only the closing remains.
    RollbackStarted {
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        session: SessionId,
        /// The procedure that it runs.
        procedure: String,
    },
    /// A person wrote something about the session beside its steps. It changes no step, no gate and no standing.
    Annotated {
        annotation: Annotation,
    },
    /// The session ended. Only notes and annotations may follow.
    SessionClosed {
        outcome: SessionOutcome,
        /// At most 10,000 characters; may be empty.
        summary: String,
    },
}

impl Event {
    /// The step that it names.
    #[must_use]
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Self::StepTicked { step, .. }
            | Self::StepUnticked { step, .. }
            | Self::StepSkipped { step, .. }
            | Self::WorkConfirmed { step }
            | Self::GateStarted { step, .. }
            | Self::GateFinished { step, .. }
            | Self::GateObserved { step, .. }
            | Self::HoldPlaced { step, .. }
            | Self::ProceededWithCaution { step, .. }
            | Self::ValueFilled { step, .. }
            | Self::TimerStarted { step, .. }
            | Self::StepNotFollowed { step, .. } => Some(step),
            Self::NoteAdded { step, .. } => step.as_ref(),
            Self::SessionStarted(_)
            | Self::DeclarationTaken { .. }
            | Self::HoldLifted { .. }
            | Self::DrillRevealed { .. }
            | Self::RollbackStarted { .. }
            | Self::Annotated { .. }
            | Self::SessionClosed { .. } => None,
        }
    }
}

/// Everything that a session keeps from its start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Started {
    /// The runbook's file name without `.md`: `golden-release`.
    pub runbook: String,
    pub runbook_title: String,
    /// SHA-256 (hex) of the runbook's text.
    pub digest: String,
    /// The runbook's text, whole.
    pub text: String,
    /// The procedure that is run, whole, as it was compiled from the text at the start. It is never compiled again, so that
    /// no later reader changes an open session.
    #[cfg_attr(feature = "openapi", schema(value_type = Procedure))]
    pub procedure: Arc<Procedure>,
    /// The procedures of the same runbook that may be wanted to undo it, or to undo what undoes it, compiled at the start as
    /// well: see [`Procedure::rollbacks_to_keep`]. Those that are offered are [`Started::rollback_choices`].
    pub rollbacks: Vec<Procedure>,
    /// What the runbook says about things that go wrong, as it was read at the start: see [`Runbook::symptoms`]. Absent in the logs of
    /// versions that did not keep it.
    ///
    /// [`Runbook::symptoms`]: crate::runbook::Runbook::symptoms
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub symptoms: Vec<Symptom>,
    /// The environment's name in `gates.toml`.
    pub environment: String,
    pub environment_title: String,
    pub production: bool,
    /// The session is a rehearsal, and everything about it says so.
    pub rehearsal: bool,
    /// The rehearsal is a drill, and everything about it says so. Left out where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drill: Option<DrillMark>,
    /// The version to be released: `v1.4.2`. May be empty for emergencies and for what undoes a session.
    pub version: String,
    /// The commit to be released (7 to 64 hexadecimal digits). May be empty where the version may.
    pub git_sha: String,
    pub captain: String,
    /// The session that this one undoes.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Uuid>))]
    pub undoes: Option<SessionId>,
    /// Variables of the environment, and those given at the start.
    pub variables: BTreeMap<String, String>,
    /// The gates that the procedure names and `gates.toml` declares for this environment. A gate that is named but is not
    /// here is missing, and holds.
    pub gates: BTreeMap<GateId, GateSnapshot>,
}

impl Started {
    /// Every procedure that was compiled at the start.
    pub fn compiled(&self) -> impl Iterator<Item = &Procedure> {
        self.rollbacks.iter().chain([&*self.procedure])
    }

    /// Variables for placeholders: the environment's, those of the start, and `version`, `git_sha`, `environment`. What is empty is
    /// left out, because nothing may be compared with it: every text contains the empty one.
    #[must_use]
    pub fn values_for_placeholders(&self) -> BTreeMap<String, String> {
        let mut values = self.variables.clone();
        values.insert("version".to_owned(), self.version.clone());
        values.insert("git_sha".to_owned(), self.git_sha.clone());
        values.insert("environment".to_owned(), self.environment.clone());
        values.retain(|_, value| !value.is_empty());
        values
    }

    /// The procedures that are offered to undo the session: by the rule of [`Procedure::rollbacks_among`], of those that
    /// were compiled at the start.
    #[must_use]
    pub fn rollback_choices(&self) -> Vec<&Procedure> {
        self.procedure.rollbacks_among(self.compiled())
    }
}

/// The reason why a step counts as done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TickedBy {
    /// A person says that it is done.
    Person,
    /// All its gates passed; the run is the last one's.
    Gate {
        /// The run or the observation whose verdict was the last that it took.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        run: RunId,
    },
    /// All its sub-steps are done, and it has no gates of its own.
    Children,
    /// A person decided to go on without a pass of one of its gates; the others passed.
    Caution {
        /// The run or the observation that did not pass.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        run: RunId,
    },
}

/// The reason why a hold was lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LiftedBy {
    /// The gates that held passed.
    Pass {
        /// The run that lifted it.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        run: RunId,
    },
    /// A rollback was started.
    Rollback {
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        session: SessionId,
    },
    /// A person decided to go on without a pass.
    Caution {
        /// The run or the observation that did not pass.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        run: RunId,
    },
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SessionOutcome {
    /// Every step is done. Refused while one is not.
    Completed,
    /// Undone by a rollback session. Refused while none was started.
    RolledBack,
    /// Given up.
    Abandoned,
}
