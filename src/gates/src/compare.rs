//! The comparisons themselves. Each says whether it held, did not hold, or could not be made at all.

use regex::Regex;
use serde_json::{Number, Value};

use holdpoint_domain::json::{Decimal, Json};

use crate::config::Expectation;
use crate::duration::HumanDuration;
use crate::fill::{Encoding, FillError, Values, fill};

/// The comparison of an expectation. The keys in `gates.toml` have the same names.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "`config::Expectation` says what each compares")]
pub enum Comparison {
    Equals(Value),
    NotEquals(Value),
    OneOf(Vec<Value>),
    Contains(String),
    NotContains(String),
    Matches(String),
    AtLeast(Number),
    AtMost(Number),
    Below(HumanDuration),
    Commit(String),
    CountEquals(u64),
}

/// The outcome of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComparisonOutcome {
    /// Compared, and it holds.
    Holds,
    /// Compared, and it does not hold.
    Differs,
    /// The reason why the two cannot be compared.
    NotComparable(String),
}

impl Comparison {
    /// Every comparison that an expectation makes; a right one makes exactly one.
    #[must_use]
    pub fn all_of(expectation: &Expectation) -> Vec<Self> {
        let made = [
            expectation.equals.clone().map(Self::Equals),
            expectation.not_equals.clone().map(Self::NotEquals),
            expectation.one_of.clone().map(Self::OneOf),
            expectation.contains.clone().map(Self::Contains),
            expectation.not_contains.clone().map(Self::NotContains),
            expectation.matches.clone().map(Self::Matches),
            expectation.at_least.clone().map(Self::AtLeast),
            expectation.at_most.clone().map(Self::AtMost),
            expectation.below.map(Self::Below),
            expectation.commit.clone().map(Self::Commit),
            expectation.count_equals.map(Self::CountEquals),
        ];
        made.into_iter().flatten().collect()
    }

    /// Whether it looks for something in a text.
    pub(super) fn searches(&self) -> bool {
        matches!(self, Self::Contains(_) | Self::NotContains(_) | Self::Matches(_))
    }

    /// Its key in `gates.toml`.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::Equals(_) => "equals",
            Self::NotEquals(_) => "not_equals",
            Self::OneOf(_) => "one_of",
            Self::Contains(_) => "contains",
            Self::NotContains(_) => "not_contains",
            Self::Matches(_) => "matches",
            Self::AtLeast(_) => "at_least",
            Self::AtMost(_) => "at_most",
            Self::Below(_) => "below",
            Self::Commit(_) => "commit",
            Self::CountEquals(_) => "count_equals",
        }
    }

    /// The comparison with its texts filled in. A pattern is taken as it is: a value in it could change what it means.
    ///
    /// # Errors
    /// A placeholder has no value.
    pub fn filled(&self, values: &Values) -> Result<Self, FillError> {
        let text = |text: &String| fill(text, values, Encoding::Plain);
        Ok(match self {
            Self::Equals(value) => Self::Equals(filled_value(value, values)?),
            Self::NotEquals(value) => Self::NotEquals(filled_value(value, values)?),
            Self::OneOf(choices) => Self::OneOf(
                choices
                    .iter()
                    .map(|value| filled_value(value, values))
                    .collect::<Result<_, _>>()?,
            ),
            Self::Contains(part) => Self::Contains(text(part)?),
            Self::NotContains(part) => Self::NotContains(text(part)?),
            Self::Commit(commit) => Self::Commit(text(commit)?),
            other => other.clone(),
        })
    }

    /// Compares with an observed value: text for headers, bodies and output, a number for statuses, exit codes, counts and
    /// milliseconds, anything for JSON and columns.
    #[must_use]
    pub fn compare_with(&self, seen: &Value) -> ComparisonOutcome {
        self.compare(&Json::from(seen))
    }

    /// [`Comparison::compare_with`] a value that was read with all its digits.
    pub(super) fn compare(&self, seen: &Json) -> ComparisonOutcome {
        match self {
            Self::Equals(expected) => equal(seen, expected, true),
            Self::NotEquals(expected) => equal(seen, expected, false),
            Self::OneOf(choices) => one_of(seen, choices),
            // Every text contains the empty one, so it would prove nothing.
            Self::Contains(part) if part.is_empty() => {
                ComparisonOutcome::NotComparable("the text to look for is empty".to_owned())
            }
            Self::Contains(part) => with_text(seen, |text| text.contains(part.as_str())),
            // An empty text contains nothing, so it would prove nothing.
            Self::NotContains(_) if matches!(seen, Json::Text(text) if text.trim().is_empty()) => {
                ComparisonOutcome::NotComparable("there is nothing to look in".to_owned())
            }
            Self::NotContains(part) => with_text(seen, |text| !text.contains(part.as_str())),
            Self::Matches(pattern) => match Regex::new(pattern) {
                Ok(regex) => with_text(seen, |text| regex.is_match(text)),
                Err(_) => ComparisonOutcome::NotComparable(format!(
                    "the gate's pattern “{pattern}” is not a regular expression"
                )),
            },
            Self::AtLeast(least) => with_number(seen, |number| *number >= Decimal::from(least)),
            Self::AtMost(most) => with_number(seen, |number| *number <= Decimal::from(most)),
            Self::Below(span) => with_number(seen, |millis| *millis < Decimal::from(&Number::from(span.millis))),
            Self::Commit(expected) => commit(seen, expected),
            Self::CountEquals(count) => equal(seen, &Value::from(*count), true),
        }
    }
}

/// What a comparison expects, for people.
pub(super) fn expected_text(comparison: &Comparison) -> String {
    match comparison {
        Comparison::Equals(value) => value.to_string(),
        Comparison::NotEquals(value) => format!("not {value}"),
        Comparison::OneOf(choices) => {
            let choices: Vec<_> = choices.iter().map(Value::to_string).collect();
            format!("one of {}", choices.join(", "))
        }
        Comparison::Contains(part) => format!("contains “{part}”"),
        Comparison::NotContains(part) => format!("does not contain “{part}”"),
        Comparison::Matches(pattern) => format!("matches /{pattern}/"),
        Comparison::AtLeast(least) => format!("at least {least}"),
        Comparison::AtMost(most) => format!("at most {most}"),
        Comparison::Below(span) => format!("below {span}"),
        Comparison::Commit(commit) => format!("commit {commit}"),
        Comparison::CountEquals(count) => format!("{count} selected"),
    }
}

/// The type of a value, for people.
pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn type_of_json(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::Text(_) => "text",
        Json::List(_) => "a list",
        Json::Object(_) => "an object",
    }
}

fn filled_value(value: &Value, values: &Values) -> Result<Value, FillError> {
    Ok(match value {
        Value::String(text) => Value::String(fill(text, values, Encoding::Plain)?),
        Value::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| filled_value(item, values))
                .collect::<Result<_, _>>()?,
        ),
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(key, field)| Ok((key.clone(), filled_value(field, values)?)))
                .collect::<Result<_, FillError>>()?,
        ),
        other => other.clone(),
    })
}

fn held(held: bool) -> ComparisonOutcome {
    if held {
        ComparisonOutcome::Holds
    } else {
        ComparisonOutcome::Differs
    }
}

fn same_type(one: &Json, other: &Json) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// Whether two values are of one type, and so is all that stands at the same places in them.
fn same_types(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::List(one), Json::List(other)) => one.iter().zip(other).all(|(one, other)| same_types(one, other)),
        (Json::Object(one), Json::Object(other)) => one
            .iter()
            .all(|(key, one)| other.get(key).is_none_or(|other| same_types(one, other))),
        _ => same_type(one, other),
    }
}

fn equal(seen: &Json, expected: &Value, wanted: bool) -> ComparisonOutcome {
    let expected = Json::from(expected);
    if same_type(seen, &expected) && !wanted && !same_types(seen, &expected) {
        ComparisonOutcome::NotComparable(format!("within it, something has another type than in {expected}"))
    } else if same_type(seen, &expected) {
        // A number is its value: `1` and `1.0` are one number, `1` and `"1"` are not one value.
        held((*seen == expected) == wanted)
    } else {
        ComparisonOutcome::NotComparable(format!(
            "{} cannot be compared with {}",
            type_of_json(seen),
            type_of_json(&expected)
        ))
    }
}

fn one_of(seen: &Json, choices: &[Value]) -> ComparisonOutcome {
    let choices: Vec<Json> = choices.iter().map(Json::from).collect();
    if choices.iter().any(|choice| same_types(seen, choice)) {
        held(choices.contains(seen))
    } else {
        ComparisonOutcome::NotComparable(format!(
            "{} cannot be compared with any of the choices",
            type_of_json(seen)
        ))
    }
}

fn with_text(seen: &Json, holds: impl FnOnce(&str) -> bool) -> ComparisonOutcome {
    match seen {
        Json::Text(text) => held(holds(text)),
        other => ComparisonOutcome::NotComparable(format!("{} is not text", type_of_json(other))),
    }
}

fn with_number(seen: &Json, holds: impl FnOnce(&Decimal) -> bool) -> ComparisonOutcome {
    match seen {
        Json::Number(number) => held(holds(number)),
        other => ComparisonOutcome::NotComparable(format!("{} is not a number", type_of_json(other))),
    }
}

fn commit(seen: &Json, expected: &str) -> ComparisonOutcome {
    let Json::Text(seen) = seen else {
        return ComparisonOutcome::NotComparable(format!("{} is not a commit", type_of_json(seen)));
    };
    for (what, hash) in [("the observed", seen.as_str()), ("the expected", expected)] {
        if !(7..=64).contains(&hash.len()) || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return ComparisonOutcome::NotComparable(format!(
                "{what} text is not a commit of 7 to 64 hexadecimal digits"
            ));
        }
    }
    let length = seen.len().min(expected.len());
    held(seen[..length].eq_ignore_ascii_case(&expected[..length]))
}
