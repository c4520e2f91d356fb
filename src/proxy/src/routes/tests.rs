//! The router as a whole: who is let in, what is limited, and what every answer carries.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use futures::StreamExt;
use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::{ErrorBody, StartSession};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;

use super::*;
use crate::auth::origin::AllowedOrigins;
use crate::auth::tokens::Tokens;
use crate::auth::{Auth, cookie_name, new_link};
use crate::check::GateChecks;
use crate::config::Config;
use crate::data::DataFolder;
use crate::engine::{Engine, EngineParts};
use crate::library::Library;
use crate::pipeline::Pipelines;
use crate::runner::Runner;
use crate::store::{SqliteStore, Store};

const HOST: &str = "127.0.0.1:7373";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

struct Place {
    _dir: tempfile::TempDir,
    state: AppState,
}

impl Place {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let lock = DataFolder::find(Some(dir.path().to_owned())).unwrap().lock().unwrap();
        std::fs::write(dir.path().join("demo.md"), "# Demo\n\n- [ ] One\n- [ ] Two\n").unwrap();
        std::fs::write(dir.path().join("gates.toml"), "[environments.test]\ntitle = \"Test\"\n").unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&lock).await.unwrap());
        let config = Arc::new(Config::load(dir.path()).unwrap());
        let library = Arc::new(Library::new(Arc::clone(&config)));
        let shutdown = CancellationToken::new();
        let parts = EngineParts {
            store: Arc::clone(&store),
            hub: Arc::default(),
            metrics: Arc::default(),
            config: Arc::clone(&config),
            library: Arc::clone(&library),
            runner: Runner::new(Arc::clone(&config)).unwrap(),
            rehearsal: None,
            ending: shutdown.clone(),
        };
        let tokens = Tokens::read(None, Some(&SecretString::from(TOKEN))).unwrap();
        let state = AppState {
            hub: Arc::clone(&parts.hub),
            metrics: Arc::clone(&parts.metrics),
            engine: Engine::new(parts),
            auth: Arc::new(Auth::new(Arc::clone(&store), tokens, cookie_name(7373, false))),
            incidents: Arc::new(crate::incidents::Incidents::new(Arc::clone(&store))),
            store,
            allowed_origins: Arc::new(AllowedOrigins::new("127.0.0.1", HOST.parse().unwrap(), None)),
            secure_cookies: SecureCookies(false),
            checks: Arc::new(GateChecks::new(&config, Runner::new).unwrap()),
            notifications: Arc::default(),
            pipelines: Arc::new(Pipelines::new(Arc::clone(&config), Arc::clone(&library)).unwrap()),
            config,
            library,
            rehearsal: None,
            shutdown,
        };
        Self { _dir: dir, state }
    }

    async fn send(&self, request: axum::http::request::Builder) -> Response {
        let request = request.header(header::HOST, HOST).body(Body::empty()).unwrap();
        router(self.state.clone()).oneshot(request).await.unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        self.send(Request::get(path).header(header::AUTHORIZATION, format!("Bearer {TOKEN}")))
            .await
    }

    async fn begin(&self) -> SessionId {
        let entry = self.state.library.get("demo").unwrap();
        let start = StartSession {
            command: Uuid::now_v7(),
            session: Uuid::now_v7(),
            runbook: "demo".to_owned(),
            digest: entry.file.digest.clone(),
            procedure: entry.runbook.procedures[0].id.clone(),
            environment: "test".to_owned(),
            version: "v1".to_owned(),
            git_sha: "a1b2c3d4".to_owned(),
            captain: "Robin".to_owned(),
            undoes: None,
            drill: None,
            variables: std::collections::BTreeMap::new(),
        };
        let session = start.session;
        self.state.engine.start(start).await.unwrap();
        session
    }
}

async fn envelope(response: Response) -> ErrorBody {
    let bytes = to_bytes(response.into_body(), BODY_LIMIT).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn request_id(headers: &HeaderMap) -> String {
    headers["x-request-id"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn nothing_under_api_answers_without_sign_in() {
    let place = Place::new().await;
    let document = serde_json::to_value(&*openapi::DOCUMENT).unwrap();
    let documented = document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().keys();
        methods.map(move |method| (path.as_str(), method.to_uppercase()))
    });
    let mut closed: Vec<(&str, String)> = documented
        .filter(|(path, _)| path.starts_with("/api/") && *path != "/api/openapi.json")
        .collect();
    assert!(closed.len() >= 14, "the API is described: {closed:?}");
    closed.push(("/api", "GET".to_owned()));
    closed.push(("/api/nothing", "GET".to_owned()));
    closed.push(("/api/me", "DELETE".to_owned()));
    let id = Uuid::nil().to_string();
    for (pattern, method) in closed {
        let path = pattern
            .replace("{id}", &id)
            .replace("{name}", "demo")
            .replace("{gate}", "health")
            .replace("{template}", "summary.md");
        assert!(!path.contains('{'), "the test has a value for each parameter of {path}");
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let response = place.send(Request::builder().method(&method).uri(&path)).await;
        let status = response.status();
        let code = envelope(response).await.error.code;
        if path == "/api" {
            // What is not under /api/ is not in the API, and says no more than any other address.
            assert!(status.is_client_error(), "{method} {path}: {status}");
            continue;
        }
        assert_eq!(
            (status, code.as_str()),
            (StatusCode::UNAUTHORIZED, "signed_out"),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn a_principal_has_a_token_or_a_cookie() {
    let place = Place::new().await;
    let link = new_link(&*place.state.store).await.unwrap();
    let secret = place.state.auth.sign_in(&link).await.unwrap().unwrap();
    let name = cookie_name(7373, false);
    let cookie = format!("{name}={}", secrecy::ExposeSecret::expose_secret(&secret));
    for (header, value, status) in [
        (header::AUTHORIZATION, format!("Bearer {TOKEN}"), 200),
        (header::AUTHORIZATION, "Bearer wrong".to_owned(), 401),
        (header::AUTHORIZATION, "Bearer".to_owned(), 401),
        (header::COOKIE, cookie.clone(), 200),
        (header::COOKIE, format!("other=1; {cookie}"), 200),
        (header::COOKIE, format!("{name}=wrong"), 401),
        (header::COOKIE, cookie.replace("7373", "7374"), 401),
        (header::COOKIE, cookie.replace("-7373", ""), 401),
    ] {
        let response = place.send(Request::get("/api/me").header(&header, &value)).await;
        assert_eq!(response.status().as_u16(), status, "{header}: {value}");
    }
    // A browser with another program's token still has its cookie.
    let both = Request::get("/api/me")
        .header(header::AUTHORIZATION, "Bearer wrong")
        .header(header::COOKIE, cookie);
    assert_eq!(place.send(both).await.status(), 200);
}

#[tokio::test]
async fn a_sign_in_leads_to_where_the_browser_wanted_to_go() {
    let place = Place::new().await;
    for (asked, led_to) in [
        (
            Some("/watch/019ac2f0-0000-7000-8000-000000000000"),
            "/watch/019ac2f0-0000-7000-8000-000000000000",
        ),
        (Some("/sessions?text=a%2520b"), "/sessions?text=a%20b"),
        (Some("//evil.example"), "/"),
        (None, "/"),
    ] {
        let link = new_link(&*place.state.store).await.unwrap();
        let body = format!("token={}", secrecy::ExposeSecret::expose_secret(&link));
        let mut request = Request::post("/sign-in")
            .header(header::HOST, HOST)
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(asked) = asked {
            request = request.header(header::COOKIE, format!("holdpoint-return-7373={asked}"));
        }
        let answer = router(place.state.clone())
            .oneshot(request.body(Body::from(body)).unwrap())
            .await
            .unwrap();
        assert_eq!(
            (answer.status(), &answer.headers()[header::LOCATION]),
            (StatusCode::SEE_OTHER, &led_to.parse().unwrap())
        );
        let cookies = answer.headers().get_all(header::SET_COOKIE).iter();
        let forgets = |cookie: &&header::HeaderValue| {
            let cookie = cookie.to_str().unwrap();
            cookie.starts_with("holdpoint-return-7373=;")
                && cookie.contains("Path=/sign-in")
                && cookie.contains("Max-Age=0")
        };
        assert_eq!(
            cookies.filter(forgets).count(),
            usize::from(asked.is_some()),
            "it is used once"
        );
    }
}

#[tokio::test]
async fn answers_and_server_errors_name_the_request() {
    let place = Place::new().await;
    let ids: HashSet<String> = [
        place.get("/api/me").await,
        place.get("/").await,
        place.get("/x.js").await,
    ]
    .iter()
    .map(|response| request_id(response.headers()))
    .collect();
    assert_eq!(ids.len(), 3, "each request has its own id");
    let named = place
        .send(Request::get("/healthz").header("x-request-id", "from-nginx"))
        .await;
    assert_eq!(request_id(named.headers()), "from-nginx");
    for (given, kept) in [
        ("x".repeat(64), true),
        ("x".repeat(65), false),
        ("a b".to_owned(), false),
        (String::new(), false),
    ] {
        let answer = place
            .send(Request::get("/healthz").header("x-request-id", &given))
            .await;
        assert_eq!(request_id(answer.headers()) == given, kept, "{given:?}");
        assert!(!request_id(answer.headers()).is_empty());
    }

    place.state.shutdown.cancel();
    let response = place.send(Request::get("/readyz")).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let id = request_id(response.headers());
    let length: usize = response.headers()[header::CONTENT_LENGTH]
        .to_str()
        .unwrap()
        .parse()
        .unwrap_or_default();
    let bytes = to_bytes(response.into_body(), BODY_LIMIT).await.unwrap();
    assert_eq!(length, bytes.len());
    let body: ErrorBody = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(
        (body.error.code.as_str(), body.error.details.get("request_id")),
        ("unavailable", Some(&id))
    );
}

#[tokio::test]
async fn a_panic_is_an_answer_to_one_request() {
    async fn mistaken() -> &'static str {
        panic!("this handler makes a mistake, on purpose")
    }
    let place = Place::new().await;
    let routes = Router::new()
        .route("/bad", get(mistaken))
        .route("/good", get(|| async { "good" }));
    let routes = middleware::around(routes, &place.state).with_state(place.state.clone());
    let ask = |path: &str| {
        Request::get(path)
            .header(header::HOST, HOST)
            .body(Body::empty())
            .unwrap()
    };
    let response = routes.clone().oneshot(ask("/bad")).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(response.headers().contains_key(header::CONTENT_SECURITY_POLICY));
    let id = request_id(response.headers());
    let error = envelope(response).await.error;
    assert_eq!(
        (error.code.as_str(), error.details.get("request_id")),
        ("internal", Some(&id))
    );
    assert!(
        !error.message.contains("on purpose"),
        "what went wrong inside stays in the log"
    );
    assert_eq!(routes.oneshot(ask("/good")).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_takes_too_long_is_given_up() {
    let slow = Router::new().route("/slow", get(std::future::pending::<&'static str>));
    let (routes, _) = with_time_limit(OpenApiRouter::<()>::from(slow)).split_for_parts();
    let begun = tokio::time::Instant::now();
    let response = routes
        .oneshot(Request::get("/slow").body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(envelope(response).await.error.code, "timed_out");
    assert!(begun.elapsed() >= REQUEST_TIMEOUT);
}

#[tokio::test]
async fn a_stream_outlasts_the_time_limit_and_ends_with_the_proxy() {
    let place = Place::new().await;
    let session = place.begin().await;
    let response = place.get(&format!("/api/sessions/{session}/stream")).await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    let mut frames = response.into_body().into_data_stream();
    for event in ["event: heartbeat", "event: record"] {
        let first = frames.next().await.unwrap().unwrap();
        assert!(first.starts_with(event.as_bytes()), "{first:?}");
    }
    // From here on time passes as soon as everybody waits for it.
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < 2 * REQUEST_TIMEOUT {
        let sign = frames.next().await.unwrap().unwrap();
        assert_eq!(sign, "event: heartbeat\ndata: {}\n\n");
    }
    // The viewer may be looking into the store, which takes real time.
    tokio::time::resume();
    place.state.shutdown.cancel();
    let rest = tokio::time::timeout(Duration::from_secs(5), frames.next()).await;
    assert!(rest.is_ok_and(|frame| frame.is_none()), "the stream ended");
}

#[tokio::test]
async fn requests_are_counted_by_route() {
    let place = Place::new().await;
    for _ in 0..2 {
        assert_eq!(
            place.get(&format!("/api/sessions/{}", Uuid::now_v7())).await.status(),
            404
        );
    }
    place.send(Request::get("/api/me")).await;
    place.get("/sessions/0198c0de").await;
    // Whoever makes up methods gets one series for all of them.
    for number in 0..3 {
        let method = format!("MADE-UP-{number}");
        place
            .send(Request::builder().method(method.as_str()).uri("/healthz"))
            .await;
    }
    let bytes = to_bytes(place.get("/metrics").await.into_body(), 1 << 20)
        .await
        .unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    for line in [
        "holdpoint_http_requests_total{method=\"GET\",path=\"/api/sessions/{id}\",status=\"404\"} 2",
        "holdpoint_http_requests_total{method=\"GET\",path=\"/api/me\",status=\"401\"} 1",
        "holdpoint_http_requests_total{method=\"GET\",path=\"(page)\",status=\"200\"} 1",
        "holdpoint_http_request_seconds_count{method=\"GET\",path=\"/api/sessions/{id}\",status=\"404\"} 2",
        "holdpoint_http_requests_total{method=\"OTHER\",path=\"/healthz\",status=\"405\"} 3",
    ] {
        assert!(text.lines().any(|other| other == line), "{line} is missing in:\n{text}");
    }
    assert!(!text.contains("MADE-UP"), "{text}");
}

/// What the proxy answers to these lines of a head, byte by byte as they are.
async fn raw(address: std::net::SocketAddr, head: &str) -> String {
    let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
    let sent = format!("{head}\r\nauthorization: Bearer {TOKEN}\r\nconnection: close\r\n\r\n");
    client.write_all(sent.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = client.read_to_end(&mut answer);
    tokio::time::timeout(Duration::from_secs(10), read)
        .await
        .unwrap()
        .unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_connection_that_names_another_host_in_any_way_is_refused() {
    let place = Place::new().await;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let limits = crate::server::Limits { total: 8, per_peer: 8 };
    let places = crate::server::Connections::new(limits, Arc::default());
    let (router, shutdown) = (router(place.state.clone()), place.state.shutdown.clone());
    let served = tokio::spawn(crate::server::serve(listener, router, shutdown.clone(), places));
    for (head, status) in [
        ("GET /api/me HTTP/1.1\r\nhost: 127.0.0.1:7373", "200"),
        ("GET /api/me HTTP/1.1\r\nHOST:  LOCALHOST:7373 ", "200"),
        (
            "GET http://127.0.0.1:7373/api/me HTTP/1.1\r\nhost: 127.0.0.1:7373",
            "200",
        ),
        ("GET http://evil.example/api/me HTTP/1.1\r\nhost: 127.0.0.1:7373", "403"),
        ("GET http://evil.example/ HTTP/1.1\r\nhost: 127.0.0.1:7373", "403"),
        ("GET http://127.0.0.1:7373/api/me HTTP/1.1\r\nhost: evil.example", "403"),
        (
            "GET http://me@127.0.0.1:7373/api/me HTTP/1.1\r\nhost: 127.0.0.1:7373",
            "403",
        ),
        (
            "GET /api/me HTTP/1.1\r\nhost: 127.0.0.1:7373\r\nhost: evil.example",
            "403",
        ),
        (
            "GET /api/me HTTP/1.1\r\nhost: evil.example\r\nhost: 127.0.0.1:7373",
            "403",
        ),
        (
            "GET /api/me HTTP/1.1\r\nhost: 127.0.0.1:7373\r\nhost: 127.0.0.1:7373",
            "403",
        ),
        ("GET /api/me HTTP/1.1\r\nhost: 127.0.0.1:7373, evil.example", "403"),
        ("GET /api/me HTTP/1.1\r\nhost: 127.0.0.1:07373", "403"),
        ("GET /api/me HTTP/1.1\r\nhost: 127.0.0.1:", "403"),
        ("GET /api/me HTTP/1.1\r\nhost: 127.0.0.1:7373:7373", "403"),
        ("GET /api/me HTTP/1.1\r\nhost: 127.0.0.1:7373@evil.example", "403"),
        ("GET /api/me HTTP/1.1\r\nhost: 127.0.0.1.:7373", "403"),
        ("GET /api/me HTTP/1.1\r\nhost: 2130706433:7373", "403"),
        ("GET /api/me HTTP/1.1\r\nhost: 127.0.0.1:7374", "403"),
        ("GET /api/me HTTP/1.1\r\nhost:", "403"),
        ("GET /api/me HTTP/1.1\r\nx-forwarded-host: 127.0.0.1:7373", "403"),
        ("GET /api/me HTTP/1.1\r\nhost : 127.0.0.1:7373", "400"),
        ("CONNECT 127.0.0.1:7373 HTTP/1.1\r\nhost: 127.0.0.1:7373", "405"),
        ("CONNECT evil.example:443 HTTP/1.1\r\nhost: 127.0.0.1:7373", "403"),
        ("GET /api/me HTTP/1.0", "403"),
    ] {
        let answer = raw(address, head).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")) || answer.starts_with(&format!("HTTP/1.0 {status} ")),
            "{head:?}: {answer}"
        );
        assert!(
            status == "200" || !answer.contains("environments"),
            "{head:?}: {answer}"
        );
    }
    shutdown.cancel();
    served.await.unwrap();
}

#[tokio::test]
async fn a_session_s_id_is_a_uuid_of_version_7() {
    let place = Place::new().await;
    let entry = place.state.library.get("demo").unwrap();
    for (id, status) in [
        (
            uuid::Builder::from_random_bytes([7; 16]).into_uuid(),
            StatusCode::BAD_REQUEST,
        ),
        (Uuid::nil(), StatusCode::BAD_REQUEST),
        (Uuid::max(), StatusCode::BAD_REQUEST),
        (Uuid::now_v7(), StatusCode::CREATED),
    ] {
        let body = serde_json::json!({"command": Uuid::now_v7(), "session": id, "runbook": "demo", "digest": entry.file.digest,
            "procedure": entry.runbook.procedures[0].id, "environment": "test", "version": "v1", "git_sha": "a1b2c3d4",
            "captain": "Robin", "undoes": null, "variables": {}});
        let request = Request::post("/api/sessions")
            .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
            .header(header::HOST, HOST)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        let response = router(place.state.clone()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{id}");
        if status == StatusCode::BAD_REQUEST {
            let error = envelope(response).await.error;
            assert_eq!(error.code, "malformed");
            assert!(error.message.contains("version 7"), "{}", error.message);
        }
    }
}
