//! Drills by their events: when the faults of a plan are on, and the score afterwards.
//!
//! Nothing here is recorded while a drill runs. The moments of its faults follow from the plan and the log, so that the proxy that
//! lets them strike and the score that tells of them afterwards find the same.

mod clock;
mod measure;
mod score;
mod told;
mod words;

pub use clock::{DrillClock, FaultWindow};
pub use score::{ScoreFold, unfollowed};
pub use told::{
    Decided, DecidedBy, DrillScore, FaultScore, Noticed, NoticedBy, RollbackEnd, RollbackScore, TurnKind, Unfollowed,
    WrongTurn,
};
