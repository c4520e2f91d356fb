//! Drills: a rehearsal in which faults strike at moments that nobody in it knows. What a session keeps of one.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use serde::{Deserialize, Serialize};

/// What the start of a session says of its drill: that it is one, and what proves later that its plan was made before it began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillMark {
    /// The drill that was chosen; absent when it was drawn, so that nobody knows which one it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// [`SealedDrill::commitment`]; absent in a session that undoes one with a drill: it is part of that drill, and has no plan of
    /// its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<String>,
}

/// What was drawn for one session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillPlan {
    /// The drill's id in `rehearsal.toml`.
    pub drill: String,
    pub title: String,
    /// What it was drawn with: the same drill with the same seed gives the same faults at the same moments.
    pub seed: String,
    /// In the order of the file.
    pub faults: Vec<PlannedFault>,
}

/// A fault that strikes so long after something has happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedFault {
    /// The fault's id: `overloaded_rpc`, `api-health:refused`.
    pub fault: String,
    pub title: String,
    /// The gates of the session that it answers, by their names in `gates.toml`.
    pub gates: Vec<String>,
    pub from: DrillTrigger,
    /// Seconds after [`PlannedFault::from`].
    pub after_seconds: u64,
    /// How long it lasts. Otherwise it ends with the session's rollback or its closing, which end every fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts_seconds: Option<u64>,
}

/// What a fault's time is counted from. What does not happen in the session strikes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DrillTrigger {
    /// The session's start.
    Start,
    /// The first step that its author marked `live` is the next one, or is worked on.
    BeforeLive,
    /// The first step that this gate verifies is the next one, or is worked on.
    BeforeGate { gate: String },
    /// This gate was asked for the first time.
    Asked { gate: String },
}

/// A plan, and what keeps its hash from being guessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SealedDrill {
    pub plan: DrillPlan,
    /// Drawn by the proxy for this session.
    pub salt: String,
}
