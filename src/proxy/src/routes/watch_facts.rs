//! What the watch page shows besides the log: where the commit can be looked at, and the terms that the runbook explains.

use std::sync::Arc;

use axum::extract::State;
use holdpoint_domain::session::{Event, SessionId, Started};
use holdpoint_domain::wire::{ErrorBody, WatchFacts};
use tokio::task::spawn_blocking;

use super::extract::{Json, Path};
use crate::config::Config;
use crate::engine::Engine;
use crate::error::ApiError;
use crate::store::Store;

/// Where the commit can be looked at, and the terms that the session's runbook explains.
#[utoipa::path(get, path = "/sessions/{id}/watch", params(("id" = uuid::Uuid, Path)), responses(
    (status = 200, body = WatchFacts),
    (status = 404, description = "There is no such session (`not_found`)", body = ErrorBody),
    (status = 409, description = "An event of it cannot be read (`unreadable`)", body = ErrorBody),
))]
pub(super) async fn facts(
    State(engine): State<Arc<Engine>>,
    State(store): State<Arc<dyn Store>>,
    State(config): State<Arc<Config>>,
    Path(id): Path<SessionId>,
) -> Result<Json<WatchFacts>, ApiError> {
    engine.must_have(id, 1).await?;
    let first = store.events(id, 0, 1).await?.pop();
    let Some(Event::SessionStarted(started)) = first.map(|record| record.event) else {
        return Err(ApiError::NotFound {
            message: format!("The session {id} has no start."),
        });
    };
    // A long runbook takes a while to be read, and others wait on this thread.
    Ok(Json(spawn_blocking(move || facts_of(&started, &config)).await?))
}

fn facts_of(started: &Started, config: &Config) -> WatchFacts {
    let environment = config.gates.environments.get(&started.environment);
    let repository = environment.and_then(|environment| environment.repository.as_deref());
    let commit = Some(started.git_sha.as_str()).filter(|sha| !sha.is_empty());
    let address = repository.zip(commit);
    WatchFacts {
        commit_url: address.map(|(repository, sha)| format!("{}/commit/{sha}", repository.trim_end_matches('/'))),
        pipeline: environment.is_some_and(|environment| environment.pipeline.is_some()),
        terms: holdpoint_reader::glossary(&holdpoint_reader::read(&started.runbook, &started.text)),
    }
}
