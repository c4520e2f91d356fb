//! A log in the store, as exports read it.

use std::borrow::Cow;
use std::sync::Arc;

use futures::future::BoxFuture;
use holdpoint_domain::session::{GENESIS, Record, SessionId};
use holdpoint_report::{Log, Records, Texts};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::store::{Store, StoreError, UnreadableCause};

/// Events in a page: few, because each may be as large as a note or an output may be.
const PAGE: u32 = 256;
/// Pages that wait to be taken. With the one that is read and the one that is used, this is what an export keeps of a log.
const PAGES_AHEAD: usize = 1;

/// A session's log in the store, up to a place. Its iterators wait for the store, so that they are used on threads on which waiting is
/// allowed (`spawn_blocking`); the next page is read meanwhile. A reading ends when its iterator is dropped.
pub struct StoredLog {
    store: Arc<dyn Store>,
    session: SessionId,
    /// The last event.
    head: u64,
    runtime: Handle,
}

impl StoredLog {
    /// To be called within a runtime.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, session: SessionId, head: u64) -> Self {
        Self {
            store,
            session,
            head,
            runtime: Handle::current(),
        }
    }

    fn pages<T, F>(&self, read: F) -> Pages<T>
    where
        T: Send + 'static,
        F: Fn(Arc<dyn Store>, SessionId, u64, u32) -> BoxFuture<'static, Result<Vec<T>, StoreError>> + Send + 'static,
    {
        let (give, pages) = mpsc::channel(PAGES_AHEAD);
        let (store, session, head) = (Arc::clone(&self.store), self.session, self.head);
        self.runtime.spawn(async move {
            let mut after = 0;
            while after < head {
                let limit = u32::try_from(head - after).unwrap_or(u32::MAX).min(PAGE);
                let page = read(Arc::clone(&store), session, after, limit).await;
                after = match &page {
                    Ok(page) if !page.is_empty() => after + page.len() as u64,
                    // There is no event any more where there was one, or there was an error: it is the last that is given.
                    _ => head,
                };
                if give.send(page).await.is_err() {
                    return;
                }
            }
        });
        Pages {
            pages,
            page: Vec::new().into_iter(),
        }
    }
}

impl Log for StoredLog {
    fn records(&self) -> Records<'_> {
        let read = |store: Arc<dyn Store>, session, after, limit| -> BoxFuture<'static, _> {
            Box::pin(async move { store.events(session, after, limit).await })
        };
        Box::new(Chained {
            session: self.session,
            head: self.head,
            at: 0,
            hash: GENESIS.to_owned(),
            records: self.pages(read),
            failed: false,
        })
    }

    fn texts(&self) -> Texts<'_> {
        let read = |store: Arc<dyn Store>, session, after, limit| -> BoxFuture<'static, _> {
            Box::pin(async move { store.texts(session, after, limit).await })
        };
        let (session, head) = (self.session, self.head);
        let mut at = 0;
        let mut texts = self.pages(read);
        Box::new(std::iter::from_fn(move || match texts.next() {
            Some(Ok(text)) => {
                at += 1;
                Some(Ok(Cow::Owned(text)))
            }
            Some(Err(error)) => {
                at = head;
                Some(Err(error.into()))
            }
            None => cut_off(session, &mut at, head).map(|error| Err(error.into())),
        }))
    }
}

/// The items of pages that are read meanwhile.
struct Pages<T> {
    pages: mpsc::Receiver<Result<Vec<T>, StoreError>>,
    page: std::vec::IntoIter<T>,
}

impl<T> Iterator for Pages<T> {
    type Item = Result<T, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.page.next() {
                return Some(Ok(item));
            }
            match self.pages.blocking_recv()? {
                Ok(page) => self.page = page.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Records each of which follows the one before it, over the pages' ends, too.
struct Chained {
    session: SessionId,
    head: u64,
    /// The place of the last record that was given.
    at: u64,
    /// The hash that the head carries.
    hash: String,
    records: Pages<Record>,
    failed: bool,
}

impl Iterator for Chained {
    type Item = Result<Record, holdpoint_report::LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = match self.records.next() {
            Some(Ok(record)) if record.prev == self.hash => {
                self.at = record.seq;
                self.hash.clone_from(&record.hash);
                return Some(Ok(record));
            }
            Some(Ok(record)) => Some(unreadable(self.session, record.seq, UnreadableCause::Unchained)),
            Some(Err(error)) => Some(error),
            None => cut_off(self.session, &mut self.at, self.head),
        };
        self.failed = true;
        next.map(|error| Err(error.into()))
    }
}

/// An error where the log ended before its head: the reading was broken off.
fn cut_off(session: SessionId, at: &mut u64, head: u64) -> Option<StoreError> {
    let missing = *at + 1;
    let is_cut_off = *at < head;
    *at = head;
    is_cut_off.then(|| unreadable(session, missing, UnreadableCause::Missing))
}

fn unreadable(session: SessionId, seq: u64, source: UnreadableCause) -> StoreError {
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    StoreError::Unreadable { session, seq, source }
}
