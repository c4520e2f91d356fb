//! Searching over the runbooks as they are on disk, and the sessions.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use holdpoint_domain::search::{Index, Query as Question, search};
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{
    ErrorBody, FoundKind, Rehearsals, SearchAnswer, SearchCount, SessionBrief, SessionFilter, report_number,
};
use serde::Deserialize;
use tokio::task::spawn_blocking;
use utoipa::IntoParams;

use super::extract::{Json, Query};
use crate::engine::Engine;
use crate::error::ApiError;
use crate::library::Library;
use crate::search::{decompose, entry_of_session};

/// What is searched for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// A few words, of which the first 200 characters count. Without any, sessions, runbooks and procedures are offered.
    #[serde(default)]
    q: String,
}

/// Steps, procedures, runbooks, glossary, troubleshooting, contacts, commands and sessions that have these words.
#[utoipa::path(get, path = "/search", params(Wanted), responses(
    (status = 200, body = SearchAnswer),
    (status = 400, description = "The question cannot be read (`malformed`)", body = ErrorBody),
))]
pub(super) async fn find(
    State(engine): State<Arc<Engine>>,
    State(library): State<Arc<Library>>,
    Query(Wanted { q }): Query<Wanted>,
) -> Result<Json<SearchAnswer>, ApiError> {
    let sessions = engine.sessions(None).await?;
    let of_report = of_report(&engine, &q).await?;
    let found = spawn_blocking(move || {
        let question = Question::new(&q, decompose);
        if let Some(one) = of_report {
            return of_its_report(&q, &one, &sessions);
        }
        let by_id: HashMap<SessionId, &SessionBrief> = sessions.iter().map(|one| (one.id, one)).collect();
        let entries = sessions.iter().map(|one| {
            let rollback = one.undone_by.and_then(|id| by_id.get(&id).copied());
            entry_of_session(one, rollback)
        });
        let of_sessions = Index::of(entries, decompose);
        let runbooks = library.all();
        let mut indexes = vec![&of_sessions];
        indexes.extend(runbooks.iter().map(|entry| entry.index()));
        search(&indexes, &question)
    });
    Ok(Json(found.await?))
}

/// The session whose report has this number. Whoever asks for a report means that one.
async fn of_report(engine: &Engine, q: &str) -> Result<Option<SessionBrief>, ApiError> {
    if report_number(q).is_none() {
        return Ok(None);
    }
    let filter = SessionFilter {
        text: Some(q.trim().to_owned()),
        rehearsals: Rehearsals::Both,
        ..SessionFilter::default()
    };
    Ok(engine.search(filter, None, 1).await?.sessions.into_iter().next())
}

fn of_its_report(q: &str, one: &SessionBrief, sessions: &[SessionBrief]) -> SearchAnswer {
    let rollback = one
        .undone_by
        .and_then(|id| sessions.iter().find(|other| other.id == id));
    let mut hit = entry_of_session(one, rollback).hit;
    hit.detail = format!("report {} · {}", q.trim(), hit.detail);
    SearchAnswer {
        query: q.trim().to_owned(),
        similar: false,
        hits: vec![hit],
        counts: vec![SearchCount {
            kind: FoundKind::Session,
            count: 1,
        }],
    }
}
