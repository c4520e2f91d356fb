//! The pipeline panel of the watch page.

use std::sync::Arc;

use axum::extract::State;
use holdpoint_domain::session::{Event, SessionId};
use holdpoint_domain::wire::{ErrorBody, PipelineRead};

use super::extract::{Json, Path};
use crate::engine::Engine;
use crate::error::ApiError;
use crate::pipeline::{Pipelines, Question};
use crate::store::Store;

/// What GitHub Actions did for the session's commit, not older than some seconds, beside what the runbook says about the pipeline.
/// GitHub is asked once for all who look. Nothing of it is recorded.
#[utoipa::path(get, path = "/sessions/{id}/pipeline", params(("id" = uuid::Uuid, Path)), responses(
    (status = 200, body = PipelineRead),
    (status = 404, description = "There is no such session, or its environment declares no pipeline (`not_found`)", body = ErrorBody),
    (status = 409, description = "An event of it cannot be read (`unreadable`)", body = ErrorBody),
))]
pub(super) async fn pipeline(
    State(engine): State<Arc<Engine>>,
    State(store): State<Arc<dyn Store>>,
    State(pipelines): State<Arc<Pipelines>>,
    Path(id): Path<SessionId>,
) -> Result<Json<PipelineRead>, ApiError> {
    let question = match pipelines.question_of(id) {
        Some(question) => question,
        None => {
            engine.must_have(id, 1).await?;
            let first = store.events(id, 0, 1).await?.pop();
            let Some(Event::SessionStarted(started)) = first.map(|record| record.event) else {
                return Err(ApiError::NotFound {
                    message: format!("The session {id} has no start."),
                });
            };
            let question = Question::of(&started);
            pipelines.remember(id, &question);
            question
        }
    };
    let read = pipelines.read(&question).await?.ok_or_else(|| ApiError::NotFound {
        message: "The session's environment declares no pipeline in gates.toml.".to_owned(),
    })?;
    Ok(Json(Arc::unwrap_or_clone(read)))
}
