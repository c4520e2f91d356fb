//! One viewer's stream.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::Stream;
use futures::stream;
use holdpoint_domain::session::SessionId;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::{Hub, Message, Subscription};
use crate::store::{Store, StoreError};

/// Events that are read from the store at once. A viewer who is behind keeps them in memory until they are sent.
const PAGE_SIZE: u32 = 50;

/// How long a viewer trusts that nothing happened of which it was not told. Then it looks into the store.
const TRUST: Duration = Duration::from_mins(1);

/// What a viewer gets.
pub type LiveStream = std::pin::Pin<Box<dyn Stream<Item = Result<Message, StoreError>> + Send>>;

/// An event stream, counted as long as it is open.
#[derive(Debug)]
pub struct OpenStream {
    hub: Arc<Hub>,
}

impl OpenStream {
    /// A new one.
    #[must_use]
    pub fn new(hub: Arc<Hub>) -> Arc<Self> {
        hub.streams.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self { hub })
    }

    /// What [`follow`] gives, as a part of this stream.
    pub fn follow(
        self: &Arc<Self>,
        store: Arc<dyn Store>,
        session: SessionId,
        after: u64,
        ending: CancellationToken,
    ) -> LiveStream {
        follow_in(Arc::clone(self), store, session, after, ending, TRUST)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.hub.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Viewer {
    /// Counted until the last of its sessions is left.
    _stream: Arc<OpenStream>,
    store: Arc<dyn Store>,
    subscription: Subscription,
    ending: CancellationToken,
    /// The last event that the viewer got.
    cursor: u64,
    /// Read from the store, and not yet given.
    read: std::vec::IntoIter<(u64, Arc<str>)>,
    trust: Duration,
    /// There may be more in the store than the viewer got.
    behind: bool,
}

/// Everything of a session after a place, and then everything that happens, until the proxy ends.
pub fn follow(
    hub: &Arc<Hub>,
    store: Arc<dyn Store>,
    session: SessionId,
    after: u64,
    ending: CancellationToken,
) -> LiveStream {
    OpenStream::new(Arc::clone(hub)).follow(store, session, after, ending)
}

/// The same with another patience, for tests.
#[cfg(test)]
pub(crate) fn follow_trusting(
    hub: &Arc<Hub>,
    store: Arc<dyn Store>,
    session: SessionId,
    after: u64,
    ending: CancellationToken,
    trust: Duration,
) -> LiveStream {
    follow_in(OpenStream::new(Arc::clone(hub)), store, session, after, ending, trust)
}

fn follow_in(
    stream: Arc<OpenStream>,
    store: Arc<dyn Store>,
    session: SessionId,
    after: u64,
    ending: CancellationToken,
    trust: Duration,
) -> LiveStream {
    // Subscription begins before the store is read, so that nothing can happen unseen in between.
    let viewer = Viewer {
        store,
        subscription: stream.hub.watch(session),
        _stream: stream,
        ending,
        cursor: after,
        read: Vec::new().into_iter(),
        trust,
        behind: true,
    };
    Box::pin(stream::unfold(Some(viewer), |viewer| async move {
        let mut viewer = viewer?;
        match viewer.next().await {
            Ok(Some(message)) => Some((Ok(message), Some(viewer))),
            Ok(None) => None,
            // The viewer comes back with the last event that it got, so that ending is safe and staying would not be.
            Err(error) => {
                // The head of the answer is sent, so that nobody else can tell of it.
                let (session, after) = (viewer.subscription.session, viewer.cursor);
                tracing::error!(%error, %session, after, "a viewer's stream ended, because the session could not be read");
                Some((Err(error), None))
            }
        }
    }))
}

impl Viewer {
    async fn next(&mut self) -> Result<Option<Message>, StoreError> {
        loop {
            if let Some((seq, json)) = self.read.next() {
                self.cursor = seq;
                return Ok(Some(Message::Record { seq, json }));
            }
            // Most viewers wait for the next event most of the time, and need no memory for what they have been sent.
            self.read = Vec::new().into_iter();
            if self.ending.is_cancelled() {
                return Ok(None);
            }
            if self.behind {
                self.read_store().await?;
                continue;
            }
            let Some(receiver) = &mut self.subscription.receiver else {
                return Ok(None);
            };
            let received = tokio::select! {
                received = receiver.recv() => received,
                () = tokio::time::sleep(self.trust) => {
                    self.behind = true;
                    continue;
                }
                () = self.ending.cancelled() => return Ok(None),
            };
            match received {
                Ok(Message::Record { seq, json }) if seq.checked_sub(1) == Some(self.cursor) => {
                    self.cursor = seq;
                    return Ok(Some(Message::Record { seq, json }));
                }
                Ok(Message::Record { seq, .. }) => self.behind = seq > self.cursor,
                Ok(live @ Message::Live(_)) => return Ok(Some(live)),
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return Ok(None),
            }
        }
    }

    async fn read_store(&mut self) -> Result<(), StoreError> {
        let session = self.subscription.session;
        let read = self.store.events_json(session, self.cursor, PAGE_SIZE).await?;
        self.behind = read.len() == PAGE_SIZE as usize;
        self.read = read.into_iter();
        Ok(())
    }
}
