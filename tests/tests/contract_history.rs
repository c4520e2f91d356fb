//! Sessions are found by what is known of them, and counted.

use chrono::Utc;
use holdpoint_domain::session::{ClientCommand, SessionOutcome};
use holdpoint_tests::{Client, Folder, Options, Result, TestProxy};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

async fn place() -> Result<(Folder, TestProxy, Client)> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    Ok((folder, proxy, client))
}

async fn asked(client: &Client, path: &str) -> Result<(StatusCode, Value)> {
    let answer = client.request(Method::GET, path).send().await?;
    Ok((answer.status(), answer.json().await?))
}

async fn search(client: &Client, query: &str) -> Result<(Vec<String>, Value)> {
    let (status, found) = asked(client, &format!("/api/sessions/search?{query}")).await?;
    assert_eq!(status, StatusCode::OK, "{query}: {found}");
    let sessions = found["sessions"].as_array().expect("a list");
    let ids = sessions.iter().filter_map(|one| one["id"].as_str());
    Ok((ids.map(str::to_owned).collect(), found.clone()))
}

async fn note(client: &Client, session: Uuid, text: &str) -> Result<()> {
    let (step, text, written) = (None, text.to_owned(), None);
    client
        .command(session, ClientCommand::AddNote { step, text, written })
        .await?;
    Ok(())
}

async fn completed(client: &Client) -> Result<Uuid> {
    let session = client.begin("demo", "undo", "test").await?;
    client.tick(session, "undo/back").await?;
    client.close(session, SessionOutcome::Completed).await?;
    Ok(session)
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_searched_and_come_in_pages() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    let (first, second) = (completed(&client).await?, completed(&client).await?);
    let release = client.begin("demo", "release", "test").await?;
    note(&client, release, "It was the load balancer.").await?;
    let ids = |sessions: &[Uuid]| sessions.iter().map(Uuid::to_string).collect::<Vec<_>>();
    let today = Utc::now().date_naive();
    for (query, expected) in [
        (String::new(), vec![release, second, first]),
        ("text=balancer%20load".to_owned(), vec![release]),
        ("text=%22%2A%28xy".to_owned(), vec![]),
        (
            "runbook=demo&procedure=undo&environment=test&kind=rollback".to_owned(),
            vec![second, first],
        ),
        ("outcome=open&rehearsals=both".to_owned(), vec![release]),
        ("outcome=completed".to_owned(), vec![second, first]),
        ("rehearsals=only".to_owned(), vec![]),
        (format!("from={today}&to={today}"), vec![release, second, first]),
        ("to=2001-01-01".to_owned(), vec![]),
        ("person=nobody".to_owned(), vec![]),
    ] {
        assert_eq!(search(&client, &query).await?.0, ids(&expected), "{query}");
    }
    let (page, found) = search(&client, "limit=2").await?;
    assert_eq!(page, ids(&[release, second]));
    assert_eq!((&found["total"], &found["more_than_total"]), (&3.into(), &false.into()));
    assert_eq!(found["next"], second.to_string());
    let (page, found) = search(&client, &format!("limit=2&before={second}")).await?;
    assert_eq!((page, found["next"].is_null()), (ids(&[first]), true));

    // Those that a session is linked with come along, so that the page can say how they stand.
    let rollback = client.begin_rollback(release, "undo").await?;
    let (page, found) = search(&client, "procedure=release").await?;
    assert_eq!(page, ids(&[release]));
    assert_eq!(found["linked"][0]["id"], rollback.to_string());
    assert_eq!(found["sessions"][0]["undone_by"], rollback.to_string());

    let (_, choices) = asked(&client, "/api/sessions/choices").await?;
    assert_eq!(
        choices["procedures"][0],
        serde_json::json!({"runbook": "demo", "procedure": "release"})
    );
    assert_eq!(choices["environments"], serde_json::json!(["test"]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_is_said() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    for (query, words) in [
        ("outcome=happy", "happy"),
        ("kind=party", "party"),
        ("rehearsals=maybe", "maybe"),
        ("runbok=demo", "runbok"),
        ("from=yesterday", "“yesterday” is no day"),
        ("to=2026-13-01", "is no day"),
        ("from=2026-02-02&to=2026-02-01", "after"),
        ("limit=0", "1 to 200"),
        ("limit=201", "1 to 200"),
        ("before=x", "before"),
        ("before=0199aaaa-0000-7000-8000-000000000000", "no session"),
        ("text=", "empty"),
        ("text=%2A%2A%2A", "no letter and no digit"),
        ("text=load+a", "“a” in “text”"),
        ("text=a+b+c+d+e+f+g+h+i+j+k", "11 words"),
        ("person=%20", "empty"),
    ] {
        let (status, body) = asked(&client, &format!("/api/sessions/search?{query}")).await?;
        assert_eq!(
            (status, &body["error"]["code"]),
            (StatusCode::BAD_REQUEST, &"malformed".into()),
            "{query}"
        );
        let message = body["error"]["message"].as_str().expect("a message");
        assert!(message.contains(words), "{query}: {message}");
        // The figures have neither a place nor a length.
        if !query.starts_with("limit") && !query.starts_with("before") {
            let (status, _) = asked(&client, &format!("/api/statistics?{query}")).await?;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
        }
    }
    let long = "x".repeat(201);
    let (status, _) = asked(&client, &format!("/api/sessions/search?text={long}")).await?;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_say_of_how_many_sessions_they_are() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    for sessions in 1..=3 {
        completed(&client).await?;
        let (_, read) = asked(&client, "/api/statistics?kind=rollback").await?;
        let figures = &read["real"];
        assert_eq!(
            (&figures["sessions"], &figures["duration"]["sessions"]),
            (&sessions.into(), &sessions.into())
        );
        assert_eq!(figures["duration"]["median_seconds"].is_null(), sessions < 3);
        assert!(read["rehearsals"].is_null());
    }
    // Of a gate that failed it says in how many runs.
    let checks = client.begin("demo", "checks", "test").await?;
    client.verdict_of(checks, "checks/exits", "exits").await?;
    client.close(checks, SessionOutcome::Abandoned).await?;
    let (_, read) = asked(&client, "/api/statistics?rehearsals=both").await?;
    let gate = &read["real"]["gates"][0];
    assert_eq!(
        (&gate["gate"], &gate["runs"], &gate["failed"]),
        (&"exits".into(), &1.into(), &1.into())
    );
    assert_eq!(read["real"]["abandoned"], 1);
    assert_eq!(read["rehearsals"]["sessions"], 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_says_when_it_ends_and_from_what_that_is_known() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    for before in 0..3 {
        let session = client.begin("demo", "undo", "test").await?;
        let (_, status) = asked(&client, &format!("/api/sessions/{session}/status")).await?;
        assert!(status["estimate"].is_null(), "after {before}: {status}");
        client.tick(session, "undo/back").await?;
        client.close(session, SessionOutcome::Completed).await?;
    }
    let session = client.begin("demo", "undo", "test").await?;
    let path = format!("/api/sessions/{session}/status");
    let (_, status) = asked(&client, &path).await?;
    let estimate = &status["estimate"];
    assert_eq!(
        (&estimate["basis"], &estimate["sessions"]),
        (&"earlier_sessions".into(), &3.into())
    );
    assert_eq!(
        estimate["sentence"],
        "Likely ends within a minute, from 3 earlier rollbacks."
    );
    assert!(
        estimate["earliest"].is_string() && estimate["latest"].is_string(),
        "{estimate}"
    );
    client.tick(session, "undo/back").await?;
    let (_, status) = asked(&client, &path).await?;
    assert!(status["estimate"].is_null(), "nothing is left: {status}");
    Ok(())
}
