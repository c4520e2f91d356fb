//! A filter as a condition of SQL. What people gave is bound, never written into it.

use chrono::Days;
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{OutcomeFilter, Rehearsals, SessionFilter, report_number};
use serde::Serialize;
use sqlx::{QueryBuilder, Sqlite};

use super::words::{folded, pattern, phrase, words_of};

/// How texts are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextBy {
    /// By the index of their words.
    Index,
    /// One by one, where the index is damaged. It finds more: a word need not begin where a word begins.
    Reading,
}

/// `FROM … WHERE …` for the sessions that a filter finds: `s` is a row of `sessions`, and `h` what is known of it, if anything.
pub(super) fn push_condition(
    query: &mut QueryBuilder<Sqlite>,
    filter: &SessionFilter,
    before: Option<SessionId>,
    by: TextBy,
) {
    query.push(" FROM sessions AS s LEFT JOIN histories AS h ON h.session = s.id WHERE true");
    let equal = [
        ("runbook", filter.runbook.clone()),
        ("procedure", filter.procedure.clone()),
        ("environment", filter.environment.clone()),
        ("kind", filter.kind.as_ref().and_then(word)),
    ];
    for (column, value) in equal {
        if let Some(value) = value {
            query.push(format!(" AND h.{column} = ")).push_bind(value);
        }
    }
    match filter.outcome {
        None => {}
        Some(OutcomeFilter::Open) => {
            query.push(" AND s.closed = 0");
        }
        Some(outcome) => {
            query.push(" AND h.outcome = ").push_bind(word(&outcome));
        }
    }
    match filter.rehearsals {
        Rehearsals::Both => {}
        // One that cannot be read is among the real ones, because nobody knows that it was a rehearsal.
        Rehearsals::None => {
            query.push(" AND coalesce(h.rehearsal, 0) = 0");
        }
        Rehearsals::Only => {
            query.push(" AND h.rehearsal = 1");
        }
    }
    // `started` begins with the day.
    if let Some(from) = filter.from {
        query.push(" AND s.started >= ").push_bind(from.to_string());
    }
    if let Some(after) = filter.to.and_then(|to| to.checked_add_days(Days::new(1))) {
        query.push(" AND s.started < ").push_bind(after.to_string());
    }
    if let Some(person) = &filter.person {
        let name = folded(person);
        let end = format!("{name}\u{10ffff}");
        query
            .push(" AND s.id IN (SELECT session FROM session_people WHERE name >= ")
            .push_bind(name)
            .push(" AND name < ")
            .push_bind(end)
            .push(")");
    }
    let report = filter.text.as_deref().and_then(report_number);
    // The number of a report is the place of its session in its day, and nothing that anybody wrote.
    if let Some((day, number)) = &report {
        query
            .push(" AND s.id = (SELECT id FROM sessions WHERE substr(started, 1, 10) = ")
            .push_bind(day.clone())
            .push(" ORDER BY started, id LIMIT 1 OFFSET ")
            .push_bind(i64::from(*number) - 1)
            .push(")");
        if *number == 0 {
            query.push(" AND false");
        }
    }
    let text = filter.text.as_deref().filter(|_| report.is_none());
    for word in text.map(words_of).unwrap_or_default() {
        match by {
            TextBy::Index => query
                .push(" AND s.id IN (SELECT session FROM session_texts WHERE id IN ")
                .push("(SELECT rowid FROM session_words WHERE session_words MATCH ")
                .push_bind(phrase(word))
                .push("))"),
            TextBy::Reading => query
                .push(" AND EXISTS (SELECT 1 FROM session_texts WHERE session = s.id AND text LIKE ")
                .push_bind(pattern(word))
                .push(" ESCAPE '\\')"),
        };
    }
    if let Some(before) = before {
        query
            .push(" AND (s.started, s.id) < (SELECT started, id FROM sessions WHERE id = ")
            .push_bind(before.hyphenated())
            .push(")");
    }
}

/// As JSON, and so the tables, write it.
fn word(value: &impl Serialize) -> Option<String> {
    let value = serde_json::to_value(value).ok()?;
    value.as_str().map(str::to_owned)
}
