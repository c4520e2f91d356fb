//! The task of one session: decide, append, publish, answer. Nobody else changes the session in this process.
//!
//! Commands that wait in the mailbox together are decided one after another on the state as it would be, and appended in one
//! transaction. No answer is given and nothing is published before all of it is durable; if it does not become so, the state is
//! thrown away, and what was decided on it is decided anew. An append that failed may be durable all the same, and so may one
//! that a panic followed: then the task reads what is stored, and makes up for what it did not do; see `reconcile`.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use holdpoint_domain::session::{Command, CommandId, SessionId, gates_to_run};
use holdpoint_domain::wire::Accepted;
use tokio::sync::mpsc;

use super::decision::{Decision, check_mode, decide_request};
use super::gates::{LOST, RETRY_PAUSE};
use super::loaded_session::LoadedSession;
use super::request::{CommandRequest, Glimpse, Message, Pending};
use super::{Engine, EngineError};
use crate::clock::new_id;
use crate::gather::gather;
use crate::store::{Append, Appended, RecordedCommand, SessionAppend, StoreError};

/// Messages that are taken from the mailbox at once, and so commands in one transaction.
const BATCH: usize = 128;
/// How long a task without a session in memory waits for the next message.
const UNLOADED_IDLE: Duration = Duration::from_millis(20);
/// How often commands are decided anew because another writer of the same database was faster.
pub(super) const ATTEMPTS: u32 = 3;

/// The task of one session.
pub(super) struct SessionTask {
    pub(super) engine: Arc<Engine>,
    pub(super) session: SessionId,
    mailbox: mpsc::Receiver<Message>,
    /// Absent until it is needed, and after an append that failed.
    pub(super) loaded: Option<LoadedSession>,
    /// More may be stored than was published and carried out.
    uncertain: bool,
}

impl SessionTask {
    pub(super) fn new(engine: Arc<Engine>, session: SessionId, mailbox: mpsc::Receiver<Message>) -> Self {
        Self {
            engine,
            session,
            mailbox,
            loaded: None,
            uncertain: false,
        }
    }

    /// Runs until nothing is asked of the session for a while.
    pub(super) async fn run(mut self) {
        let mut messages = Vec::new();
        let mut last = 0;
        loop {
            gather(&self.mailbox, last).await;
            let patience = if self.uncertain {
                RETRY_PAUSE
            } else if self.is_worth_keeping() {
                self.engine.limits.idle
            } else {
                UNLOADED_IDLE
            };
            let received = self.mailbox.recv_many(&mut messages, BATCH);
            match tokio::time::timeout(patience, received).await {
                Ok(0) => return,
                Ok(count) => last = count,
                Err(_) => {
                    last = 0;
                    if !self.uncertain && self.engine.registry.take_off(self.session, &self.mailbox) {
                        return;
                    }
                }
            }
            // The end of the proxy waits for what follows from the messages, too.
            let _in_flight = self.engine.tasks.token();
            let handled = AssertUnwindSafe(self.handle(std::mem::take(&mut messages))).catch_unwind();
            if handled.await.is_err() {
                // Those who asked see that there is no answer. What the state was is not known any more.
                tracing::error!(session = %self.session, "the session's task panicked; it goes on from what is stored");
                self.distrust();
            }
            if self.uncertain && AssertUnwindSafe(self.reconcile()).catch_unwind().await.is_err() {
                tracing::error!(session = %self.session, "the session's task panicked while it read what is stored");
                self.distrust();
            }
        }
    }

    /// Forgets the state, because what is stored is not known: it is read before the next message.
    pub(super) fn distrust(&mut self) {
        self.loaded = None;
        self.uncertain = true;
    }

    /// Makes up for what was not done after an append of which nothing was heard.
    async fn reconcile(&mut self) {
        let session = self.session;
        // What is due may be appended in here, and that may fail, too.
        self.uncertain = false;
        match self.make_up().await {
            Ok(()) => {}
            Err(error) if !error.is_transient() => {
                tracing::error!(%error, %session, "what was recorded of the session is not known; the next start reads it");
            }
            Err(error) => {
                tracing::error!(%error, %session, "what was recorded of the session is not known; it is read again soon");
                self.uncertain = true;
            }
        }
    }

    /// Gives each open run that nobody sees to the end a verdict, tells viewers of what they were not told, and starts what is
    /// due.
    async fn make_up(&mut self) -> Result<(), StoreError> {
        let (engine, session) = (Arc::clone(&self.engine), self.session);
        let loaded = self.load().await?;
        let (state, head) = (loaded.state(), loaded.head());
        let ours = check_mode(state, engine.mode()).is_ok();
        // A verdict that was recorded without the proxy knowing of it may be that of a cancelled run.
        let finished = state.runs.iter().filter(|run| run.verdict.is_some());
        finished.for_each(|run| engine.in_flight.stop(run.id));
        let lost = state
            .open_runs()
            .filter(|run| ours && !engine.in_flight.contains(run.id));
        for run in lost {
            tracing::error!(%session, run = %run.id, gate = run.gate, "the gate's start was recorded, and it was not run");
            let verdict = engine.no_verdict(state.started.as_deref(), &run.gate, run.started, LOST);
            let (finishing, run) = (Arc::clone(&engine), run.id);
            let in_flight = engine.in_flight.enter(run, engine.ending.child_token());
            engine.tasks.spawn(async move {
                finishing.finish(session, run, verdict).await;
                drop(in_flight);
            });
        }
        // A viewer who misses events before this one reads the store.
        let newest = engine.store.events(session, head.saturating_sub(1), 1).await?;
        let newest = SessionAppend::new(session, newest)?;
        engine.hub.publish(session, &newest.records);
        self.start_due().await;
        Ok(())
    }

    /// Whether the session is worth keeping in memory: one that is not there, cannot be read or is closed is not.
    fn is_worth_keeping(&self) -> bool {
        let state = self.loaded.as_ref().map(LoadedSession::state);
        state.is_some_and(|state| state.started.is_some() && state.closed.is_none())
    }

    async fn handle(&mut self, messages: Vec<Message>) {
        let mut commands = Vec::with_capacity(messages.len());
        for message in messages {
            let other = match message {
                Message::Command(pending) if pending.request.undo.is_none() => {
                    commands.push(pending);
                    continue;
                }
                other => other,
            };
            self.carry_out(std::mem::take(&mut commands)).await;
            match other {
                Message::Command(pending) => self.start_rollback(pending).await,
                Message::Link(request) => self.link(request).await,
                // Whoever asked may be gone.
                Message::Look(answer) => drop(answer.send(self.look().await)),
                Message::StartDue(answer) => {
                    if let Err(error) = self.load().await {
                        tracing::error!(%error, session = %self.session, "gates that are due cannot be started");
                    }
                    self.start_due().await;
                    answer.send(()).unwrap_or(());
                }
            }
        }
        self.carry_out(commands).await;
    }

    /// Carries commands out, and what follows from them.
    async fn carry_out(&mut self, commands: Vec<Pending>) {
        if !commands.is_empty() && self.append_all(commands).await {
            self.start_due().await;
        }
    }

    /// Starts the gates that are to start by themselves. Each start is durable before the gate runs.
    pub(super) async fn start_due(&mut self) {
        loop {
            let Some(loaded) = &self.loaded else { return };
            let other_mode = check_mode(loaded.state(), self.engine.mode()).is_err();
            if other_mode || self.engine.ending.is_cancelled() {
                return;
            }
            let start = |(step, gate)| {
                let run = new_id();
                let auto = true;
                let command = Command::StartGate { run, step, gate, auto };
                let request = CommandRequest::of_proxy(self.session, command);
                Pending::unattended(request, self.engine.tasks.token())
            };
            let due: Vec<Pending> = gates_to_run(loaded.state()).into_iter().map(start).collect();
            if due.is_empty() || !self.append_all(due).await {
                return;
            }
        }
    }

    /// Decides and appends until each command has its answer. True if something was appended.
    async fn append_all(&mut self, mut waiting: Vec<Pending>) -> bool {
        let mut appended = false;
        let mut attempts = 0;
        while !waiting.is_empty() {
            let count = waiting.len();
            let (again, some) = self.append_once(waiting).await;
            waiting = again;
            appended |= some;
            attempts = if waiting.len() < count { 0 } else { attempts + 1 };
            if attempts == ATTEMPTS {
                for pending in waiting.drain(..) {
                    pending.answer(Err(EngineError::Crowded));
                }
            }
        }
        appended
    }

    /// Decides commands one after another, appends them together, and gives those back that must be decided anew. True if
    /// something was appended.
    async fn append_once(&mut self, waiting: Vec<Pending>) -> (Vec<Pending>, bool) {
        let mode = self.engine.mode();
        let loaded = match self.load().await {
            Ok(loaded) => loaded,
            Err(error) => {
                for pending in waiting {
                    pending.answer(Err(error.clone().into()));
                }
                return (Vec::new(), false);
            }
        };
        let mut decided = Vec::with_capacity(waiting.len());
        let mut appends = Vec::with_capacity(waiting.len());
        for pending in waiting {
            let decision = decide_request(loaded, &pending.request, mode);
            if let Decision::Append(part) = &decision {
                appends.push(append_of(&pending.request, vec![part.clone()]));
            }
            decided.push((pending, decision));
        }
        let since = Instant::now();
        let results = match appends.is_empty() {
            true => Ok(Vec::new()),
            false => self.engine.store.append_all(appends).await,
        };
        self.settle(decided, results, since).await
    }

    /// Publishes what is durable, and answers.
    async fn settle(
        &mut self,
        decided: Vec<(Pending, Decision)>,
        results: Result<Vec<Appended>, StoreError>,
        since: Instant,
    ) -> (Vec<Pending>, bool) {
        // What was refused was refused by a state that is right only if all that went before became durable.
        let durable = |results: &Vec<Appended>| results.iter().all(|one| *one == Appended::Durable);
        let whole = results.as_ref().is_ok_and(durable);
        if results.is_err() {
            self.distrust();
        } else if !whole {
            self.loaded = None;
        }
        let mut results = results.map(Vec::into_iter);
        let (mut again, mut appended) = (Vec::new(), false);
        for (pending, decision) in decided {
            match decision {
                Decision::Append(part) => match results.as_mut().map(Iterator::next) {
                    Ok(Some(Appended::Durable)) => {
                        appended = true;
                        self.engine.complete_append(&part, since.elapsed()).await;
                        pending.answer(Ok(accepted(&part)));
                    }
                    Ok(Some(Appended::Known)) => self.answer_repeated(pending, None, &mut again).await,
                    Ok(Some(Appended::Conflict) | None) => again.push(pending),
                    Err(error) => pending.answer(Err(error.clone().into())),
                },
                Decision::Refused(_) if !whole => again.push(pending),
                // The command may have been carried out before, and be what refuses it now.
                Decision::Refused(error) => self.answer_repeated(pending, Some(error), &mut again).await,
                Decision::Repeated => self.answer_repeated(pending, None, &mut again).await,
            }
        }
        (again, appended)
    }

    /// Gives a command the answer that it got the first time; if there was none, `otherwise`, or puts it among those that are
    /// decided anew.
    async fn answer_repeated(&self, pending: Pending, otherwise: Option<EngineError>, again: &mut Vec<Pending>) {
        match (self.engine.repeated_request(&pending.request).await, otherwise) {
            (Ok(Some(accepted)), _) => pending.answer(Ok(accepted)),
            (Ok(None), Some(error)) | (Err(error), _) => pending.answer(Err(error)),
            (Ok(None), None) => again.push(pending),
        }
    }

    /// The session's state, from the store if it is not in memory.
    pub(super) async fn load(&mut self) -> Result<&mut LoadedSession, StoreError> {
        let loaded = match self.loaded.take() {
            Some(loaded) => loaded,
            None => {
                let loaded = LoadedSession::load(self.session, &*self.engine.store).await;
                self.engine.note_reading(self.session, loaded.as_ref().err());
                loaded?
            }
        };
        Ok(self.loaded.insert(loaded))
    }

    async fn look(&mut self) -> Result<Glimpse, StoreError> {
        let state = self.load().await?.state();
        Ok(Glimpse {
            started: state.started.clone(),
            taken: state
                .taken
                .iter()
                .map(|(gate, taken)| (gate.clone(), taken.snapshot.clone()))
                .collect(),
            closed: state.closed.is_some(),
            open_runs: state
                .open_runs()
                .map(|run| (run.id, run.gate.clone(), run.started))
                .collect(),
        })
    }
}

impl Engine {
    /// The answer that the request got the first time, if there was one.
    pub(super) async fn repeated_request(&self, request: &CommandRequest) -> Result<Option<Accepted>, EngineError> {
        self.repeated(request.id, request.session, &request.digest).await
    }

    /// The answer that a command got the first time, if there was one.
    pub(super) async fn repeated(
        &self,
        id: CommandId,
        asked_of: SessionId,
        asked: &str,
    ) -> Result<Option<Accepted>, EngineError> {
        let Some(RecordedCommand {
            session,
            digest,
            first_seq,
            last_seq,
        }) = self.store.command(id).await?
        else {
            return Ok(None);
        };
        if session != asked_of || digest != asked {
            return Err(EngineError::Reused { id });
        }
        let count = u32::try_from(last_seq + 1 - first_seq).unwrap_or(u32::MAX);
        let events = self.store.events(session, first_seq - 1, count).await?;
        Ok(Some(Accepted { events, repeated: true }))
    }
}

pub(super) fn append_of(request: &CommandRequest, parts: Vec<SessionAppend>) -> Append {
    Append {
        command: request.id,
        digest: request.digest.clone(),
        parts,
    }
}

pub(super) fn accepted(part: &SessionAppend) -> Accepted {
    Accepted {
        events: part.records.iter().map(|one| one.record.clone()).collect(),
        repeated: false,
    }
}
