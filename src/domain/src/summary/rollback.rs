//! The rollback of a session: how it stands, by its own events.

use chrono::{DateTime, Utc};

use super::ending::Ending;
use crate::session::{Standing, State};

/// What is known of the rollback of a session besides the session's own log.
#[derive(Clone, Copy, Debug, Default)]
pub enum Undoing<'a> {
    /// Nothing: whether there is one is what the log says.
    #[default]
    AsLogged,
    /// One was started, and nothing more is known of it. The log of a session that was closed before does not say it.
    Started,
    /// This is its state.
    Known(&'a State),
    /// This is its state, and a rollback of it was started, too. The log of one that was closed before does not say it.
    Undone(&'a State),
}

impl<'a> From<Option<&'a State>> for Undoing<'a> {
    fn from(known: Option<&'a State>) -> Self {
        known.map_or(Self::AsLogged, Self::Known)
    }
}

/// How a rollback stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollbackStanding {
    /// Nothing is known of it yet.
    Unknown,
    /// Nothing holds, and it is not closed.
    Open,
    /// A gate of it holds.
    Held,
    /// It was closed as completed.
    Finished(Ending),
    /// It was given up, or closed as rolled back.
    GivenUp,
    /// A rollback of the rollback was started, so that what it did may be undone.
    Undone,
}

impl RollbackStanding {
    /// How the rollback with this state stands.
    #[must_use]
    pub fn of(rollback: &State) -> Self {
        if rollback.started.is_none() {
            return Self::Unknown;
        }
        if rollback.rollback.is_some() {
            return Self::Undone;
        }
        match rollback.standing() {
            Standing::Go => Self::Open,
            Standing::Hold => Self::Held,
            Standing::RollingBack => Self::Undone,
            Standing::Completed => Self::Finished(Ending::of(rollback)),
            Standing::Abandoned | Standing::RolledBack => Self::GivenUp,
        }
    }

    /// Whether it goes on. Whether one that is undone does is not known.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Unknown | Self::Open | Self::Held)
    }
}

/// The rollback of a session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rollback<'a> {
    pub standing: RollbackStanding,
    /// None while nothing is known of it.
    pub state: Option<&'a State>,
}

impl<'a> Rollback<'a> {
    pub const UNKNOWN: Self = Self {
        standing: RollbackStanding::Unknown,
        state: None,
    };

    /// The rollback of the session; none where none was started. A rollback of a session that is not closed is in its log.
    pub fn of(state: &State, undoing: Undoing<'a>) -> Option<Self> {
        let told = state.closed.is_some() && !matches!(undoing, Undoing::AsLogged);
        if state.rollback.is_none() && !told {
            return None;
        }
        let known = match undoing {
            Undoing::Known(rollback) | Undoing::Undone(rollback) => Some(rollback),
            Undoing::AsLogged | Undoing::Started => None,
        };
        let known = known.filter(|rollback| rollback.started.is_some());
        let standing = match undoing {
            Undoing::Undone(_) => RollbackStanding::Undone,
            _ => known.map_or(RollbackStanding::Unknown, RollbackStanding::of),
        };
        Some(Self { standing, state: known })
    }
}

impl<'a> Rollback<'a> {
    /// Who leads it, where that is known.
    pub fn captain(self) -> Option<&'a str> {
        Some(&self.state?.started.as_deref()?.captain)
    }
}

/// Since when the rollback stands as it does.
pub(super) fn since(rollback: &State) -> Option<DateTime<Utc>> {
    let closed = rollback.closed.as_ref().map(|closed| closed.at);
    let held = rollback.hold().map(|(_, _, hold)| hold.since);
    closed.or(held).or(rollback.started_at)
}
