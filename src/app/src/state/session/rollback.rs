//! Undoing a session: a session of its own, linked to the one that it undoes.

use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{ProcedureBrief, StartSession};
use uuid::Uuid;

use super::Session;
use crate::api::{self, ApiError};

impl Session {
    /// What can undo the session: the procedures that its start holds, not tracked.
    pub fn rollbacks(self) -> Vec<ProcedureBrief> {
        self.with_confirmed_untracked(|state| {
            let started = state.started.as_ref();
            started.map_or_else(Vec::new, |started| {
                started.rollbacks.iter().map(ProcedureBrief::from).collect()
            })
        })
    }

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
