//! Asking for sessions by what is known of them, without reading their events.

mod complete;
mod filter;
mod projection;
mod sqlite;
mod words;

use std::collections::HashSet;

use futures::future::BoxFuture;
use holdpoint_domain::history::SessionDigest;
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{FoundSessions, SessionBrief, SessionChoices, SessionFilter};

use super::StoreError;

pub(super) use complete::{HISTORY_INCOMPLETE, complete};
pub(super) use projection::write_projections;
pub use projection::{Projection, ProjectionFold};
pub(super) use sqlite::SEARCHES;
pub use words::{WORD_LIMIT, words_of};

/// Sessions that are counted, at most.
pub const COUNT_LIMIT: u32 = 10_000;

/// Asks for sessions by what is known of them. One that cannot be read is found by nothing but the time of its start, and marked.
pub trait History: Send + Sync {
    /// The session that undoes this one, if there is any: the last that was started. While the session is open its own log says it;
    /// once it is closed, a rollback can be started of which only the rollback's log tells.
    fn rollback_of(&self, session: SessionId) -> BoxFuture<'_, Result<Option<SessionId>, StoreError>>;

    /// These sessions as the list has them, in no order. Those that are not there are left out.
    fn briefs_of(&self, ids: HashSet<SessionId>) -> BoxFuture<'_, Result<Vec<SessionBrief>, StoreError>>;

    /// The newest sessions that the filter finds, or those before one, newest first, at most `limit`.
    fn search(
        &self,
        filter: SessionFilter,
        before: Option<SessionId>,
        limit: u32,
    ) -> BoxFuture<'_, Result<FoundSessions, StoreError>>;

    /// What is kept of the sessions that the filter finds, newest first, at most `limit`: of those that ended their digests.
    fn digests(
        &self,
        filter: SessionFilter,
        before: Option<SessionId>,
        limit: u32,
        part: DigestPart,
    ) -> BoxFuture<'_, Result<Vec<Kept>, StoreError>>;

    /// What sessions can be asked for by.
    fn choices(&self) -> BoxFuture<'_, Result<SessionChoices, StoreError>>;
}

/// How much of a digest is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestPart {
    /// All of it.
    Whole,
    /// Without its steps, which are most of it.
    WithoutSteps,
}

/// What is kept of a session for statistics.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub session: SessionId,
    pub rehearsal: bool,
    /// A rollback of it was started.
    pub undone: bool,
    pub digest: KeptDigest,
}

/// The digest of a session.
#[derive(Clone, Debug, PartialEq)]
pub enum KeptDigest {
    /// The session is open, so that it has none.
    Open,
    /// It ended, and there is no digest that can be read.
    Unreadable,
    /// It ended.
    Read(Box<SessionDigest>),
}
