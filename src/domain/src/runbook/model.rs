//! What a runbook is once it was read.
//!
//! Two views of the same text live side by side. [`Runbook::blocks`] is the whole document, in order, with nothing lost:
//! it is what the reading page shows. [`Runbook::procedures`] is what was understood of it: it is what a session runs.
//!
//! [`Procedure`] and all that it holds is stored in the first event of each session, for ever, and read again. To rename or
//! remove a field or a variant of it, or to add a field that must be there, is to change the format of the events: see
//! `docs/EVENTS.md`.

use serde::{Deserialize, Serialize};

/// A runbook that was read. Reading never fails: what could not be understood is in `diagnostics`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Runbook {
    /// The first heading of level one, or the file's name when there is none.
    pub title: String,
    /// Audience, version, last updated, time to complete: what leading block quotes and closing lines say, in order.
    pub metadata: Vec<Metadata>,
    /// The whole document.
    pub blocks: Vec<Block>,
    /// What can be run from start to end.
    pub procedures: Vec<Procedure>,
    /// Contacts, glossaries, quick references, troubleshooting tables: shown and searched, never run.
    pub references: Vec<Reference>,
    /// Every gate and link that the source names, in its order: what `lint` looks up.
    #[serde(default)]
    pub mentions: Vec<Mention>,
    /// What was not understood, or is likely a mistake, in the order of the source.
    pub diagnostics: Vec<Diagnostic>,
}

/// A place of the source that names something which may not exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mention {
    /// The place of the source that names it.
    #[serde(flatten)]
    pub place: Place,
    /// What it names.
    #[serde(flatten)]
    pub of: Mentioned,
}

/// What a [`Mention`] names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mention", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Mentioned {
    /// A gate of `gates.toml`.
    Gate {
        /// Its name.
        name: String,
    },
    /// The target of a link, as written.
    Link {
        /// The target.
        target: String,
    },
}

/// One fact about the runbook itself, such as `Last updated: 2025-01-13`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Metadata {
    /// As written, without the colon: `Last updated`.
    pub name: String,
    /// As written: `2025-01-13`.
    pub value: String,
}

/// A place in the source. Both counts start at 1; the column counts characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// How bad a diagnostic is. An error makes `holdpoint lint` exit with 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Info,
    /// Likely a mistake; the runbook still works.
    Warning,
    /// Must be mended: a gate that does not exist, an unknown key, a link to nowhere.
    Error,
}

/// One remark on the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Diagnostic {
    /// The place that the remark is about.
    #[serde(flatten)]
    pub place: Place,
    /// How bad.
    pub severity: Severity,
    /// What happened and what to do, as one sentence for the author.
    pub message: String,
}

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
    /// What it is for.
    pub kind: ProcedureKind,
    /// Whether its steps are done one after another.
    pub order: Order,
    /// The line of its heading, from 1.
    pub line: u32,
    /// What stands before its first step: reasons, warnings, when to use it.
    pub intro: Vec<Block>,
    /// The steps, in the order of the source.
    pub steps: Vec<Step>,
    /// The procedure that undoes this one, where the author or a link in its text says so (`rollback=ID`), else the only
    /// rollback procedure of the same runbook.
    pub rollback: Option<String>,
    /// How long the whole procedure may take or lasts, in seconds (a monitoring window: 15 min, 1 h, 24 h).
    pub timebox_seconds: Option<u64>,
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
    /// What the runbook says to do when the step fails.
    pub on_fail: Option<OnFail>,
    /// An optional step can be skipped with a reason (`optional`).
    pub optional: bool,
    /// Seconds that the step should take at most, or that one must wait in it.
    pub timebox_seconds: Option<u64>,
    /// Sub-steps: all must be done before the step itself is.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub children: Vec<Step>,
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
        /// What is said.
        blocks: Vec<Block>,
    },
    /// Something to run.
    Command {
        /// The command.
        command: CommandBlock,
    },
    /// What must be seen: *Verification*, *Expected*, *Expected output*.
    Expected {
        /// What is said.
        blocks: Vec<Block>,
    },
    /// What the step looks at: *What it checks*, *What it does*, *What it tests*.
    Checks {
        /// The label as written.
        label: String,
        /// What is said.
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
        /// The field.
        field: Field,
    },
    /// Anything else.
    Text {
        /// What is said.
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

/// A part of the document to read and search, never to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reference {
    /// Stable, as a procedure's.
    pub id: String,
    /// As written in its heading.
    pub title: String,
    /// The line of its heading, from 1.
    pub line: u32,
    /// Table rows or list items in it.
    pub items: Vec<Vec<String>>,
    /// What stands under its heading.
    pub blocks: Vec<Block>,
}

/// A block of the document. The page makes a view from each; there is no HTML in between.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Block {
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u8,
        /// The fragment that links lead to.
        anchor: String,
        /// Its text.
        content: Vec<Inline>,
    },
    /// A paragraph.
    Paragraph {
        /// Its text.
        content: Vec<Inline>,
    },
    /// A block quote.
    Quote {
        /// What is quoted.
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        blocks: Vec<Block>,
    },
    /// A list.
    List {
        /// The first number of an ordered list.
        start: Option<u64>,
        /// The items.
        items: Vec<ListItem>,
    },
    /// A fenced or indented code block. Drawings are such blocks, too.
    Code {
        /// The fence's first word; empty when there is none.
        language: String,
        /// As written.
        text: String,
    },
    /// A table.
    Table {
        /// Its head.
        head: Vec<Vec<Inline>>,
        /// Its rows, each as long as it was written.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// Raw HTML: shown as the text it is. Comments that address Holdpoint are kept here too, and not shown.
    Html {
        /// As written.
        text: String,
        /// It is a comment, which GitHub hides.
        comment: bool,
    },
    /// A thematic break.
    Rule,
}

/// One item of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListItem {
    /// A task item, and whether the author wrote it as ticked (which ticks nothing in a session).
    pub task: Option<bool>,
    /// What it says.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub blocks: Vec<Block>,
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "inline", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Inline {
    /// Plain text.
    Text {
        /// The text.
        text: String,
    },
    /// Code.
    Code {
        /// The text.
        text: String,
    },
    /// Emphasis.
    Emphasis {
        /// What is stressed.
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        content: Vec<Inline>,
    },
    /// Strong emphasis.
    Strong {
        /// What is stressed.
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        content: Vec<Inline>,
    },
    /// Struck text.
    Strike {
        /// What is struck.
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        content: Vec<Inline>,
    },
    /// A link whose scheme is allowed (http, https, mailto, a path or a fragment of this runbook). Any other link is kept as
    /// text and makes a diagnostic.
    Link {
        /// Where it leads.
        target: String,
        /// What it says.
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        content: Vec<Inline>,
    },
    /// Raw HTML within text: shown as the text it is.
    Html {
        /// As written.
        text: String,
        /// It is a comment, which GitHub hides.
        comment: bool,
    },
    /// A line break.
    Break,
}

/// The plain text of inline content, marks removed.
#[must_use]
pub fn inline_text(content: &[Inline]) -> String {
    let mut text = String::new();
    push_inline_text(content, &mut text);
    text
}

fn push_inline_text(content: &[Inline], into: &mut String) {
    for piece in content {
        match piece {
            Inline::Text { text } | Inline::Code { text } | Inline::Html { text, comment: false } => {
                into.push_str(text)
            }
            Inline::Html { comment: true, .. } => {}
            Inline::Emphasis { content }
            | Inline::Strong { content }
            | Inline::Strike { content }
            | Inline::Link { content, .. } => push_inline_text(content, into),
            Inline::Break => into.push(' '),
        }
    }
}
