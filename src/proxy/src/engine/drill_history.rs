//! The drills of a runbook that are over.

use holdpoint_domain::drill::{Unfollowed, unfollowed};
use holdpoint_domain::session::{Event, SessionId, State};
use holdpoint_domain::wire::{DrillEntry, DrillHistory, SessionBrief};
use tokio::task::spawn_blocking;

use super::{Engine, EngineError};
use crate::store::LIST_LIMIT;

/// Sessions whose logs are read for a history: of drills, and of rehearsals with steps that could not be followed.
const LATEST: usize = 20;
/// Pages of the list of sessions that are looked through.
const PAGES: usize = 10;

impl Engine {
    /// The latest drills of a runbook that are over, and the steps that its latest rehearsals could not follow. A session that cannot
    /// be read is left out; the list of sessions says so of it.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn drill_history(&self, runbook: &str) -> Result<DrillHistory, EngineError> {
        let (drills, unclear) = self.rehearsals_of(runbook).await?;
        let mut history = DrillHistory::default();
        for brief in drills {
            let environment = match self.environment_of(brief.id).await {
                Ok(environment) => environment,
                Err(error) => {
                    tracing::warn!(%error, session = %brief.id, "a drill is left out of its runbook's history");
                    continue;
                }
            };
            match self.drill_score(brief.id).await {
                Ok(Some(score)) => history.drills.push(DrillEntry {
                    environment,
                    session: brief.id,
                    started: brief.started,
                    captain: brief.captain,
                    procedure_title: brief.procedure_title,
                    outcome: brief.outcome,
                    drill: score.drill,
                    title: score.title,
                    seed: score.seed,
                    turns: u32::try_from(score.turns.len()).unwrap_or(u32::MAX),
                    faults: score.faults,
                }),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, session = %brief.id, "a drill is left out of its runbook's history")
                }
            }
        }
        for brief in unclear {
            match self.unfollowed(brief.id).await {
                Ok(mut steps) => history.not_followed.append(&mut steps),
                Err(error) => {
                    tracing::warn!(%error, session = %brief.id, "a rehearsal is left out of its runbook's history")
                }
            }
        }
        Ok(history)
    }

    async fn rehearsals_of(&self, runbook: &str) -> Result<(Vec<SessionBrief>, Vec<SessionBrief>), EngineError> {
        let (mut drills, mut unclear) = (Vec::new(), Vec::new());
        let mut before = None;
        for _ in 0..PAGES {
            let page = self.sessions(before).await?;
            before = oldest_of_full(&page);
            for brief in page.into_iter().filter(|one| one.runbook == runbook && !one.unreadable) {
                let known = unclear.iter().any(|one: &SessionBrief| one.id == brief.id);
                if brief.not_followed > 0 && unclear.len() < LATEST && !known {
                    unclear.push(brief.clone());
                }
                if brief.drill && brief.undoes.is_none() && brief.closed.is_some() && drills.len() < LATEST {
                    drills.push(brief);
                }
            }
            if before.is_none() || (drills.len() == LATEST && unclear.len() == LATEST) {
                break;
            }
        }
        Ok((drills, unclear))
    }

    async fn environment_of(&self, session: SessionId) -> Result<String, EngineError> {
        let first = self.store.events(session, 0, 1).await?.pop();
        Ok(match first.map(|record| record.event) {
            Some(Event::SessionStarted(started)) => started.environment,
            _ => String::new(),
        })
    }

    async fn unfollowed(&self, session: SessionId) -> Result<Vec<Unfollowed>, EngineError> {
        let records = self.events(session, 0).await?;
        let steps = spawn_blocking(move || unfollowed(session, &State::fold(&records)));
        steps.await.map_err(|_| EngineError::TaskEnded)
    }
}

/// The session after which the next page begins. Those that are open are listed whatever their age, so that the last of a page may be
/// far older than the one that ends it.
fn oldest_of_full(page: &[SessionBrief]) -> Option<SessionId> {
    page.get(LIST_LIMIT as usize - 1).map(|brief| brief.id)
}
