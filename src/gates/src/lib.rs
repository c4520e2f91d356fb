//! Gates: `gates.toml` → declarations, and answers → verdicts.
//!
//! # Invariants
//! - **Pure.** No I/O, no clock, no random ids, no globals. Who asks the gate's question is the proxy's runner.
//! - **Fail-closed.** A verdict is *pass* only when every expectation was compared and held. A difference is *fail*; an answer that
//!   cannot be read, and no answer at all, is *inconclusive*. Both hold.
//! - **A declaration that cannot be meant is refused** when it is read, with line and column, and not when its gate runs.
//! - **No secret in it.** `gates.toml` names secrets by environment variable or file; their values are never in these types.

mod brief;
mod check;
mod compare;
pub mod config;
mod digest;
pub mod evaluate;
mod expectation;
pub mod fill;
mod hosts;
mod parse;
mod problem;
mod span;
mod statement;
#[cfg(test)]
mod tests;

pub use brief::sample_values;
pub use digest::gate_digest;
pub use hosts::{HostError, HostRule, http_url};
pub use parse::ConfigError;
pub use problem::{Problem, Wrong};
pub use span::SpanError;
pub use statement::{StatementError, check_statement};
