//! Sessions as they run: commands are decided here, made durable, told to viewers, and gates are run.
//!
//! Each session that is in use has a task of its own, which alone changes it; see `session_task.rs`. It is started by the first
//! message and ends when nothing is asked for a while. Nobody is answered before the events are durable.

mod decision;
mod declarations;
mod direct;
mod drill;
mod drill_history;
mod error;
mod gates;
mod history;
mod in_flight;
mod link;
mod list;
mod loaded_session;
mod names;
mod recover;
mod registry;
mod request;
mod session_task;
mod start;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use holdpoint_domain::gate::{Source, Verdict};
use holdpoint_domain::session::{Command, Record, SessionId, Started, canonical, digest};
use holdpoint_domain::wire::{Accepted, SendCommand, SendObservation};
use serde::Serialize;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
#[cfg(test)]
use uuid::Uuid;

use crate::clock::{new_id, now};
use crate::config::Config;
use crate::library::Library;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::rehearsal::Rehearsal;
use crate::runner::{RunRequest, Runner};
use crate::store::{Store, all_events};

pub use error::{EngineError, Mode};
use in_flight::InFlight;
use names::person;
use registry::Registry;
use request::{CommandRequest, Glimpse, Message, Pending};

/// What bounds the sessions' tasks.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// A task to which nothing is sent for so long ends.
    idle: Duration,
    /// Messages that may wait for one session.
    mailbox: usize,
}

const LIMITS: Limits = Limits {
    idle: Duration::from_mins(1),
    mailbox: 1024,
};

/// Sessions as they run.
pub struct Engine {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) metrics: Arc<Metrics>,
    config: Arc<Config>,
    library: Arc<Library>,
    runner: Runner,
    rehearsal: Option<Arc<Rehearsal>>,
    limits: Limits,
    registry: Registry,
    in_flight: InFlight,
    /// Sessions of which an event could not be read when they were read last.
    unreadable: Mutex<HashSet<SessionId>>,
    session_tasks: TaskTracker,
    /// Commands that have no answer yet, gates that run, and what follows from appends. All of it is waited for at the end.
    tasks: TaskTracker,
    ending: CancellationToken,
}

/// What an engine is made of.
pub struct EngineParts {
    /// Where events are kept.
    pub store: Arc<dyn Store>,
    /// Who watches.
    pub hub: Arc<Hub>,
    /// Who counts.
    pub metrics: Arc<Metrics>,
    /// Environments and gates.
    pub config: Arc<Config>,
    /// The runbooks.
    pub library: Arc<Library>,
    /// Who runs gates.
    pub runner: Runner,
    /// The stand-in platform, in a rehearsal.
    pub rehearsal: Option<Arc<Rehearsal>>,
    /// When the proxy ends.
    pub ending: CancellationToken,
}

impl Engine {
    /// An engine.
    #[must_use]
    pub fn new(parts: EngineParts) -> Arc<Self> {
        Self::with_limits(parts, LIMITS)
    }

    fn with_limits(parts: EngineParts, limits: Limits) -> Arc<Self> {
        let EngineParts {
            store,
            hub,
            metrics,
            config,
            library,
            runner,
            rehearsal,
            ending,
        } = parts;
        Arc::new(Self {
            store,
            hub,
            metrics,
            config,
            library,
            runner,
            rehearsal,
            limits,
            registry: Registry::default(),
            in_flight: InFlight::default(),
            unreadable: Mutex::default(),
            session_tasks: TaskTracker::new(),
            tasks: TaskTracker::new(),
            ending,
        })
    }

    /// Carries out what a client asks of a session.
    ///
    /// # Errors
    /// There is no such session, a rule refuses it, or the store does not take it.
    pub async fn command(self: &Arc<Self>, session: SessionId, body: SendCommand) -> Result<Accepted, EngineError> {
        let digest = body_digest("command", session, &body)?;
        let actor = person(&body.actor)?;
        let command = self.completed(session, body.command).await?;
        self.submit(CommandRequest {
            id: body.id,
            digest,
            session,
            actor,
            command,
            undo: None,
        })
        .await
    }

    /// Judges and records what a captain's browser saw.
    ///
    /// # Errors
    /// There is no such session, a rule refuses it, or the store does not take it.
    pub async fn observe(self: &Arc<Self>, session: SessionId, body: SendObservation) -> Result<Accepted, EngineError> {
        let digest = body_digest("observation", session, &body)?;
        let actor = person(&body.actor)?;
        let (of, then) = self.session_gate(session, &body.gate).await?;
        if Mode::of(&of) != self.mode() {
            return Err(EngineError::OtherMode(Mode::of(&of)));
        }
        let verdict = if self.declaration_changed(&of, then.as_ref(), &body.gate) {
            let why = declarations::declaration_changed_message(&body.gate);
            Verdict {
                source: Source::Browser,
                ..self.no_verdict(Some(&of), &body.gate, clock(), &why)
            }
        } else {
            let request = self.run_request(&of, &body.gate);
            self.runner.judge_observation(&request, body.seen, clock()).await
        };
        let command = Command::Observe {
            observation: new_id(),
            run: new_id(),
            step: body.step,
            gate: body.gate,
            verdict,
        };
        self.submit(CommandRequest {
            id: body.id,
            digest,
            session,
            actor,
            command,
            undo: None,
        })
        .await
    }

    /// Who answers gates here. A session of the other mode can only be read.
    #[must_use]
    pub fn mode(&self) -> Mode {
        if self.runner.is_rehearsal() {
            Mode::Rehearsal
        } else {
            Mode::Real
        }
    }

    /// A session's events after a place.
    ///
    /// # Errors
    /// There is no such session, or the store does not answer.
    pub async fn events(&self, session: SessionId, after: u64) -> Result<Vec<Record>, EngineError> {
        let all = all_events(&*self.store, session, after).await;
        if after == 0 || all.is_err() {
            self.note_reading(session, all.as_ref().err());
        }
        let all = all?;
        if all.is_empty() {
            self.must_have(session, 0).await?;
        }
        Ok(all)
    }

    /// Checks that there is a session, and an event at this place; 0 is the place before the first one.
    ///
    /// # Errors
    /// There is no such session or event, or the store does not answer.
    pub async fn must_have(&self, session: SessionId, seq: u64) -> Result<(), EngineError> {
        match self.store.head(session).await? {
            None => Err(EngineError::NoSession { session }),
            Some(head) if seq > head => Err(EngineError::BeyondEnd { seq, head }),
            Some(_) => Ok(()),
        }
    }

    /// Waits until every command that was taken has its answer and every gate that ran has its verdict in the log, and ends
    /// the sessions' tasks. Call it after the token that ends the proxy was cancelled.
    pub async fn drain(&self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.registry.close();
        self.session_tasks.close();
        self.session_tasks.wait().await;
    }

    /// Carries a client's command out, once, whatever happens to the one who asked in the meantime. Refused when too many wait.
    async fn submit(self: &Arc<Self>, request: CommandRequest) -> Result<Accepted, EngineError> {
        let session = request.session;
        let (pending, answered) = Pending::new(request, self.tasks.token());
        self.try_send(session, Message::Command(pending))?;
        answered.await.map_err(|_| EngineError::TaskEnded)?
    }

    /// Carries a command of the proxy itself out. It waits for its place.
    async fn submit_own(self: &Arc<Self>, request: CommandRequest) -> Result<Accepted, EngineError> {
        let session = request.session;
        let (pending, answered) = Pending::new(request, self.tasks.token());
        self.send(session, Message::Command(pending)).await?;
        answered.await.map_err(|_| EngineError::TaskEnded)?
    }

    /// How a session stands.
    async fn look(self: &Arc<Self>, session: SessionId) -> Result<Glimpse, EngineError> {
        let (answer, answered) = oneshot::channel();
        self.send(session, Message::Look(answer)).await?;
        Ok(answered.await.map_err(|_| EngineError::TaskEnded)??)
    }

    /// Which gate to run in the session's environment, and with what.
    fn run_request(&self, of: &Started, gate: &str) -> RunRequest {
        let mut values = of.values_for_placeholders();
        // What the environment declares now goes before what it declared at the start, and before anything a client gave.
        if let Some(environment) = self.config.gates.environments.get(&of.environment) {
            values.extend(environment.variables.clone());
        }
        RunRequest {
            gate: gate.to_owned(),
            environment: of.environment.clone(),
            values,
        }
    }
}

/// The time, as exactly as it is recorded.
fn clock() -> DateTime<Utc> {
    now().trunc_subsecs(3)
}

/// What tells one body of a command from another: white space and the order of fields do not.
fn body_digest(kind: &str, session: SessionId, body: &impl Serialize) -> Result<String, EngineError> {
    let value = serde_json::to_value(body).map_err(|error| EngineError::Malformed {
        message: error.to_string(),
    })?;
    Ok(digest(&format!("{kind} {session} {}", canonical(&value))))
}
