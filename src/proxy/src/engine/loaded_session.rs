//! One session in memory.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use holdpoint_domain::session::{Actor, CommandId, EVENT_VERSION, Event, GENESIS, Record, SessionId, State, seal};

use super::clock;
use super::names::KnownNames;
use crate::store::{
    PAGE_SIZE, Progress, Projection, ProjectionFold, SessionAppend, Store, StoreError, UnreadableCause, brief_of,
};

/// One session in memory: the fold of its events, and where the next one goes.
#[derive(Debug)]
pub(super) struct LoadedSession {
    session: SessionId,
    state: State,
    head: u64,
    hash: String,
    last_at: Option<DateTime<Utc>>,
    /// Every command that made one of its events.
    commands: HashSet<CommandId>,
    names: KnownNames,
    /// What the session can be found by.
    projection: ProjectionFold,
}

impl LoadedSession {
    /// Folds the session's events. It has no start when the store knows nothing of it.
    pub(super) async fn load(session: SessionId, store: &dyn Store) -> Result<Self, StoreError> {
        let mut loaded = Self {
            session,
            state: State::default(),
            head: 0,
            hash: GENESIS.to_owned(),
            last_at: None,
            commands: HashSet::new(),
            names: KnownNames::default(),
            projection: ProjectionFold::default(),
        };
        loop {
            let records = store.events(session, loaded.head, PAGE_SIZE).await?;
            let whole = records.len() < PAGE_SIZE as usize;
            for record in records {
                // What is decided goes on from all that was recorded, and not from what is left of it.
                if record.seq != loaded.head + 1 || record.prev != loaded.hash {
                    let seq = i64::try_from(record.seq).unwrap_or(i64::MAX);
                    let source = UnreadableCause::Unchained;
                    return Err(StoreError::Unreadable { session, seq, source });
                }
                loaded.apply(&record, &mut Projection::default());
            }
            if whole {
                return Ok(loaded);
            }
        }
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// Those who took part in it.
    pub(super) fn names(&self) -> &KnownNames {
        &self.names
    }

    /// The `seq` of its last event; 0 if there is none.
    pub(super) fn head(&self) -> u64 {
        self.head
    }

    /// Whether the command made events of this session.
    pub(super) fn has_command(&self, id: CommandId) -> bool {
        self.commands.contains(&id)
    }

    /// The time to record: the clock's, but never before what was recorded last nor before `not_before`.
    pub(super) fn now(&self, not_before: Option<DateTime<Utc>>) -> DateTime<Utc> {
        [self.last_at, not_before]
            .into_iter()
            .flatten()
            .fold(clock(), DateTime::max)
    }

    /// Makes records of events, and folds them into the state. They are not durable yet: if they do not become so, the loaded
    /// session must be dropped.
    ///
    /// # Errors
    /// An event cannot be written as JSON. Then nothing was folded.
    pub(super) fn push(
        &mut self,
        events: Vec<Event>,
        actor: &Actor,
        command: CommandId,
        at: DateTime<Utc>,
    ) -> Result<SessionAppend, StoreError> {
        let (mut seq, mut prev) = (self.head, self.hash.clone());
        let mut records = Vec::with_capacity(events.len());
        let decided = events
            .iter()
            .any(|event| matches!(event, Event::ProceededWithCaution { .. }));
        for event in events {
            seq += 1;
            let mut record = Record {
                v: EVENT_VERSION,
                session: self.session,
                seq,
                at,
                actor: author(&event, actor, decided),
                command,
                event,
                prev: String::new(),
                hash: String::new(),
            };
            seal(&mut record, &prev).map_err(|error| StoreError::Failed {
                reason: error.to_string(),
            })?;
            prev.clone_from(&record.hash);
            records.push(record);
        }
        let mut part = SessionAppend::new(self.session, records)?;
        let mut projection = Projection::default();
        for one in &*part.records {
            self.apply(&one.record, &mut projection);
        }
        part.projection = Arc::new(projection);
        if part.records.first().is_some_and(|first| first.record.seq == 1) {
            part.brief = brief_of(self.session, &self.state).map(Arc::new);
        }
        part.progress = Progress::of(&self.state);
        Ok(part)
    }

    fn apply(&mut self, record: &Record, projection: &mut Projection) {
        self.state.apply(record);
        self.projection.add(record, &self.state, projection);
        self.head = record.seq;
        self.hash.clone_from(&record.hash);
        self.last_at = Some(record.at);
        self.commands.insert(record.command);
        self.names.note(&record.actor);
    }
}

/// Who did it: a person did what was asked for; verdicts, and the holds and ticks that follow from them, are the proxy's.
fn author(event: &Event, asked_by: &Actor, decided: bool) -> Actor {
    use holdpoint_domain::session::{LiftedBy, TickedBy};
    match event {
        Event::GateFinished { .. }
        | Event::HoldPlaced { .. }
        | Event::DrillRevealed { .. }
        | Event::HoldLifted {
            by: LiftedBy::Pass { .. },
        }
        | Event::StepTicked {
            by: TickedBy::Gate { .. },
            ..
        } => Actor::Proxy,
        // The other gates of the step passed later: whoever asked them decided nothing.
        Event::StepTicked {
            by: TickedBy::Caution { .. },
            ..
        } if !decided => Actor::Proxy,
        _ => asked_by.clone(),
    }
}
