//! A store that can fail, wait and panic when it is told to, and counts its transactions.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use futures::FutureExt;
use futures::future::BoxFuture;
use holdpoint_domain::wire::{FoundSessions, SessionBrief, SessionChoices, SessionFilter};
use tokio::sync::Semaphore;

use super::*;
use crate::store::{DigestPart, EventJson, History, Kept, NewCookie, RecordedCommand, SecretKind, SessionRow};

/// What happens to a request after it was committed.
#[derive(Clone, Copy, Debug)]
pub(super) enum AfterCommit {
    Error,
    Panic,
}

type FailWhen = Box<dyn Fn(usize) -> bool + Send>;

/// What is shared by a test and its store.
pub(super) struct Faulty {
    inner: Arc<dyn Store>,
    /// Requests to append so far.
    requests: AtomicUsize,
    fails: Mutex<FailWhen>,
    /// Each request takes a permit while the store is held.
    permits: Semaphore,
    held: AtomicBool,
    panics: AtomicBool,
    after_commit: Mutex<Option<AfterCommit>>,
    /// Nothing is ever appended to this one: others seem to be faster each time.
    crowded: Mutex<Option<SessionId>>,
}

impl Faulty {
    pub(super) fn new(inner: &Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self {
            inner: Arc::clone(inner),
            requests: AtomicUsize::new(0),
            fails: Mutex::new(Box::new(|_| false)),
            permits: Semaphore::new(0),
            held: AtomicBool::new(false),
            panics: AtomicBool::new(false),
            after_commit: Mutex::new(None),
            crowded: Mutex::new(None),
        })
    }

    pub(super) fn store(self: &Arc<Self>) -> Arc<dyn Store> {
        Arc::new(FaultyStore(Arc::clone(self)))
    }

    /// Requests to append so far. Each is one transaction at most.
    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Which requests fail, counted from 0.
    pub(super) fn fail_when(&self, fails: impl Fn(usize) -> bool + Send + 'static) {
        *self.fails.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(fails);
    }

    /// From now on requests wait until they are let go.
    pub(super) fn hold(&self) {
        self.held.store(true, Ordering::SeqCst);
    }

    pub(super) fn let_go(&self) {
        self.held.store(false, Ordering::SeqCst);
        self.permits.add_permits(1000);
    }

    /// The next request is committed, and nobody is told.
    pub(super) fn lose_the_next_answer(&self, how: AfterCommit) {
        *self.after_commit.lock().unwrap_or_else(PoisonError::into_inner) = Some(how);
    }

    /// From now on nothing is appended to this session.
    pub(super) fn crowd(&self, session: SessionId) {
        *self.crowded.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
    }

    /// The next reading of events panics.
    pub(super) fn panic_once(&self) {
        self.panics.store(true, Ordering::SeqCst);
    }
}

struct FaultyStore(Arc<Faulty>);

impl History for FaultyStore {
    fn rollback_of(&self, session: SessionId) -> BoxFuture<'_, Result<Option<SessionId>, StoreError>> {
        self.0.inner.rollback_of(session)
    }

    fn search(
        &self,
        filter: SessionFilter,
        before: Option<SessionId>,
        limit: u32,
    ) -> BoxFuture<'_, Result<FoundSessions, StoreError>> {
        self.0.inner.search(filter, before, limit)
    }

    fn digests(
        &self,
        filter: SessionFilter,
        before: Option<SessionId>,
        limit: u32,
        part: DigestPart,
    ) -> BoxFuture<'_, Result<Vec<Kept>, StoreError>> {
        self.0.inner.digests(filter, before, limit, part)
    }

    fn briefs_of(&self, ids: HashSet<SessionId>) -> BoxFuture<'_, Result<Vec<SessionBrief>, StoreError>> {
        self.0.inner.briefs_of(ids)
    }

    fn choices(&self) -> BoxFuture<'_, Result<SessionChoices, StoreError>> {
        self.0.inner.choices()
    }
}

impl Store for FaultyStore {
    fn append_all(&self, appends: Vec<Append>) -> BoxFuture<'static, Result<Vec<Appended>, StoreError>> {
        let faulty = Arc::clone(&self.0);
        let count = faulty.requests.fetch_add(1, Ordering::SeqCst);
        async move {
            if faulty.held.load(Ordering::SeqCst) {
                faulty.permits.acquire().await.unwrap().forget();
            }
            let fails = faulty.fails.lock().unwrap_or_else(PoisonError::into_inner)(count);
            if fails {
                return Err(StoreError::Failed {
                    reason: "the disk is full".to_owned(),
                });
            }
            let crowded = *faulty.crowded.lock().unwrap_or_else(PoisonError::into_inner);
            let parts = appends.iter().flat_map(|append| &append.parts);
            if parts.map(|part| Some(part.session)).any(|session| session == crowded) {
                return Ok(vec![Appended::Conflict; appends.len()]);
            }
            let appended = faulty.inner.append_all(appends).await;
            let lost = faulty
                .after_commit
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            match lost {
                None => appended,
                Some(AfterCommit::Panic) => panic!("as the test wishes"),
                Some(AfterCommit::Error) => Err(StoreError::Failed {
                    reason: "the disk went away".to_owned(),
                }),
            }
        }
        .boxed()
    }

    fn head(&self, session: SessionId) -> BoxFuture<'_, Result<Option<u64>, StoreError>> {
        self.0.inner.head(session)
    }

    fn events(&self, session: SessionId, after: u64, limit: u32) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        assert!(!self.0.panics.swap(false, Ordering::SeqCst), "as the test wishes");
        self.0.inner.events(session, after, limit)
    }

    fn events_json(
        &self,
        session: SessionId,
        after: u64,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<EventJson>, StoreError>> {
        self.0.inner.events_json(session, after, limit)
    }

    fn texts(&self, session: SessionId, after: u64, limit: u32) -> BoxFuture<'_, Result<Vec<String>, StoreError>> {
        self.0.inner.texts(session, after, limit)
    }

    fn command(&self, id: CommandId) -> BoxFuture<'_, Result<Option<RecordedCommand>, StoreError>> {
        self.0.inner.command(id)
    }

    fn sessions(&self) -> BoxFuture<'_, Result<Vec<SessionRow>, StoreError>> {
        self.0.inner.sessions()
    }

    fn count_open(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.0.inner.count_open()
    }

    fn briefs(&self, before: Option<SessionId>) -> BoxFuture<'_, Result<Vec<SessionBrief>, StoreError>> {
        self.0.inner.briefs(before)
    }

    fn annotated(&self) -> BoxFuture<'_, Result<Vec<SessionId>, StoreError>> {
        self.0.inner.annotated()
    }

    fn session_of_day(&self, day: String, number: u32) -> BoxFuture<'_, Result<Option<SessionId>, StoreError>> {
        self.0.inner.session_of_day(day, number)
    }

    fn number_of_day(&self, session: SessionId) -> BoxFuture<'_, Result<u32, StoreError>> {
        self.0.inner.number_of_day(session)
    }

    fn keep_secret(&self, kind: SecretKind, hash: String, expires: i64) -> BoxFuture<'_, Result<(), StoreError>> {
        self.0.inner.keep_secret(kind, hash, expires)
    }

    fn exchange_link(&self, link: String, now: i64, cookie: NewCookie) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.0.inner.exchange_link(link, now, cookie)
    }

    fn cookie(&self, hash: String, now: i64) -> BoxFuture<'_, Result<Option<i64>, StoreError>> {
        self.0.inner.cookie(hash, now)
    }

    fn end_cookie(&self, hash: String) -> BoxFuture<'_, Result<(), StoreError>> {
        self.0.inner.end_cookie(hash)
    }

    fn end_secrets(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.0.inner.end_secrets()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.0.inner.ready()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.0.inner.close()
    }
}
