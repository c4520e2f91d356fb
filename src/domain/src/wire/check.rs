//! Gates outside any session: what an author asks before anything rests on them.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::gate::GateSnapshot;

/// `GET /api/environments/{name}/gates`: one for each gate of the environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckableGate {
    #[serde(flatten)]
    pub gate: GateSnapshot,
    /// Asking changes nothing: an SQL statement, or requests with GET and HEAD. Others are asked only when somebody names them.
    pub only_reads: bool,
    /// What a session would tell it: `git_sha`, `version`.
    pub session_names: Vec<String>,
}

/// `POST /api/environments/{name}/gates/{gate}/check`: asks once. The answer is the verdict, which no session records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckGate {
    /// By name, what a session would tell the gate.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}
