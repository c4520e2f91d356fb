//! The faults that a gate can have by its kind, without being told.

use holdpoint_domain::gate::GateKind;

/// A way in which the answer to a gate can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// HTTP: the connection is closed without an answer.
    Refused,
    /// HTTP: no answer within the time limit.
    TimeOut,
    /// HTTP: status 503.
    Unavailable,
    /// HTTP: a redirect to `/` of the same host.
    Redirect,
    /// HTTP: no body.
    Empty,
    /// HTTP: a body that breaks off.
    Malformed,
    /// HTTP and SQL: a value that is read, compared and not as expected.
    WrongValue,
    /// SQL: the database refuses the statement.
    Error,
    /// SQL: no row.
    NoRow,
    /// Command: exit code 1.
    ExitOne,
    /// Command: SIGKILL.
    Killed,
    /// Command: no output and no end within the time limit.
    Silence,
    /// Command: more output than the gate reads.
    OverCap,
    /// Command: other output than expected.
    WrongOutput,
}

impl FaultKind {
    /// Those of a kind of gates, in the order in which people see them.
    #[must_use]
    pub fn of(kind: GateKind) -> &'static [Self] {
        match kind {
            GateKind::Http => &[
                Self::Refused,
                Self::TimeOut,
                Self::Unavailable,
                Self::Redirect,
                Self::Empty,
                Self::Malformed,
                Self::WrongValue,
            ],
            GateKind::Sql => &[Self::Error, Self::NoRow, Self::WrongValue],
            GateKind::Command => &[
                Self::ExitOne,
                Self::Killed,
                Self::Silence,
                Self::OverCap,
                Self::WrongOutput,
            ],
        }
    }

    /// Its word in `rehearsal.toml`, and in ids such as `api-health:refused`.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.words().0
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(kind: GateKind, word: &str) -> Option<Self> {
        Self::of(kind).iter().copied().find(|fault| fault.word() == word)
    }

    /// As the list of faults shows it.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.words().1
    }

    /// What it does, in one sentence.
    #[must_use]
    pub fn description(self) -> &'static str {
        self.words().2
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Refused => (
                "refused",
                "connection refused",
                "The connection is closed without an answer.",
            ),
            Self::TimeOut => (
                "time-out",
                "no answer in time",
                "No answer comes within the gate's time limit.",
            ),
            Self::Unavailable => ("503", "answers 503", "The answer has the status 503."),
            Self::Redirect => ("302", "answers 302", "The answer redirects to the start page."),
            Self::Empty => ("empty", "empty answer", "The answer has no body."),
            Self::Malformed => ("malformed", "malformed answer", "The answer's body breaks off."),
            Self::WrongValue => (
                "wrong-value",
                "wrong value",
                "The answer can be read, and a value in it is not the expected one.",
            ),
            Self::Error => ("error", "database error", "The database refuses the statement."),
            Self::NoRow => ("no-row", "no row", "The statement finds no row."),
            Self::ExitOne => ("exit-1", "exit code 1", "The program ends with exit code 1."),
            Self::Killed => ("killed", "program killed", "A signal ends the program."),
            Self::Silence => (
                "silence",
                "program hangs",
                "The program prints nothing and does not end within the gate's time limit.",
            ),
            Self::OverCap => (
                "over-cap",
                "too much output",
                "The program prints more than the gate reads.",
            ),
            Self::WrongOutput => (
                "wrong-output",
                "wrong output",
                "The program succeeds, and prints something else than expected.",
            ),
        }
    }
}

/// The id of a gate's fault: `api-health:refused`. No name of a gate or of a fault has a colon.
pub(crate) fn fault_id(gate: &str, kind: FaultKind) -> String {
    format!("{gate}:{}", kind.word())
}
