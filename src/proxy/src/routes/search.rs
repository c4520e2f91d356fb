//! Searching over the runbooks as they are on disk, and the sessions.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use holdpoint_domain::search::{Index, Query as Question, search};
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{ErrorBody, SearchAnswer, SessionBrief};
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
    let found = spawn_blocking(move || {
        let question = Question::new(&q, decompose);
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
