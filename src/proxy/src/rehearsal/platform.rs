//! The stand-in API and GitHub, on loopback.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONNECTION, CONTENT_TYPE, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use super::database::Database;
use super::faults::{Fault, Pretence};

/// How long the slow API takes: longer than any gate waits for it.
const SLOW: Duration = Duration::from_secs(20);
/// The commit that is reported while the fault *wrong SHA* is on.
pub(super) const WRONG_SHA: &str = "0ddba11c0ffee0ddba11c0ffee0ddba11c0ffee0";

/// What the stand-in's handlers share with the rehearsal.
#[derive(Debug)]
pub(super) struct Shared {
    pretence: RwLock<Pretence>,
    /// One change at a time: the database, the memory and the state file say the same after each.
    pub(super) changing: tokio::sync::Mutex<()>,
    pub(super) database: Option<Database>,
}

impl Shared {
    pub(super) fn new(pretence: Pretence, database: Option<Database>) -> Self {
        Self {
            pretence: RwLock::new(pretence),
            changing: tokio::sync::Mutex::new(()),
            database,
        }
    }

    /// What is pretended now. A poisoned lock holds plain data that is whole after every change.
    pub(super) fn pretence(&self) -> Pretence {
        self.pretence
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    pub(super) fn set_pretence(&self, pretence: Pretence) {
        *self.pretence.write().unwrap_or_else(std::sync::PoisonError::into_inner) = pretence;
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.pretence().has(fault)
    }
}

/// A listener that hangs up on everybody while the fault *API down* is on.
pub(super) struct ApiListener {
    pub(super) listener: TcpListener,
    pub(super) shared: Arc<Shared>,
}

impl axum::serve::Listener for ApiListener {
    type Io = TcpStream;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let accepted = axum::serve::Listener::accept(&mut self.listener).await;
            if !self.shared.has(Fault::ApiDown) {
                return accepted;
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// The API of the application.
pub(super) fn api(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/health", get(|| async { axum::Json(json!({ "status": "healthy" })) }))
        .route("/readyz", get(ready))
        .route("/api/health", get(health))
        .route("/api/v1/intake/health", get(health))
        .route("/api/v1/intake/batches", post(upload))
        .route("/api/v1/intake/batches/{id}", get(batch))
        .layer(from_fn_with_state(Arc::clone(&shared), misbehave))
        .with_state(shared)
}

/// GitHub's list of workflow runs.
pub(super) fn github(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/repos/{owner}/{repository}/actions/workflows/{file}/runs", get(runs))
        .with_state(shared)
}

/// Faults that spoil every answer. Connections are never kept alive, so that *API down* meets the next request as well.
async fn misbehave(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let pretence = shared.pretence();
    let mut response = if pretence.has(Fault::Api503) {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            axum::Json(json!({ "status": "starting" })),
        )
            .into_response()
    } else if pretence.has(Fault::MalformedAnswer) {
        (
            [(CONTENT_TYPE, "application/json")],
            r#"{"status": "ok", "ready": true, "db_connected": tr"#,
        )
            .into_response()
    } else {
        next.run(request).await
    };
    if pretence.has(Fault::ApiSlow) {
        tokio::time::sleep(SLOW).await;
    }
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    // The page asks, too, from its own origin.
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    if shared.has(Fault::DbDisconnected) {
        return (StatusCode::SERVICE_UNAVAILABLE, axum::Json(json!({ "ready": false }))).into_response();
    }
    axum::Json(json!({ "ready": true })).into_response()
}

async fn health(State(shared): State<Arc<Shared>>) -> axum::Json<Value> {
    let pretence = shared.pretence();
    let connected = !pretence.has(Fault::DbDisconnected);
    axum::Json(json!({
        "status": if connected { "ok" } else { "degraded" },
        "environment": "rehearsal",
        "git_sha": if pretence.has(Fault::WrongSha) { WRONG_SHA } else { pretence.git_sha.as_str() },
        "db_connected": connected,
        "timestamp": now(),
    }))
}

/// Takes a CSV file and does at once what the ingest worker would do in a while, unless the workers are crashing.
async fn upload(State(shared): State<Arc<Shared>>, body: String) -> Response {
    let rows = body.lines().skip(1).filter(|line| !line.trim().is_empty()).count();
    if rows == 0 {
        let told = json!({ "detail": "The CSV file has no rows below its header." });
        return (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(told)).into_response();
    }
    let id = Uuid::now_v7();
    if let Some(database) = &shared.database
        && let Err(error) = database.ingest(id, rows, !shared.has(Fault::WorkerCrashLoop)).await
    {
        tracing::warn!(%error, "the rehearsal could not store a batch");
        let told = json!({ "detail": "The batch could not be stored." });
        return (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(told)).into_response();
    }
    (
        StatusCode::ACCEPTED,
        axum::Json(json!({ "batch_id": id, "rows": rows })),
    )
        .into_response()
}

async fn batch(State(shared): State<Arc<Shared>>, Path(id): Path<Uuid>) -> axum::Json<Value> {
    let status = if shared.has(Fault::WorkerCrashLoop) {
        "processing"
    } else {
        "completed"
    };
    axum::Json(json!({ "batch_id": id, "status": status }))
}

#[derive(Deserialize)]
struct RunsQuery {
    head_sha: Option<String>,
}

async fn runs(
    State(shared): State<Arc<Shared>>,
    Path((owner, repository, file)): Path<(String, String, String)>,
    Query(query): Query<RunsQuery>,
    uri: Uri,
) -> Response {
    if !["ci.yml", "dragonfly-ci.yml", "production_deploy.yml"].contains(&file.as_str()) {
        return (
            StatusCode::NOT_FOUND,
            axum::Json(json!({ "message": "Not Found", "status": "404" })),
        )
            .into_response();
    }
    let pretence = shared.pretence();
    let sha = query.head_sha.unwrap_or_else(|| pretence.git_sha.clone());
    let failed = pretence.has(Fault::CiFailed) && file == "dragonfly-ci.yml";
    let name = file.trim_end_matches(".yml");
    axum::Json(json!({
        "total_count": 1,
        "workflow_runs": [{
            "id": 4_211_985,
            "name": name,
            "path": format!(".github/workflows/{file}"),
            "head_branch": "main",
            "head_sha": sha,
            "event": "push",
            "status": "completed",
            "conclusion": if failed { "failure" } else { "success" },
            "repository": { "full_name": format!("{owner}/{repository}") },
            "url": uri.path(),
            "created_at": now(),
        }],
    }))
    .into_response()
}

fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
