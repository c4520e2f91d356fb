//! What can be known to be wrong with one expectation: each check has its comparisons, its keys and its kinds of gate.

use regex::Regex;
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::compare::{Comparison, type_of};
use crate::config::{Check, Expectation};
use crate::fill::{has_secret, names};
use crate::problem::{ProblemKind, ProblemList};
use holdpoint_domain::gate::GateKind;

/// The type of the values that a check looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ValueType {
    Number,
    Text,
    AnyJson,
    Duration,
}

struct CheckRules {
    name: &'static str,
    value_type: ValueType,
    kinds: &'static [GateKind],
}

/// The name of a check in `gates.toml`, the type of its values, and the kinds of gate that can make it.
fn rules(check: Check) -> CheckRules {
    use GateKind::{Command, Http, Sql};
    let (name, value_type, kinds): (_, _, &[GateKind]) = match check {
        Check::Status => ("status", ValueType::Number, &[Http]),
        Check::Header => ("header", ValueType::Text, &[Http]),
        Check::Json => ("json", ValueType::AnyJson, &[Http, Command]),
        Check::Body => ("body", ValueType::Text, &[Http]),
        Check::ExitCode => ("exit_code", ValueType::Number, &[Command]),
        Check::Output => ("output", ValueType::Text, &[Command]),
        Check::Rows => ("rows", ValueType::Number, &[Sql]),
        Check::Column => ("column", ValueType::AnyJson, &[Sql]),
        Check::Latency => ("latency", ValueType::Duration, &[Http, Sql, Command]),
    };
    CheckRules {
        name,
        value_type,
        kinds,
    }
}

/// Adds what is wrong with an expectation of a gate.
pub(super) fn check_expectation(
    index: &str,
    expectation: &Expectation,
    kind: GateKind,
    problems: &mut ProblemList<'_>,
) {
    let CheckRules {
        name: check,
        value_type,
        kinds,
    } = rules(expectation.check);
    let mut add = |key: Option<&str>, kind| match key {
        Some(key) => problems.add(&["expect", index, key], kind),
        None => problems.add(&["expect", index], kind),
    };
    if !kinds.contains(&kind) {
        add(
            Some("check"),
            ProblemKind::CheckOfKind {
                check,
                kind: kind.as_str(),
            },
        );
    }
    let needs_name = matches!(expectation.check, Check::Header | Check::Column);
    let keys = [
        ("name", needs_name, expectation.name.is_some()),
        ("path", expectation.check == Check::Json, expectation.path.is_some()),
    ];
    for (key, needed, there) in keys {
        match (needed, there) {
            (true, false) => add(None, ProblemKind::Needs { check, key }),
            (false, true) => add(Some(key), ProblemKind::NoUse { check, key }),
            _ => {}
        }
    }
    if expectation.check != Check::Column && !expectation.filter.is_empty() {
        add(Some("where"), ProblemKind::NoUse { check, key: "where" });
    }
    if expectation.check != Check::ExitCode && !expectation.inconclusive.is_empty() {
        add(
            Some("inconclusive"),
            ProblemKind::NoUse {
                check,
                key: "inconclusive",
            },
        );
    }
    if expectation.inconclusive.contains(&0) {
        add(Some("inconclusive"), ProblemKind::SuccessInconclusive);
    }
    if let Some(path) = &expectation.path {
        if let Err(error) = JsonPath::parse(path) {
            add(
                Some("path"),
                ProblemKind::Path {
                    reason: one_line(&error.to_string()),
                },
            );
        } else if let Some(name) = names(path).next() {
            add(
                Some("path"),
                ProblemKind::NotFilled {
                    key: "path",
                    name: name.to_owned(),
                },
            );
        }
    }
    if expectation.filter.values().any(|value| has_secret(value)) {
        add(Some("where"), ProblemKind::SecretExpected);
    }
    let comparisons = Comparison::all_of(expectation);
    let [comparison] = comparisons.as_slice() else {
        let keys: Vec<_> = comparisons.iter().map(Comparison::key).collect();
        return add(
            None,
            ProblemKind::Comparisons {
                count: keys.len(),
                keys,
            },
        );
    };
    let key = comparison.key();
    let is_json = expectation.check == Check::Json;
    if !fits(comparison, value_type, is_json) {
        return add(Some(key), ProblemKind::Misfit { comparison: key, check });
    }
    check_operand(comparison, value_type, check, &mut |kind| add(Some(key), kind));
}

fn fits(comparison: &Comparison, value_type: ValueType, is_json: bool) -> bool {
    match comparison {
        Comparison::Equals(_) | Comparison::NotEquals(_) | Comparison::OneOf(_) => value_type != ValueType::Duration,
        Comparison::Contains(_) | Comparison::NotContains(_) | Comparison::Matches(_) | Comparison::Commit(_) => {
            matches!(value_type, ValueType::Text | ValueType::AnyJson)
        }
        Comparison::AtLeast(_) | Comparison::AtMost(_) => matches!(value_type, ValueType::Number | ValueType::AnyJson),
        Comparison::Below(_) => value_type == ValueType::Duration,
        Comparison::CountEquals(_) => is_json,
    }
}

/// What a comparison compares with must be something that the check can be, and that some answer would not be.
fn check_operand(
    comparison: &Comparison,
    value_type: ValueType,
    check: &'static str,
    add: &mut dyn FnMut(ProblemKind),
) {
    let key = comparison.key();
    let operands: Vec<&Value> = match comparison {
        Comparison::Equals(value) | Comparison::NotEquals(value) => vec![value],
        Comparison::OneOf(values) if values.is_empty() => return add(ProblemKind::EmptyText),
        Comparison::OneOf(values) => values.iter().collect(),
        Comparison::Contains(text) | Comparison::NotContains(text) | Comparison::Commit(text) => {
            if text.is_empty() {
                add(ProblemKind::EmptyText);
            }
            if has_secret(text) {
                add(ProblemKind::SecretExpected);
            }
            return;
        }
        Comparison::Matches(pattern) => {
            if pattern.is_empty() {
                add(ProblemKind::EmptyText);
            }
            if let Err(error) = Regex::new(pattern) {
                add(ProblemKind::Pattern {
                    reason: one_line(&error.to_string()),
                });
            } else if let Some(name) = names(pattern).next() {
                add(ProblemKind::NotFilled {
                    key: "matches",
                    name: name.to_owned(),
                });
            }
            return;
        }
        // Neither `nan` nor `inf` is a number to serde_json.
        Comparison::AtLeast(_) | Comparison::AtMost(_) => return,
        Comparison::Below(span) => {
            if span.millis == 0 {
                add(ProblemKind::ZeroTime);
            }
            return;
        }
        Comparison::CountEquals(_) => return,
    };
    for value in operands {
        if !is_comparable(value) {
            add(ProblemKind::Incomparable { comparison: key });
        } else if (value_type == ValueType::Number && !value.is_number())
            || (value_type == ValueType::Text && !value.is_string())
        {
            add(ProblemKind::NeverOfType {
                comparison: key,
                check,
                type_name: type_of(value),
            });
        }
        if value_has_secret(value) {
            add(ProblemKind::SecretExpected);
        }
    }
}

/// TOML's dates arrive as objects with a key of their own, and its `nan` and `inf` as null: no answer holds either.
fn is_comparable(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().all(is_comparable),
        Value::Object(fields) => fields
            .iter()
            .all(|(key, field)| !key.starts_with("$__") && is_comparable(field)),
        _ => true,
    }
}

fn value_has_secret(value: &Value) -> bool {
    match value {
        Value::String(text) => has_secret(text),
        Value::Array(items) => items.iter().any(value_has_secret),
        Value::Object(fields) => fields.values().any(value_has_secret),
        _ => false,
    }
}

fn one_line(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ")
}
