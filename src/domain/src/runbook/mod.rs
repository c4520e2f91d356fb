//! Reading runbooks: plain Markdown in, a live checklist's outline and a list of diagnostics out.
//!
//! The way of a text: `parse` makes blocks and marks where they stand, `sections` makes the tree of headings,
//! `procedures` finds what can be run and what is looked up, `forms` and `fences` make steps of lists, tables and fences, `parts` sorts
//! what stands in a step, and `draft` gives ids. `words` alone knows the words by which things are recognised.
//!
//! What was read ([`Runbook`] and its parts) is always here; the reader is behind the feature `read`, because the page does
//! without it.

#[cfg(feature = "read")]
mod comment;
#[cfg(feature = "read")]
mod draft;
#[cfg(feature = "read")]
mod fences;
mod find;
#[cfg(feature = "read")]
mod forms;
#[cfg(feature = "read")]
mod lint;
#[cfg(feature = "read")]
mod metadata;
mod model;
#[cfg(feature = "read")]
mod outline;
#[cfg(feature = "read")]
mod parse;
#[cfg(feature = "read")]
mod parts;
#[cfg(feature = "read")]
mod procedures;
#[cfg(feature = "read")]
mod read;
#[cfg(feature = "read")]
mod sections;
#[cfg(feature = "read")]
mod slug;
#[cfg(feature = "read")]
mod source;
#[cfg(feature = "read")]
mod words;

#[cfg(feature = "read")]
pub use lint::{Known, lint};
pub use model::*;
#[cfg(feature = "read")]
pub use outline::{Outline, OutlineProcedure, OutlineReference, OutlineStep, outline};
#[cfg(feature = "read")]
pub use parse::options;
#[cfg(feature = "read")]
pub use read::{read, read_bytes};
