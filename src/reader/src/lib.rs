//! Reading runbooks: plain Markdown in, a live checklist's outline and a list of diagnostics out.
//!
//! # Invariants
//! - **Pure.** No I/O, no clock, no random ids, no globals.
//! - **Reading never fails.** [`read`] gives a [`Runbook`](holdpoint_domain::runbook::Runbook) for any text, and [`read_bytes`] for any
//!   bytes. What could not be understood is a diagnostic with line and column.
//! - **Nothing is lost.** `Runbook::blocks` holds the whole text, and everything in a step stands in exactly one of its parts.
//! - **Linear.** The time to read is proportional to the text's length, also for hostile text (`tests/hostile.rs`).
//! - **Stable ids.** A step's id comes from its place in the heading tree and its text: a step that is inserted elsewhere changes
//!   no other id.
//!
//! The way of a text, which is also the order in which modules depend on each other, from the bottom: `source` holds the text and
//! the remarks on it; `annotation` reads the comments that address Holdpoint; `parse` makes blocks and marks where they stand;
//! `front_matter` and `mojibake` look at the text before that. `reader` knows which annotations are still unused, and what was weighed;
//! `cues` has the candidates, the cues and the decision; `sections` makes the tree of headings; `boxes`, `blanks`, `console` and `titles` read
//! what stands in a line or a fence; `labels`, `groups` and `parts` sort what stands in a step; `tables` and `fences` make steps of tables and
//! fences, `content` of lists and of all that stands in a step; `finish` gives ids; `procedures` finds what can be run and what is looked up;
//! `rollbacks` says what undoes what; `invisible` warns of characters that cannot be seen; `faults` says which procedure cannot be started
//! because of an error in it; `read` does all of it. `words` alone knows the words by which things are recognised.
//!
//! Docs: what other crates call has one; a field or variant has one where its name does not say all (a unit, a bound, a source,
//! what absence means). Modules of plain data allow `missing_docs` for that.

mod annotation;
mod blanks;
mod blocks;
mod boxes;
mod console;
mod content;
mod cues;
mod duration;
mod faults;
mod fences;
mod finish;
mod front_matter;
mod glossary;
mod groups;
mod invisible;
mod labels;
mod lint;
mod metadata;
mod mojibake;
mod numbering;
mod outline;
mod parse;
mod parts;
mod pipeline;
mod procedures;
mod read;
mod reader;
mod rollbacks;
mod sections;
mod slug;
mod source;
mod step_builder;
mod suggest;
mod tables;
mod text;
mod titles;
mod words;

pub use glossary::glossary;
pub use lint::{LintContext, lint};
pub use outline::{Outline, OutlineProcedure, OutlineReference, OutlineStep, Reason, outline};
pub use parse::options;
pub use pipeline::pipeline_guide;
pub use read::{read, read_bytes, reasons};
