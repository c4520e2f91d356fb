//! What a session waits for, and since when.

use chrono::{DateTime, Utc};

use super::rollback::{Rollback, RollbackStanding, since};
use crate::gate::Outcome;
use crate::runbook::Order;
use crate::session::{Started, State};

/// What it waits for; once it is closed, only for a rollback that goes on. Since when it waits, or when it was closed.
pub(super) fn waiting_for(
    state: &State,
    started: &Started,
    rollback: Option<Rollback<'_>>,
) -> (Option<String>, Option<DateTime<Utc>>) {
    if let Some(closed) = &state.closed {
        let open = rollback.filter(|rollback| rollback.standing.is_open());
        return (open.map(rollback_to_finish), Some(closed.at));
    }
    if let Some(rollback) = rollback.filter(|_| state.is_being_undone()) {
        let waits = match rollback.standing.is_open() {
            true => rollback_to_finish(rollback),
            false => format!("{} to close the session", started.captain),
        };
        return (Some(waits), rollback.state.and_then(since));
    }
    if let Some((step, gate, hold)) = state.hold() {
        let verdict = state.last_verdict(step, gate);
        let again = if is_asked(state, step, gate) { AGAIN } else { "" };
        let how = match verdict.map(|verdict| verdict.outcome) {
            _ if state.is_to_run_anew(step, gate) => "which was corrected and has to be made anew",
            Some(Outcome::Fail) => "which failed",
            _ => "which could not be completed",
        };
        let others = match state.holds.len() {
            1 => String::new(),
            2 => "; 1 other check has not passed either".to_owned(),
            all => format!("; {} other checks have not passed either", all - 1),
        };
        return (
            Some(format!("The check “{}”, {how}{again}{others}", gate_name(state, gate))),
            Some(hold.since),
        );
    }
    if let Some(run) = state.open_runs().next() {
        return (
            Some(format!("The check “{}”, which is running", gate_name(state, &run.gate))),
            Some(run.started),
        );
    }
    let last = state.done.values().map(|done| done.at).max().or(state.started_at);
    let mut open = started.procedure.steps.iter().filter(|step| !state.is_done(&step.id));
    // An emergency goes on beside its rollback.
    let rollback = rollback.filter(|rollback| rollback.standing.is_open());
    let waits = match (open.next(), started.procedure.order) {
        (None, _) => rollback.map_or_else(
            || format!("{} to close the session", started.captain),
            rollback_to_finish,
        ),
        (Some(step), Order::Sequential) => format!("The next step: “{}”", step.plain_title()),
        (Some(_), Order::Any) => match open.count() {
            0 => "1 step".to_owned(),
            others => format!("{} steps, in any order", others + 1),
        },
    };
    (Some(waits), last)
}

fn rollback_to_finish(rollback: Rollback<'_>) -> String {
    let held = rollback.state.filter(|_| rollback.standing == RollbackStanding::Held);
    match held.and_then(|state| Some((state, state.hold()?))) {
        Some((state, (step, gate, _))) => {
            let again = if is_asked(state, step, gate) { AGAIN } else { "" };
            let check = gate_name(state, gate);
            format!("The rollback, in which the check “{check}” has not passed{again}")
        }
        None => rollback
            .state
            .and_then(to_close)
            .unwrap_or_else(|| "The rollback to finish".to_owned()),
    }
}

/// Who has to close the rollback, where none of its steps is left.
fn to_close(rollback: &State) -> Option<String> {
    let started = rollback.started.as_deref()?;
    let is_last = rollback.closed.is_none() && !rollback.is_being_undone();
    let is_over = is_last && started.procedure.steps.iter().all(|step| rollback.is_done(&step.id));
    is_over.then(|| format!("{} to close the rollback", started.captain))
}

const AGAIN: &str = " and is being asked again";

/// A run of the gate at the step has no answer yet.
fn is_asked(state: &State, step: &str, gate: &str) -> bool {
    let mut runs = state.open_runs();
    runs.any(|run| run.step == step && run.gate == gate)
}

/// The plain title of a gate.
pub(super) fn gate_name<'a>(state: &'a State, gate: &'a str) -> &'a str {
    state
        .gate_snapshot(gate)
        .map_or(gate, |snapshot| snapshot.plain.as_str())
}
