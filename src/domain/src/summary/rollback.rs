//! How the rollback of a session stands, by the rollback's own events.

use chrono::{DateTime, Utc};

use crate::session::{Standing, State};

/// How a rollback stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollbackStanding {
    /// Nothing holds, and it is not closed.
    Open { done: usize, steps: usize },
    /// A gate of it holds.
    Held { done: usize, steps: usize },
    /// It was closed with every step done.
    Finished,
    /// It was given up, or closed as rolled back.
    GivenUp { done: usize, steps: usize },
    /// A rollback of the rollback was started, and it is not closed.
    Undone,
}

impl RollbackStanding {
    /// None before its first event.
    #[must_use]
    pub fn of(rollback: &State) -> Option<Self> {
        rollback.started.as_ref()?;
        let (done, steps) = rollback.progress();
        Some(match rollback.standing() {
            Standing::Go => Self::Open { done, steps },
            Standing::Hold => Self::Held { done, steps },
            Standing::RollingBack => Self::Undone,
            Standing::Completed => Self::Finished,
            Standing::Abandoned | Standing::RolledBack => Self::GivenUp { done, steps },
        })
    }
}

/// Since when the rollback stands as it does.
pub(super) fn since(rollback: &State) -> Option<DateTime<Utc>> {
    let closed = rollback.closed.as_ref().map(|closed| closed.at);
    let held = rollback.hold().map(|(_, _, hold)| hold.since);
    closed.or(held).or(rollback.started_at)
}
