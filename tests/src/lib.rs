//! The test driver: a proxy of one's own, a browser, a platform to ask, and words to talk to them.
//!
//! A test reads as a story: it starts a [`TestProxy`], signs in to get a [`Client`] (or opens the link in a [`Browser`]),
//! and says what happens. Nothing here asserts; every helper gives an error that says what was waited for.

mod browser;
mod captain;
mod client;
mod error;
mod figures;
mod find;
mod folder;
mod platform;
mod postgres;
mod proxy;
mod readme;
mod stream;
mod walk;

pub use browser::{Browser, Theme};
pub use captain::downloaded;
pub use client::{Client, RELEASED_SHA, RELEASED_VERSION};
pub use error::DriverError;
pub use figures::Figures;
pub use find::{Found, Name, Scope};
pub use folder::{DEMO, Folder, SECRET};
pub use platform::{Answer, TestPlatform};
pub use postgres::TestPostgres;
pub use proxy::{Options, TestProxy};
pub use readme::{Fence, fences};
pub use stream::{EventStream, Message};

/// What every helper gives.
pub type Result<T, E = DriverError> = std::result::Result<T, E>;

use std::path::PathBuf;

/// The repository.
#[must_use]
pub fn repository() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
