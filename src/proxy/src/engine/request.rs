//! What a session's task is sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use holdpoint_domain::gate::GateSnapshot;
use holdpoint_domain::session::{Actor, Command, CommandId, GateId, RunId, SessionId, Started, digest};
use holdpoint_domain::wire::Accepted;
use tokio::sync::oneshot;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::EngineError;
use crate::clock::new_id;
use crate::store::{SessionAppend, StoreError};

/// What is asked of a session.
#[derive(Clone, Debug)]
pub(super) struct CommandRequest {
    pub(super) id: CommandId,
    /// What tells one body of a command from another.
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

impl CommandRequest {
    /// What the proxy asks of a session by itself.
    pub(super) fn of_proxy(session: SessionId, command: Command) -> Self {
        let id = new_id();
        Self {
            id,
            digest: digest(&id.to_string()),
            session,
            actor: Actor::Proxy,
            command,
            undo: None,
        }
    }
}

/// A message to a session's task.
pub(super) enum Message {
    /// Carry a command out.
    Command(Pending),
    /// Link the rollback that another session's task is starting.
    Link(Box<LinkRequest>),
    /// Say how the session stands.
    Look(oneshot::Sender<Result<Glimpse, StoreError>>),
    /// Start the gates that are to start by themselves, and answer when their starts are durable.
    StartDue(oneshot::Sender<()>),
}

/// A command that waits for its answer. It is followed to its end whether or not the one who asked still waits.
pub(super) struct Pending {
    pub(super) request: Box<CommandRequest>,
    answer: Option<oneshot::Sender<Result<Accepted, EngineError>>>,
    /// The end of the proxy waits for it.
    _in_flight: TaskTrackerToken,
}

impl Pending {
    /// A command whose answer somebody waits for.
    pub(super) fn new(
        request: CommandRequest,
        in_flight: TaskTrackerToken,
    ) -> (Self, oneshot::Receiver<Result<Accepted, EngineError>>) {
        let (answer, answered) = oneshot::channel();
        let pending = Self {
            request: Box::new(request),
            answer: Some(answer),
            _in_flight: in_flight,
        };
        (pending, answered)
    }

    /// A command that nobody waits for. An error other than a refusal is said in the log.
    pub(super) fn unattended(request: CommandRequest, in_flight: TaskTrackerToken) -> Self {
        Self {
            request: Box::new(request),
            answer: None,
            _in_flight: in_flight,
        }
    }

    pub(super) fn answer(self, result: Result<Accepted, EngineError>) {
        match (self.answer, result) {
            // The one who asked may be gone.
            (Some(answer), result) => drop(answer.send(result)),
            // The session may have moved on in the meantime.
            (None, Ok(_) | Err(EngineError::Refused(_))) => {}
            (None, Err(error)) => {
                let session = self.request.session;
                tracing::error!(%error, %session, command = ?self.request.command, "it could not be done");
            }
        }
    }
}

/// Asks the task of an undone session for the link to its rollback.
pub(super) struct LinkRequest {
    pub(super) command: Command,
    /// The command that starts the rollback.
    pub(super) id: CommandId,
    pub(super) actor: Actor,
    pub(super) answer: oneshot::Sender<Result<Option<Link>, EngineError>>,
}

/// The link, decided and not durable yet. The undone session holds still until `durable` is told or dropped.
pub(super) struct Link {
    pub(super) part: SessionAppend,
    pub(super) durable: oneshot::Sender<Durable>,
}

/// The link is durable.
pub(super) struct Durable;

/// How a session stands, for those who do not change it.
#[derive(Clone, Debug)]
pub(super) struct Glimpse {
    /// What it keeps from its start; nothing if it has none.
    pub(super) started: Option<Arc<Started>>,
    /// The declarations that were taken since.
    pub(super) taken: BTreeMap<GateId, GateSnapshot>,
    pub(super) closed: bool,
    /// Runs without a verdict: the run, its gate, and when it started.
    pub(super) open_runs: Vec<(RunId, String, DateTime<Utc>)>,
}
