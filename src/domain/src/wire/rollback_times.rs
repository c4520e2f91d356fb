//! How long a rollback took before, by the list of sessions.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, TimeDelta, Utc};

use super::SessionBrief;
use crate::session::{SessionId, SessionOutcome};

/// How long a session took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Took {
    pub session: SessionId,
    /// From its start to its closing.
    pub length: TimeDelta,
    pub ended: DateTime<Utc>,
    pub environment: String,
}

/// The last time that a rollback was completed, and the last rehearsal of it, of the sessions in the list, which are the newest ones. What was given up is no measure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastRollback {
    pub real: Option<Took>,
    pub rehearsal: Option<Took>,
}

impl LastRollback {
    /// Of a runbook's procedure, by the title that the list has of it.
    #[must_use]
    pub fn of(list: &[SessionBrief], runbook: &str, procedure: &str) -> Self {
        let last = |rehearsal: bool| {
            let like = list.iter().filter(|one| {
                one.runbook == runbook
                    && one.procedure_title == procedure
                    && one.rehearsal == rehearsal
                    && one.outcome == Some(SessionOutcome::Completed)
                    && !one.unreadable
            });
            let took = like.filter_map(|one| {
                let ended = one.closed?;
                // Where a clock went back, nothing was measured.
                (ended > one.started).then(|| Took {
                    session: one.id,
                    length: ended - one.started,
                    ended,
                    environment: one.environment_title.clone(),
                })
            });
            took.max_by_key(|took| took.ended)
        };
        Self {
            real: last(false),
            rehearsal: last(true),
        }
    }
}
