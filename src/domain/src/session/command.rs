//! Commands of clients and of the proxy.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::annotation::Annotation;
use super::drill::SealedDrill;
use super::event::{GateId, RunId, SessionId, SessionOutcome, Started, StepId};
use crate::gate::{GateSnapshot, Verdict};

/// What a client may ask. It travels in request bodies, and there is nothing in it that could carry a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ClientCommand {
    /// Tick a step that has no gates.
    Tick {
        /// Its id; the step is open, current and without gates.
        step: StepId,
    },
    /// Take a person's tick back, or the leaving-out of a step.
    Untick {
        /// Its id; it was ticked by a person or left out.
        step: StepId,
        /// Never empty, at most 2,000 characters.
        reason: String,
    },
    /// Leave an optional step out.
    Skip {
        /// Its id; the step is open and optional.
        step: StepId,
        /// Never empty, at most 2,000 characters.
        reason: String,
    },
    /// Say that the work of a gated step is done. Its gates are asked after that, and not before.
    ConfirmWork {
        /// Its id; the step is open, current and asks for work.
        step: StepId,
    },
    /// Run a gate of a step.
    RunGate {
        /// The step's id; it is current or done, or this gate holds at it.
        step: StepId,
        /// One of the step's gates; at most one run of a gate is open in a session.
        gate: GateId,
    },
    /// Stop a run of a gate. Its verdict is inconclusive, and says who cancelled it.
    CancelGate {
        /// A run that has no verdict yet: the `run` of its `gate_started`.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        run: RunId,
    },
    /// Take a gate's declaration as `gates.toml` has it now in place of the one that the session goes by.
    TakeDeclaration {
        /// A gate that a step of the session names.
        gate: GateId,
        /// The `digest` of the declaration that the person saw; another one in the meantime is refused. The declaration itself is
        /// the proxy's own.
        digest: String,
        /// Never empty, at most 2,000 characters.
        reason: String,
    },
    /// Go on although a gate did not pass. Only where the runbook's word for that failure is *proceed with caution*.
    ProceedWithCaution {
        step: StepId,
        /// A gate that holds at the step.
        gate: GateId,
        /// Never empty, at most 2,000 characters.
        reason: String,
    },
    /// Write something down.
    AddNote {
        /// The id of the step that it is about; null or absent when it is about the session as a whole.
        #[serde(default)]
        step: Option<StepId>,
        /// Never empty, at most 10,000 characters.
        text: String,
        /// When the person wrote it, by a clock that was set by the proxy's; null or absent where nobody says. A note may wait for a
        /// connection.
        #[serde(default)]
        written: Option<DateTime<Utc>>,
    },
    /// Say that a step could not be followed as it is written. Only in a rehearsal.
    MarkNotFollowed {
        /// The id of the step.
        step: StepId,
        /// Never empty, at most 2,000 characters.
        reason: String,
    },
    /// Fill a value in.
    FillValue {
        step: StepId,
        /// The id of one of the step's fields.
        field: String,
        /// At most 2,000 characters; may be empty. The last one counts.
        value: String,
    },
    /// Start a timer.
    StartTimer {
        /// The id of the step that the timer belongs to.
        step: StepId,
        /// 1 to 86,400 seconds.
        seconds: u64,
    },
    /// Write a part of the post-mortem, or star an event; before the closing and after it.
    Annotate { annotation: Annotation },
    /// End the session.
    Close {
        /// `completed` takes every step done, `rolled_back` takes a rollback that was started.
        outcome: SessionOutcome,
        /// At most 10,000 characters; may be empty.
        #[serde(default)]
        summary: String,
    },
}

/// Everything that can be asked of a session. What is not in [`ClientCommand`] comes from the proxy alone.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Begin. The proxy has read the runbook and the gates for it.
    Start(Box<Started>),
    /// What a client asked. `RunGate`, `CancelGate` and `TakeDeclaration` are only checked here: the proxy draws the run's id and
    /// sends [`Command::StartGate`], says who asked and sends [`Command::CancelGate`], or reads its own `gates.toml` and sends
    /// [`Command::TakeDeclaration`].
    Client(ClientCommand),
    /// Start a gate: asked by a person, or by itself.
    StartGate {
        run: RunId,
        /// The id of the step that the gate verifies.
        step: StepId,
        /// One of the step's gates.
        gate: GateId,
        /// It starts because its step became current, and not because a person asked.
        auto: bool,
    },
    /// A person cancels a run.
    CancelGate {
        /// A run that has no verdict yet.
        run: RunId,
        /// The person's name.
        by: String,
    },
    /// A person takes a gate's declaration.
    TakeDeclaration {
        gate: GateId,
        /// As the proxy's `gates.toml` declares it for the session's environment; absent when it does not.
        declared: Option<Box<GateSnapshot>>,
        /// The digest of what the person saw.
        digest: String,
        reason: String,
    },
    /// A runner reached a verdict.
    FinishGate {
        /// A run that has no verdict yet.
        run: RunId,
        verdict: Verdict,
    },
    /// The proxy judged what the captain's browser saw at a `direct` gate.
    Observe {
        observation: RunId,
        /// The proxy's own run of the gate, if one is started by this.
        run: RunId,
        /// The id of the step that the gate verifies.
        step: StepId,
        /// One of the step's gates. Only one whose browser decides can tick by this; another `direct` one is asked by the proxy.
        gate: GateId,
        verdict: Verdict,
    },
    /// A client closes a session with a drill, whose plan the proxy kept. It is revealed if the session holds its commitment.
    CloseDrill {
        outcome: SessionOutcome,
        summary: String,
        drill: Box<SealedDrill>,
    },
    /// A rollback session exists.
    LinkRollback {
        /// The rollback session's id, made by the client that started it.
        session: SessionId,
        /// The id of the procedure that it runs.
        procedure: String,
    },
}

/// The id that makes a command idempotent: the same id twice is one effect.
pub type CommandId = Uuid;
