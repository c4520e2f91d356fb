//! The list of sessions.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use holdpoint_domain::session::{SessionId, State};
use holdpoint_domain::wire::{SessionBrief, Usual};

use super::{Engine, EngineError};
use crate::store::{SessionRow, Store, StoreError, all_events};

/// What the list says, kept for sessions in which nothing has happened since.
#[derive(Debug, Default)]
pub struct Briefs {
    known: Mutex<HashMap<SessionId, Known>>,
}

/// What the list says of a session.
#[derive(Clone, Debug)]
struct Known {
    /// Its last event then.
    last_seq: u64,
    /// Nothing, if it cannot be read or has no start.
    brief: Option<SessionBrief>,
}

impl Briefs {
    /// Every session, newest first. One that cannot be read is said to be so in the log, and left out.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn list(&self, store: &dyn Store) -> Result<Vec<SessionBrief>, StoreError> {
        let mut list = Vec::new();
        for row in store.sessions().await? {
            let known = match self.known(&row) {
                Some(known) => known,
                None => {
                    let read = read(store, &row).await?;
                    self.locked().insert(row.id, read.clone());
                    read
                }
            };
            list.extend(known.brief);
        }
        // A rollback of a session that was closed already is linked from the rollback's side only.
        let undone: HashMap<SessionId, SessionId> = list
            .iter()
            .rev()
            .filter_map(|brief| Some((brief.undoes?, brief.id)))
            .collect();
        for brief in &mut list {
            brief.undone_by = brief.undone_by.or_else(|| undone.get(&brief.id).copied());
        }
        Ok(list)
    }

    fn known(&self, row: &SessionRow) -> Option<Known> {
        let known = self.locked();
        known.get(&row.id).filter(|one| one.last_seq == row.last_seq).cloned()
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<SessionId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Folded from the store and not from what the engine keeps, so that the list never shows what is not durable yet.
async fn read(store: &dyn Store, row: &SessionRow) -> Result<Known, StoreError> {
    match all_events(store, row.id, 0).await {
        Ok(records) => Ok(Known {
            last_seq: records.last().map_or(row.last_seq, |last| last.seq),
            brief: brief(row.id, &State::fold(&records)),
        }),
        Err(error @ StoreError::Unreadable { .. }) => {
            tracing::error!(%error, session = %row.id, "the session cannot be read, so it is left out of the list");
            Ok(Known {
                last_seq: row.last_seq,
                brief: None,
            })
        }
        Err(error) => Err(error),
    }
}

impl Engine {
    /// Every session, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn sessions(&self) -> Result<Vec<SessionBrief>, EngineError> {
        Ok(self.briefs.list(&*self.store).await?)
    }

    /// How long sessions like this one took. It is never a reason not to show the session itself.
    pub async fn usual(&self, session: SessionId) -> Option<Usual> {
        match self.sessions().await {
            Ok(list) => Usual::of(&list, session),
            Err(error) => {
                tracing::warn!(%error, %session, "how long such sessions took is not known");
                None
            }
        }
    }
}

/// The place of a session among those of its day, from 1. The list is newest first.
#[must_use]
pub fn number_of(list: &[SessionBrief], session: SessionId) -> u32 {
    let Some(at) = list.iter().position(|brief| brief.id == session) else {
        return 1;
    };
    let day = list[at].started.date_naive();
    let of_the_day = list[at..]
        .iter()
        .filter(|brief| brief.started.date_naive() == day)
        .count();
    u32::try_from(of_the_day).unwrap_or(u32::MAX)
}

/// What the list says of a session. Nothing, if it has no start.
fn brief(id: SessionId, state: &State) -> Option<SessionBrief> {
    let started = state.started.as_deref()?;
    let (done, steps) = state.progress();
    let short = |count| u32::try_from(count).unwrap_or(u32::MAX);
    Some(SessionBrief {
        id,
        runbook: started.runbook.clone(),
        runbook_title: started.runbook_title.clone(),
        procedure_title: started.procedure.title.clone(),
        environment_title: started.environment_title.clone(),
        production: started.production,
        rehearsal: started.rehearsal,
        version: started.version.clone(),
        git_sha: started.git_sha.clone(),
        captain: started.captain.clone(),
        started: state.started_at?,
        closed: state.closed.as_ref().map(|closed| closed.at),
        outcome: state.closed.as_ref().map(|closed| closed.outcome),
        standing: state.standing(),
        done: short(done),
        steps: short(steps),
        undoes: started.undoes,
        undone_by: state.rollback,
    })
}
