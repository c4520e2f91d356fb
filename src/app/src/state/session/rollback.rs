//! Undoing a session: a session of its own, linked to the one that it undoes.

use holdpoint_domain::runbook::{self, ProcedureKind};
use holdpoint_domain::session::{SessionId, State};
use holdpoint_domain::wire::StartSession;
use uuid::Uuid;

use super::SessionStore;
use crate::api::{self, ApiError};

/// A procedure that undoes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollback {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Steps on its top level.
    pub steps: usize,
}

/// What can undo the session: the procedure that its runbook names for it, else every rollback of the runbook.
pub fn rollbacks(state: &State) -> Vec<Rollback> {
    let Some(started) = &state.started else {
        return Vec::new();
    };
    let named = state
        .procedure
        .as_ref()
        .and_then(|procedure| procedure.rollback.clone());
    let book = runbook::read(&started.runbook, &started.text);
    let own = started.procedure.as_str();
    let all = book.procedures.iter().filter(|one| match &named {
        Some(id) => one.id == *id,
        None => one.kind == ProcedureKind::Rollback && one.id != own && !one.steps.is_empty(),
    });
    all.map(|one| Rollback {
        id: one.id.clone(),
        title: one.title.clone(),
        steps: one.steps.len(),
    })
    .collect()
}

impl SessionStore {
    /// Starts a rollback. It does not go through the outbox: the captain waits for the session that it makes. The ids are
    /// the caller's, so that a second try after a lost answer asks for the same session.
    pub async fn start_rollback(
        self,
        procedure: String,
        command: Uuid,
        session: SessionId,
    ) -> Result<SessionId, ApiError> {
        let request = self.with_confirmed_untracked(|state| {
            let started = state.started.as_ref()?;
            Some(StartSession {
                command,
                session,
                runbook: started.runbook.clone(),
                digest: started.digest.clone(),
                procedure,
                environment: started.environment.clone(),
                version: started.version.clone(),
                git_sha: started.git_sha.clone(),
                captain: self.actor(),
                undoes: Some(self.id),
                variables: started.variables.clone(),
            })
        });
        let request = request.ok_or_else(|| ApiError::NotFound {
            message: "The session is not loaded yet, so it cannot be rolled back. Wait a moment and try again."
                .to_owned(),
        })?;
        api::start(&request).await.map(|_| session)
    }
}
