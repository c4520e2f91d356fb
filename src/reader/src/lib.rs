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
//! The way of a text: `parse` makes blocks and marks where they stand, `sections` makes the tree of headings,
//! `procedures` finds what can be run and what is looked up, `forms` and `fences` make steps of lists, tables and fences, `parts` sorts
//! what stands in a step, and `draft` gives ids. `words` alone knows the words by which things are recognised.

mod comment;
mod draft;
mod fences;
mod forms;
mod lint;
mod metadata;
mod outline;
mod parse;
mod parts;
mod procedures;
mod read;
mod sections;
mod slug;
mod source;
mod words;

pub use lint::{Known, lint};
pub use outline::{Outline, OutlineProcedure, OutlineReference, OutlineStep, outline};
pub use parse::options;
pub use read::{read, read_bytes};
