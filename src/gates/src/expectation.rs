//! What can be known to be wrong with one expectation: each check has its comparisons, its keys and its kinds of gate.

use jsonpath_rust::parser::parse_json_path;
use regex::Regex;
use serde_json::Value;

use crate::brief::table_of;
use crate::check::has_secret;
use crate::compare::{Comparison, type_of};
use crate::config::{Check, Expectation};
use crate::fill::names;
use crate::problem::{Report, Wrong};
use holdpoint_domain::gate::GateKind;

/// What a check looks at, as far as comparing it goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Always a number.
    Number,
    /// Always text.
    Text,
    /// Any JSON value.
    Any,
    /// A time.
    Time,
}

struct Rules {
    word: &'static str,
    sort: Sort,
    kinds: &'static [GateKind],
}

fn rules(check: Check) -> Rules {
    use GateKind::{Command, Http, Sql};
    let (word, sort, kinds): (_, _, &[GateKind]) = match check {
        Check::Status => ("status", Sort::Number, &[Http]),
        Check::Header => ("header", Sort::Text, &[Http]),
        Check::Json => ("json", Sort::Any, &[Http, Command]),
        Check::Body => ("body", Sort::Text, &[Http]),
        Check::ExitCode => ("exit_code", Sort::Number, &[Command]),
        Check::Output => ("output", Sort::Text, &[Command]),
        Check::Rows => ("rows", Sort::Number, &[Sql]),
        Check::Column => ("column", Sort::Any, &[Sql]),
        Check::Latency => ("latency", Sort::Time, &[Http, Sql, Command]),
    };
    Rules { word, sort, kinds }
}

/// Adds what is wrong with an expectation of a gate.
pub(super) fn check_expectation(index: &str, expectation: &Expectation, kind: GateKind, report: &mut Report<'_>) {
    let Rules {
        word: check,
        sort,
        kinds,
    } = rules(expectation.check);
    let mut add = |key: Option<&str>, wrong| match key {
        Some(key) => report.add(&["expect", index, key], wrong),
        None => report.add(&["expect", index], wrong),
    };
    if !kinds.contains(&kind) {
        add(
            Some("check"),
            Wrong::CheckOfKind {
                check,
                kind: table_of(kind),
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
            (true, false) => add(None, Wrong::Needs { check, key }),
            (false, true) => add(Some(key), Wrong::NoUse { check, key }),
            _ => {}
        }
    }
    if expectation.check != Check::Column && !expectation.filter.is_empty() {
        add(Some("where"), Wrong::NoUse { check, key: "where" });
    }
    if let Some(path) = &expectation.path {
        if let Err(error) = parse_json_path(path) {
            add(
                Some("path"),
                Wrong::Path {
                    reason: one_line(&error.to_string()),
                },
            );
        } else if let Some(name) = names(path).next() {
            add(
                Some("path"),
                Wrong::NotFilled {
                    key: "path",
                    name: name.to_owned(),
                },
            );
        }
    }
    if expectation.filter.values().any(|value| has_secret(value)) {
        add(Some("where"), Wrong::SecretExpected);
    }
    let comparisons = Comparison::all_of(expectation);
    let [comparison] = comparisons.as_slice() else {
        let keys: Vec<_> = comparisons.iter().map(Comparison::key).collect();
        return add(
            None,
            Wrong::Comparisons {
                count: keys.len(),
                keys,
            },
        );
    };
    let key = comparison.key();
    let is_json = expectation.check == Check::Json;
    if !fits(comparison, sort, is_json) {
        return add(Some(key), Wrong::Misfit { comparison: key, check });
    }
    check_operand(comparison, sort, check, &mut |wrong| add(Some(key), wrong));
}

fn fits(comparison: &Comparison, sort: Sort, is_json: bool) -> bool {
    match comparison {
        Comparison::Equals(_) | Comparison::NotEquals(_) | Comparison::OneOf(_) => sort != Sort::Time,
        Comparison::Contains(_) | Comparison::NotContains(_) | Comparison::Matches(_) | Comparison::Commit(_) => {
            matches!(sort, Sort::Text | Sort::Any)
        }
        Comparison::AtLeast(_) | Comparison::AtMost(_) => matches!(sort, Sort::Number | Sort::Any),
        Comparison::Below(_) => sort == Sort::Time,
        Comparison::CountEquals(_) => is_json,
    }
}

/// What a comparison compares with must be something that the check can be, and that some answer would not be.
fn check_operand(comparison: &Comparison, sort: Sort, check: &'static str, add: &mut dyn FnMut(Wrong)) {
    let key = comparison.key();
    let operands: Vec<&Value> = match comparison {
        Comparison::Equals(value) | Comparison::NotEquals(value) => vec![value],
        Comparison::OneOf(values) if values.is_empty() => return add(Wrong::EmptyText),
        Comparison::OneOf(values) => values.iter().collect(),
        Comparison::Contains(text) | Comparison::NotContains(text) | Comparison::Commit(text) => {
            if text.is_empty() {
                add(Wrong::EmptyText);
            }
            if has_secret(text) {
                add(Wrong::SecretExpected);
            }
            return;
        }
        Comparison::Matches(pattern) => {
            if pattern.is_empty() {
                add(Wrong::EmptyText);
            }
            if let Err(error) = Regex::new(pattern) {
                add(Wrong::Pattern {
                    reason: one_line(&error.to_string()),
                });
            } else if let Some(name) = names(pattern).next() {
                add(Wrong::NotFilled {
                    key: "matches",
                    name: name.to_owned(),
                });
            }
            return;
        }
        Comparison::AtLeast(number) | Comparison::AtMost(number) => {
            if !number.is_finite() {
                add(Wrong::Incomparable { comparison: key });
            }
            return;
        }
        Comparison::Below(span) => {
            if span.millis == 0 {
                add(Wrong::ZeroTime);
            }
            return;
        }
        Comparison::CountEquals(_) => return,
    };
    for value in operands {
        if !is_comparable(value) {
            add(Wrong::Incomparable { comparison: key });
        } else if (sort == Sort::Number && !value.is_number()) || (sort == Sort::Text && !value.is_string()) {
            add(Wrong::NeverOfType {
                comparison: key,
                check,
                type_name: type_of(value),
            });
        }
        if value_has_secret(value) {
            add(Wrong::SecretExpected);
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
