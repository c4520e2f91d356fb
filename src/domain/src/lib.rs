//! Holdpoint's rules, and nothing else: reading runbooks, judging gates, deciding sessions, writing exports.
//!
//! The crate is pure. It does no I/O, reads no clock and draws no random ids: times and ids are arguments. The page and the
//! proxy both build on it, so that what the page shows at once is what the proxy decides for good.
//!
//! Modules depend on each other one way: `runbook ← gate ← session ← {export, wire}`.

#[cfg(feature = "export")]
pub mod export;
pub mod gate;
pub mod runbook;
pub mod session;
pub mod wire;
