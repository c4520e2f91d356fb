//! Keeping events, so that nothing is acknowledged before it is durable.

mod append;
mod brief;
mod error;
mod event_rows;
mod history;
mod reading;
mod schema;
mod sqlite;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use holdpoint_domain::session::{CommandId, Record, SessionId};
use holdpoint_domain::wire::SessionBrief;

pub use crate::data::DATABASE_FILE;
pub use append::{Append, Appended, EncodedRecord, SessionAppend};
pub use brief::{Progress, brief_of};
pub use error::{StoreError, UnreadableCause};
pub use history::{
    COUNT_LIMIT, DigestPart, History, Kept, KeptDigest, Projection, ProjectionFold, WORD_LIMIT, words_of,
};
pub use sqlite::{LogEntry, LogPage, SqliteStore, TargetRow};

/// Events that are read from the store at once.
pub const PAGE_SIZE: u32 = 1000;

/// Sessions in one answer of the list. As many open ones may come on top.
pub const LIST_LIMIT: u32 = 1000;

/// An event's `seq` and its JSON.
pub type EventJson = (u64, Arc<str>);

/// Keeps sessions' events and what people sign in with.
pub trait Store: History + Send + Sync + 'static {
    /// Appends events, each append all or nothing, and all of them in one transaction. The request takes its place in the
    /// queue when this is called, and not when the future is first polled: a caller that appends A and then B knows that A
    /// comes first. The future is done when the events are durable, and gives what came of each append, in order.
    fn append_all(&self, appends: Vec<Append>) -> BoxFuture<'static, Result<Vec<Appended>, StoreError>>;

    /// Appends the events of one command, all or nothing; see [`Store::append_all`].
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, StoreError>> {
        let appended = self.append_all(vec![append]);
        async move { appended.await?.pop().ok_or(StoreError::Closed) }.boxed()
    }

    /// The `seq` of the session's last event. No event is read: the first one holds a whole runbook. Where it is not the one that the
    /// session's own row names, the session is unreadable.
    fn head(&self, session: SessionId) -> BoxFuture<'_, Result<Option<u64>, StoreError>>;

    /// A session's events after a place, at most `limit` of them, in order. One that is missing among them, or after them by what the
    /// session's own row says, is an error; without a session there are none.
    fn events(&self, session: SessionId, after: u64, limit: u32) -> BoxFuture<'_, Result<Vec<Record>, StoreError>>;

    /// The same as [`Store::events`], each as its `seq` and the JSON that was appended. One that cannot be read is an error
    /// here, too.
    fn events_json(
        &self,
        session: SessionId,
        after: u64,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<EventJson>, StoreError>>;

    /// The JSON of the same events as [`Store::events`], for whoever has read them already: each is held to its place, its row and
    /// the chain, and what happened is passed over.
    fn texts(&self, session: SessionId, after: u64, limit: u32) -> BoxFuture<'_, Result<Vec<String>, StoreError>>;

    /// A command that was carried out.
    fn command(&self, id: CommandId) -> BoxFuture<'_, Result<Option<RecordedCommand>, StoreError>>;

    /// Every session, newest first. A row that cannot be read is said to be so in the log, and left out.
    fn sessions(&self) -> BoxFuture<'_, Result<Vec<SessionRow>, StoreError>>;

    /// How many sessions are not closed.
    fn count_open(&self) -> BoxFuture<'_, Result<u64, StoreError>>;

    /// What the list says of every session, newest first. One that is known to be unreadable is marked so; one that has no start
    /// is left out.
    /// At most [`LIST_LIMIT`] are given: those before `before`, or the newest. Of those that are not closed the newest are among
    /// them, however old they are, when there is no `before`.
    fn briefs(&self, before: Option<SessionId>) -> BoxFuture<'_, Result<Vec<SessionBrief>, StoreError>>;

    /// The place of a session among those of its day (UTC), from 1.
    fn number_of_day(&self, session: SessionId) -> BoxFuture<'_, Result<u32, StoreError>>;

    /// The session that has this place among those of its day (`2026-11-27`, UTC): what [`Store::number_of_day`] counts.
    fn session_of_day(&self, day: String, number: u32) -> BoxFuture<'_, Result<Option<SessionId>, StoreError>>;

    /// The sessions that people wrote about beside their steps, in no order.
    fn annotated(&self) -> BoxFuture<'_, Result<Vec<SessionId>, StoreError>>;

    /// Keeps the hash of a secret until it expires (seconds since 1970). A new link ends those that were not used.
    fn keep_secret(&self, kind: SecretKind, hash: String, expires: i64) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Uses a one-time link up and keeps the cookie that it is for, both or neither. False when there is no such link, or it has
    /// expired by `now`.
    fn exchange_link(&self, link: String, now: i64, cookie: NewCookie) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// When a cookie expires, if there is one with this hash and it has not.
    fn cookie(&self, hash: String, now: i64) -> BoxFuture<'_, Result<Option<i64>, StoreError>>;

    /// Forgets a cookie.
    fn end_cookie(&self, hash: String) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Forgets every cookie and link, and says how many cookies there were.
    fn end_secrets(&self) -> BoxFuture<'_, Result<u64, StoreError>>;

    /// Whether events can be appended, by the writer's own word, and read. After an append that failed the writer tries, on the
    /// disk, whether it can write again.
    fn ready(&self) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Writes what waits and closes.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// All of a session's events after a place.
///
/// # Errors
/// The store does not answer.
pub async fn all_events(store: &dyn Store, session: SessionId, after: u64) -> Result<Vec<Record>, StoreError> {
    let mut all: Vec<Record> = Vec::new();
    loop {
        let cursor = all.last().map_or(after, |last| last.seq);
        let some = store.events(session, cursor, PAGE_SIZE).await?;
        if let (Some(last), Some(next)) = (all.last(), some.first())
            && next.prev != last.hash
        {
            let seq = i64::try_from(next.seq).unwrap_or(i64::MAX);
            let source = UnreadableCause::Unchained;
            return Err(StoreError::Unreadable { session, seq, source });
        }
        let whole = some.len() < PAGE_SIZE as usize;
        all.extend(some);
        if whole {
            return Ok(all);
        }
    }
}

/// A command that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedCommand {
    /// The session that it was sent to.
    pub session: SessionId,
    /// What tells one body from another.
    pub digest: String,
    /// The first event that it made there.
    pub first_seq: u64,
    /// The last event that it made there.
    pub last_seq: u64,
}

/// One session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRow {
    pub id: SessionId,
    /// It was closed.
    pub closed: bool,
}

/// The cookie of a browser that signs in.
#[derive(Clone, Debug)]
pub struct NewCookie {
    /// The hash of its value.
    pub hash: String,
    /// Seconds since 1970.
    pub expires: i64,
}

/// What a secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// A one-time sign-in link.
    Link,
    /// A signed-in browser.
    Cookie,
}

impl SecretKind {
    fn word(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Cookie => "cookie",
        }
    }
}
