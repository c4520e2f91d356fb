//! What the watch page shows besides the log.

use serde::{Deserialize, Serialize};

/// `GET /api/sessions/{id}/watch`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WatchFacts {
    /// Where the commit that is released can be looked at; null where `gates.toml` declares no repository for the environment, or the
    /// session has no commit. It is never guessed.
    pub commit_url: Option<String>,
    /// The terms that the session's runbook explains itself.
    pub terms: Vec<Term>,
    /// The environment declares a pipeline: `GET /api/sessions/{id}/pipeline` tells of it.
    #[serde(default)]
    pub pipeline: bool,
}

/// A term of a runbook's glossary, in the runbook's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Term {
    pub term: String,
    pub meaning: String,
}
