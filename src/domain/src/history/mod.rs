//! What earlier sessions say: a digest of each that ended, how long the steps of such sessions take, and when one that goes on is
//! likely to end.
//!
//! Nothing is learned from rehearsals: a stand-in platform answers as fast as it likes.

mod digest;
mod estimate;
mod gates;
mod minutes;
mod percentile;
mod usual;
mod words;

pub use digest::{DigestFold, FirstHold, ProceededStep, SessionDigest, StepDigest};
pub use estimate::{Basis, Estimate, Overdue, Remaining};
pub use gates::GateDigest;
pub use percentile::{FEWEST, percentile};
pub use usual::{Usual, UsualStep};
