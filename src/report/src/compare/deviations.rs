//! In what a step of the one differs from the same step of the other.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::span_in_words;
use holdpoint_domain::timeline::count;
use holdpoint_domain::wire::{Deviation, DeviationKind, GateFacts, StepFacts, StepOutcome};

/// One length is another one's only if it is a minute longer and half as long again.
const LONGER_BY: u64 = 60;
/// The same in words.
pub(super) const LENGTHS: &str = "The lengths of a step are told to differ where one is at least a minute longer, and at least half as \
                                  long again.";

fn differs(one: u64, other: u64) -> bool {
    let (short, long) = (one.min(other), one.max(other));
    long - short >= LONGER_BY && long.saturating_mul(2) >= short.saturating_mul(3)
}

fn deviation(kind: DeviationKind, words: String) -> Deviation {
    Deviation { kind, words }
}

/// Of two sessions. `open` says of each whether it is not closed yet.
pub(super) fn of_sessions(
    this: &StepFacts,
    other: &StepFacts,
    open: (bool, bool),
    out_of_order: bool,
) -> Vec<Deviation> {
    use DeviationKind::{Duration, Hold, LeftOut, NotDone, Order, WithoutPass};
    let mut found = Vec::new();
    if (this.without_pass > 0) != (other.without_pass > 0)
        || (this.end == Some(StepOutcome::WithoutPass)) != (other.end == Some(StepOutcome::WithoutPass))
    {
        let words = match this.without_pass > 0 || this.end == Some(StepOutcome::WithoutPass) {
            true => "Gone on with without a pass here, not there",
            false => "Gone on with without a pass there, not here",
        };
        found.push(deviation(WithoutPass, words.to_owned()));
    }
    found.extend(of_gates(&this.gates, &other.gates));
    if this.holds != other.holds {
        let words = |facts: &StepFacts, place: &str| match facts.holds {
            0 => format!("not {place}"),
            holds => format!(
                "{} {place} ({})",
                count(holds as usize, "hold"),
                span_in_words(facts.seconds_on_hold)
            ),
        };
        found.push(deviation(Hold, sentence(&words(this, "here"), &words(other, "there"))));
    }
    let left_out = |facts: &StepFacts| facts.end == Some(StepOutcome::LeftOut);
    match (this.end, other.end) {
        (Some(_), Some(_)) if left_out(this) != left_out(other) => {
            let words = if left_out(this) {
                "Left out here, done there"
            } else {
                "Done here, left out there"
            };
            found.push(deviation(LeftOut, words.to_owned()));
        }
        (None, Some(_)) => {
            let words = if open.0 {
                "Not done here yet, done there"
            } else {
                "Not done here, done there"
            };
            found.push(deviation(NotDone, words.to_owned()));
        }
        (Some(_), None) => {
            let words = if open.1 {
                "Done here, not there yet"
            } else {
                "Done here, not there"
            };
            found.push(deviation(NotDone, words.to_owned()));
        }
        _ => {}
    }
    if out_of_order && let (Some(here), Some(there)) = (this.place, other.place) {
        found.push(deviation(
            Order,
            format!("Done in another order: as number {here} here, as number {there} there"),
        ));
    }
    if let (Some(here), Some(there)) = (this.seconds, other.seconds)
        && differs(here, there)
    {
        let (here, there) = (span_in_words(here), span_in_words(there));
        found.push(deviation(Duration, format!("Took {here} here, {there} there")));
    }
    found.sort_by_key(|one| one.kind);
    found
}

fn sentence(one: &str, other: &str) -> String {
    let mut letters = one.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}, {other}", first.unwrap_or_default(), letters.as_str())
}

fn of_gates(this: &[GateFacts], other: &[GateFacts]) -> Vec<Deviation> {
    let mut found = Vec::new();
    let word = |gate: &GateFacts| match gate.verdict {
        None => "had no verdict",
        Some(Outcome::Pass) => "passed",
        Some(Outcome::Fail) => "failed",
        Some(Outcome::Inconclusive) => "was inconclusive",
    };
    for gate in this {
        let Some(there) = other.iter().find(|there| there.gate == gate.gate) else {
            let words = format!(
                "{}: {} at the last of {} here, never asked there",
                gate.title,
                word(gate),
                count(gate.runs as usize, "run")
            );
            found.push(deviation(DeviationKind::GateRuns, words));
            continue;
        };
        if gate.verdict != there.verdict {
            let words = format!(
                "{}: at last it {} here, it {} there",
                gate.title,
                word(gate),
                word(there)
            );
            found.push(deviation(DeviationKind::Verdict, words));
        }
        if gate.runs != there.runs {
            let words = format!(
                "{}: {} here, {} there",
                gate.title,
                count(gate.runs as usize, "run"),
                there.runs
            );
            found.push(deviation(DeviationKind::GateRuns, words));
        }
    }
    for gate in other
        .iter()
        .filter(|gate| this.iter().all(|here| here.gate != gate.gate))
    {
        let words = format!(
            "{}: {} there, never asked here",
            gate.title,
            count(gate.runs as usize, "run")
        );
        found.push(deviation(DeviationKind::GateRuns, words));
    }
    found
}

/// Of a session, by the time that its runbook gives for the step.
pub(super) fn of_runbook(this: &StepFacts, timebox: Option<u64>) -> Vec<Deviation> {
    let over = this.seconds.zip(timebox).filter(|(took, said)| took > said);
    let words =
        over.map(|(took, said)| format!("Took {}, the runbook says {}", span_in_words(took), span_in_words(said)));
    words
        .into_iter()
        .map(|words| deviation(DeviationKind::Duration, words))
        .collect()
}
