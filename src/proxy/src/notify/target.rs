//! One target: it reads the log on from its place, and tells what there is to tell, in order.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::wire::NotificationState;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::backoff::{ATTEMPTS, pause, random_part};
use super::declaration::Target;
use super::delivery::{Courier, DeliveryError};
use super::news::News;
use super::source::Source;
use super::status::Statuses;
use crate::clock;
use crate::metrics::{Metrics, Notified};
use crate::store::{LogEntry, SqliteStore, StoreError, TargetRow};

/// How long a target trusts that nothing happened of which it was not told.
const TRUST: Duration = Duration::from_mins(1);
/// How long appends that come one after another are waited for before the store is read.
const GATHER: Duration = Duration::from_millis(100);
/// Before the store is asked again after it did not answer.
const STORE_PAUSE: Duration = Duration::from_secs(10);
/// What is older is not told any more: it would be taken for what is so now.
const OLDEST: TimeDelta = TimeDelta::hours(24);
/// Events of no interest after which a place is kept all the same, so that a start need not look at them again.
const SKIPPED: i64 = 2000;

/// What all targets share.
pub(super) struct Shared {
    pub(super) courier: Courier,
    pub(super) source: Source,
    pub(super) store: Arc<SqliteStore>,
    pub(super) statuses: Arc<Statuses>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) ending: CancellationToken,
}

/// A target at its place in the log.
pub(super) struct Teller {
    pub(super) target: Target,
    pub(super) row: TargetRow,
    pub(super) appended: watch::Receiver<()>,
    pub(super) shared: Arc<Shared>,
    /// The log could not be read when it was last tried.
    pub(super) cannot_read: bool,
}

/// Why a message is not tried any further.
enum Ended {
    Taken,
    GivenUp(String),
    /// The proxy stops; the next one goes on with it.
    Stopping,
}

impl Teller {
    /// Tells until the proxy ends.
    pub(super) async fn run(mut self) {
        let ending = self.shared.ending.clone();
        let mut kept = self.row.position;
        while !ending.is_cancelled() {
            let told = self.tell_page().await;
            self.note_reading(told.as_ref().err());
            let wait = match told {
                Ok(true) => continue,
                Ok(false) => TRUST,
                Err(error) => {
                    tracing::error!(%error, to = %self.target.name, "what there is to notify of cannot be read");
                    STORE_PAUSE
                }
            };
            if self.row.position - kept > SKIPPED {
                self.keep().await;
                kept = self.row.position;
            }
            // The sender lives as long as the proxy, and without one there is still the time.
            let woken = async {
                if self.appended.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
                sleep(GATHER).await;
                self.appended.mark_unchanged();
            };
            tokio::select! {
                () = ending.cancelled() => {}
                () = woken => {}
                () = sleep(wait) => {}
            }
        }
        self.keep().await;
    }

    /// Says that what there is to tell cannot be read, until it can be.
    fn note_reading(&mut self, error: Option<&StoreError>) {
        if error.is_none() && !self.cannot_read {
            return;
        }
        self.cannot_read = error.is_some();
        self.note(|status| match error {
            Some(error) => {
                status.state = NotificationState::Retrying;
                status.last_error = Some(format!("What there is to tell cannot be read: {error}"));
                status.next_attempt = TimeDelta::from_std(STORE_PAUSE).ok().map(|pause| clock::now() + pause);
            }
            None => {
                status.state = NotificationState::Waiting;
                status.last_error = None;
                status.next_attempt = None;
            }
        });
    }

    /// Tells what is in the next piece of the log. False when there is none.
    async fn tell_page(&mut self) -> Result<bool, StoreError> {
        let page = self.shared.source.after(self.row.position).await?;
        let Some(end) = page.end else { return Ok(false) };
        for entry in page.entries {
            if !self.tell(&entry).await? {
                return Ok(false);
            }
        }
        self.row.position = end;
        Ok(true)
    }

    /// Tells an event, if it is one for this target. False when the proxy stops before that is done.
    async fn tell(&mut self, entry: &LogEntry) -> Result<bool, StoreError> {
        if self.shared.ending.is_cancelled() {
            return Ok(false);
        }
        let news = self.shared.source.news(entry).await?;
        let Some(news) = news.filter(|news| self.target.wants(news)) else {
            self.row.position = entry.position;
            return Ok(true);
        };
        if is_old(news.at) {
            self.give_up(entry, "it is older than a day").await;
            return Ok(true);
        }
        match self.deliver(&news).await {
            Ended::Stopping => return Ok(false),
            Ended::Taken => {
                self.row.position = entry.position;
                self.keep().await;
                self.shared.metrics.notified(&self.target.name, Notified::Delivered);
                self.note(|status| {
                    status.delivered += 1;
                    status.last_delivered = Some(clock::now());
                    status.last_error = None;
                });
            }
            Ended::GivenUp(why) => self.give_up(entry, &why).await,
        }
        Ok(true)
    }

    /// Tries a message until it is taken, or refused for good, or tried often enough.
    async fn deliver(&self, news: &News) -> Ended {
        for attempt in 1..=ATTEMPTS {
            self.note(|status| status.state = NotificationState::Sending);
            let sent = self.shared.courier.send(&self.target, news).await;
            self.note(|status| status.state = NotificationState::Waiting);
            let Err(error) = sent else { return Ended::Taken };
            self.shared.metrics.notified(&self.target.name, Notified::Failed);
            if error.lasts() || attempt == ATTEMPTS || is_old(news.at) {
                self.note(|status| status.failed_attempts += 1);
                return Ended::GivenUp(error.to_string());
            }
            if !self.wait(attempt, &error).await {
                return Ended::Stopping;
            }
        }
        Ended::GivenUp("it was tried too often".to_owned())
    }

    /// False when the proxy stops before the pause is over.
    async fn wait(&self, attempt: u32, error: &DeliveryError) -> bool {
        let usual = pause(attempt, random_part());
        let wait = error.after().map_or(usual, |told| told.max(usual));
        let next = TimeDelta::from_std(wait).ok().map(|wait| clock::now() + wait);
        tracing::info!(%error, to = %self.target.name, attempt, seconds = wait.as_secs_f64(), "a notification is tried again later");
        self.note(|status| {
            status.state = NotificationState::Retrying;
            status.failed_attempts += 1;
            status.last_error = Some(error.to_string());
            status.next_attempt = next;
        });
        let waited = self.shared.ending.run_until_cancelled(sleep(wait)).await;
        self.note(|status| status.next_attempt = None);
        waited.is_some()
    }

    async fn give_up(&mut self, entry: &LogEntry, why: &str) {
        let (session, seq) = (entry.session, entry.seq);
        tracing::error!(to = %self.target.name, %session, seq, why, "a notification was given up");
        self.row = TargetRow {
            position: entry.position,
            given_up: self.row.given_up + 1,
            given_up_at: Some(clock::now()),
            given_up_why: Some(why.to_owned()),
        };
        self.keep().await;
        self.shared.metrics.notified(&self.target.name, Notified::GivenUp);
        self.shared.statuses.note_given_up(&self.target.name, &self.row);
        self.note(|status| status.last_error = Some(why.to_owned()));
    }

    /// Keeps the place. Where that fails, the next proxy begins at the one that was kept last, and sends once more.
    async fn keep(&self) {
        let kept = self.shared.store.keep_notification_target(&self.target.name, &self.row);
        if let Err(error) = kept.await {
            tracing::error!(%error, to = %self.target.name, "how far a target has been notified cannot be kept");
        }
    }

    fn note(&self, change: impl FnOnce(&mut holdpoint_domain::wire::NotificationTarget)) {
        self.shared.statuses.note(&self.target.name, change);
    }
}

fn is_old(at: DateTime<Utc>) -> bool {
    clock::now() - at > OLDEST
}
