//! Two sessions side by side, or a session and the times that its runbook gives: what differs, and by what rule that is said.
//!
//! Within it: `facts ← matching, deviations ← comparison`. Steps are matched by id, then by title.

mod comparison;
mod deviations;
mod facts;
mod matching;
#[cfg(test)]
mod tests;

pub use comparison::{compare_with_runbook, compare_with_session};
pub use facts::{FactsFold, SessionFacts};
