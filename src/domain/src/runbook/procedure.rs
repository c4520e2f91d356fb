//! What can be run: procedures, and their steps.
//!
//! [`Procedure`] and all that it holds is stored in the first event of each session, for ever, and read again. To rename or
//! remove a field or a variant of it, or to add a field that must be there, is to change the format of the events: see
//! `docs/EVENTS.md`.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use serde::{Deserialize, Serialize};

use super::diagnostics::Diagnostic;
use super::document::Block;

/// What a procedure is for. It decides where the page offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProcedureKind {
    /// Brings a new version into production.
    Release,
    /// Undoes one.
    Rollback,
    /// What to do when something is on fire.
    Emergency,
    /// Watching after a release, within a window.
    Monitoring,
    /// Things that must be true: prerequisites, pre-flight, requirements.
    Checklist,
    /// Verifying that something worked.
    Validation,
    /// Setting something up.
    Setup,
    /// Changing the number of workers.
    Scaling,
    /// Stages that a machine runs and people watch.
    Pipeline,
}

/// Whether steps must be done one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Order {
    /// Step n only after step n-1.
    Sequential,
    /// In any order: a plain checklist.
    Any,
}

/// A part of a runbook that one runs from start to end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Procedure {
    /// Stable: made from its place in the heading tree and its title.
    pub id: String,
    /// As written in its heading, without numbering.
    pub title: String,
    pub kind: ProcedureKind,
    /// Whether its steps are done one after another.
    pub order: Order,
    /// The line of its heading, from 1.
    pub line: u32,
    /// What stands before its first step: reasons, warnings, when to use it.
    pub intro: Vec<Block>,
    pub steps: Vec<Step>,
    /// The procedure that undoes this one, where the author or a link in its text says so (`rollback=ID`), else the only
    /// rollback procedure of the same runbook.
    pub rollback: Option<String>,
    /// How long the whole procedure may take or lasts, in seconds (a monitoring window: 15 min, 1 h, 24 h).
    pub timebox_seconds: Option<u64>,
    /// The errors because of which it cannot be started, in the order of the source: a comment of ours that could not be read
    /// might have made a gate of a step. Links to nowhere are not among them, because they decide no tick. Never in a session.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Diagnostic>,
}

/// What the captain does, or a check that states something to be true.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    /// Stable: made from its place in the heading tree and its text, so that inserting a step elsewhere moves no tick. Two
    /// equal texts get different ids.
    pub id: String,
    /// Its number as written (`3`, `2.1`), where it has one.
    pub number: Option<String>,
    /// As written, without numbering and Markdown marks: `MIGRATE (Apply database migrations)`.
    pub title: String,
    /// In plain words, for executives (`plain="…"`), where the author gave them.
    pub plain: Option<String>,
    /// The line it starts on, from 1.
    pub line: u32,
    /// Everything in the step, each thing once, in the order of the source.
    pub parts: Vec<Part>,
    /// The gates that verify it (`gate=…`), in order. A step with gates is ticked by them and by nothing else.
    pub gates: Vec<String>,
    pub on_fail: Option<OnFail>,
    /// An optional step can be skipped with a reason (`optional`).
    pub optional: bool,
    /// A gated step that asks for work by hand: a person says that it is done before its gates are asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub work: bool,
    /// With this step the new version goes live: the author says so (`live`), and nothing else does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
    /// What undoing it takes, where the author says it (`undo=…`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
    /// Seconds that the step should take at most, or that one must wait in it.
    pub timebox_seconds: Option<u64>,
    /// Sub-steps: all must be done before the step itself is.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub children: Vec<Step>,
}

/// What undoing a step takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Undo {
    /// Nothing: the step changes nothing (`undo=none`).
    Nothing,
    /// What the author says (`undo="…"`).
    How(String),
}

/// What to do when a step or a gate fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum OnFail {
    /// Stop, mend, run again.
    Stop,
    /// Start the rollback.
    Rollback,
    /// Look closely, then go on with care or roll back.
    Caution,
}

/// A piece of a step, with the meaning that its label gave it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Part {
    /// Why the step exists.
    Why {
        blocks: Vec<Block>,
    },
    Command {
        command: CommandBlock,
    },
    /// What must be seen: *Verification*, *Expected*, *Expected output*.
    Expected {
        blocks: Vec<Block>,
    },
    /// What the step looks at: *What it checks*, *What it does*, *What it tests*.
    Checks {
        /// The label as written.
        label: String,
        blocks: Vec<Block>,
    },
    /// What to do when it fails: *STOP if*, *ROLLBACK if*, *If … fails*.
    IfItFails {
        /// What the label says to do.
        action: OnFail,
        /// What is said, the label's own words included.
        blocks: Vec<Block>,
    },
    /// A value to fill in while running: an empty table column such as *Actual* or *Record time*.
    Field {
        field: Field,
    },
    Text {
        blocks: Vec<Block>,
    },
}

/// Commands that stand together in one fence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommandBlock {
    /// `powershell`, `bash`, `sql`, …; empty when the fence names none.
    pub language: String,
    /// As written, comments included. Placeholders such as `<issue>` or `{{git_sha}}` stay in it.
    pub text: String,
    /// The line of its first line, from 1.
    pub line: u32,
    /// What a comment in it says is expected (`-- Expected: 0 rows`).
    pub expected: Option<String>,
}

/// A value that people fill in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Field {
    /// Stable within its step.
    pub id: String,
    /// As the column says: `Actual`.
    pub label: String,
}
