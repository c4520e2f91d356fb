//! Sessions: one run of a procedure, as a list of events.
//!
//! [`decide`] says which events a command makes, or which rule refuses it. [`State::apply`] folds an event into the state.
//! The page uses both to be instant; the proxy uses the same two to be right. Nothing else changes a session.

mod advice;
mod apply;
mod cancel;
mod caution;
mod chain;
mod command;
mod decide;
mod declaration;
mod describe;
mod entries;
mod event;
mod gates;
mod index;
mod limits;
mod lookup;
mod preconditions;
mod refusal;
mod reindex;
mod row;
mod run_index;
mod start;
mod state;
mod step_index;
mod ticks;
mod trial;
mod verdicts;

pub use advice::{AdviceBy, NoRollback, Recommendation, WayBack, recommendation};
pub use chain::{Chain, ChainError, GENESIS, canonical, digest, hash_of, seal, verify_records};
pub use command::*;
pub use decide::decide;
pub use describe::{Description, describe, describe_event, span_in_words};
pub use entries::*;
pub use event::*;
pub use gates::{Evidence, Freshness, GateState, gates_to_run, is_current};
pub use limits::{NAME_LIMIT, NOTE_LIMIT, VALUE_LIMIT};
pub use refusal::Refusal;
pub use row::{StepBy, StepRow, StepStatus};
pub use start::{START_LIMIT, may_be_run};
pub use state::*;
