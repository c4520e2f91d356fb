//! Undoing a session: a session of its own, linked to the one that it undoes.

use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{ProcedureBrief, StartSession};
use leptos::prelude::*;
use uuid::Uuid;

use super::follow_session;
use super::store::{Mode, Session};

/// The rollback of the session, followed as well: the session alone does not say how it goes. Once it is closed its log does not say that
/// one was started, and the proxy's word does.
pub fn follow_rollback(session: Session) -> Memo<Option<Session>> {
    let id = Memo::new(move |_| session.rollback_id());
    Memo::new_with_compare(
        move |_| id.get().map(|id| follow_session(id, Mode::Watch)),
        |old, new| old.map(|one| one.map(|one| one.id)) != new.map(|one| one.map(|one| one.id)),
    )
}

impl Session {
    /// The rollback of the session, by its log and, once it is closed, by the proxy's word; tracked.
    pub fn rollback_id(self) -> Option<SessionId> {
        let told = self.undone_by.get();
        self.with_confirmed(|state| match state.closed {
            // Ids are made in the order of time, and what the proxy said may be older than the log.
            Some(_) => told.max(state.rollback),
            None => state.rollback,
        })
    }

    /// The procedures that can undo the session, as its start event holds them; not tracked.
    pub fn rollbacks(self) -> Vec<ProcedureBrief> {
        self.with_confirmed_untracked(|state| {
            let started = state.started.as_ref();
            started.map_or_else(Vec::new, |started| {
                started
                    .rollback_choices()
                    .into_iter()
                    .map(ProcedureBrief::from)
                    .collect()
            })
        })
    }

    /// The request that starts a rollback, with new ids; not tracked. None while the session is not loaded.
    pub fn rollback_request(self, procedure: String, captain: String) -> Option<StartSession> {
        self.with_confirmed_untracked(|state| {
            let started = state.started.as_ref()?;
            Some(StartSession {
                command: Uuid::now_v7(),
                session: Uuid::now_v7(),
                runbook: started.runbook.clone(),
                digest: started.digest.clone(),
                procedure,
                environment: started.environment.clone(),
                version: started.version.clone(),
                git_sha: started.git_sha.clone(),
                captain,
                undoes: Some(self.id),
                drill: None,
                variables: started.variables.clone(),
            })
        })
    }
}
