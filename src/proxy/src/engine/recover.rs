//! What is done at the start: nothing that was begun is left without an end.

use std::sync::Arc;
use std::time::Duration;

use holdpoint_domain::session::SessionId;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::gates::{INTERRUPTED, RETRY_PAUSE};
use super::request::Glimpse;
use super::{Engine, EngineError, Mode};

/// Sessions that are read at the same time.
const READ_TOGETHER: usize = 16;
/// The longest pause before a session is read again that could not be read for a passing reason.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Engine {
    /// Gives every run that a stopped proxy left open its verdict, and starts the gates that are due. Sessions of the other mode
    /// are left alone. Each session is seen to by a task of its own: one that cannot be read is said to be so in the log, and one
    /// that takes long holds up no other. They go on when the one who waits for all of them goes away.
    ///
    /// # Errors
    /// The store does not say which sessions there are.
    pub async fn recover(self: &Arc<Self>) -> Result<(), EngineError> {
        let (recovering, reading) = (TaskTracker::new(), Arc::new(Semaphore::new(READ_TOGETHER)));
        for row in self.store.sessions().await?.into_iter().filter(|row| !row.closed) {
            let (engine, reading) = (Arc::clone(self), Arc::clone(&reading));
            let in_flight = self.tasks.token();
            recovering.spawn(async move {
                if let Some(glimpse) = engine.look_until_read(row.id, &reading).await {
                    engine.make_whole(row.id, glimpse).await;
                }
                drop(in_flight);
            });
        }
        recovering.close();
        recovering.wait().await;
        Ok(())
    }

    /// How a session stands. Nothing, if it cannot be read, or not before the proxy ends.
    async fn look_until_read(self: &Arc<Self>, session: SessionId, reading: &Semaphore) -> Option<Glimpse> {
        let mut pause = RETRY_PAUSE;
        loop {
            // It is never closed.
            let permit = reading.acquire().await.ok()?;
            let looked = self.look(session).await;
            drop(permit);
            match looked {
                Ok(glimpse) => return Some(glimpse),
                Err(EngineError::Store(error)) if error.is_transient() => {
                    tracing::error!(%error, %session, "the session could not be read; it is tried again");
                }
                Err(error) => {
                    tracing::error!(%error, %session, "the session cannot be read, so nothing of it is recovered");
                    return None;
                }
            }
            self.ending.run_until_cancelled(tokio::time::sleep(pause)).await?;
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }

    async fn make_whole(self: &Arc<Self>, session: SessionId, glimpse: Glimpse) {
        let Some(started) = glimpse.started.filter(|_| !glimpse.closed) else {
            return;
        };
        // What it left open is for the next proxy of its own mode.
        if Mode::of(&started) != self.mode() {
            return;
        }
        for (run, gate, since) in glimpse.open_runs {
            tracing::warn!(%session, %run, gate, "a run was interrupted by the end of the last proxy");
            let verdict = self.no_verdict(Some(&started), &gate, since, INTERRUPTED);
            self.finish(session, run, verdict).await;
        }
        self.start_due(session).await;
    }
}
