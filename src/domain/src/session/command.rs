//! What people and the proxy ask of a session.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event::{GateId, RunId, SessionId, SessionOutcome, Started, StepId};
use crate::gate::Verdict;

/// What a client may ask. It travels in request bodies, and there is nothing in it that could carry a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ClientCommand {
    /// Tick a step that has no gates.
    Tick {
        /// Which.
        step: StepId,
    },
    /// Take a person's tick back, or the leaving-out of a step.
    Untick {
        /// Which.
        step: StepId,
        /// Why. Never empty.
        reason: String,
    },
    /// Leave an optional step out.
    Skip {
        /// Which.
        step: StepId,
        /// Why. Never empty.
        reason: String,
    },
    /// Run a gate of a step.
    RunGate {
        /// The step.
        step: StepId,
        /// The gate.
        gate: GateId,
    },
    /// Write something down.
    AddNote {
        /// The step it is about.
        #[serde(default)]
        step: Option<StepId>,
        /// What. Never empty, at most 10,000 characters.
        text: String,
    },
    /// Fill a value in.
    FillValue {
        /// The step.
        step: StepId,
        /// The field.
        field: String,
        /// What.
        value: String,
    },
    /// Start a timer.
    StartTimer {
        /// The step.
        step: StepId,
        /// 1 to 86,400 seconds.
        seconds: u64,
    },
    /// End the session.
    Close {
        /// How.
        outcome: SessionOutcome,
        /// What is to be remembered. May be empty.
        #[serde(default)]
        summary: String,
    },
}

/// Everything that can be asked of a session. What is not in [`ClientCommand`] comes from the proxy alone.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Begin. The proxy has read the runbook and the gates for it.
    Start(Box<Started>),
    /// What a client asked. `RunGate` is only checked here: the proxy draws the run's id and sends [`Command::StartGate`].
    Client(ClientCommand),
    /// Start a gate: asked by a person, or by itself.
    StartGate {
        /// The run's id.
        run: RunId,
        /// The step.
        step: StepId,
        /// The gate.
        gate: GateId,
        /// By itself.
        auto: bool,
    },
    /// A runner reached a verdict.
    FinishGate {
        /// The run.
        run: RunId,
        /// What came of it.
        verdict: Verdict,
    },
    /// The proxy judged what the captain's browser saw at a `direct` gate.
    Observe {
        /// The observation's id.
        observation: RunId,
        /// The step.
        step: StepId,
        /// The gate.
        gate: GateId,
        /// What came of it.
        verdict: Verdict,
    },
    /// A rollback session exists.
    LinkRollback {
        /// Its id.
        session: SessionId,
        /// Its procedure.
        procedure: String,
    },
}

/// The id that makes a command idempotent: the same id twice is one effect.
pub type CommandId = Uuid;
