//! What a runbook is once it was read: its text as blocks, its procedures and their steps.

mod book;
mod diagnostics;
mod document;
mod find;
mod procedure;
mod symptoms;
mod visible;

pub use book::*;
pub use diagnostics::*;
pub use document::*;
pub use procedure::*;
pub use symptoms::{Said, Symptom};
pub use visible::{reorders_or_hides, shown};
