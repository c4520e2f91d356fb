//! Cancelling: a run that is open gets its verdict at once. The proxy stops whoever still asks once that is durable.

use chrono::{DateTime, Utc};

use super::entries::Run;
use super::event::{Event, RunId};
use super::refusal::Refusal;
use super::state::State;
use super::verdicts::finish_gate;
use crate::gate::{Outcome, Source, Verdict};

/// Why every open run is cancelled when a session is closed.
pub(super) const BY_CLOSING: &str = "Cancelled, because the session was closed before there was an answer.";
/// Why every open run is cancelled when a rollback of the session is started.
pub(super) const BY_ROLLBACK: &str = "Cancelled, because a rollback was started before there was an answer.";

/// The run, if it can be cancelled.
pub(super) fn may_cancel(state: &State, run: RunId) -> Result<&Run, Refusal> {
    state.open_run_with(run).ok_or(Refusal::NotRunning)
}

/// A run that a person cancels. Like every verdict that is not a pass, this one holds.
pub(super) fn cancel_gate(state: &State, run: RunId, by: &str, now: DateTime<Utc>) -> Result<Vec<Event>, Refusal> {
    let open = may_cancel(state, run)?;
    let verdict = cancelled(state, open, format!("Cancelled by {by}."), now);
    finish_gate(state, run, &verdict, now)
}

/// The ends of all open runs of a session in which nothing can be ticked any more, so that no hold follows from them.
pub(super) fn cancel_open_runs<'a>(
    state: &'a State,
    why: &'a str,
    now: DateTime<Utc>,
) -> impl Iterator<Item = Event> + 'a {
    state.open_runs().map(move |run| Event::GateFinished {
        run: run.id,
        step: run.step.clone(),
        gate: run.gate.clone(),
        verdict: cancelled(state, run, why.to_owned(), now),
    })
}

fn cancelled(state: &State, run: &Run, why: String, now: DateTime<Utc>) -> Verdict {
    let digest = state.gate_snapshot(&run.gate).and_then(|gate| gate.digest.clone());
    Verdict {
        outcome: Outcome::Inconclusive,
        summary: why,
        checks: Vec::new(),
        source: Source::Proxy,
        started: run.started,
        // The clock may have been set back since the start.
        finished: now.max(run.started),
        attempts: 0,
        request: String::new(),
        output: String::new(),
        output_bytes: 0,
        gate_digest: digest.unwrap_or_default(),
    }
}
