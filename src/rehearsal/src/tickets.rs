//! Which answer a request to the rehearsal's server gets: each run of a gate has a ticket in its address.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use url::{Position, Url};
use uuid::Uuid;

use crate::answer::HttpAnswer;

/// The answers that runs are waiting for, by their tickets.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    answers: RwLock<HashMap<Uuid, HttpAnswer>>,
}

/// One run's answer at the server, until this is dropped.
#[derive(Debug)]
pub struct Ticket {
    waiting: Arc<Waiting>,
    id: Uuid,
    base: String,
}

impl Waiting {
    /// The answer is given to whoever asks with the ticket.
    pub(crate) fn put(self: &Arc<Self>, server: &str, gate: &str, answer: HttpAnswer) -> Ticket {
        let id = Uuid::new_v4();
        // A panic elsewhere leaves the map as whole as it was, here and below.
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        answers.insert(id, answer);
        Ticket {
            waiting: Arc::clone(self),
            id,
            base: format!("{server}/run/{}/{gate}", id.simple()),
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<HttpAnswer> {
        let id = Uuid::try_parse(id).ok()?;
        let answers = self.answers.read().unwrap_or_else(PoisonError::into_inner);
        answers.get(&id).cloned()
    }
}

impl Ticket {
    /// Where the stand-in of an address is asked: the rehearsal's server instead of its scheme, host and port.
    ///
    /// # Errors
    /// The address cannot be written as one of the server's.
    pub fn url(&self, declared: &Url) -> Result<Url, url::ParseError> {
        let path = &declared[Position::BeforePath..Position::AfterQuery];
        Url::parse(&format!("{}{path}", self.base))
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut answers = self.waiting.answers.write().unwrap_or_else(PoisonError::into_inner);
        answers.remove(&self.id);
    }
}
