//! Looking an expectation up in an answer, and comparing what is there.

mod column;
mod json;
mod observed;
mod path;
mod query;
mod segments;
mod steps;
mod text;

use serde_json::Value;

use crate::compare::Comparison;
use crate::config::{Check, Expectation};
use crate::fill::Values;
use crate::observation::Observation;
pub(super) use observed::Observed;

/// Compares the part of the answer that the expectation names.
pub(super) fn observe(
    expectation: &Expectation,
    comparison: &Comparison,
    observation: &Observation,
    values: &Values,
) -> Observed {
    match (expectation.check, observation) {
        (Check::Latency, Observation::Http { latency, .. })
        | (Check::Latency, Observation::Sql { latency, .. })
        | (Check::Latency, Observation::Command { latency, .. }) => {
            let millis = latency.as_secs_f64() * 1000.0;
            let seen = Observed::judged(comparison, &Value::from(millis));
            Observed {
                text: format!("{} ms", millis.round()),
                ..seen
            }
        }
        (Check::Status, Observation::Http { status, .. }) => Observed::judged(comparison, &Value::from(*status)),
        (Check::Header, Observation::Http { headers, .. }) => header(expectation, comparison, headers),
        (
            Check::Body,
            Observation::Http {
                body,
                headers,
                truncated: false,
                ..
            },
        ) => text(comparison, body, "body", encoding(headers)),
        (
            Check::Json,
            Observation::Http {
                body,
                headers,
                truncated: false,
                ..
            },
        ) => json::compare(expectation, comparison, body, "body", encoding(headers)),
        (Check::Body | Check::Json, Observation::Http { truncated: true, .. }) => {
            Observed::not_comparable("the body is longer than may be read")
        }
        (Check::ExitCode | Check::Output | Check::Json, Observation::Command { exit: None, signal, .. }) => {
            Observed::not_comparable(killed(*signal))
        }
        (Check::ExitCode, Observation::Command { exit: Some(code), .. }) if expectation.inconclusive.contains(code) => {
            Observed::not_comparable(format!("{code}, with which the program says that it could not look"))
        }
        (Check::ExitCode, Observation::Command { exit: Some(code), .. }) => {
            Observed::judged(comparison, &Value::from(*code))
        }
        (Check::Output | Check::Json, Observation::Command { truncated: true, .. }) => {
            Observed::not_comparable("the output is longer than may be read")
        }
        (Check::Output, Observation::Command { combined, .. }) => text(comparison, combined, "output", None),
        (Check::Json, Observation::Command { stdout, .. }) => {
            json::compare(expectation, comparison, stdout, "standard output", None)
        }
        (
            Check::Rows,
            Observation::Sql {
                truncated: true, rows, ..
            },
        ) => Observed::not_comparable(format!("more than {} rows", rows.len())),
        (Check::Rows, Observation::Sql { rows, .. }) => Observed::judged(comparison, &Value::from(rows.len())),
        (Check::Column, Observation::Sql { columns, rows, .. }) => {
            column::compare(expectation, comparison, columns, rows, values)
        }
        _ => Observed::not_comparable("the answer has no such part"),
    }
}

/// How a program ended that has no exit code.
pub(super) fn killed(signal: Option<i32>) -> String {
    signal.map_or_else(
        || "no exit code".to_owned(),
        |signal| format!("killed by signal {signal}"),
    )
}

fn header(expectation: &Expectation, comparison: &Comparison, headers: &[(String, String)]) -> Observed {
    let Some(wanted) = &expectation.name else {
        return Observed::not_comparable("the gate's declaration names no header");
    };
    let found: Vec<_> = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
        .map(|(_, value)| value.as_str())
        .collect();
    match found.as_slice() {
        [] => Observed::fail("absent"),
        // What is no UTF-8 was replaced when it arrived.
        [value] if value.contains(char::REPLACEMENT_CHARACTER) => {
            Observed::not_comparable(format!("the header {wanted} cannot be read as text: it is not UTF-8"))
        }
        [value] => Observed::judged(comparison, &Value::from(*value)),
        several => Observed::not_comparable(format!(
            "the header {wanted} came {} times, and nobody knows which counts",
            several.len()
        )),
    }
}

/// The answer's `Content-Encoding`: where it came several times, one that packs.
fn encoding(headers: &[(String, String)]) -> Option<&str> {
    let found = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    found.map(|(_, value)| value.as_str()).find(|value| text::packs(value))
}

fn text(comparison: &Comparison, bytes: &[u8], what: &str, encoding: Option<&str>) -> Observed {
    match text::text_of(bytes, encoding) {
        Ok(text) => Observed::judged(comparison, &Value::from(text)),
        Err(why) => Observed::not_comparable(format!("the {what} cannot be read as text: {why}")),
    }
}
