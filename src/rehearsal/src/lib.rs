//! The stand-in platform of a rehearsal: an answer for every gate of any `gates.toml`, and faults to switch on.
//!
//! # Invariants
//! - **Nothing of a team's is known here.** What a gate is answered with is made out of what it expects, or is written in the
//!   `rehearsal.toml` beside `gates.toml`. This crate names no table, program or host.
//! - **A made answer passes, or is not used.** Every made answer is judged by `holdpoint_gates::evaluate` first. A gate for which
//!   none is found cannot be rehearsed: the caller gets the reason and holds.
//! - **Only loopback.** The one thing that listens is a server on 127.0.0.1, which answers the runner of the same process;
//!   nothing here connects to anything, starts a program, or gets a secret or what stands in for one.
//! - **A gate's own fault is offered only if it holds the gate.** It is judged when the rehearsal starts. A fault that
//!   `rehearsal.toml` names is always offered; one that holds none of its gates is remarked on by lint and at the start.
//! - **The faults of a drill are its session's alone.** They are put over the answers to that session, and of no other one that runs at
//!   the same time. What is drawn follows from the seed.
//! - An answer is filled with the values of the run that asks, so that two rehearsals do not disturb each other.

mod answer;
mod answers;
mod cannot;
mod drill;
mod entry;
mod error;
mod fault;
mod file;
mod filling;
mod key;
mod lint;
mod make;
mod platform;
mod server;
mod shared;
mod spoil;
mod stand_in;
mod state;
#[cfg(test)]
mod tests;
mod tickets;

pub use answer::{Answer, Chunk, CommandAnswer, CommandEnd, HttpAnswer, HttpReply, Sent, SqlAnswer, SqlReply, Stream};
pub use cannot::CannotRehearse;
pub use drill::{Drill, DrillError, DrillFault};
pub use error::RehearsalError;
pub use fault::FaultKind;
pub use file::{FILE, NamedFault, RehearsalFile};
pub use lint::{LintRemark, lint};
pub use platform::Rehearsal;
pub use stand_in::{Script, stand_in};
pub use tickets::Ticket;
