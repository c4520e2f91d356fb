//! Reading in the log what there is to tell.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use holdpoint_domain::session::SessionId;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use super::news::{News, Occasion};
use crate::links::rollback_of;
use crate::store::{LogEntry, LogPage, SqliteStore, Store, StoreError, all_events};

/// Events that are looked at once.
const PAGE: u32 = 200;
/// News that are kept for the other targets, which are told the same a moment later.
const KEPT: usize = 32;

/// The log, as all targets read it.
pub(super) struct Source {
    store: Arc<SqliteStore>,
    /// Held while a log is read and folded, so that several targets do not read the same one at the same time.
    made: Mutex<VecDeque<(i64, Option<Arc<News>>)>>,
}

impl Source {
    pub(super) fn new(store: Arc<SqliteStore>) -> Self {
        Self {
            store,
            made: Mutex::default(),
        }
    }

    pub(super) async fn after(&self, position: i64) -> Result<LogPage, StoreError> {
        self.store.log_after(position, PAGE, &Occasion::EVENTS).await
    }

    /// What an event is to people. None where it is nothing, and where its session cannot be read, of which nothing is said.
    ///
    /// # Errors
    /// The store does not answer.
    pub(super) async fn news(&self, entry: &LogEntry) -> Result<Option<Arc<News>>, StoreError> {
        let mut made = self.made.lock().await;
        if let Some((_, news)) = made.iter().find(|(position, _)| *position == entry.position) {
            return Ok(news.clone());
        }
        let news = self.make(entry).await?.map(Arc::new);
        if made.len() == KEPT {
            made.pop_front();
        }
        made.push_back((entry.position, news.clone()));
        Ok(news)
    }

    async fn make(&self, entry: &LogEntry) -> Result<Option<News>, StoreError> {
        let (session, seq) = (entry.session, entry.seq);
        let records = match all_events(&*self.store, session, 0).await {
            Err(error @ StoreError::Unreadable { .. }) => {
                tracing::warn!(%error, %session, seq, "nobody is notified of an event, because its session cannot be read");
                return Ok(None);
            }
            records => records?,
        };
        let rollback = rollback_of(&*self.store, session, &records).await?;
        let undone_at = match &rollback {
            Some((rollback, _)) => self.rollback_began(*rollback).await?,
            None => None,
        };
        let rollback = rollback.and_then(|(_, records)| records).unwrap_or_default();
        // A long log takes a while to be folded, and others wait on this thread.
        let news = spawn_blocking(move || News::of(&records, &rollback, undone_at, seq)).await;
        news.map_err(|error| StoreError::Failed {
            reason: error.to_string(),
        })
    }

    /// When a rollback of this session began, where there is one. Of one whose start cannot be read it is only known that it is there, so that
    /// it counts from the beginning on.
    async fn rollback_began(&self, session: SessionId) -> Result<Option<DateTime<Utc>>, StoreError> {
        let store: &dyn Store = &*self.store;
        let Some(rollback) = store.rollback_of(session).await? else {
            return Ok(None);
        };
        let start = store.events(rollback, 0, 1).await.unwrap_or_default();
        Ok(Some(start.first().map_or(DateTime::<Utc>::MIN_UTC, |start| start.at)))
    }
}
