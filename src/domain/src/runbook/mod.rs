//! Reading runbooks: plain Markdown in, a live checklist's outline and a list of diagnostics out.
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
mod model;
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
pub use model::*;
pub use outline::{Outline, OutlineProcedure, OutlineReference, OutlineStep, outline};
pub use parse::options;
pub use read::{read, read_bytes};
