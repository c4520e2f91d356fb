//! Sessions: one run of a procedure, as a list of events.
//!
//! [`decide`] says which events a command makes, or which rule refuses it. [`State::apply`] folds an event into the state.
//! The page uses both to be instant; the proxy uses the same two to be right. Nothing else changes a session.

mod chain;
mod command;
mod decide;
mod event;
mod gates;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use chain::{ChainError, GENESIS, canonical, digest, hash_of, seal, verify_records};
pub use command::*;
pub use decide::decide;
pub use event::*;
pub use gates::{Evidence, Freshness, GateState, gates_to_run, is_current};
pub use refusal::Refusal;
pub use state::*;
