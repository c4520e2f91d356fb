//! `check = "column"`: a column of a statement's rows.

use holdpoint_domain::json::{Decimal, Json};
use serde_json::Value;

use super::observed::Observed;
use crate::compare::Comparison;
use crate::config::Expectation;
use crate::fill::{Encoding, Values, fill};
use holdpoint_domain::gate::Outcome;

/// Compares a column in every row that `where` leaves.
pub(super) fn compare(
    expectation: &Expectation,
    comparison: &Comparison,
    columns: &[String],
    rows: &[Vec<Value>],
    values: &Values,
) -> Observed {
    let place = |name: &str| {
        let mut places = columns
            .iter()
            .enumerate()
            .filter(|(_, column)| *column == name)
            .map(|(index, _)| index);
        match (places.next(), places.next()) {
            (Some(place), None) => Ok(place),
            (Some(_), Some(_)) => Err(Observed::not_comparable(format!("two columns are called {name}"))),
            (None, _) => Err(Observed::not_comparable(format!("there is no column {name}"))),
        }
    };
    let Some(name) = &expectation.name else {
        return Observed::not_comparable("the gate's declaration names no column");
    };
    // Some answers without rows do not even name their columns, so this comes first.
    if rows.is_empty() {
        return Observed::fail("no row");
    }
    let wanted = match place(name) {
        Ok(wanted) => wanted,
        Err(seen) => return seen,
    };
    let mut filter = Vec::new();
    for (name, template) in &expectation.filter {
        match (place(name), fill(template, values, Encoding::Plain)) {
            (Ok(place), Ok(value)) => filter.push((place, value)),
            (Err(seen), _) => return seen,
            (_, Err(error)) => return Observed::not_comparable(format!("not compared: {error}")),
        }
    }
    let matching = |row: &&Vec<Value>| {
        filter
            .iter()
            .all(|(place, value)| row.get(*place).is_some_and(|cell| cell_text(cell) == *value))
    };
    let rows: Vec<&Vec<Value>> = rows.iter().filter(matching).collect();
    let cells: Vec<_> = rows.iter().map(|row| row.get(wanted).unwrap_or(&Value::Null)).collect();
    if cells.is_empty() {
        return Observed::fail("no such row");
    }
    let mut judged: Vec<_> = cells
        .iter()
        .map(|cell| Observed::judged_exactly(comparison, &exact(comparison, cell)))
        .collect();
    let first = |outcome| judged.iter().position(|seen| seen.outcome == outcome);
    let shown = first(Outcome::Fail)
        .or_else(|| first(Outcome::Inconclusive))
        .unwrap_or(0);
    let Observed { text, outcome, .. } = judged.swap_remove(shown);
    let text = match (cells.len(), outcome) {
        (1, _) => text,
        (count, Outcome::Pass) if cells.iter().all(|cell| cell == &cells[0]) => {
            format!("{text} in each of {count} rows")
        }
        (count, Outcome::Pass) => format!("{text} and {} more", count - 1),
        (count, _) => match row_name(columns, &rows, shown, wanted) {
            Some(name) => format!("{text} where {name}"),
            None => format!("{text} in row {} of {count}", shown + 1),
        },
    };
    Observed {
        text,
        outcome,
        searched: None,
    }
}

/// Characters of a cell that can name its row. A longer one is left out rather than cut: what is cut may be a piece of a secret that
/// nothing recognises any more.
const NAME_LIMIT: usize = 80;

/// What tells a row from the others: the first column of text, other than the compared one, that has another value in each of them.
/// `proname is "queue_job"`.
fn row_name(columns: &[String], rows: &[&Vec<Value>], shown: usize, compared: usize) -> Option<String> {
    let text = |row: &Vec<Value>, place: usize| match row.get(place) {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    let row = rows.get(shown)?;
    columns.iter().enumerate().find_map(|(place, column)| {
        let value = text(row, place).filter(|value| place != compared && value.chars().count() <= NAME_LIMIT)?;
        let same = rows.iter().filter(|other| text(other, place).as_ref() == Some(&value));
        (same.count() == 1).then(|| format!("{column} is {}", Json::Text(value)))
    })
}

/// A cell as it is compared. PostgreSQL's `numeric` arrives as text, because no JSON number has all its digits: where it is to be
/// not less or not more than a number, its text is that number.
fn exact(comparison: &Comparison, cell: &Value) -> Json {
    match (comparison, cell) {
        (Comparison::AtLeast(_) | Comparison::AtMost(_), Value::String(text)) if is_numeric(text) => {
            Decimal::parse(text).map_or_else(|| Json::from(cell), Json::Number)
        }
        _ => Json::from(cell),
    }
}

/// Whether a text is as PostgreSQL writes a `numeric`: `-0.50`, `12`. An identifier such as `007` or `1e5` is text.
fn is_numeric(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    all_digits(whole) && all_digits(fraction) && !leading_zero && !(is_zero && text.starts_with('-'))
}

/// A cell as text, for `where`: text as it is, everything else as JSON.
fn cell_text(cell: &Value) -> String {
    match cell {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
