//! What a session waits for, and since when.

use chrono::{DateTime, Utc};

use super::rollback::since;
use crate::gate::Outcome;
use crate::session::{Started, State};

/// What it waits for; nothing once it is closed. Since when it waits, or when it was closed.
pub(super) fn waiting_for(
    state: &State,
    started: &Started,
    rollback: Option<&State>,
) -> (Option<String>, Option<DateTime<Utc>>) {
    if let Some(closed) = &state.closed {
        return (None, Some(closed.at));
    }
    if state.is_being_undone() {
        return match rollback {
            Some(rollback) if rollback.closed.is_some() => (
                Some(format!("{} to close the session", started.captain)),
                since(rollback),
            ),
            Some(rollback) => (Some("The rollback to finish".to_owned()), since(rollback)),
            None => (Some("The rollback to finish".to_owned()), None),
        };
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
    match started.procedure.steps.iter().find(|step| !state.is_done(&step.id)) {
        Some(step) => (Some(format!("The next step: {}", step.plain_title())), last),
        None => (Some(format!("{} to close the session", started.captain)), last),
    }
}

fn gate_name<'a>(state: &'a State, gate: &'a str) -> &'a str {
    state
        .gate_snapshot(gate)
        .map_or(gate, |snapshot| snapshot.plain.as_str())
}
