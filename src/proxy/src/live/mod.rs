//! The live view: what viewers of a session are told as it happens.
//!
//! A viewer reads the store by cursor and is only *woken* and fed from here: what comes through this channel is taken when it
//! is exactly the next event, and anything else (a gap, a viewer who was too slow) sends the viewer back to the store.
//! So nothing is lost and nothing comes twice, whatever this channel drops. A viewer who is told nothing for a while looks into the
//! store by itself.

mod stream;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::Live;
use tokio::sync::{broadcast, watch};

use crate::store::EncodedRecord;
#[cfg(test)]
pub(crate) use stream::follow_trusting;
pub use stream::{LiveStream, OpenStream, follow};

/// Messages that a slow viewer may be behind before it has to read the store again.
const RING_SIZE: usize = 256;

/// Who watches which session.
#[derive(Debug, Default)]
pub struct Hub {
    sessions: Mutex<HashMap<SessionId, broadcast::Sender<Message>>>,
    streams: AtomicI64,
    /// Marked as changed with every append, of whatever session.
    appended: watch::Sender<()>,
}

/// What viewers are told.
#[derive(Clone, Debug)]
pub enum Message {
    /// An event is durable. Its JSON is written once for all viewers.
    Record {
        /// Its place.
        seq: u64,
        /// Its JSON.
        json: Arc<str>,
    },
    /// Output of a running gate, as JSON. It is not replayed.
    Live(Arc<str>),
}

impl Hub {
    /// Tells a session's viewers about events that are durable now.
    pub fn publish(&self, session: SessionId, records: &[EncodedRecord]) {
        self.appended.send_replace(());
        let Some(sender) = self.sender(session) else { return };
        for EncodedRecord { record, json } in records {
            // Nobody may be watching any more.
            drop(sender.send(Message::Record {
                seq: record.seq,
                json: Arc::clone(json),
            }));
        }
    }

    /// Tells a session's viewers about output of a running gate. When nobody watches, nobody is told.
    pub fn tell(&self, session: SessionId, live: &Live) {
        let Some(sender) = self.sender(session) else { return };
        match serde_json::to_string(live) {
            Ok(json) => drop(sender.send(Message::Live(json.into()))),
            Err(error) => tracing::error!(%error, "live output could not be written as JSON"),
        }
    }

    /// What is woken with every append, of whatever session, to look into the store.
    pub fn appended(&self) -> watch::Receiver<()> {
        self.appended.subscribe()
    }

    /// Event streams that are open at present, of however many sessions each.
    pub fn viewers(&self) -> i64 {
        self.streams.load(Ordering::Relaxed)
    }

    fn sender(&self, session: SessionId) -> Option<broadcast::Sender<Message>> {
        self.locked().get(&session).cloned()
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<SessionId, broadcast::Sender<Message>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(self: &Arc<Self>, session: SessionId) -> Subscription {
        let mut sessions = self.locked();
        let sender = sessions
            .entry(session)
            .or_insert_with(|| broadcast::channel(RING_SIZE).0);
        Subscription {
            receiver: Some(sender.subscribe()),
            hub: Arc::clone(self),
            session,
        }
    }
}

/// One viewer's place; given up when it is dropped.
#[derive(Debug)]
struct Subscription {
    /// Absent only while it is being dropped.
    receiver: Option<broadcast::Receiver<Message>>,
    hub: Arc<Hub>,
    session: SessionId,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.receiver = None;
        let mut sessions = self.hub.locked();
        if sessions
            .get(&self.session)
            .is_some_and(|sender| sender.receiver_count() == 0)
        {
            sessions.remove(&self.session);
        }
    }
}
