//! One session, as the page knows it: the events that it received, folded, and what follows from them.

mod annotations;
mod estimate;
mod evidence;
mod fold;
mod follow;
mod gates;
mod log;
mod observations;
mod output;
mod rollback;
mod rows;
mod store;

pub use estimate::{estimate, likely_end, time_of_end};
#[cfg(test)]
use evidence::gate_runs;
pub use evidence::{Evidence, GateRun};
pub use follow::perform;
pub use gates::{Asked, GateStatus, GateView, gate_title, gate_to_run, gate_view, gates_to_run_again, held_gates};
pub use log::{LogLine, LogMark, OtherSession};
pub use output::LiveRun;
pub use rollback::follow_rollback;
pub use rows::{Row, RowStatus, steps_in_outline};
pub use store::{BrowserObservation, Link, Load, Mode, Session};

use holdpoint_domain::session::SessionId;
use leptos::prelude::*;

use super::app::use_app;

/// Follows a session until the current owner is disposed of, and provides it as a context.
pub fn provide_session(id: SessionId, mode: Mode) -> Session {
    let session = follow_session(id, mode);
    provide_context(session);
    session
}

/// Follows a session until the current owner is disposed of.
pub fn follow_session(id: SessionId, mode: Mode) -> Session {
    let session = Session::new(id, mode, use_app());
    follow::start(session);
    session
}

/// The session of this page, from the context that [`provide_session`] provides.
pub fn use_session() -> Session {
    expect_context()
}
