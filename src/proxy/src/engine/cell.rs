//! One session in memory.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use holdpoint_domain::session::{Actor, CommandId, EVENT_VERSION, Event, GENESIS, Record, SessionId, State, seal};

use super::clock;
use crate::store::{Part, Store, StoreError};

/// Events that are read from the store at once.
const AT_ONCE: u32 = 1000;

/// One session in memory: the fold of its events, and where the next one goes.
#[derive(Debug)]
pub(super) struct Cell {
    session: SessionId,
    /// Absent until it is read from the store.
    folded: Option<Folded>,
    /// Counts how often the state was thrown away, so that it is thrown away once for each reason.
    pub(super) generation: u64,
}

#[derive(Debug)]
struct Folded {
    state: State,
    head: u64,
    hash: String,
    last_at: Option<DateTime<Utc>>,
}

impl Cell {
    pub(super) fn new(session: SessionId) -> Self {
        Self {
            session,
            folded: None,
            generation: 0,
        }
    }

    /// The session's state. It has not been started when the store knows nothing of it.
    pub(super) async fn state(&mut self, store: &Arc<dyn Store>) -> Result<&State, StoreError> {
        if self.folded.is_none() {
            self.folded = Some(fold(self.session, store).await?);
        }
        self.loaded()
    }

    /// The name of the environment that the session is in, if there is such a session and it can be read.
    pub(super) async fn environment(&mut self, store: &Arc<dyn Store>) -> Option<String> {
        let state = self.state(store).await.ok()?;
        Some(state.started.as_ref()?.environment.clone())
    }

    /// The session's state, if it was read.
    pub(super) fn loaded(&self) -> Result<&State, StoreError> {
        self.folded
            .as_ref()
            .map(|folded| &folded.state)
            .ok_or(StoreError::Closed)
    }

    /// The time to record: the clock's, but never before what was recorded last nor before `not_before`.
    pub(super) fn now(&self, not_before: Option<DateTime<Utc>>) -> DateTime<Utc> {
        let last = self.folded.as_ref().and_then(|folded| folded.last_at);
        [last, not_before].into_iter().flatten().fold(clock(), DateTime::max)
    }

    /// Makes records of events, and folds them into the state as if they were durable already.
    pub(super) fn push(
        &mut self,
        events: Vec<Event>,
        actor: &Actor,
        command: CommandId,
        at: DateTime<Utc>,
    ) -> Result<Part, StoreError> {
        let folded = self.folded.as_mut().ok_or(StoreError::Closed)?;
        let mut records = Vec::with_capacity(events.len());
        for event in events {
            let mut record = Record {
                v: EVENT_VERSION,
                session: self.session,
                seq: folded.head + 1,
                at,
                actor: author(&event, actor),
                command,
                event,
                prev: String::new(),
                hash: String::new(),
            };
            seal(&mut record, &folded.hash).map_err(|error| StoreError::Failed {
                reason: error.to_string(),
            })?;
            folded.head = record.seq;
            folded.hash.clone_from(&record.hash);
            folded.last_at = Some(at);
            folded.state.apply(&record);
            records.push(record);
        }
        Ok(Part {
            session: self.session,
            records,
        })
    }

    /// Throws the state away, if it is still the one of this generation.
    pub(super) fn reset(&mut self, generation: u64) {
        if self.generation == generation {
            self.folded = None;
            self.generation += 1;
        }
    }
}

/// Who did it: a person did what was asked for; verdicts, and the holds and ticks that follow from them, are the proxy's.
fn author(event: &Event, asked_by: &Actor) -> Actor {
    use holdpoint_domain::session::{LiftedBy, TickedBy};
    match event {
        Event::GateFinished { .. }
        | Event::HoldPlaced { .. }
        | Event::HoldLifted {
            by: LiftedBy::Pass { .. },
        }
        | Event::StepTicked {
            by: TickedBy::Gate { .. },
            ..
        } => Actor::Proxy,
        _ => asked_by.clone(),
    }
}

async fn fold(session: SessionId, store: &Arc<dyn Store>) -> Result<Folded, StoreError> {
    let mut folded = Folded {
        state: State::default(),
        head: 0,
        hash: GENESIS.to_owned(),
        last_at: None,
    };
    loop {
        let records = store.events(session, folded.head, AT_ONCE).await?;
        let whole = records.len() < AT_ONCE as usize;
        for record in records {
            folded.state.apply(&record);
            folded.head = record.seq;
            folded.last_at = Some(record.at);
            folded.hash = record.hash;
        }
        if whole {
            return Ok(folded);
        }
    }
}
