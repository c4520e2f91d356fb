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
            Some(format!("The check “{}”, {how}{others}", gate_name(state, gate))),
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
    let waits = match (open.next(), started.procedure.order) {
        (None, _) => format!("{} to close the session", started.captain),
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
        Some((state, (_, gate, _))) => {
            format!(
                "The rollback, in which the check “{}” has not passed",
                gate_name(state, gate)
            )
        }
        None => "The rollback to finish".to_owned(),
    }
}

/// The plain title of a gate.
pub(super) fn gate_name<'a>(state: &'a State, gate: &'a str) -> &'a str {
    state
        .gate_snapshot(gate)
        .map_or(gate, |snapshot| snapshot.plain.as_str())
}
