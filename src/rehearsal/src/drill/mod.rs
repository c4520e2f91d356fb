//! Drills: what `rehearsal.toml` declares of them, what is drawn of one for a session, and the faults of the sessions that run.

mod choose;
pub(crate) mod declared;
mod draw;
mod error;
mod kept;
mod running;

pub(crate) use choose::Choice;
pub use declared::{Drill, DrillFault};
pub use error::DrillError;
pub(crate) use kept::KeptDrills;
pub(crate) use running::RunningDrills;
