//! The gate proxy: what runs gates, keeps sessions and serves the page.
//!
//! `cli → {links, server, routes}`, `routes → {auth, engine, incidents, library, links, live, page}`, `engine → {library, live, runner}`,
//! `incidents → {engine, links, store}`, and `auth`, `engine`, `links`, `live` and `notify` → `store`. `notify` has tasks of its own, and
//! nothing but `cli` and `routes` knows it. `config` and `data` are below all of them. `error.rs` alone turns errors into HTTP answers.

#![allow(
    missing_docs,
    reason = "a program and not a library: nobody reads this crate without its source"
)]

pub(crate) mod anchors;
pub(crate) mod auth;
pub mod check;
pub mod cli;
pub mod clock;
pub mod config;
pub mod data;
pub mod engine;
pub mod environment;
pub(crate) mod error;
pub(crate) mod exports;
mod gather;
pub mod incidents;
pub mod library;
pub(crate) mod links;
pub mod live;
pub mod metrics;
pub mod notify;
pub(crate) mod page;
pub mod pipeline;
pub mod report_templates;
pub(crate) mod routes;
pub(crate) mod runbook_size;
pub mod runner;
pub mod search;
pub(crate) mod server;
pub mod store;

pub use holdpoint_rehearsal as rehearsal;
