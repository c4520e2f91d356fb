//! The gate proxy: what runs gates, keeps sessions and serves the page.

pub mod config;
pub mod rehearsal;
pub mod runner;
