//! What travels between the page and the proxy. See `docs/API.md`.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

mod check;
mod compare;
mod declaration;
mod drill;
mod history;
mod incidents;
mod notifications;
mod pipeline;
mod read;
mod rollback_times;
mod search;
mod standing;
mod watch;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::gate::GateSnapshot;
use crate::runbook::{Procedure, ProcedureKind};
use crate::session::{ClientCommand, CommandId, GateId, Record, SessionId, SessionOutcome, Standing, StepId};

pub use check::{CheckGate, CheckableGate};
pub use compare::*;
pub use declaration::GateDeclaration;
pub use drill::{ChooseDrill, DrillEntry, DrillHistory, DrillOffer, SEED_LIMIT};
pub use history::{
    Figure, FoundSessions, GateFigures, OutcomeFilter, PAGE_LIMIT, ProcedureChoice, Rehearsals, SessionChoices,
    SessionFilter, Statistics, StatisticsRead, StepFigures, day,
};
pub use incidents::{Incident, IncidentLog, IncidentMonth, IncidentStatistics, IncidentStatus, SessionFacts};
pub use notifications::{NotificationState, NotificationTarget, Notifications};
pub use pipeline::*;
pub use read::{RunbookPage, RunbookRead, SessionRead};
pub use rollback_times::{LastRollback, Took};
pub use search::{FoundKind, Mark, SearchAnswer, SearchCount, SearchHit, report_number};
pub use standing::{RollbackStanding, SessionStanding, standing_words};
pub use watch::{Term, WatchFacts};

/// The one error envelope: `{error: {code, message, details}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    pub error: ErrorDetail,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorDetail {
    /// For programs: `not_found`, `method_not_allowed`, `malformed`, `too_large`, `signed_out`, `forbidden_origin`,
    /// `unavailable`, `timed_out`, `internal`, `command_reused`, `runbook_changed`, or a refusal's code.
    pub code: String,
    /// For people: what happened, where, and what to do.
    pub message: String,
    /// More, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
}

/// `GET /api/me`: who is signed in, and what this proxy is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The program's version.
    pub version: String,
    /// The proxy runs a rehearsal platform, and its faults can be switched.
    pub rehearsal: bool,
    /// The environments that sessions can be started in.
    pub environments: Vec<EnvironmentBrief>,
    /// The proxy's clock, so that the page can show times that agree with the log.
    pub now: DateTime<Utc>,
}

/// An environment, as the page sees it. It carries no secret and no address of a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentBrief {
    /// Its name in `gates.toml`.
    pub name: String,
    /// For people.
    pub title: String,
    /// Marked in red.
    pub production: bool,
    /// Sessions here are rehearsals.
    pub rehearsal: bool,
    /// Variables that commands in runbooks may name as `{{name}}`.
    pub variables: BTreeMap<String, String>,
    /// Its gates.
    pub gates: Vec<GateSnapshot>,
}

/// `GET /api/runbooks`: one entry of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunbookBrief {
    /// The file's name without `.md`.
    pub name: String,
    pub title: String,
    /// SHA-256 (hex) of its text.
    pub digest: String,
    /// Its procedures.
    pub procedures: Vec<ProcedureBrief>,
    /// Diagnostics of severity error.
    pub errors: u32,
    /// Diagnostics of severity warning.
    pub warnings: u32,
}

/// One procedure of a runbook, for the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcedureBrief {
    pub id: String,
    pub title: String,
    /// Its kind, in the words of [`ProcedureKind`].
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub kind: ProcedureKind,
    /// Steps on its top level.
    pub steps: u32,
    /// Gates in it, each once.
    pub gates: u32,
}

impl From<&Procedure> for ProcedureBrief {
    fn from(procedure: &Procedure) -> Self {
        Self {
            id: procedure.id.clone(),
            title: procedure.title.clone(),
            kind: procedure.kind,
            steps: saturating_u32(procedure.steps.len()),
            gates: saturating_u32(procedure.gates().len()),
        }
    }
}

fn saturating_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// `POST /api/sessions`. The answer is [`Accepted`], with status 201.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartSession {
    /// The command's id (UUID, made by the client): the same id twice is one session.
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub command: Uuid,
    /// The new session's id (UUID v7, made by the client).
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub session: Uuid,
    /// The runbook's name.
    pub runbook: String,
    /// The digest of the runbook that the captain saw. Another one on disk refuses the start.
    pub digest: String,
    pub procedure: String,
    /// The environment's name.
    pub environment: String,
    /// The version to be released.
    pub version: String,
    /// The commit to be released.
    pub git_sha: String,
    pub captain: String,
    /// The session that this one undoes. It is linked in the same transaction.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Uuid>))]
    pub undoes: Option<Uuid>,
    /// The rehearsal is to be a drill. What undoes one is part of it, and names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drill: Option<ChooseDrill>,
    /// Further variables.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
}

/// `POST /api/sessions/{id}/commands`. The answer is [`Accepted`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SendCommand {
    /// The command's id: the same id twice is one effect, and the same id with another body is an error.
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub id: Uuid,
    /// Who asks. Until people sign in by name, this is what the page was told.
    pub actor: String,
    /// What is asked.
    pub command: ClientCommand,
}

/// A command was carried out, and is durable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Accepted {
    /// The events that it made, in order. For a repeated command: those that it made the first time.
    pub events: Vec<Record>,
    /// It had been carried out before.
    pub repeated: bool,
}

/// `POST /api/sessions/{id}/observations`: what the captain's browser saw at a `direct` gate. The proxy judges it. The
/// answer is [`Accepted`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SendObservation {
    /// The command's id: the same id twice is one effect.
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub id: Uuid,
    /// Who asks.
    pub actor: String,
    /// The id of the step that the gate verifies.
    pub step: StepId,
    /// A gate of that step.
    pub gate: GateId,
    /// What was seen.
    pub seen: BrowserObservation,
}

/// What a browser saw. It is an observation, not a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrowserObservation {
    /// The HTTP status; absent when there was no answer.
    pub status: Option<u16>,
    /// The headers that the browser let the page see.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body, as text.
    pub body: String,
    /// Milliseconds until the body was whole.
    pub latency_ms: u64,
    /// What the browser said when there was no answer.
    #[serde(default)]
    pub error: Option<String>,
}

/// `POST /api/sign-out`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignOut {
    /// Every browser, and not only the one that asks.
    #[serde(default)]
    pub all: bool,
}

/// `GET /api/sessions`: one entry of the list, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionBrief {
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub id: Uuid,
    /// The runbook's name.
    pub runbook: String,
    pub runbook_title: String,
    pub procedure_title: String,
    /// What the procedure is for; null in what an older version wrote down.
    #[serde(default)]
    pub kind: Option<ProcedureKind>,
    pub environment_title: String,
    pub production: bool,
    pub rehearsal: bool,
    /// The rehearsal is a drill.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drill: bool,
    /// Somebody said of so many of its steps that they could not be followed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub not_followed: u32,
    pub version: String,
    pub git_sha: String,
    pub captain: String,
    pub started: DateTime<Utc>,
    /// When it ended.
    pub closed: Option<DateTime<Utc>>,
    pub outcome: Option<SessionOutcome>,
    pub standing: Standing,
    /// Top-level steps that are done. One that was left out is not.
    pub done: u32,
    /// Top-level steps.
    pub steps: u32,
    /// A step or a sub-step was left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left_out: bool,
    /// A person decided to go on without a pass, and there was none since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_pass: bool,
    /// It was given up, and the new version may be live.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub maybe_live: bool,
    /// It was completed, and nothing has proved the new version, although its steps say that it went live or a gate has compared it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unverified: bool,
    /// The session that it undoes.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Uuid>))]
    pub undoes: Option<Uuid>,
    /// The session that undoes it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Uuid>))]
    pub undone_by: Option<Uuid>,
    /// An event of it cannot be read, so that it can be neither opened nor exported. What else is said here is what was known
    /// last, or nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreadable: bool,
}

/// `GET /api/sessions/{id}/events`: what happened, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionEvents {
    pub events: Vec<Record>,
    /// The newest rollback of the session, where there is one: the log of a session that was closed before does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Uuid>))]
    pub undone_by: Option<Uuid>,
}

/// A message of `GET /api/sessions/{id}/stream` (SSE). A record comes as event `record` with its sequence as id; live
/// output comes as event `live` without an id, and is not replayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Live {
    /// A piece of output of a running gate, redacted.
    Output {
        /// The id in the run's `gate_started`.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        run: Uuid,
        /// The piece.
        text: String,
    },
    /// One attempt of a gate that retries or polls ended.
    Attempt {
        /// The id in the run's `gate_started`.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        run: Uuid,
        /// 1, 2, 3, …
        number: u32,
        /// The outcome of the attempt and when the next one starts, for people.
        summary: String,
    },
}

/// Event `live` of `GET /api/stream` (SSE), which tells of several sessions. It is not replayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionLive {
    /// Of which session.
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub session: SessionId,
    /// What a running gate says.
    pub live: Live,
}

/// Event `ended` of `GET /api/stream`: nothing more comes of this session. The others go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionEnded {
    /// Of which session.
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub session: SessionId,
    /// Why.
    pub error: ErrorDetail,
}

/// `GET /api/rehearsal/faults`: one fault of the stand-in platform. Named ones come first, then those of each gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FaultState {
    pub id: String,
    pub title: String,
    /// What it does, and which gates see it.
    pub description: String,
    /// It is on.
    pub on: bool,
    /// The gate, by its name in `gates.toml`, that a fault of a gate's kind is for; none for a named fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<String>,
}

/// `PUT /api/rehearsal/faults/{id}`: switch a fault. The answer is the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetFault {
    /// On or off.
    pub on: bool,
}

/// For fields that are left out where they are 0.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A new id for commands, from random bytes that the caller drew.
#[must_use]
pub fn command_id(random: [u8; 16]) -> CommandId {
    uuid::Builder::from_random_bytes(random).into_uuid()
}

/// The session's id as the file name of an export: `2026-11-20-a1b2c3d4`.
#[must_use]
pub fn export_name(started: DateTime<Utc>, id: Uuid) -> String {
    let id = id.simple().to_string();
    format!("holdpoint-{}-{}", started.format("%Y-%m-%d"), &id[id.len() - 8..])
}
