//! The gate proxy: what runs gates, keeps sessions and serves the page.
//!
//! `routes → engine → {store, runner}`. `error.rs` alone turns errors into HTTP answers.

#![allow(
    missing_docs,
    reason = "a program and not a library: nobody reads this crate without its source"
)]

pub(crate) mod auth;
pub mod cli;
pub mod config;
pub mod data;
pub mod engine;
pub(crate) mod error;
pub mod library;
pub mod live;
pub mod metrics;
pub(crate) mod page;
pub(crate) mod routes;
pub mod runner;
pub(crate) mod server;
pub mod store;

pub use holdpoint_rehearsal as rehearsal;
