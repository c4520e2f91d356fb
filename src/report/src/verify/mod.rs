//! Whether what was exported was altered. Modules: `told ← log ← file, compare ← check ← archive`.

mod archive;
mod check;
mod compare;
mod file;
mod log;
mod told;

pub use archive::{VerifiedArchive, verify_archive};
pub use check::{verify, verify_from};
pub use told::{OtherwiseMade, Verified, VerifyError};
