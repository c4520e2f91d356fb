//! Why a gate has no answer in a rehearsal.

use holdpoint_gates::fill::FillError;

/// Why a gate cannot be rehearsed. Each is a clause that follows “because”.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotRehearse {
    /// There is no such gate, or it does not exist in the environment.
    #[error("gates.toml declares no gate “{gate}” for this environment")]
    NoGate {
        /// As in `gates.toml`.
        gate: String,
    },
    /// The gate makes no such request.
    #[error("the gate “{gate}” does not make the request that is to be answered")]
    NoRequest {
        /// As in `gates.toml`.
        gate: String,
    },
    /// The gate is not `direct`, so that no browser asks for it.
    #[error("“{gate}” is no direct gate of this environment")]
    NotDirect {
        /// As in `gates.toml`.
        gate: String,
    },
    /// A text of the gate or of its answer names a value that is not there.
    #[error("{0}")]
    Fill(#[from] FillError),
    /// No value was found of which all comparisons with one thing hold.
    #[error("no value was found that meets what is expected of “{subject}”")]
    NoValue {
        /// What is looked at, as in a verdict.
        subject: String,
    },
    /// A JSONPath for which no document is made.
    #[error("no document is made for the path {path}: only names, indexes and `*` are")]
    Path {
        /// The path.
        path: String,
    },
    /// A JSONPath that is too long to make a document for.
    #[error("no document is made for a path of more than {most} steps")]
    LongPath {
        /// The steps that a path may have.
        most: usize,
    },
    /// More values, rows or bytes than an answer may have.
    #[error("“{subject}” expects more than can be made")]
    TooMuch {
        /// What is looked at.
        subject: String,
    },
    /// The answer that was made does not pass, for example because two expectations exclude each other.
    #[error("the answer made for it does not pass: {summary}")]
    DoesNotPass {
        /// The verdict's sentence.
        summary: String,
    },
    /// A fault that would leave the gate passing, or that cannot be made out of its answer.
    #[error("its answer cannot be given the fault “{fault}”")]
    NoFault {
        /// The word of the kind.
        fault: String,
    },
}
