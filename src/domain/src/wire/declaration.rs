//! A gate of a session as the session goes by it, beside what `gates.toml` says of it now.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use serde::{Deserialize, Serialize};

use crate::gate::ComparedLine;

/// `GET /api/sessions/{id}/gates/{gate}/declaration`. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GateDeclaration {
    /// The gate's name in `gates.toml`.
    pub gate: String,
    /// For people.
    pub title: String,
    /// Whether the session goes by a declaration that was taken since it began.
    pub taken: bool,
    /// Whether the two differ, so that answers do not count until the new one is taken or the old one put back.
    pub changed: bool,
    /// The digest of what `gates.toml` declares now, which taking it names; absent when it does not declare the gate for the
    /// session's environment.
    pub digest: Option<String>,
    /// What the session goes by (`old`) and what `gates.toml` says now (`new`), line beside line.
    pub lines: Vec<ComparedLine>,
}
