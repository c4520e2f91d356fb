//! Judging an answer: every expectation compared, and *failed* told apart from *could not be compared*.

use std::time::Duration;

use jsonpath_rust::JsonPath;
use serde_json::Value;

use crate::compare::{Comparison, Judgement, words_of};
use crate::config::{Check, Expectation};
pub use crate::fill::Values;
use holdpoint_domain::gate::{CheckResult, GateKind, Outcome};

/// The answer to a gate.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// An HTTP answer.
    Http {
        /// Its status.
        status: u16,
        /// Its headers, in the order they came.
        headers: Vec<(String, String)>,
        /// What was read of its body.
        body: Vec<u8>,
        /// The body was longer than may be read.
        truncated: bool,
        /// From the request until the body was whole.
        latency: Duration,
    },
    /// The rows of a statement.
    Sql {
        /// The columns' names.
        columns: Vec<String>,
        /// The rows that were read, each as long as `columns`.
        rows: Vec<Vec<Value>>,
        /// There were more rows than may be read.
        truncated: bool,
        /// From the statement until the last row.
        latency: Duration,
    },
    /// A program's end.
    Command {
        /// Its exit code; none when a signal ended it.
        exit: Option<i32>,
        /// The signal that ended it.
        signal: Option<i32>,
        /// Its standard output.
        stdout: Vec<u8>,
        /// Its standard error.
        stderr: Vec<u8>,
        /// Both, in the order they came.
        combined: Vec<u8>,
        /// There was more output than may be read.
        truncated: bool,
        /// From its start to its end.
        latency: Duration,
    },
}

/// Characters of an observed or expected text that a result keeps.
pub const TEXT_KEPT: usize = 300;

/// Compares every expectation with the answer. What a kind implies (a status of 2xx, an exit code of 0) is compared too
/// where the gate does not say otherwise, and an answer that was cut off is said to be so: both only ever hold more.
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
    results.extend(
        expectations
            .iter()
            .map(|expectation| compare(expectation, observation, values)),
    );
    for result in &mut results {
        result.observed = shortened(&redact(&result.observed));
        result.expected = shortened(&redact(&result.expected));
    }
    results
}

/// What came of all of it. Nothing compared is nothing proved.
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
        let expected: Vec<_> = Comparison::all_of(expectation).iter().map(words_of).collect();
        CheckResult {
            check: expectation.subject(),
            expected: shortened(&expected.join(" and ")),
            observed: shortened(observed),
            outcome: Outcome::Inconclusive,
        }
    };
    expectations.iter().map(result).collect()
}

/// What the kind implies, as (subject, expected), where no expectation speaks of it.
pub(super) fn implied(expectations: &[Expectation], kind: GateKind) -> Option<(&'static str, &'static str)> {
    let (check, words) = match kind {
        GateKind::Http => (Check::Status, ("Status", "200 to 299")),
        GateKind::Command => (Check::ExitCode, ("Exit code", "0")),
        GateKind::Sql => return None,
    };
    let spoken = expectations.is_empty() || expectations.iter().any(|expectation| expectation.check == check);
    (!spoken).then_some(words)
}

fn implied_result(expectations: &[Expectation], observation: &Observation) -> Option<CheckResult> {
    let (kind, seen) = match observation {
        Observation::Http { status, .. } => (
            GateKind::Http,
            Seen::compared(status.to_string(), (200..300).contains(status)),
        ),
        Observation::Command { exit: Some(code), .. } => {
            (GateKind::Command, Seen::compared(code.to_string(), *code == 0))
        }
        Observation::Command { exit: None, signal, .. } => (GateKind::Command, Seen::cannot(killed(*signal))),
        Observation::Sql { .. } => (GateKind::Sql, Seen::cannot("rows")),
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

/// What was seen, and what came of it.
struct Seen {
    text: String,
    outcome: Outcome,
}

impl Seen {
    fn compared(text: impl Into<String>, held: bool) -> Self {
        Self {
            text: text.into(),
            outcome: if held { Outcome::Pass } else { Outcome::Fail },
        }
    }

    fn fail(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            outcome: Outcome::Fail,
        }
    }

    fn cannot(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            outcome: Outcome::Inconclusive,
        }
    }

    fn judged(comparison: &Comparison, value: &Value) -> Self {
        match comparison.judge(value) {
            Judgement::Held => Self::compared(value.to_string(), true),
            Judgement::Differs => Self::compared(value.to_string(), false),
            Judgement::Cannot(why) => Self::cannot(format!("{value} ({why})")),
        }
    }
}

fn compare(expectation: &Expectation, observation: &Observation, values: &Values) -> CheckResult {
    let mut comparisons = Comparison::all_of(expectation);
    let (expected, seen) = match (comparisons.pop(), comparisons.is_empty()) {
        (Some(comparison), true) => match comparison.filled(values) {
            Ok(comparison) => (
                words_of(&comparison),
                look(expectation, &comparison, observation, values),
            ),
            Err(error) => (words_of(&comparison), Seen::cannot(format!("not compared: {error}"))),
        },
        _ => (
            "exactly one comparison".to_owned(),
            Seen::cannot("not compared: the gate's declaration is wrong"),
        ),
    };
    CheckResult {
        check: expectation.subject(),
        expected,
        observed: seen.text,
        outcome: seen.outcome,
    }
}

fn look(expectation: &Expectation, comparison: &Comparison, observation: &Observation, values: &Values) -> Seen {
    match (expectation.check, observation) {
        (Check::Latency, Observation::Http { latency, .. })
        | (Check::Latency, Observation::Sql { latency, .. })
        | (Check::Latency, Observation::Command { latency, .. }) => {
            let millis = latency.as_secs_f64() * 1000.0;
            let seen = Seen::judged(comparison, &Value::from(millis));
            Seen {
                text: format!("{} ms", millis.round()),
                ..seen
            }
        }
        (Check::Status, Observation::Http { status, .. }) => Seen::judged(comparison, &Value::from(*status)),
        (Check::Header, Observation::Http { headers, .. }) => header(expectation, comparison, headers),
        (
            Check::Body,
            Observation::Http {
                body, truncated: false, ..
            },
        ) => text(comparison, body, "the body"),
        (
            Check::Json,
            Observation::Http {
                body, truncated: false, ..
            },
        ) => json(expectation, comparison, body, "body"),
        (Check::Body | Check::Json, Observation::Http { truncated: true, .. }) => {
            Seen::cannot("the body is longer than may be read")
        }
        (Check::ExitCode | Check::Output | Check::Json, Observation::Command { exit: None, signal, .. }) => {
            Seen::cannot(killed(*signal))
        }
        (Check::ExitCode, Observation::Command { exit: Some(code), .. }) => {
            Seen::judged(comparison, &Value::from(*code))
        }
        (Check::Output | Check::Json, Observation::Command { truncated: true, .. }) => {
            Seen::cannot("the output is longer than may be read")
        }
        (Check::Output, Observation::Command { combined, .. }) => text(comparison, combined, "the output"),
        (Check::Json, Observation::Command { stdout, .. }) => json(expectation, comparison, stdout, "standard output"),
        (
            Check::Rows,
            Observation::Sql {
                truncated: true, rows, ..
            },
        ) => Seen::cannot(format!("more than {} rows", rows.len())),
        (Check::Rows, Observation::Sql { rows, .. }) => Seen::judged(comparison, &Value::from(rows.len())),
        (Check::Column, Observation::Sql { columns, rows, .. }) => {
            column(expectation, comparison, columns, rows, values)
        }
        _ => Seen::cannot("the answer has no such part"),
    }
}

fn killed(signal: Option<i32>) -> String {
    signal.map_or_else(
        || "no exit code".to_owned(),
        |signal| format!("killed by signal {signal}"),
    )
}

fn header(expectation: &Expectation, comparison: &Comparison, headers: &[(String, String)]) -> Seen {
    let Some(wanted) = &expectation.name else {
        return Seen::cannot("the gate's declaration names no header");
    };
    let found: Vec<_> = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
        .map(|(_, value)| value.as_str())
        .collect();
    if found.is_empty() {
        return Seen::fail("absent");
    }
    Seen::judged(comparison, &Value::from(found.join(", ")))
}

fn text(comparison: &Comparison, bytes: &[u8], what: &str) -> Seen {
    match std::str::from_utf8(bytes) {
        Ok(text) => Seen::judged(comparison, &Value::from(text)),
        Err(error) => Seen::cannot(format!("{what} is not UTF-8 from byte {} on", error.valid_up_to())),
    }
}

fn json(expectation: &Expectation, comparison: &Comparison, bytes: &[u8], what: &str) -> Seen {
    let Some(path) = &expectation.path else {
        return Seen::cannot("the gate's declaration names no path");
    };
    if bytes.is_empty() {
        return Seen::cannot(format!("the {what} is empty"));
    }
    let document: Value = match serde_json::from_slice(bytes) {
        Ok(document) => document,
        Err(error) => return Seen::cannot(format!("the {what} is not JSON: {error}")),
    };
    let selected = match document.query(path) {
        Ok(selected) => selected,
        Err(error) => return Seen::cannot(format!("the path cannot be read: {error}")),
    };
    if let Comparison::CountEquals(_) = comparison {
        // Nothing selected proves that a list is empty only if the list is there.
        let list = parent_of(path);
        if selected.is_empty() && document.query(list).is_ok_and(|found| found.is_empty()) {
            return Seen::cannot(format!("there is no {list} in the {what}"));
        }
        return Seen::judged(comparison, &Value::from(selected.len()));
    }
    match selected.as_slice() {
        [] => Seen::cannot("the path selects nothing"),
        [value] => Seen::judged(comparison, value),
        several => Seen::cannot(format!("the path selects {} values instead of one", several.len())),
    }
}

/// A path without its last segment: what it selects from.
fn parent_of(path: &str) -> &str {
    let mut last = path.len();
    let (mut depth, mut quote) = (0_u32, None);
    let mut characters = path.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (Some(_), '\\') => {
                characters.next();
            }
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, '[') => {
                // `.name[…]` has two segments, `..[…]` has one.
                if depth == 0 && !path[..at].ends_with("..") {
                    last = at;
                }
                depth += 1;
            }
            (None, ']') => depth = depth.saturating_sub(1),
            (None, '.') if depth == 0 && !path[..at].ends_with('.') => last = at,
            (None, _) => {}
        }
    }
    &path[..last]
}

fn column(
    expectation: &Expectation,
    comparison: &Comparison,
    columns: &[String],
    rows: &[Vec<Value>],
    values: &Values,
) -> Seen {
    let place = |name: &str| {
        let mut places = columns
            .iter()
            .enumerate()
            .filter(|(_, column)| *column == name)
            .map(|(index, _)| index);
        match (places.next(), places.next()) {
            (Some(place), None) => Ok(place),
            (Some(_), Some(_)) => Err(Seen::cannot(format!("two columns are called {name}"))),
            (None, _) => Err(Seen::cannot(format!("there is no column {name}"))),
        }
    };
    let Some(name) = &expectation.name else {
        return Seen::cannot("the gate's declaration names no column");
    };
    // Some answers without rows do not even name their columns, so this comes first.
    if rows.is_empty() {
        return Seen::fail("no row");
    }
    let wanted = match place(name) {
        Ok(wanted) => wanted,
        Err(seen) => return seen,
    };
    let mut filter = Vec::new();
    for (name, template) in &expectation.filter {
        match (
            place(name),
            crate::fill::fill(template, values, crate::fill::Encoding::Plain),
        ) {
            (Ok(place), Ok(value)) => filter.push((place, value)),
            (Err(seen), _) => return seen,
            (_, Err(error)) => return Seen::cannot(format!("not compared: {error}")),
        }
    }
    let matching = |row: &&Vec<Value>| {
        filter
            .iter()
            .all(|(place, value)| row.get(*place).is_some_and(|cell| cell_text(cell) == *value))
    };
    let cells: Vec<_> = rows
        .iter()
        .filter(matching)
        .map(|row| row.get(wanted).unwrap_or(&Value::Null))
        .collect();
    if cells.is_empty() {
        return Seen::fail("no such row");
    }
    let mut judged: Vec<_> = cells.iter().map(|cell| Seen::judged(comparison, cell)).collect();
    let first = |outcome| judged.iter().position(|seen| seen.outcome == outcome);
    let shown = first(Outcome::Fail)
        .or_else(|| first(Outcome::Inconclusive))
        .unwrap_or(0);
    let Seen { text, outcome } = judged.swap_remove(shown);
    let text = match (cells.len(), outcome) {
        (1, _) => text,
        (count, Outcome::Pass) if cells.iter().all(|cell| cell == &cells[0]) => {
            format!("{text} in each of {count} rows")
        }
        (count, Outcome::Pass) => format!("{text} and {} more", count - 1),
        (count, _) => format!("{text} in row {} of {count}", shown + 1),
    };
    Seen { text, outcome }
}

/// A cell as text, for `where`: text as it is, everything else as JSON.
fn cell_text(cell: &Value) -> String {
    match cell {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
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
