//! Gates: what is asked, what is expected, and the verdict.
//!
//! A verdict is *pass* only when every expectation was compared and held. Everything else (a difference, an answer that
//! cannot be read, no answer at all) is *fail* or *inconclusive*, and both hold.

#[cfg(feature = "evaluate")]
mod brief;
#[cfg(feature = "evaluate")]
mod check;
#[cfg(feature = "evaluate")]
mod compare;
#[cfg(feature = "evaluate")]
pub mod config;
#[cfg(feature = "evaluate")]
mod digest;
#[cfg(feature = "evaluate")]
pub mod evaluate;
#[cfg(feature = "evaluate")]
mod expectation;
pub mod fill;
#[cfg(feature = "evaluate")]
mod hosts;
#[cfg(feature = "evaluate")]
mod parse;
#[cfg(feature = "evaluate")]
mod problem;
#[cfg(feature = "evaluate")]
mod span;
#[cfg(feature = "evaluate")]
mod statement;
#[cfg(all(test, feature = "evaluate"))]
mod tests;
mod verdict;

#[cfg(feature = "evaluate")]
pub use brief::sample_values;
#[cfg(feature = "evaluate")]
pub use digest::gate_digest;
#[cfg(feature = "evaluate")]
pub use hosts::{HostError, HostRule, http_url};
#[cfg(feature = "evaluate")]
pub use parse::ConfigError;
#[cfg(feature = "evaluate")]
pub use problem::{Problem, Wrong};
#[cfg(feature = "evaluate")]
pub use span::SpanError;
#[cfg(feature = "evaluate")]
pub use statement::{StatementError, check_statement};
pub use verdict::*;
