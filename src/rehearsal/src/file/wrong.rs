//! The mistakes that a `rehearsal.toml` can have.

use holdpoint_gates::fill::FillError;

/// Something wrong, and the keys that lead to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) path: Vec<String>,
    pub(crate) wrong: Wrong,
}

/// The ways in which a `rehearsal.toml` can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each one's sentence says what it is")]
pub(crate) enum Wrong {
    #[error("gates.toml declares no gate “{gate}”")]
    NoGate { gate: String },
    #[error("the gate “{gate}” makes no request “{request}”; its requests are {known}")]
    NoRequest {
        gate: String,
        request: String,
        known: String,
    },
    #[error("the gate “{gate}” makes several requests, so each is answered by its name: {known}")]
    WhichRequest { gate: String, known: String },
    #[error("“{id}” is not the id of a fault; use letters, digits, `-` and `_`, a letter first")]
    Id { id: String },
    #[error("the title is empty")]
    NoTitle,
    #[error("a fault answers at least one gate")]
    NoAnswers,
    #[error("the gate “{gate}” is of kind “{kind}”, and its answers have no `{key}`")]
    Key {
        gate: String,
        kind: &'static str,
        key: &'static str,
    },
    #[error("“{word}” is not a fault that the gate “{gate}” can have; these are: {known}")]
    NoKind { gate: String, word: String, known: String },
    #[error("`columns` and `rows` are given together, or neither is")]
    HalfRows,
    #[error("`error` is given instead of `columns` and `rows`")]
    ErrorAndRows,
    #[error("the row has {found} cells, and there are {columns} columns")]
    RowLength { found: usize, columns: usize },
    #[error("the column “{name}” is there twice")]
    TwoColumns { name: String },
    #[error("the status is from 200 to 599")]
    Status,
    #[error("a delay is of 24 hours at most")]
    Delay,
    #[error("the header “{name}” is set by the server itself")]
    OwnHeader { name: String },
    #[error("“{name}” is not the name of a header, or its value cannot be sent")]
    Header { name: String },
    #[error("“{id}” is not the id of a drill; use letters, digits, `-` and `_`, a letter first")]
    DrillId { id: String },
    #[error("there is a drill “{id}” already")]
    TwoDrills { id: String },
    #[error("a drill has at least one fault")]
    NoFaults,
    #[error("`strikes` is from 1 to the number of the drill's faults, which is {count}")]
    Strikes { count: usize },
    #[error(
        "there is no fault “{fault}” in this file; the fault of a gate is written `gate:kind`, such as `api-health:refused`"
    )]
    NoFault { fault: String },
    #[error("a fault waits for one thing: `before` or `once_asked`")]
    TwoTriggers,
    #[error("a window is an earliest and a latest time after each other, of 24 hours at most")]
    Window,
    #[error("a fault lasts longer than no time, and 24 hours at most")]
    Lasts,
    #[error("in the environment “{environment}” {error}")]
    Fill { environment: String, error: FillError },
}

/// Whether it names a fault or a drill.
pub(crate) fn is_id(id: &str) -> bool {
    id.starts_with(|first: char| first.is_ascii_alphabetic())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
