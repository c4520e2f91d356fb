//! Two sessions of a procedure side by side, or a session and the times that its runbook gives.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::gate::Outcome;
use crate::session::Standing;

/// `GET /api/sessions/{id}/compare?with=…`: where the two differ comes first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Comparison {
    pub this: ComparedSide,
    pub other: ComparedSide,
    /// What has to be known of the two before anything is concluded, in sentences.
    pub remarks: Vec<String>,
    /// False where nothing of the one is in the other; the remarks say why.
    pub comparable: bool,
    /// Those that differ first, the gravest before the others; then all others in the outline's order.
    pub steps: Vec<ComparedStep>,
}

/// One of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComparedSide {
    /// The session; null for the runbook's own times.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Uuid>))]
    pub session: Option<Uuid>,
    /// `Golden release v1.4.2`; for the runbook its title.
    pub name: String,
    pub environment: Option<String>,
    pub production: bool,
    pub rehearsal: bool,
    pub captain: Option<String>,
    pub standing: Option<Standing>,
    /// How it stands in words, its rollback included.
    #[serde(default)]
    pub stands: Option<String>,
    pub started: Option<DateTime<Utc>>,
    /// From its start to its closing; the runbook's time for the whole procedure. Null where the session is open, or the runbook
    /// gives none.
    pub seconds: Option<u64>,
    /// Runs of gates that the proxy asked.
    pub gate_runs: u32,
    pub holds: u32,
    /// Of all gates that held, each by itself.
    pub seconds_on_hold: u64,
    /// Decisions to go on without a pass.
    pub without_pass: u32,
    /// Steps and sub-steps.
    pub left_out: u32,
}

/// A step or a sub-step of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComparedStep {
    /// Its number and title.
    pub label: String,
    /// It has sub-steps: its length is that of all of them.
    pub phase: bool,
    pub matched: Matched,
    pub this: Option<StepFacts>,
    pub other: Option<StepFacts>,
    /// The gravest first; empty where the two do not differ.
    pub deviations: Vec<Deviation>,
}

/// How a step of the one was found in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Matched {
    ById,
    /// The ids differ, and the titles are the same.
    ByTitle,
    OnlyThis,
    OnlyOther,
}

/// What came of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepFacts {
    /// From when it was next until it was done, each time that it was; what the runbook says it may take. Null where that is not
    /// known.
    pub seconds: Option<u64>,
    /// Its place among the steps that are done, in the order in which they were, from 1.
    pub place: Option<u32>,
    /// Null where it is not done, and for the runbook.
    pub end: Option<StepOutcome>,
    pub by: Option<String>,
    pub gates: Vec<GateFacts>,
    pub holds: u32,
    /// To the last event where it still holds.
    pub seconds_on_hold: u64,
    /// Decisions to go on without a pass.
    pub without_pass: u32,
}

/// How a step came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum StepOutcome {
    Done,
    WithoutPass,
    LeftOut,
}

/// The runs of a gate at a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GateFacts {
    pub gate: String,
    pub title: String,
    pub runs: u32,
    /// The last one.
    pub verdict: Option<Outcome>,
}

/// One way in which the two differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deviation {
    pub kind: DeviationKind,
    /// For people; *here* is the session that is compared.
    pub words: String,
}

/// In what the two differ, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DeviationKind {
    WithoutPass,
    Verdict,
    Hold,
    LeftOut,
    NotDone,
    OnlyOne,
    GateRuns,
    Order,
    Duration,
}
