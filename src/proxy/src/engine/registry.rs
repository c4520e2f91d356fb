//! The mailboxes of the sessions' tasks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use holdpoint_domain::session::SessionId;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::request::Message;
use super::session_task::SessionTask;
use super::{Engine, EngineError};
use crate::store::StoreError;

/// The mailboxes of the sessions whose tasks run.
#[derive(Default)]
pub(super) struct Registry {
    mailboxes: Mutex<Mailboxes>,
}

#[derive(Default)]
struct Mailboxes {
    open: HashMap<SessionId, Sender<Message>>,
    /// No task is started any more.
    closed: bool,
}

impl Registry {
    fn locked(&self) -> MutexGuard<'_, Mailboxes> {
        self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a session's mailbox off, unless something is in it or somebody is about to send something. Senders are cloned
    /// under the same lock, so that nothing is sent to a mailbox that was taken off.
    pub(super) fn take_off(&self, session: SessionId, mailbox: &Receiver<Message>) -> bool {
        let mut mailboxes = self.locked();
        let idle = mailbox.is_empty() && mailbox.sender_strong_count() <= 1;
        if idle {
            mailboxes.open.remove(&session);
        }
        idle
    }

    /// Takes all mailboxes off, for good. Each task ends when its mailbox is empty.
    pub(super) fn close(&self) {
        let mut mailboxes = self.locked();
        mailboxes.closed = true;
        mailboxes.open.clear();
    }

    /// Sessions whose tasks run.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.locked().open.len()
    }
}

impl Engine {
    /// Puts a message into a session's mailbox, if there is room in it.
    pub(super) fn try_send(self: &Arc<Self>, session: SessionId, message: Message) -> Result<(), EngineError> {
        match self.mailbox(session)?.try_send(message) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => Err(EngineError::Busy),
            Err(TrySendError::Closed(_)) => Err(EngineError::TaskEnded),
        }
    }

    /// Puts a message into a session's mailbox as soon as there is room in it.
    pub(super) async fn send(self: &Arc<Self>, session: SessionId, message: Message) -> Result<(), EngineError> {
        let sent = self.mailbox(session)?.send(message).await;
        sent.map_err(|_| EngineError::TaskEnded)
    }

    /// The mailbox of a session's task, which is started if it does not run.
    pub(super) fn mailbox(self: &Arc<Self>, session: SessionId) -> Result<Sender<Message>, EngineError> {
        let mut mailboxes = self.registry.locked();
        if mailboxes.closed {
            return Err(StoreError::Closed.into());
        }
        let begin = || {
            let (sender, receiver) = channel(self.limits.mailbox);
            self.session_tasks
                .spawn(SessionTask::new(Arc::clone(self), session, receiver).run());
            sender
        };
        Ok(mailboxes.open.entry(session).or_insert_with(begin).clone())
    }
}
