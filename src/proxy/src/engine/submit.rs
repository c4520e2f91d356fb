//! The way of a command: decided, made durable, told.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures::FutureExt;
use futures::future::BoxFuture;
use holdpoint_domain::session::{Actor, ClientCommand, Command, CommandId, Event, Record, SessionId, State, decide};
use holdpoint_domain::wire::Accepted;
use tokio::sync::{OwnedMutexGuard, oneshot, watch};
use uuid::Uuid;

use super::cell::Cell;
use super::{Engine, EngineError, clock};
use crate::store::{Append, Appended, Known, Part, StoreError};

/// How often a command is decided anew when others were faster.
const TRIES: u32 = 20;

/// What is asked of a session.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) id: CommandId,
    pub(super) digest: String,
    pub(super) session: SessionId,
    pub(super) actor: Actor,
    pub(super) command: Command,
    /// The session that is undone, which gets its link in the same transaction.
    pub(super) undo: Option<Undo>,
}

/// The session that is undone by the one that starts.
#[derive(Clone, Debug)]
pub(super) struct Undo {
    pub(super) session: SessionId,
    pub(super) command: Command,
}

/// Events on their way to the disk.
struct OnTheWay {
    /// The session's own events first, then the undone session's.
    parts: Vec<Part>,
    generations: Vec<(SessionId, u64)>,
    written: BoxFuture<'static, Result<Appended, StoreError>>,
    since: Instant,
    /// Dropped when there is an answer, which wakes those who wait with the same command.
    answered: watch::Sender<()>,
}

/// What a try came to.
enum Tried {
    Done(Vec<Record>),
    /// The command is on its way already, sent twice at nearly the same moment.
    Wait(watch::Receiver<()>),
    Again,
}

impl Engine {
    /// Carries a command out, once, whatever happens to the one who asked in the meantime.
    pub(super) async fn submit(self: &Arc<Self>, ask: Ask) -> Result<Accepted, EngineError> {
        for attempt in 0..TRIES {
            if let Some(accepted) = self.repeated(&ask).await? {
                return Ok(accepted);
            }
            match self.try_once(&ask).await {
                Ok(Tried::Done(events)) => {
                    return Ok(Accepted {
                        events,
                        repeated: false,
                    });
                }
                // An error here only says that the sender is gone, which is what is waited for.
                Ok(Tried::Wait(mut answered)) => drop(answered.changed().await),
                Ok(Tried::Again) => tokio::time::sleep(Duration::from_millis(u64::from(attempt.min(10)))).await,
                // The same command may have been carried out since it was looked for, and be what refuses it now.
                Err(EngineError::Refused(refusal)) => {
                    return match self.repeated(&ask).await? {
                        Some(accepted) => Ok(accepted),
                        None => Err(refusal.into()),
                    };
                }
                Err(error) => return Err(error),
            }
        }
        Err(EngineError::Crowded)
    }

    /// The answer that the command got the first time, if there was one.
    async fn repeated(&self, ask: &Ask) -> Result<Option<Accepted>, EngineError> {
        let Some(Known {
            session,
            digest,
            first_seq,
            last_seq,
        }) = self.store.command(ask.id).await?
        else {
            return Ok(None);
        };
        if session != ask.session || digest != ask.digest {
            return Err(EngineError::Reused { id: ask.id });
        }
        let count = u32::try_from(last_seq + 1 - first_seq).unwrap_or(u32::MAX);
        let events = self.store.events(session, first_seq - 1, count).await?;
        Ok(Some(Accepted { events, repeated: true }))
    }

    async fn try_once(self: &Arc<Self>, ask: &Ask) -> Result<Tried, EngineError> {
        let (mut own, mut other) = self.lock(ask).await;
        {
            // Under the session's lock, so that of two with the same id the second one finds the first one here.
            let on_the_way = self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(answered) = on_the_way.get(&ask.id) {
                return Ok(Tried::Wait(answered.clone()));
            }
        }
        let state = own.state(&self.store).await?;
        if state.started.is_none() && !matches!(ask.command, Command::Start(_)) {
            self.forget(ask.session);
            return Err(EngineError::NoSession { session: ask.session });
        }
        let command = with_run(&ask.command);
        let not_before = verdict_time(&ask.command);
        let now = own.now(not_before);
        // Evidence ages by the real clock. What is recorded is only kept from going backwards, which must not make old
        // evidence fresh, nor block for ever after the clock jumped ahead once.
        let judged = not_before.into_iter().fold(clock(), DateTime::max);
        let events = match decided(own.loaded()?, &ask.command, &command, judged) {
            Ok(events) => events,
            Err(error) => {
                // A session that is not there leaves nothing in memory when its start is refused.
                if own.loaded()?.started.is_none() {
                    self.forget(ask.session);
                }
                return Err(error);
            }
        };
        let linked = match (&ask.undo, &mut other) {
            (Some(undo), Some(cell)) => {
                let state = cell.state(&self.store).await?;
                if state.started.is_none() {
                    self.forget(undo.session);
                    return Err(EngineError::NoSession { session: undo.session });
                }
                decide(cell.loaded()?, &undo.command, judged)?
            }
            _ => Vec::new(),
        };
        // From here on nothing may wait, so that the order of the queue is the order of the sequence.
        let mut generations = vec![(ask.session, own.generation)];
        let mut parts = vec![own.push(events, &ask.actor, ask.id, now)?];
        if let (Some(undo), Some(cell), false) = (&ask.undo, &mut other, linked.is_empty()) {
            generations.push((undo.session, cell.generation));
            let at = cell.now(None);
            parts.push(cell.push(linked, &ask.actor, ask.id, at)?);
        }
        let append = Append {
            command: ask.id,
            digest: ask.digest.clone(),
            parts: parts.clone(),
        };
        let written = self.store.append(append);
        let (sender, receiver) = watch::channel(());
        self.on_the_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(ask.id, receiver);
        let way = OnTheWay {
            parts,
            generations,
            written,
            since: Instant::now(),
            answered: sender,
        };
        let (answer, answered) = oneshot::channel();
        // The one who asked may go away; what was put on its way is followed to its end all the same.
        self.tasks.spawn(Arc::clone(self).arrive(ask.id, way, answer));
        drop((own, other));
        answered.await.unwrap_or(Err(EngineError::Store(StoreError::Closed)))
    }

    /// Waits for the disk, and does what follows. Boxed, because what follows may send further commands.
    fn arrive(
        self: Arc<Self>,
        id: CommandId,
        way: OnTheWay,
        answer: oneshot::Sender<Result<Tried, EngineError>>,
    ) -> BoxFuture<'static, ()> {
        async move {
            let OnTheWay {
                mut parts,
                generations,
                written,
                since,
                answered,
            } = way;
            let result = match written.await {
                Ok(Appended::Durable) => {
                    self.metrics
                        .appended(parts.iter().map(|part| part.records.len()).sum(), since.elapsed());
                    for part in &parts {
                        self.deploy(part).await;
                        self.hub.publish(part.session, &part.records);
                    }
                    Ok(Tried::Done(parts[0].records.clone()))
                }
                came => {
                    parts.clear();
                    for (session, generation) in generations {
                        self.cell(session).lock().await.reset(generation);
                    }
                    came.map(|_| Tried::Again).map_err(EngineError::from)
                }
            };
            self.on_the_way
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&id);
            // Nobody may be waiting any more.
            drop(answer.send(result));
            drop(answered);
            for part in parts {
                self.follow_up(part).await;
            }
        }
        .boxed()
    }

    /// Both sessions' cells, always in the same order, so that two rollbacks never wait for each other.
    async fn lock(&self, ask: &Ask) -> (OwnedMutexGuard<Cell>, Option<OwnedMutexGuard<Cell>>) {
        let own = self.cell(ask.session);
        match &ask.undo {
            Some(undo) if undo.session < ask.session => {
                let other = self.cell(undo.session).lock_owned().await;
                (own.lock_owned().await, Some(other))
            }
            Some(undo) if undo.session > ask.session => {
                let own = own.lock_owned().await;
                (own, Some(self.cell(undo.session).lock_owned().await))
            }
            _ => (own.lock_owned().await, None),
        }
    }
}

/// A client's wish to run a gate becomes the start of a run; everything else stays as it is.
fn with_run(command: &Command) -> Command {
    match command {
        Command::Client(ClientCommand::RunGate { step, gate }) => Command::StartGate {
            run: Uuid::now_v7(),
            step: step.clone(),
            gate: gate.clone(),
            auto: false,
        },
        other => other.clone(),
    }
}

fn decided(state: &State, asked: &Command, command: &Command, now: DateTime<Utc>) -> Result<Vec<Event>, EngineError> {
    if asked != command {
        decide(state, asked, now)?;
    }
    Ok(decide(state, command, now)?)
}

/// A verdict is never recorded before it was reached, even if the clock was set back since.
fn verdict_time(command: &Command) -> Option<DateTime<Utc>> {
    match command {
        Command::FinishGate { verdict, .. } | Command::Observe { verdict, .. } => Some(verdict.finished),
        _ => None,
    }
}
