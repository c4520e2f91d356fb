//! Gates: `gates.toml` → declarations, and answers → verdicts.
//!
//! # Invariants
//! - **Pure.** No I/O, no clock, no random ids, no globals. The proxy's runner asks; this crate only judges.
//! - **Fail-closed.** A verdict is *pass* only when every expectation was compared and held. A difference is *fail*; an answer that
//!   cannot be read, and no answer at all, is *inconclusive*. Both hold.
//! - **A wrong declaration is refused when it is read**, with line and column, and not when its gate runs.
//! - **No secret in it.** `gates.toml` names secrets by environment variable or file; their values are never in these types.
//!
//! Modules depend on each other one way: `duration, requests, pipeline ← config ← parts, fill ← values, compare ← words ← digest ← asks ← snapshot`;
//! `observation ← observe, excerpt ← evaluate` for answers; `hosts, statement ← problem ← check, shape ← parse ← lint` and `suggest ← parse` for declarations;
//! `secret_shapes` looks at any text.
//!
//! Docs: what other crates call has one; a field or variant has one where its name does not say all (a unit, a bound, a source,
//! what absence means). Modules of plain data allow `missing_docs` for that.

mod asks;
mod check;
mod compare;
pub mod config;
mod digest;
mod duration;
pub mod evaluate;
mod excerpt;
pub mod fill;
mod hosts;
mod lint;
mod observation;
mod observe;
mod parse;
mod parts;
mod pipeline;
mod powers;
mod problem;
mod requests;
mod secret_shapes;
mod shape;
mod snapshot;
mod statement;
mod suggest;
#[cfg(test)]
mod tests;
mod trial;
mod values;
mod words;

pub use compare::{Comparison, ComparisonOutcome};
pub use digest::gate_digest;
pub use duration::{HumanDuration, ParseDurationError};
pub use hosts::{HostError, HostRule, http_url};
pub use parse::{ConfigError, error_at, read_document};
pub use parts::Part;
pub use powers::PowerRemark;
pub use secret_shapes::{SecretShape, secret_shapes, secret_shapes_of_toml};
pub use statement::{StatementError, check_statement};
pub use suggest::nearest;
pub use values::sample_values;
