//! Every error comes in the one envelope, with the status and the code that `docs/API.md` promises.

use holdpoint_domain::wire::ErrorBody;
use holdpoint_tests::{Client, Folder, Options, Result, TestProxy};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

async fn place() -> Result<(Folder, TestProxy, Client)> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    Ok((folder, proxy, client))
}

async fn envelope(name: &str, answer: reqwest::Response) -> Result<(u16, String)> {
    let status = answer.status().as_u16();
    let media = answer.headers().get("content-type").cloned();
    let text = answer.text().await?;
    let body: ErrorBody =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {status} {error} in {text:?}"));
    assert_eq!(media.expect("it says what it is"), "application/json", "{name}");
    let message = &body.error.message;
    assert!(message.ends_with('.') && message.len() > 15, "{name}: {message}");
    Ok((status, body.error.code))
}

const COMMANDS: &str = "POST /api/sessions/SESSION/commands";
const SESSIONS: &str = "POST /api/sessions";

/// Sends a request like `GET /api/sessions/SESSION`, with a body unless it is null, and gives status and code of the error.
/// `SESSION` stands for the session's id, and `NOBODY` for one that no session has.
async fn ask(client: &Client, session: Uuid, request: &str, body: &Value) -> Result<String> {
    let (method, path) = request.split_once(' ').expect("a method and a path");
    let path = path.replace("SESSION", &session.to_string());
    let path = path.replace("NOBODY", &Uuid::now_v7().to_string());
    let mut sending = client.request(method.parse().expect("a method"), &path);
    if !body.is_null() {
        sending = sending.json(body);
    }
    let (status, code) = envelope(request, sending.send().await?).await?;
    Ok(format!("{status} {code}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_cannot_be_answered_have_their_status_and_code() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "release", "test").await?;
    for (request, expected) in [
        ("GET /api/nothing", "404 not_found"),
        ("GET /api", "404 not_found"),
        ("GET /api/runbooks/nothing", "404 not_found"),
        ("GET /api/runbooks/nothing/text", "404 not_found"),
        ("GET /api/runbooks/..%2Fdemo", "404 not_found"),
        ("GET /api/runbooks/..%2Fdemo/text", "404 not_found"),
        ("GET /api/runbooks/%ff", "400 malformed"),
        ("GET /api/sessions/NOBODY", "404 not_found"),
        ("GET /api/sessions/NOBODY/events?after=3", "404 not_found"),
        ("GET /api/sessions/NOBODY/stream", "404 not_found"),
        ("GET /api/sessions/NOBODY/export?format=md", "404 not_found"),
        ("GET /api/sessions/NOBODY/facts", "404 not_found"),
        ("GET /api/sessions/SESSION/report/nothing.md", "404 not_found"),
        ("GET /api/incidents?format=pdf", "400 malformed"),
        ("GET /api/incidents?before=x", "400 malformed"),
        ("GET /api/sessions/x", "400 malformed"),
        ("GET /api/sessions/SESSION/events?after=x", "400 malformed"),
        ("GET /api/sessions/SESSION/events?after=-1", "400 malformed"),
        ("GET /api/sessions/SESSION/events?since=1", "400 malformed"),
        ("GET /api/sessions/SESSION/export?format=pdf", "400 malformed"),
        ("GET /api/sessions/SESSION/export", "400 malformed"),
        ("PUT /api/sessions", "405 method_not_allowed"),
        ("POST /", "405 method_not_allowed"),
        ("POST /healthz", "405 method_not_allowed"),
        ("GET /api/rehearsal/faults", "404 not_found"),
        ("GET /api/rehearsal/direct/SESSION/health", "404 not_found"),
    ] {
        let answer = ask(&client, session, request, &Value::Null).await?;
        assert_eq!(answer, expected, "{request}");
    }
    assert_eq!(client.events(session, 0).await?.len(), 1, "nothing of it was recorded");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_cannot_be_accepted_have_their_status_and_code() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "release", "test").await?;
    let nobody = Uuid::now_v7();
    let start = serde_json::to_value(client.start_of("demo", "release", "test").await?).expect("writes");
    let with = |name: &str, value: Value| {
        let mut body = start.clone();
        body["command"] = json!(Uuid::new_v4());
        body["session"] = json!(Uuid::now_v7());
        body[name] = value;
        body
    };
    let note =
        |actor: &str| json!({"id": Uuid::new_v4(), "actor": actor, "command": {"type": "add_note", "text": "x"}});
    let observation = json!({"id": Uuid::new_v4(), "actor": "R", "step": "release/verify", "gate": "health",
        "seen": {"status": 200, "body": "", "latency_ms": 1}});
    let extra = json!({"id": nobody, "actor": "R", "command": {"type": "add_note", "text": "x"}, "extra": 1});
    let many: serde_json::Map<String, Value> = (0..200).map(|number| (format!("v{number}"), json!("x"))).collect();
    for (name, request, body, expected) in [
        (
            "no rehearsal to switch",
            "PUT /api/rehearsal/faults/api_down",
            json!({"on": true}),
            "404 not_found",
        ),
        (
            "a command to nobody",
            "POST /api/sessions/NOBODY/commands",
            note("R"),
            "404 not_found",
        ),
        (
            "an observation to nobody",
            "POST /api/sessions/NOBODY/observations",
            observation,
            "404 not_found",
        ),
        ("not our fields", COMMANDS, json!({"id": nobody}), "400 malformed"),
        ("one field too many", COMMANDS, extra, "400 malformed"),
        (
            "no such command",
            COMMANDS,
            json!({"id": nobody, "actor": "R", "command": {"type": "fly"}}),
            "400 malformed",
        ),
        ("nobody asks", COMMANDS, note("  "), "400 malformed"),
        ("somebody with a line break", COMMANDS, note("R\nS"), "400 malformed"),
        (
            "somebody with a long name",
            COMMANDS,
            note(&"R".repeat(101)),
            "400 malformed",
        ),
        ("too much", COMMANDS, json!("x".repeat(256 * 1024)), "413 too_large"),
        (
            "no such runbook to start",
            SESSIONS,
            with("runbook", json!("nothing")),
            "404 not_found",
        ),
        (
            "no such environment",
            SESSIONS,
            with("environment", json!("moon")),
            "404 not_found",
        ),
        (
            "no such procedure",
            SESSIONS,
            with("procedure", json!("x")),
            "409 unknown_procedure",
        ),
        (
            "another text",
            SESSIONS,
            with("digest", json!("0".repeat(64))),
            "409 runbook_changed",
        ),
        ("no commit", SESSIONS, with("git_sha", json!("main")), "409 malformed"),
        ("no version", SESSIONS, with("version", json!(" ")), "409 empty"),
        ("no captain", SESSIONS, with("captain", json!("")), "400 malformed"),
        (
            "nothing to undo",
            SESSIONS,
            with("undoes", json!(nobody)),
            "404 not_found",
        ),
        (
            "too many variables",
            SESSIONS,
            with("variables", Value::Object(many)),
            "400 malformed",
        ),
        (
            "a variable that is no name",
            SESSIONS,
            with("variables", json!({"url.api": "x"})),
            "400 malformed",
        ),
    ] {
        let answer = ask(&client, session, request, &body).await?;
        assert_eq!(answer, expected, "{name}");
    }
    assert_eq!(client.sessions().await?.len(), 1, "nothing of it was recorded");
    assert_eq!(client.events(session, 0).await?.len(), 1);
    // What all of these differ from is accepted.
    let path = format!("/api/sessions/{session}/commands");
    assert_eq!(
        client
            .request(Method::POST, &path)
            .json(&note("R"))
            .send()
            .await?
            .status(),
        200
    );
    let start = with("captain", json!("R"));
    assert_eq!(
        client
            .request(Method::POST, "/api/sessions")
            .json(&start)
            .send()
            .await?
            .status(),
        201
    );
    assert_eq!(
        (client.events(session, 0).await?.len(), client.sessions().await?.len()),
        (2, 2)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_json_are_told_so() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "release", "test").await?;
    let path = format!("/api/sessions/{session}/commands");
    for (name, media, body) in [
        ("empty", Some("application/json"), ""),
        ("broken off", Some("application/json"), "{\"id\": "),
        ("not UTF-8", Some("application/json"), "\u{0}\u{1}"),
        ("an array", Some("application/json; charset=utf-8"), "[]"),
        ("a number that is too large", Some("application/json"), "1e999"),
        ("a form", Some("application/x-www-form-urlencoded"), "id=1"),
        ("text, as a form of another site can send it", Some("text/plain"), "{}"),
        ("nothing said of it", None, "{}"),
    ] {
        let mut request = client.request(Method::POST, &path).body(body.to_owned());
        if let Some(media) = media {
            request = request.header("content-type", media);
        }
        let (status, code) = envelope(name, request.send().await?).await?;
        assert_eq!((status, code.as_str()), (400, "malformed"), "{name}");
    }
    // Deep nesting ends the reader and not the proxy.
    let deep = client
        .request(Method::POST, &path)
        .header("content-type", "application/json");
    let (status, _) = envelope("deep", deep.body("[".repeat(200_000)).send().await?).await?;
    assert_eq!(status, 400);
    assert_eq!(client.me().await?.environments.len(), 1, "it goes on");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_need_no_cookie_for_what_they_ask() -> Result<()> {
    let (_folder, proxy, client) = place().await?;
    client.begin("demo", "release", "test").await?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    for (path, wanted) in [
        ("/healthz", "ok"),
        ("/readyz", "ready"),
        ("/metrics", "holdpoint_sessions_open 1"),
        ("/metrics", "holdpoint_events_appended_total 1"),
        ("/api/openapi.json", "\"openapi\":\"3.1"),
    ] {
        let answer = http.get(format!("{}{path}", proxy.url())).send().await?;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let text = answer.text().await?;
        assert!(text.contains(wanted), "{path}: {text}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_names_every_address() -> Result<()> {
    let (_folder, proxy, _client) = place().await?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let all: Value = http
        .get(format!("{}/api/openapi.json", proxy.url()))
        .send()
        .await?
        .json()
        .await?;
    let paths: Vec<(&str, Vec<&str>)> = all["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .map(|(path, item)| {
            (
                path.as_str(),
                item.as_object().expect("methods").keys().map(String::as_str).collect(),
            )
        })
        .collect();
    let mut expected = vec![
        ("/api/environments/{name}/gates", vec!["get"]),
        ("/api/environments/{name}/gates/{gate}/check", vec!["post"]),
        ("/api/export.schema.json", vec!["get"]),
        ("/api/incidents", vec!["get"]),
        ("/api/me", vec!["get"]),
        ("/api/notifications", vec!["get"]),
        ("/api/openapi.json", vec!["get"]),
        ("/api/rehearsal/direct/{id}/{gate}", vec!["get"]),
        ("/api/rehearsal/drills", vec!["get"]),
        ("/api/rehearsal/faults", vec!["get"]),
        ("/api/rehearsal/faults/{id}", vec!["put"]),
        ("/api/report-templates", vec!["get"]),
        ("/api/runbooks", vec!["get"]),
        ("/api/runbooks/{name}", vec!["get"]),
        ("/api/runbooks/{name}/drills", vec!["get"]),
        ("/api/runbooks/{name}/text", vec!["get"]),
        ("/api/search", vec!["get"]),
        ("/api/sessions", vec!["get", "post"]),
        ("/api/sessions/choices", vec!["get"]),
        ("/api/sessions/search", vec!["get"]),
        ("/api/sessions/{id}", vec!["get"]),
        ("/api/sessions/{id}/commands", vec!["post"]),
        ("/api/sessions/{id}/compare", vec!["get"]),
        ("/api/sessions/{id}/drill", vec!["get"]),
        ("/api/sessions/{id}/events", vec!["get"]),
        ("/api/sessions/{id}/export", vec!["get"]),
        ("/api/sessions/{id}/facts", vec!["get"]),
        ("/api/sessions/{id}/gates/{gate}/declaration", vec!["get"]),
        ("/api/sessions/{id}/observations", vec!["post"]),
        ("/api/sessions/{id}/pipeline", vec!["get"]),
        ("/api/sessions/{id}/report/{template}", vec!["get"]),
        ("/api/sessions/{id}/status", vec!["get"]),
        ("/api/sessions/{id}/status.svg", vec!["get"]),
        ("/api/sessions/{id}/stream", vec!["get"]),
        ("/api/sessions/{id}/watch", vec!["get"]),
        ("/api/sign-out", vec!["post"]),
        ("/api/statistics", vec!["get"]),
        ("/api/stream", vec!["get"]),
        ("/healthz", vec!["get"]),
        ("/metrics", vec!["get"]),
        ("/readyz", vec!["get"]),
    ];
    let mut paths = paths;
    paths.sort();
    expected.sort();
    assert_eq!(paths, expected);
    // Nothing is referred to that is not there.
    let schemas = all["components"]["schemas"].as_object().expect("schemas");
    let text = all.to_string();
    for part in text.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().expect("there is a first part");
        assert!(schemas.contains_key(name), "{name} is not described");
    }
    Ok(())
}
