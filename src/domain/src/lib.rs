//! What a session is, and its rules.
//!
//! # Invariants
//! - **Pure.** No I/O, no clock, no random ids, no globals: times and ids are arguments. `clippy.toml` forbids the functions that would
//!   break this, and the crate is built for wasm32 in the ordinary check.
//! - **One place for rules.** [`session::decide`] says which events a command makes, or which rule refuses it; [`session::State::apply`]
//!   folds an event into the state. The page uses both to be instant, the proxy uses the same two to be right.
//! - **Three outcomes, one of which ticks.** [`gate::Verdict::passes`] is the only question that ticking asks of a verdict.
//! - **A decision costs what it changes**, not what the session holds.
//! - **The log is the truth.** State is a fold of events; each carries the SHA-256 of the one before it. The first one holds the
//!   compiled procedure, so that no newer reader changes an open session.
//!
//! Modules depend on each other one way: `runbook ← gate ← session ← {drill, history, timeline} ← wire ← {pipeline, summary, search}`; `json`, which reads what is judged and
//! proven, stands alone. Within `session`, from the bottom:
//! `annotation ← event ← annotations, entries ← run_index, step_index ← index ← pace ← state ← lookup, times ← gates ← trial, preconditions ← ticks, start, verdicts, declaration ←
//! decide`, and beside them `reindex ← apply`. The crate has no reader of Markdown and judges no answer.
//!
//! Docs: what other crates call has one; a field or variant has one where its name does not say all (a unit, a bound, a source,
//! what absence means). Modules of plain data allow `missing_docs` for that.

pub mod drill;
pub mod gate;
pub mod history;
pub mod json;
pub mod pipeline;
pub mod runbook;
pub mod search;
pub mod session;
pub mod summary;
pub mod timeline;
pub mod wire;
