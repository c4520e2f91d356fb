//! The first answer of the watch page: the verdict is in the HTML, so that a phone on a slow line shows it before the page's program is
//! there. The words are domain's, as the page's own are.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse};
use holdpoint_domain::session::SessionId;
use tokio::time::timeout;

use super::content_policy::Nonce;
use super::principal::Principal;
use super::status::status_of;
use super::templates::first_answer;
use crate::clock::now;
use crate::engine::Engine;
use crate::error::ApiError;
use crate::page;
use crate::store::Store;

/// How long the first answer may wait for the log. After that the page comes without it, and says itself what is wrong.
const PATIENCE: Duration = Duration::from_secs(1);

/// `/watch/{id}`: the page, and for whoever is signed in, how the session stands. What cannot be told in time is left to the page, which
/// says why.
pub(super) async fn watch(
    principal: Result<Option<Principal>, ApiError>,
    State(engine): State<Arc<Engine>>,
    State(store): State<Arc<dyn Store>>,
    Extension(Nonce(nonce)): Extension<Nonce>,
    id: Result<Path<SessionId>, PathRejection>,
) -> impl IntoResponse {
    let status = match (principal, id) {
        (Ok(Some(_)), Ok(Path(id))) => timeout(PATIENCE, status_of(&engine, &store, id)).await.ok(),
        _ => None,
    };
    let first = status
        .and_then(Result::ok)
        .and_then(|status| match first_answer(&status, now()) {
            Ok(first) => Some(first),
            Err(error) => {
                tracing::error!(%error, "the first answer of the watch page could not be written");
                None
            }
        });
    let html = page::index(&nonce, first.as_ref());
    ([(header::CACHE_CONTROL, "no-store")], Html(html))
}
