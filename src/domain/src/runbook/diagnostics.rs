//! Remarks on a runbook, and the names in it that lint looks up.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use serde::{Deserialize, Serialize};

/// A place in the source. Both counts start at 1; the column counts characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// How bad a diagnostic is. An error makes `holdpoint lint` exit with 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Info,
    /// Likely a mistake; the runbook still works.
    Warning,
    /// Must be mended: a gate that does not exist, an unknown key, a link to nowhere.
    Error,
}

/// One remark on the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Diagnostic {
    #[serde(flatten)]
    pub place: Place,
    pub severity: Severity,
    /// What happened and what to do, as one sentence for the author.
    pub message: String,
}

/// A place of the source that names something which may not exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mention {
    #[serde(flatten)]
    pub place: Place,
    #[serde(flatten)]
    pub of: Mentioned,
}

/// What a [`Mention`] names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mention", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Mentioned {
    /// A gate of `gates.toml`.
    Gate { name: String },
    /// The target of a link, as written.
    Link { target: String },
}
