//! What is kept of an event for the rules.

use holdpoint_domain::gate::{CheckResult, Outcome, Verdict};

/// The verdict as rules ask for it: whether it passes, by which declaration, and when.
pub(super) fn without_evidence(verdict: &Verdict) -> Verdict {
    let check = CheckResult {
        check: String::new(),
        expected: String::new(),
        observed: String::new(),
        outcome: Outcome::Pass,
    };
    Verdict {
        outcome: verdict.outcome,
        summary: String::new(),
        checks: verdict.passes().then_some(check).into_iter().collect(),
        source: verdict.source,
        started: verdict.started,
        finished: verdict.finished,
        attempts: verdict.attempts,
        request: String::new(),
        output: String::new(),
        output_bytes: 0,
        gate_digest: verdict.gate_digest.clone(),
    }
}
