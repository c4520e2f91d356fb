//! A value that meets several comparisons.

use holdpoint_gates::{Comparison, ComparisonOutcome};
use serde_json::{Value, json};

use super::text;

/// Whole numbers up to this are exact as floats.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The first value that all comparisons hold for.
pub(super) fn find(comparisons: &[Comparison]) -> Option<Value> {
    let holds = |value: &Value| {
        comparisons
            .iter()
            .all(|comparison| comparison.compare_with(value) == ComparisonOutcome::Holds)
    };
    let found = candidates(comparisons).into_iter().find(holds);
    found.or_else(|| text::find(comparisons, &[" ", ", ", "\n", ""], &|_| true).map(Value::from))
}

/// The first whole number in a range that all comparisons hold for.
pub(super) fn find_whole(comparisons: &[Comparison], range: impl IntoIterator<Item = u64>) -> Option<u64> {
    range.into_iter().find(|number| {
        let value = Value::from(*number);
        comparisons
            .iter()
            .all(|comparison| comparison.compare_with(&value) == ComparisonOutcome::Holds)
    })
}

fn candidates(comparisons: &[Comparison]) -> Vec<Value> {
    let mut found = Vec::new();
    let (mut least, mut most) = (None, None);
    // With all their digits, which a float may not have.
    let mut limits = Vec::new();
    for comparison in comparisons {
        match comparison {
            Comparison::Equals(value) => return vec![value.clone()],
            Comparison::OneOf(values) => return values.clone(),
            Comparison::NotEquals(value) => found.extend(others(value)),
            Comparison::AtLeast(number) => {
                limits.push(Value::Number(number.clone()));
                let number = number.as_f64().unwrap_or_default();
                least = Some(least.map_or(number, |other: f64| other.max(number)));
            }
            Comparison::AtMost(number) => {
                limits.push(Value::Number(number.clone()));
                let number = number.as_f64().unwrap_or_default();
                most = Some(most.map_or(number, |other: f64| other.min(number)));
            }
            _ => {}
        }
    }
    let mut numbers = Vec::new();
    match (least, most) {
        (Some(least), Some(most)) => numbers.extend([least.ceil(), most.floor(), least.midpoint(most), least, most]),
        (Some(least), None) => numbers.extend([least.ceil(), least.ceil() + 1.0, least]),
        (None, Some(most)) => numbers.extend([most.floor().min(1.0), most.floor(), most.floor() - 1.0, most]),
        (None, None) => {}
    }
    let more: Vec<f64> = numbers.iter().flat_map(|number| [number + 1.0, number - 1.0]).collect();
    found.extend(numbers.into_iter().chain(more).filter_map(number));
    found.extend(limits);
    found
}

/// A number as JSON: whole where it is.
fn number(number: f64) -> Option<Value> {
    if number.fract() == 0.0 && number.abs() < EXACT {
        Some(Value::from(number as i64))
    } else {
        serde_json::Number::from_f64(number).map(Value::from)
    }
}

/// Other values of the same type.
pub(crate) fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Bool(value) => vec![Value::from(!value)],
        Value::Number(old) => {
            let old = old.as_f64().unwrap_or_default();
            [old + 1.0, old - 1.0, -old, 0.0, 1_000_000_007.0, -1_000_000_007.0]
                .into_iter()
                .filter(|new| *new != old)
                .filter_map(number)
                .collect()
        }
        Value::String(old) => ["wrong", "0ddba11c0ffee0ddba11c0ffee0ddba11c0ffee0", "unexpected", ""]
            .into_iter()
            .filter(|new| new != old)
            .map(Value::from)
            .collect(),
        Value::Array(items) => {
            let mut longer = items.clone();
            longer.push(items.last().cloned().unwrap_or_else(|| json!("wrong")));
            vec![Value::Array(longer), json!([])]
                .into_iter()
                .filter(|new| new != value)
                .collect()
        }
        Value::Object(fields) => {
            let mut more = fields.clone();
            more.insert("wrong".to_owned(), Value::from(true));
            vec![Value::Object(more), json!({})]
                .into_iter()
                .filter(|new| new != value)
                .collect()
        }
    }
}
