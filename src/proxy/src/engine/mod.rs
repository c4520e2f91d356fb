//! Sessions as they run: commands are decided here, made durable, told to viewers, and gates are run.
//!
//! A session's state is kept as the fold of its events, with those that are on their way to the disk already folded in, so
//! that many writers of one session can wait for the disk together. Nobody is answered before the events are durable. If
//! they do not get there, the state is thrown away and folded anew from the store.

mod cell;
mod error;
mod gates;
mod list;
mod recover;
mod start;
mod submit;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, SubsecRound, Utc};
use holdpoint_domain::gate::{Source, Verdict};
use holdpoint_domain::session::{Actor, Command, CommandId, NAME_LIMIT, Record, SessionId, canonical, digest};
use holdpoint_domain::wire::{Accepted, SendCommand, SendObservation};
use serde::Serialize;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::config::Config;
use crate::library::Library;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::rehearsal::Rehearsal;
use crate::runner::{RunRequest, Runner};
use crate::store::{Store, all_events};

use cell::Cell;
pub use error::EngineError;
pub use list::{Briefs, number_of};
use submit::Ask;

/// Sessions as they run.
pub struct Engine {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) metrics: Arc<Metrics>,
    config: Arc<Config>,
    library: Arc<Library>,
    runner: Runner,
    rehearsal: Option<Arc<Rehearsal>>,
    cells: Mutex<HashMap<SessionId, Arc<tokio::sync::Mutex<Cell>>>>,
    /// Commands that are on their way to the disk. The receiver ends when the command has an answer.
    on_the_way: Mutex<HashMap<CommandId, watch::Receiver<()>>>,
    briefs: Briefs,
    /// Gates that run, and what follows commits. All of it is waited for at the end.
    tasks: TaskTracker,
    ending: CancellationToken,
}

/// What an engine is made of.
pub struct Parts {
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
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts {
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
            cells: Mutex::default(),
            on_the_way: Mutex::default(),
            briefs: Briefs::default(),
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
        self.submit(Ask {
            id: body.id,
            digest,
            session,
            actor,
            command: Command::Client(body.command),
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
        let request = self.run_request(session, &body.gate).await?;
        let verdict = if self.is_another_now(session, &body.gate).await {
            let why = gates::another(&body.gate);
            Verdict {
                source: Source::Browser,
                ..self.no_verdict(session, &body.gate, clock(), &why).await
            }
        } else {
            self.runner.judge_observation(&request, body.seen, clock())
        };
        let command = Command::Observe {
            observation: Uuid::now_v7(),
            step: body.step,
            gate: body.gate,
            verdict,
        };
        self.submit(Ask {
            id: body.id,
            digest,
            session,
            actor,
            command,
            undo: None,
        })
        .await
    }

    /// A session's events after a place.
    ///
    /// # Errors
    /// There is no such session, or the store does not answer.
    pub async fn events(&self, session: SessionId, after: u64) -> Result<Vec<Record>, EngineError> {
        let all = all_events(&*self.store, session, after).await?;
        if all.is_empty() {
            self.must_exist(session).await?;
        }
        Ok(all)
    }

    /// Whether there is a session.
    ///
    /// # Errors
    /// There is none, or the store does not answer.
    pub async fn must_exist(&self, session: SessionId) -> Result<(), EngineError> {
        match self.store.exists(session).await? {
            true => Ok(()),
            false => Err(EngineError::NoSession { session }),
        }
    }

    /// Waits until every gate that ran has its verdict in the log. Call it after the token that ends the proxy was cancelled.
    pub async fn drain(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Which gate to run in the session's environment, and with what.
    async fn run_request(&self, session: SessionId, gate: &str) -> Result<RunRequest, EngineError> {
        let cell = self.cell(session);
        let mut cell = cell.lock().await;
        let state = cell.state(&self.store).await?;
        let Some(started) = state.started.clone() else {
            self.forget(session);
            return Err(EngineError::NoSession { session });
        };
        let mut values = state.values_for_placeholders();
        // What the environment declares now goes before what it declared at the start, and before anything a client gave.
        if let Some(environment) = self.config.gates.environments.get(&started.environment) {
            values.extend(environment.variables.clone());
        }
        Ok(RunRequest {
            gate: gate.to_owned(),
            environment: started.environment.clone(),
            values,
        })
    }

    fn cell(&self, session: SessionId) -> Arc<tokio::sync::Mutex<Cell>> {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(
            cells
                .entry(session)
                .or_insert_with(|| Arc::new(tokio::sync::Mutex::new(Cell::new(session)))),
        )
    }

    fn forget(&self, session: SessionId) {
        self.cells
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&session);
    }
}

/// The time, as exactly as it is recorded.
fn clock() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}

fn person(name: &str) -> Result<Actor, EngineError> {
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 || length > NAME_LIMIT || name.chars().any(char::is_control) {
        let message = format!("The actor must be a name of 1 to {NAME_LIMIT} characters.");
        return Err(EngineError::Malformed { message });
    }
    // Exports show what the proxy did itself by this name.
    if name.to_lowercase() == "holdpoint" {
        let message = "“Holdpoint” is the proxy's own name in the log. Give the name of a person.".to_owned();
        return Err(EngineError::Malformed { message });
    }
    Ok(Actor::Person { name: name.to_owned() })
}

/// What tells one body of a command from another: white space and the order of fields do not.
fn body_digest(kind: &str, session: SessionId, body: &impl Serialize) -> Result<String, EngineError> {
    let value = serde_json::to_value(body).map_err(|error| EngineError::Malformed {
        message: error.to_string(),
    })?;
    Ok(digest(&format!("{kind} {session} {}", canonical(&value))))
}
