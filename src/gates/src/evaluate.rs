//! Judging an answer: every expectation compared, and *failed* told apart from *could not be compared*.

use crate::compare::{Comparison, expected_text};
use crate::config::{Expectation, Gate};
use crate::excerpt::excerpt;
pub use crate::fill::Values;
pub use crate::observation::Observation;
use crate::observe::{Observed, killed, observe};
use crate::parts::Part;
use crate::words::{implied, of_request};
use holdpoint_domain::gate::{CheckResult, GateKind, Outcome};

/// Characters of an observed or expected text that a result keeps.
pub const TEXT_KEPT: usize = 300;

/// Why a part of a gate has no answer, in words that stand in the place of what was observed.
pub type Unanswered = String;

/// Compares every expectation of a gate with the answer to its part; `answers` are those of [`Gate::parts`], in their order. What
/// a kind implies (a status of 2xx, an exit code of 0) is compared too where the gate does not say otherwise, and an answer that
/// was cut off gets a result of its own. Both can only make a gate hold. They stand first, and then each expectation in the gate's
/// own order.
///
/// Every observed and expected text passes through `redact` before it is shortened, so that no secret is left behind as a piece
/// that nothing recognises any more.
#[must_use]
pub fn evaluate(
    gate: &Gate,
    answers: &[Result<Observation, Unanswered>],
    values: &Values,
    redact: &dyn Fn(&str) -> String,
) -> Vec<CheckResult> {
    let mut results = Vec::with_capacity(gate.expect.len() + 1);
    let mut own: Vec<Option<CheckResult>> = vec![None; gate.expect.len()];
    for (index, part) in gate.parts().into_iter().enumerate() {
        let answer = match answers.get(index) {
            Some(answer) => answer.as_ref().map_err(String::as_str),
            None => Err("not asked"),
        };
        let judged = judged(part, answer, values, redact);
        results.extend(judged.beside);
        let places = gate.expect.iter().zip(&mut own);
        let places = places.filter(|(expectation, _)| part.includes(expectation));
        places
            .zip(judged.own)
            .for_each(|((_, place), result)| *place = Some(result));
    }
    let own = gate.expect.iter().zip(own);
    let of_nothing = |expectation| no_answer(expectation, "not compared: the gate makes no such request");
    results.extend(own.map(|(expectation, result)| result.unwrap_or_else(|| of_nothing(expectation))));
    kept(results, redact)
}

/// [`evaluate`] for one part of a gate by itself.
#[must_use]
pub fn evaluate_part(
    part: Part<'_>,
    answer: Result<&Observation, &str>,
    values: &Values,
    redact: &dyn Fn(&str) -> String,
) -> Vec<CheckResult> {
    let Judged { mut beside, own } = judged(part, answer, values, redact);
    beside.extend(own);
    kept(beside, redact)
}

/// The results of a part.
struct Judged {
    /// What its kind implies, and an answer that was cut off.
    beside: Vec<CheckResult>,
    /// One for each of its expectations, in their order.
    own: Vec<CheckResult>,
}

fn judged(
    part: Part<'_>,
    answer: Result<&Observation, &str>,
    values: &Values,
    redact: &dyn Fn(&str) -> String,
) -> Judged {
    // A gate that expects nothing proves nothing.
    if part.gate.expect.is_empty() {
        let (beside, own) = (Vec::new(), Vec::new());
        return Judged { beside, own };
    }
    let observation = match answer {
        Ok(observation) => observation,
        Err(why) => {
            let own: Vec<_> = part.expect().map(|expectation| no_answer(expectation, why)).collect();
            // A request of which nothing else is expected is not answered either.
            let implied = implied(part).filter(|_| own.is_empty());
            let beside = implied.map(|(check, expected)| CheckResult {
                check,
                expected: expected.to_owned(),
                observed: why.to_owned(),
                outcome: Outcome::Inconclusive,
            });
            let beside = beside.into_iter().collect();
            return Judged { beside, own };
        }
    };
    let beside = implied_result(part, observation)
        .into_iter()
        .chain(truncation(part.name, observation));
    let mut beside: Vec<_> = beside.collect();
    let mut own = Vec::new();
    for expectation in part.expect() {
        let (mut result, searched) = compare(expectation, observation, values);
        if let Some((text, comparison)) = searched {
            result.observed = excerpt(&redact(&text), &comparison);
        }
        own.push(result);
    }
    // What a program printed that could not look says nothing of what it was to look at.
    if let Observation::Command { exit: Some(code), .. } = observation
        && part.expect().any(|expectation| expectation.inconclusive.contains(code))
    {
        let failed = beside.iter_mut().chain(&mut own);
        let failed = failed.filter(|result| result.outcome == Outcome::Fail);
        failed.for_each(|result| result.outcome = Outcome::Inconclusive);
    }
    Judged { beside, own }
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
    let results = expectations.iter().map(|expectation| no_answer(expectation, observed));
    kept(results.collect(), &str::to_owned)
}

fn no_answer(expectation: &Expectation, why: &str) -> CheckResult {
    let expected: Vec<_> = Comparison::all_of(expectation).iter().map(expected_text).collect();
    CheckResult {
        check: expectation.subject(),
        expected: expected.join(" and "),
        observed: why.to_owned(),
        outcome: Outcome::Inconclusive,
    }
}

fn implied_result(part: Part<'_>, observation: &Observation) -> Option<CheckResult> {
    let (check, expected) = implied(part)?;
    let seen = match (part.gate.kind, observation) {
        (GateKind::Http, Observation::Http { status, .. }) => {
            Observed::compared(status.to_string(), (200..300).contains(status))
        }
        (GateKind::Command, Observation::Command { exit: Some(code), .. }) => {
            Observed::compared(code.to_string(), *code == 0)
        }
        (GateKind::Command, Observation::Command { exit: None, signal, .. }) => {
            Observed::not_comparable(killed(*signal))
        }
        _ => Observed::not_comparable("the answer has no such part"),
    };
    Some(CheckResult {
        check,
        expected: expected.to_owned(),
        observed: seen.text,
        outcome: seen.outcome,
    })
}

fn truncation(request: Option<&str>, observation: &Observation) -> Option<CheckResult> {
    let (truncated, what, read) = match observation {
        Observation::Http { truncated, body, .. } => (*truncated, "Body", format!("{} bytes", body.len())),
        Observation::Sql { truncated, rows, .. } => (*truncated, "Rows", format!("{} rows", rows.len())),
        Observation::Command {
            truncated, combined, ..
        } => (*truncated, "Output", format!("{} bytes", combined.len())),
    };
    truncated.then(|| CheckResult {
        check: format!("{} within the cap", of_request(what, request)),
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
