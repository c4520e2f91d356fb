//! Why the engine did not do it.

use holdpoint_domain::session::{CommandId, Refusal, SessionId, Started};

use holdpoint_rehearsal::DrillError;

use crate::store::StoreError;

/// Who answers gates: the systems that `gates.toml` names, or a rehearsal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The systems that `gates.toml` names.
    Real,
    /// A rehearsal.
    Rehearsal,
}

impl Mode {
    /// The mode that a session belongs to.
    #[must_use]
    pub fn of(started: &Started) -> Self {
        if started.rehearsal { Self::Rehearsal } else { Self::Real }
    }

    /// What is said to who wants to change a session of this mode at a proxy of the other one.
    fn sentence(self) -> &'static str {
        match self {
            Self::Rehearsal => {
                "This session is a rehearsal, and this proxy asks the real systems, so that nothing is recorded in it here. It \
                 can be read and exported. To go on with it, start the proxy with --rehearsal; to do it for real, start a new \
                 session."
            }
            Self::Real => {
                "This session is a real one, and this proxy only rehearses, so that nothing is recorded in it here. It can be \
                 read and exported. To go on with it, start the proxy without --rehearsal; to rehearse, start a new session."
            }
        }
    }
}

/// Why the engine did not do it.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// There is no such session.
    #[error("There is no session {session}.")]
    NoSession {
        /// What was asked for.
        session: SessionId,
    },
    /// The session has no such gate.
    #[error("No step of the session {session} names the gate “{gate}”.")]
    NoGate {
        /// What was asked for.
        session: SessionId,
        /// What was asked for.
        gate: String,
    },
    /// The session has no event at the place after which it is to be read.
    #[error("The session has {head} events, so nothing comes after the {seq}th. Read it again from its start.")]
    BeyondEnd {
        /// What was asked for.
        seq: u64,
        /// The last event's.
        head: u64,
    },
    /// There is no such runbook.
    #[error("There is no runbook “{name}”. Reload the list of runbooks.")]
    NoRunbook {
        /// What was asked for.
        name: String,
    },
    /// There is no such drill, or its plan cannot be kept or read.
    #[error(transparent)]
    Drill(#[from] DrillError),
    /// There is no such environment.
    #[error("There is no environment “{name}” in which a session can be started here.")]
    NoEnvironment {
        /// What was asked for.
        name: String,
    },
    /// The runbook is not the one that the captain saw.
    #[error("The runbook “{name}” was changed since you opened it. Reload it, read what is new, and start again.")]
    RunbookChanged {
        /// Its file's name without `.md`.
        name: String,
        /// The digest of the one on disk.
        digest: String,
    },
    /// What is to undo a session does not undo that one.
    #[error("{message}")]
    NotARollback {
        /// What is wrong and what is right.
        message: String,
    },
    /// The session is a rehearsal and the proxy is not, or the other way round.
    #[error("{}", .0.sentence())]
    OtherMode(Mode),
    /// A rule refuses it.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The command's id stands for another body.
    #[error("The command id {id} was used before with another content. Give each command an id of its own.")]
    Reused { id: CommandId },
    /// What was sent is not of its form.
    #[error("{message}")]
    Malformed {
        /// What is wrong and what is right.
        message: String,
    },
    /// The store does not take or give it.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Other writers of the same database were faster again and again.
    #[error("Too many others write to this session at this moment. Nothing was recorded; try again.")]
    Crowded,
    /// More commands wait for the session than it keeps.
    #[error("Too many commands wait for this session. This one was not recorded; try again in a moment.")]
    Busy,
    /// The session's task panicked before it answered; the log says where.
    #[error(
        "The proxy made a mistake while it carried this out, and says more about it in its log. Whether it was recorded stands \
         in the session; sent again with the same id, it is not recorded twice."
    )]
    TaskEnded,
    /// A task that reads runbooks panicked.
    #[error("The runbook could not be read, because the proxy made a mistake: {0}")]
    Library(#[source] tokio::task::JoinError),
    /// A task that counts sessions panicked.
    #[error("The figures could not be made, because the proxy made a mistake: {0}")]
    Statistics(#[source] tokio::task::JoinError),
}
