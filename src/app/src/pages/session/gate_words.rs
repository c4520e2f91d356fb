//! What a gate's panel says of its gate.

use crate::components::words::Word;
use crate::format::{TimeFormat, duration_ms, duration_s, local_time};
use crate::state::session::{GateStatus, GateView, LiveRun};

pub(super) fn status_word(status: GateStatus) -> (Word, &'static str) {
    match status {
        GateStatus::Missing => (Word::NoGo, "MISSING"),
        GateStatus::Waiting | GateStatus::Queued => (Word::Wait, "WAITING"),
        GateStatus::NotRun => (Word::Hold, "NOT RUN"),
        GateStatus::Running => (Word::Run, "RUNNING"),
        GateStatus::Verdict(outcome) => Word::of_outcome(outcome),
        GateStatus::Stale => (Word::Hold, "EXPIRED"),
    }
}

/// Beside the title: how the gate was started, and how far it is.
pub(super) fn progress_text(gate: &GateView, live: Option<&LiveRun>) -> String {
    let mut words = Vec::new();
    match gate.status {
        GateStatus::Missing => {
            words.push(
                "gates.toml did not declare it for this environment when the session began, so it cannot pass"
                    .to_owned(),
            );
        }
        GateStatus::Queued => words.push("waiting to be sent".to_owned()),
        GateStatus::NotRun => words.push("it could not be sent".to_owned()),
        GateStatus::Waiting if gate.brief.as_ref().is_some_and(|brief| brief.auto) => {
            words.push("automatic".to_owned())
        }
        _ => {}
    }
    if gate.runs > 0 && gate.auto {
        words.push("started automatically".to_owned());
    }
    match (gate.running, live.and_then(|live| live.attempt.as_ref())) {
        (Some(_), Some((number, summary))) => words.push(format!("attempt {number}: {summary}")),
        (Some(_), None) => {}
        (None, _) => words.extend(gate.verdict.as_ref().map(|verdict| verdict.summary.clone())),
    }
    words.join(" · ")
}

/// When the gate was observed, how long the result is valid, how long a run may take.
pub(super) fn footer_text(gate: &GateView) -> String {
    let mut facts = Vec::new();
    if let Some(verdict) = gate.verdict.as_ref().filter(|_| gate.running.is_none()) {
        let took = duration_ms((verdict.finished - verdict.started).num_milliseconds());
        facts.push(format!(
            "Observed {} by Holdpoint in {took}",
            local_time(verdict.finished, TimeFormat::Seconds)
        ));
        if verdict.attempts > 1 {
            facts.push(format!("{} attempts", verdict.attempts));
        }
    }
    match (gate.until, &gate.brief) {
        (Some(until), _) => {
            let word = if gate.expired { "expired at" } else { "valid until" };
            facts.push(format!("{word} {}", local_time(until, TimeFormat::Minutes)));
        }
        (None, Some(brief)) => facts.push(format!("Result valid {}", duration_s(brief.fresh_seconds))),
        (None, None) => {}
    }
    if let Some((name, at)) = &gate.taken {
        facts.push(format!(
            "declaration taken by {name} {}",
            local_time(*at, TimeFormat::Minutes)
        ));
    }
    facts.extend(
        gate.brief
            .as_ref()
            .map(|brief| format!("timeout {}", duration_s(brief.timeout_seconds))),
    );
    facts.join(" · ")
}
