//! One module per route.

pub mod home;
pub mod not_found;
pub mod palette;
pub mod rehearsal;
pub mod runbook;
pub mod session;
pub mod start;
pub mod watch;
