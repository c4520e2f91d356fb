//! Judging an answer: every expectation compared, and *failed* told apart from *could not be compared*.

use crate::compare::{Comparison, expected_text};
use crate::config::Expectation;
use crate::excerpt::excerpt;
pub use crate::fill::Values;
pub use crate::observation::Observation;
use crate::observe::{Observed, killed, observe};
use crate::words::implied;
use holdpoint_domain::gate::{CheckResult, GateKind, Outcome};

/// Characters of an observed or expected text that a result keeps.
pub const TEXT_KEPT: usize = 300;

/// Compares every expectation with the answer. What a kind implies (a status of 2xx, an exit code of 0) is compared too
/// where the gate does not say otherwise, and an answer that was cut off gets a result of its own. Both can only make a gate
/// hold.
#[must_use]
pub fn evaluate(expectations: &[Expectation], observation: &Observation, values: &Values) -> Vec<CheckResult> {
    evaluate_with(expectations, observation, values, &str::to_owned)
}

/// [`evaluate`], with every observed and expected text passed through `redact` before it is shortened, so that no secret is
/// left behind as a piece that nothing recognises any more.
#[must_use]
pub fn evaluate_with(
    expectations: &[Expectation],
    observation: &Observation,
    values: &Values,
    redact: &dyn Fn(&str) -> String,
) -> Vec<CheckResult> {
    if expectations.is_empty() {
        return Vec::new();
    }
    let mut results = Vec::with_capacity(expectations.len() + 1);
    results.extend(implied_result(expectations, observation));
    results.extend(truncation(observation));
    for expectation in expectations {
        let (mut result, searched) = compare(expectation, observation, values);
        if let Some((text, comparison)) = searched {
            result.observed = excerpt(&redact(&text), &comparison);
        }
        results.push(result);
    }
    // What a program printed that could not look says nothing of what it was to look at.
    let Observation::Command { exit: Some(code), .. } = observation else {
        return kept(results, redact);
    };
    if expectations
        .iter()
        .any(|expectation| expectation.inconclusive.contains(code))
    {
        for result in results.iter_mut().filter(|result| result.outcome == Outcome::Fail) {
            result.outcome = Outcome::Inconclusive;
        }
    }
    kept(results, redact)
}

fn kept(mut results: Vec<CheckResult>, redact: &dyn Fn(&str) -> String) -> Vec<CheckResult> {
    for result in &mut results {
        result.observed = shortened(&redact(&result.observed));
        result.expected = shortened(&redact(&result.expected));
    }
    results
}

/// The outcome of all results: *fail* if one failed, else *inconclusive* if one could not be compared or there is none, else
/// *pass*.
#[must_use]
pub fn verdict_outcome(results: &[CheckResult]) -> Outcome {
    let any = |outcome| results.iter().any(|result| result.outcome == outcome);
    if any(Outcome::Fail) {
        Outcome::Fail
    } else if results.is_empty() || any(Outcome::Inconclusive) {
        Outcome::Inconclusive
    } else {
        Outcome::Pass
    }
}

/// One sentence for people: the first check that did not hold, or that all did.
#[must_use]
pub fn summary(results: &[CheckResult]) -> String {
    let outcome = verdict_outcome(results);
    let Some(first) = results.iter().find(|result| result.outcome == outcome) else {
        return "The gate compares nothing, so it proves nothing.".to_owned();
    };
    let CheckResult {
        check,
        expected,
        observed,
        ..
    } = first;
    match (outcome, results.len()) {
        (Outcome::Fail, _) => format!("{check}: {observed}; expected: {expected}."),
        (Outcome::Inconclusive, _) => format!("Could not compare {check}: {observed}; expected: {expected}."),
        (Outcome::Pass, 1) => format!("{check}: {observed}, as expected."),
        (Outcome::Pass, count) => format!("All {count} checks hold."),
    }
}

/// Every expectation as *inconclusive*, for when there is no answer to compare with.
#[must_use]
pub fn unanswered(expectations: &[Expectation], observed: &str) -> Vec<CheckResult> {
    let result = |expectation: &Expectation| {
        let expected: Vec<_> = Comparison::all_of(expectation).iter().map(expected_text).collect();
        CheckResult {
            check: expectation.subject(),
            expected: shortened(&expected.join(" and ")),
            observed: shortened(observed),
            outcome: Outcome::Inconclusive,
        }
    };
    expectations.iter().map(result).collect()
}

fn implied_result(expectations: &[Expectation], observation: &Observation) -> Option<CheckResult> {
    let (kind, seen) = match observation {
        Observation::Http { status, .. } => (
            GateKind::Http,
            Observed::compared(status.to_string(), (200..300).contains(status)),
        ),
        Observation::Command { exit: Some(code), .. } => {
            (GateKind::Command, Observed::compared(code.to_string(), *code == 0))
        }
        Observation::Command { exit: None, signal, .. } => {
            (GateKind::Command, Observed::not_comparable(killed(*signal)))
        }
        Observation::Sql { .. } => (GateKind::Sql, Observed::not_comparable("rows")),
    };
    let (check, expected) = implied(expectations, kind)?;
    Some(CheckResult {
        check: check.to_owned(),
        expected: expected.to_owned(),
        observed: seen.text,
        outcome: seen.outcome,
    })
}

fn truncation(observation: &Observation) -> Option<CheckResult> {
    let (truncated, what, read) = match observation {
        Observation::Http { truncated, body, .. } => (*truncated, "Body", format!("{} bytes", body.len())),
        Observation::Sql { truncated, rows, .. } => (*truncated, "Rows", format!("{} rows", rows.len())),
        Observation::Command {
            truncated, combined, ..
        } => (*truncated, "Output", format!("{} bytes", combined.len())),
    };
    truncated.then(|| CheckResult {
        check: format!("{what} within the cap"),
        expected: "all of it read".to_owned(),
        observed: format!("more than the {read} that were read"),
        outcome: Outcome::Inconclusive,
    })
}

/// The result, and the text in which something was looked for where that did not hold.
fn compare(
    expectation: &Expectation,
    observation: &Observation,
    values: &Values,
) -> (CheckResult, Option<(String, Comparison)>) {
    let mut comparisons = Comparison::all_of(expectation);
    let mut searched = None;
    let (expected, seen) = match (comparisons.pop(), comparisons.is_empty()) {
        (Some(comparison), true) => match comparison.filled(values) {
            Ok(comparison) => {
                let mut seen = observe(expectation, &comparison, observation, values);
                let expected = expected_text(&comparison);
                searched = seen.searched.take().map(|text| (text, comparison));
                (expected, seen)
            }
            Err(error) => (
                expected_text(&comparison),
                Observed::not_comparable(format!("not compared: {error}")),
            ),
        },
        _ => (
            "exactly one comparison".to_owned(),
            Observed::not_comparable("not compared: the gate's declaration is wrong"),
        ),
    };
    let result = CheckResult {
        check: expectation.subject(),
        expected,
        observed: seen.text,
        outcome: seen.outcome,
    };
    (result, searched)
}

/// The text on one line and not longer than a result keeps.
fn shortened(text: &str) -> String {
    let mut kept: String = text
        .chars()
        .take(TEXT_KEPT)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    if text.chars().nth(TEXT_KEPT).is_some() {
        kept.push('…');
    }
    kept
}
