//! What the tests share: [`TestProxy`] (a real proxy process), [`Client`] and [`Browser`] (who use it), [`TestServer`] and
//! [`TestPostgres`] with [`TestPgBouncer`] (what its gates ask), [`Folder`] (a small folder of runbooks), and [`History`] (what happened, read from
//! the API's JSON without the crates under test).
//!
//! Nothing here asserts: a helper's error says what was done or waited for, and what was there instead.

mod browser;
mod captain;
mod chain;
mod client;
mod commands;
mod disk;
mod error;
mod figures;
mod find;
mod folder;
mod golden;
mod heard;
mod history;
mod look;
mod nginx;
mod options;
mod pgbouncer;
mod place;
mod platform_database;
mod postgres;
mod proxy;
mod readme;
mod server;
mod stream;
mod system;
mod walk;

pub use browser::{Browser, Engine};
pub use chain::sha256;
pub use client::{Client, plain_http};
pub use commands::{RELEASED_SHA, RELEASED_VERSION};
pub use disk::Disk;
pub use error::DriverError;
pub use figures::Figures;
pub use find::{Found, Name, Scope};
pub use folder::{DEMO, Folder, SECRET};
pub use golden::{normalised, normalised_json};
pub use history::{History, RecordedCheck, RecordedVerdict};
pub use look::{Theme, renews_pictures};
pub use nginx::Nginx;
pub use options::Options;
pub use pgbouncer::TestPgBouncer;
pub use place::unhealthy_platform;
pub use platform_database::{DatabaseFault, FaultyDatabase, PlatformDatabase};
pub use postgres::TestPostgres;
pub use proxy::TestProxy;
pub use readme::{Fence, fences};
pub use server::{Answer, TestServer};
pub use stream::{EventStream, Message};

/// What every helper gives.
pub type Result<T, E = DriverError> = std::result::Result<T, E>;

use std::path::PathBuf;

/// The repository.
#[must_use]
pub fn repository() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
