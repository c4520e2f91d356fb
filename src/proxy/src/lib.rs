//! The gate proxy: what runs gates, keeps sessions and serves the page.
//!
//! `routes → engine → {store, runner}`. `error.rs` alone turns errors into HTTP answers.

pub mod auth;
pub mod cli;
pub mod config;
pub mod data;
pub mod engine;
pub mod error;
pub mod library;
pub mod live;
pub mod metrics;
pub mod page;
pub mod routes;
pub mod runner;
pub mod store;

pub use holdpoint_rehearsal as rehearsal;
