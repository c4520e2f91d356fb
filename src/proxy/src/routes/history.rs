//! Asking for sessions by what is known of them, and for their figures.

use std::sync::Arc;

use axum::extract::State;
use chrono::NaiveDate;
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{NAME_LIMIT, SessionId};
use holdpoint_domain::wire::{
    ErrorBody, FoundSessions, OutcomeFilter, PAGE_LIMIT, Rehearsals, SessionChoices, SessionFilter, StatisticsRead,
    day, report_number,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::extract::{Json, Query};
use crate::engine::Engine;
use crate::error::ApiError;
use crate::store::{WORD_LIMIT, words_of};

/// Sessions in a page, where nothing is said.
const PAGE: u32 = 50;
/// Characters of what is searched for, and of names.
const TEXT_LIMIT: usize = 200;

/// A filter and a place. It has the fields of [`SessionFilter`] itself, because a query cannot be read through `flatten` and refuse what
/// it does not know at the same time.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Search {
    /// The runbook's name.
    runbook: Option<String>,
    /// The procedure's id.
    procedure: Option<String>,
    /// What the procedure is for.
    kind: Option<ProcedureKind>,
    /// The environment's name in `gates.toml`.
    environment: Option<String>,
    /// How it was closed, or that it is open.
    outcome: Option<OutcomeFilter>,
    /// The captain or anybody else who acted: the name or its beginning, whatever its case.
    person: Option<String>,
    /// Started on this day (UTC) or later.
    #[serde(default, deserialize_with = "day")]
    from: Option<NaiveDate>,
    /// Started on this day (UTC) or before.
    #[serde(default, deserialize_with = "day")]
    to: Option<NaiveDate>,
    /// Words that must all be there, each the beginning of a word that people wrote, or of the titles, the version and the commit.
    text: Option<String>,
    /// Whether rehearsals are asked for: `none` when absent, and `both` where `text` is a report's number, which one session alone has.
    rehearsals: Option<Rehearsals>,
    /// Only sessions that are older than this one: what the page before gave as `next`.
    #[param(value_type = Option<uuid::Uuid>)]
    before: Option<SessionId>,
    /// Sessions in the page, 1 to 200.
    limit: Option<u32>,
}

/// The sessions that all of this is true of, newest first.
#[utoipa::path(get, path = "/sessions/search", params(Search), responses(
    (status = 200, body = FoundSessions),
    (status = 400, description = "What is asked cannot be read (`malformed`)", body = ErrorBody),
))]
pub(super) async fn search(
    State(engine): State<Arc<Engine>>,
    Query(search): Query<Search>,
) -> Result<Json<FoundSessions>, ApiError> {
    let (before, limit) = (search.before, search.limit.unwrap_or(PAGE));
    if !(1..=PAGE_LIMIT).contains(&limit) {
        return Err(malformed(format!(
            "“limit” is {limit}. A page has 1 to {PAGE_LIMIT} sessions."
        )));
    }
    let filter = checked(SessionFilter {
        runbook: search.runbook,
        procedure: search.procedure,
        kind: search.kind,
        environment: search.environment,
        outcome: search.outcome,
        person: search.person,
        from: search.from,
        to: search.to,
        rehearsals: search.rehearsals.unwrap_or_else(|| meant(search.text.as_deref())),
        text: search.text,
    })?;
    Ok(Json(engine.search(filter, before, limit).await?))
}

/// Which sessions are looked through where nobody said it.
fn meant(text: Option<&str>) -> Rehearsals {
    match text.and_then(report_number) {
        Some(_) => Rehearsals::Both,
        None => Rehearsals::default(),
    }
}

/// What sessions can be asked for by.
#[utoipa::path(get, path = "/sessions/choices", responses((status = 200, body = SessionChoices)))]
pub(super) async fn choices(State(engine): State<Arc<Engine>>) -> Result<Json<SessionChoices>, ApiError> {
    Ok(Json(engine.choices().await?))
}

/// Figures of the sessions that all of this is true of.
#[utoipa::path(get, path = "/statistics", params(SessionFilter), responses(
    (status = 200, body = StatisticsRead),
    (status = 400, description = "What is asked cannot be read (`malformed`)", body = ErrorBody),
))]
pub(super) async fn statistics(
    State(engine): State<Arc<Engine>>,
    Query(filter): Query<SessionFilter>,
) -> Result<Json<StatisticsRead>, ApiError> {
    Ok(Json(engine.statistics(checked(filter)?).await?))
}

/// The filter, if something can be found by it.
fn checked(filter: SessionFilter) -> Result<SessionFilter, ApiError> {
    let lengths = [
        ("runbook", &filter.runbook, TEXT_LIMIT),
        ("procedure", &filter.procedure, TEXT_LIMIT),
        ("environment", &filter.environment, TEXT_LIMIT),
        ("person", &filter.person, NAME_LIMIT),
        ("text", &filter.text, TEXT_LIMIT),
    ];
    for (name, value, limit) in lengths {
        let Some(value) = value else { continue };
        if value.trim().is_empty() {
            return Err(malformed(format!(
                "“{name}” is empty. Leave it out, or say what is looked for."
            )));
        }
        if value.chars().count() > limit {
            return Err(malformed(format!(
                "“{name}” is longer than {limit} characters. Shorten it."
            )));
        }
    }
    if let (Some(from), Some(to)) = (filter.from, filter.to)
        && from > to
    {
        return Err(malformed(format!(
            "“from” ({from}) is after “to” ({to}). Nothing can be between them."
        )));
    }
    match filter.text.as_deref().map(|text| words_of(text).len()) {
        Some(0) => Err(malformed(
            "“text” has no letter and no digit, and only words can be searched for.".to_owned(),
        )),
        Some(words) if words > WORD_LIMIT => Err(malformed(format!(
            "“text” has {words} words, and at most {WORD_LIMIT} are searched for."
        ))),
        _ => match filter.text.as_deref().and_then(short_word) {
            Some(word) => Err(malformed(format!(
                "“{word}” in “text” is one letter or digit, with which nearly every session has a word that begins. Write more of the word, \
                 or leave it out."
            ))),
            None => Ok(filter),
        },
    }
}

/// A word by which nearly everything would be found.
fn short_word(text: &str) -> Option<&str> {
    let is_short = |word: &&str| word.chars().filter(|one| one.is_alphanumeric()).count() < 2;
    words_of(text).into_iter().find(is_short)
}

fn malformed(message: String) -> ApiError {
    ApiError::Malformed { message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_report_means_its_session_whichever_it_is() {
        for (text, rehearsals) in [
            (Some("2026-11-27-01"), Rehearsals::Both),
            (Some(" 2026-11-27-12 "), Rehearsals::Both),
            (Some("2026-11-27"), Rehearsals::None),
            (Some("rollback"), Rehearsals::None),
            (None, Rehearsals::None),
        ] {
            assert_eq!(meant(text), rehearsals, "{text:?}");
        }
    }
}
