//! Answers to SQL gates: a row for each `where`, as many rows as are expected, and in every cell what all checks of it allow.

use std::collections::BTreeMap;
use std::time::Duration;

use holdpoint_gates::config::{Check, Gate};
use holdpoint_gates::fill::{Encoding, Values, fill};
use holdpoint_gates::{Comparison, ComparisonOutcome};
use serde_json::Value;

use super::{Expected, of, subject, value};
use crate::answer::{Answer, SqlAnswer, SqlReply};
use crate::cannot::CannotRehearse;

/// Rows that are made at most.
const MOST_ROWS: u64 = 100_000;

/// Columns with the text that they have.
type Filter = BTreeMap<String, String>;

/// A check of a column, in the rows that its filter leaves.
struct ColumnCheck {
    column: String,
    filter: Filter,
    comparison: Comparison,
    subject: String,
}

pub(super) fn candidates(
    gate: &Gate,
    expected: &[Expected<'_>],
    values: &Values,
) -> Result<Vec<Answer>, CannotRehearse> {
    let checks = column_checks(expected, values)?;
    let mut names: Vec<String> = Vec::new();
    for name in checks
        .iter()
        .flat_map(|check| std::iter::once(&check.column).chain(check.filter.keys()))
    {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let counts = of(expected, Check::Rows);
    let most = gate
        .sql
        .as_ref()
        .map_or(MOST_ROWS, |query| query.max_rows.min(MOST_ROWS));
    let mut answers = Vec::new();
    for kinds in [separate(&checks), joined(&checks)] {
        let least = kinds.len() as u64;
        let Some(count) = value::find_whole(&counts, least..=most) else {
            continue;
        };
        let made: Vec<_> = kinds
            .iter()
            .map(|filter| row(&names, filter, &checks))
            .collect::<Result<_, _>>()?;
        let filler = match made.first() {
            Some(row) => row.clone(),
            None => vec![Value::from("ok"); names.len().max(1)],
        };
        let columns = if names.is_empty() {
            vec!["value".to_owned()]
        } else {
            names.clone()
        };
        let more = usize::try_from(count - least).unwrap_or(0);
        answers.push(Answer::Sql(SqlAnswer {
            delay: Duration::ZERO,
            reply: SqlReply::Rows {
                columns,
                rows: made.into_iter().chain(std::iter::repeat_n(filler, more)).collect(),
            },
        }));
    }
    if answers.is_empty() {
        return Err(CannotRehearse::NoValue {
            subject: subject(expected, Check::Rows),
        });
    }
    Ok(answers)
}

fn column_checks(expected: &[Expected<'_>], values: &Values) -> Result<Vec<ColumnCheck>, CannotRehearse> {
    let mut checks = Vec::new();
    for one in expected.iter().filter(|one| one.expectation.check == Check::Column) {
        let mut filter = Filter::new();
        for (column, template) in &one.expectation.filter {
            filter.insert(column.clone(), fill(template, values, Encoding::Plain)?);
        }
        checks.push(ColumnCheck {
            column: one.expectation.name.clone().unwrap_or_default(),
            filter,
            comparison: one.comparison.clone(),
            subject: one.expectation.subject(),
        });
    }
    Ok(checks)
}

/// A row for each filter that is written; one where there are only checks of every row.
fn separate(checks: &[ColumnCheck]) -> Vec<Filter> {
    let mut filters: Vec<Filter> = Vec::new();
    for check in checks.iter().filter(|check| !check.filter.is_empty()) {
        if !filters.contains(&check.filter) {
            filters.push(check.filter.clone());
        }
    }
    if filters.is_empty() && !checks.is_empty() {
        filters.push(Filter::new());
    }
    filters
}

/// As few rows as the filters allow: those that do not exclude each other share one.
fn joined(checks: &[ColumnCheck]) -> Vec<Filter> {
    let mut rows: Vec<Filter> = Vec::new();
    for filter in separate(checks) {
        let fits = |row: &&mut Filter| {
            filter
                .iter()
                .all(|(column, text)| row.get(column).is_none_or(|other| other == text))
        };
        match rows.iter_mut().find(fits) {
            Some(row) => row.extend(filter),
            None => rows.push(filter),
        }
    }
    rows
}

fn row(names: &[String], filter: &Filter, checks: &[ColumnCheck]) -> Result<Vec<Value>, CannotRehearse> {
    let applies = |check: &&ColumnCheck| {
        check
            .filter
            .iter()
            .all(|(column, text)| filter.get(column) == Some(text))
    };
    let cell = |name: &String| {
        let here: Vec<_> = checks
            .iter()
            .filter(|check| check.column == *name)
            .filter(applies)
            .collect();
        let comparisons: Vec<_> = here.iter().map(|check| check.comparison.clone()).collect();
        let found = match filter.get(name) {
            Some(text) => filtered(text, &comparisons),
            None if comparisons.is_empty() => Some(Value::from("-")),
            None => value::find(&comparisons),
        };
        found.ok_or_else(|| CannotRehearse::NoValue {
            subject: here.first().map_or_else(|| name.clone(), |check| check.subject.clone()),
        })
    };
    names.iter().map(cell).collect()
}

/// A cell whose text is given: as text, or as what the text is in JSON.
fn filtered(text: &str, comparisons: &[Comparison]) -> Option<Value> {
    let parsed = serde_json::from_str::<Value>(text).ok().filter(|value| {
        let written = value.to_string();
        !value.is_string() && written == text
    });
    std::iter::once(Value::from(text)).chain(parsed).find(|value| {
        comparisons
            .iter()
            .all(|comparison| comparison.compare_with(value) == ComparisonOutcome::Holds)
    })
}
