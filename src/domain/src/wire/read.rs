//! What the proxy sends of a runbook and of a session. The page has no reader: it shows and runs what the proxy compiled.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use serde::{Deserialize, Serialize};

use crate::history::Usual;
use crate::runbook::{Block, Diagnostic, Metadata, Procedure, Runbook};
use crate::session::{Record, SessionId};

/// `GET /api/runbooks/{name}`: the runbook, read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunbookRead {
    /// The file's name without `.md`.
    pub name: String,
    /// SHA-256 (hex) of its text.
    pub digest: String,
    /// What was read of it.
    pub runbook: RunbookPage,
}

/// A runbook as people read it and start from it. What only its author asks for (references, mentions) is in `holdpoint outline`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunbookPage {
    /// The first heading of level one, or the file's name when there is none.
    pub title: String,
    /// Audience, version, last updated: what the runbook says of itself.
    pub metadata: Vec<Metadata>,
    pub blocks: Vec<Block>,
    /// What can be run from start to end.
    pub procedures: Vec<Procedure>,
    /// What was not understood, or is likely a mistake.
    pub diagnostics: Vec<Diagnostic>,
}

impl From<&Runbook> for RunbookPage {
    fn from(runbook: &Runbook) -> Self {
        Self {
            title: runbook.title.clone(),
            metadata: runbook.metadata.clone(),
            blocks: runbook.blocks.clone(),
            procedures: runbook.procedures.clone(),
            diagnostics: runbook.diagnostics.clone(),
        }
    }
}

/// `GET /api/sessions/{id}`: everything that happened, in order. The page folds it; the first event holds the procedure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionRead {
    pub events: Vec<Record>,
    /// How long the steps of such sessions took before; null where too few were completed to say, for a rehearsal and once it is closed.
    #[serde(default)]
    pub usual: Option<Usual>,
    /// As for [`super::SessionEvents::undone_by`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<uuid::Uuid>))]
    pub undone_by: Option<SessionId>,
}
