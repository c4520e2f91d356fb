//! One module per route. None imports another.

pub mod compare;
pub mod gates;
pub mod history;
pub mod home;
pub mod incidents;
pub mod rehearsal;
pub mod replay;
pub mod runbook;
pub mod session;
pub mod start;
pub mod watch;
