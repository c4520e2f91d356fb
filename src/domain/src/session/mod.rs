//! Sessions: one run of a procedure, as a list of events.
//!
//! [`decide`] says which events a command makes, or which rule refuses it. [`State::apply`] folds an event into the state.
//! The page uses both to be instant; the proxy uses the same two to be right. Nothing else changes a session.

mod advice;
mod annotate;
mod annotation;
mod annotations;
mod apply;
mod cancel;
mod caution;
mod chain;
mod command;
mod decide;
mod declaration;
mod describe;
mod describe_annotation;
mod drill;
mod entries;
mod event;
mod gates;
mod index;
mod limits;
mod lookup;
mod pace;
mod preconditions;
mod refusal;
mod rehearsing;
mod reindex;
mod row;
mod run_index;
mod start;
mod state;
mod step_index;
mod ticks;
mod times;
mod trial;
mod troubleshooting;
mod undo;
mod verdicts;
mod version;

pub use advice::{AdviceBy, NoRollback, Recommendation, WayBack, recommendation};
pub use annotation::*;
pub use annotations::*;
pub use chain::{Chain, ChainError, GENESIS, canonical, digest, hash_of, seal, verify_records};
pub use command::*;
pub use decide::decide;
pub use describe::{Description, describe, describe_event, span_in_words};
pub use drill::{DrillMark, DrillPlan, DrillTrigger, PlannedFault, SealedDrill};
pub use entries::*;
pub use event::*;
pub use gates::{Evidence, Freshness, GateState, gates_to_run, is_current};
pub use limits::{
    ACTIONS_LIMIT, CAPTION_LIMIT, FACTORS_LIMIT, NAME_LIMIT, NOTE_LIMIT, STARS_LIMIT, VALUE_LIMIT, WHYS_LIMIT,
};
pub use pace::StepTime;
pub use refusal::Refusal;
pub use row::{StepBy, StepRow, StepStatus};
pub use start::{START_LIMIT, may_be_run};
pub use state::*;
pub use troubleshooting::{FoundIn, TroubleRow};
pub use undo::{
    GateOfRollback, LastSeen, PointOfNoReturn, ToUndo, UndoList, UndoProof, WayBackReadiness, changes_something,
    has_nothing_to_undo,
};
pub use version::check_version;
