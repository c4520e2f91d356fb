//! Why there is no drill.

use std::io;

use holdpoint_domain::session::SessionId;
use thiserror::Error;

/// Why no drill can be had, or its plan not kept.
#[derive(Debug, Error)]
pub enum DrillError {
    /// There is no such drill.
    #[error(
        "rehearsal.toml declares no drill “{id}” that can strike in this procedure: GET /api/rehearsal/drills lists those that can"
    )]
    Unknown {
        /// What was asked for.
        id: String,
    },
    /// There is none at all.
    #[error("rehearsal.toml declares no drill that can strike in this procedure")]
    None,
    /// The plan could not be written down or read.
    #[error("the plan of the drill of session {session} cannot be kept or read at this moment: {source}")]
    Kept {
        /// The drill's session.
        session: SessionId,
        /// What the operating system says.
        source: io::Error,
    },
    /// A plan of another choice is kept for the session.
    #[error("a plan of another drill or seed is kept for session {session}: start another session")]
    Taken {
        /// The drill's session.
        session: SessionId,
    },
    /// The plan is not the one that the session's start holds the commitment of, or is gone.
    #[error(
        "the plan of the drill of session {session} is not there any more, or is not the one that it was started with"
    )]
    Lost {
        /// The drill's session.
        session: SessionId,
    },
}
