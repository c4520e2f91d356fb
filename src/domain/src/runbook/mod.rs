//! What a runbook is once it was read: its text as blocks, its procedures and their steps.

mod find;
mod model;

pub use model::*;
