//! Archives, the published schema, and anchors.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use holdpoint_domain::session::{ClientCommand, SessionId, SessionOutcome};
use holdpoint_domain::wire::ErrorBody;
use holdpoint_tests::{Client, Folder, Options, Result, TestProxy, TestServer};
use reqwest::{Method, StatusCode};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

async fn place() -> Result<(TestServer, Folder, TestProxy, Client)> {
    let server = TestServer::start().await?;
    let folder = Folder::new(&server.url())?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    Ok((server, folder, proxy, client))
}

async fn ended(client: &Client) -> Result<SessionId> {
    let session = client.begin("demo", "release", "test").await?;
    client.tick(session, "release/freeze").await?;
    client.close(session, SessionOutcome::Abandoned).await?;
    Ok(session)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("it is text")
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_served_and_verified() -> Result<()> {
    let (_server, folder, proxy, client) = place().await?;
    let session = ended(&client).await?;
    let answer = client
        .request(Method::GET, &format!("/api/sessions/{session}/export?format=zip"))
        .send()
        .await?;
    assert_eq!(answer.headers()["content-type"], "application/zip");
    let served = answer.bytes().await?;
    let (file, report) = (folder.path().join("out.zip"), folder.path().join("out.md"));
    let id = session.to_string();
    let data = text(proxy.data());
    for (format, path) in [("zip", &file), ("md", &report)] {
        let done = TestProxy::run(&["export", &id, "--format", format, "--data-dir", data, "-o", text(path)])?;
        assert!(
            done.status.success() && said(&done).contains("head hash "),
            "{}",
            said(&done)
        );
    }
    let mut archive = std::fs::read(&file).expect("it was written");
    assert!(archive == served, "the command line writes the same bytes");
    let done = TestProxy::run(&["verify", text(&file)])?;
    assert!(
        done.status.success() && said(&done).contains("members are as its MANIFEST names them"),
        "{}",
        said(&done)
    );
    let middle = archive.len() / 2;
    archive[middle] ^= 1;
    std::fs::write(&file, archive).expect("it can be written");
    let done = TestProxy::run(&["verify", text(&file)])?;
    assert_eq!(done.status.code(), Some(1), "{}", said(&done));
    let done = TestProxy::run(&["verify", text(&report)])?;
    assert_eq!(done.status.code(), Some(1), "{}", said(&done));
    assert!(
        said(&done).contains("neither a JSON nor a zip export"),
        "{}",
        said(&done)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_is_published() -> Result<()> {
    let (_server, _folder, _proxy, client) = place().await?;
    let answer = client.request(Method::GET, "/api/export.schema.json").send().await?;
    assert_eq!(answer.headers()["content-type"], "application/schema+json");
    let served = answer.text().await?;
    assert_eq!(
        String::from_utf8_lossy(&TestProxy::run(&["export", "--schema"])?.stdout),
        served
    );
    let schema: serde_json::Value = serde_json::from_str(&served).expect("it is JSON");
    assert_eq!(schema["properties"]["format"]["const"], "holdpoint-session");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_cut_after_it_was_anchored_is_named() -> Result<()> {
    let (_server, folder, mut proxy, client) = place().await?;
    let (cut, whole) = (ended(&client).await?, ended(&client).await?);
    let data: PathBuf = proxy.data().to_owned();
    let (data, anchors) = (text(&data), folder.path().join("anchors.jsonl"));
    let exported = |name: &str| -> Result<PathBuf> {
        let file = folder.path().join(name);
        let done = TestProxy::run(&[
            "export",
            &cut.to_string(),
            "--format",
            "json",
            "--data-dir",
            data,
            "-o",
            text(&file),
        ])?;
        assert!(done.status.success(), "{}", said(&done));
        Ok(file)
    };
    for added in ["2 anchors added", "0 anchors added"] {
        let done = TestProxy::run(&["anchor", "--file", text(&anchors), "--data-dir", data])?;
        assert!(done.status.success() && said(&done).contains(added), "{}", said(&done));
    }
    let kept = std::fs::read_to_string(&anchors).expect("it was written");
    assert_eq!(kept.lines().count(), 2);
    assert!(!kept.contains("Robin"), "nothing of the log is in it: {kept}");
    let before = exported("before.json")?;
    let check = ["anchor", "--check", text(&anchors), "--data-dir", data];
    let verify = |file: &Path| TestProxy::run(&["verify", "--anchors", text(&anchors), text(file)]);
    assert!(TestProxy::run(&check)?.status.success());
    let done = verify(&before)?;
    assert!(
        done.status.success() && said(&done).contains("the hashes of its 1 anchor"),
        "{}",
        said(&done)
    );

    // Whoever can write the database takes the closing out, and counts anew.
    proxy.stop()?;
    let mut database = SqliteConnectOptions::new()
        .filename(proxy.data().join("holdpoint.db"))
        .connect()
        .await
        .expect("it opens");
    let forbids = sqlx::query("DROP TRIGGER events_are_not_deleted").execute(&mut database);
    forbids.await.expect("it is dropped");
    for statement in [
        "DELETE FROM events WHERE session = ? AND seq = (SELECT last_seq FROM sessions WHERE id = session)",
        "UPDATE sessions SET last_seq = last_seq - 1, closed = 0 WHERE id = ?",
    ] {
        let done = sqlx::query(statement)
            .bind(cut.to_string())
            .execute(&mut database)
            .await;
        assert_eq!(done.expect("it is done").rows_affected(), 1);
    }
    database.close().await.expect("it closes");
    let after = exported("after.json")?;
    assert!(
        TestProxy::run(&["verify", text(&after)])?.status.success(),
        "by itself it holds"
    );
    for done in [verify(&after)?, TestProxy::run(&check)?] {
        let named = format!("session {cut}: its log was cut. It ends with event ");
        assert_eq!(done.status.code(), Some(1), "{}", said(&done));
        assert!(
            said(&done).contains(&named) && !said(&done).contains(&whole.to_string()),
            "{}",
            said(&done)
        );
    }
    // An anchor of what is left must not take the place of the one before.
    let done = TestProxy::run(&["anchor", "--file", text(&anchors), "--data-dir", data])?;
    assert_eq!(done.status.code(), Some(1), "{}", said(&done));
    assert_eq!(std::fs::read_to_string(&anchors).expect("it is there"), kept);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_webhook_is_in_no_message() -> Result<()> {
    let (_server, _folder, proxy, client) = place().await?;
    ended(&client).await?;
    let done = TestProxy::run(&[
        "anchor",
        "--webhook",
        "http://127.0.0.1:1/hook?token=s3cret",
        "--data-dir",
        text(proxy.data()),
    ])?;
    assert_eq!(done.status.code(), Some(2), "{}", said(&done));
    assert!(
        said(&done).contains("cannot be posted") && !said(&done).contains("s3cret"),
        "{}",
        said(&done)
    );
    Ok(())
}

/// Notes of a log that no client has whole unless it reads: of more than the system keeps for a connection.
const LONG_NOTES: usize = 300;

#[tokio::test(flavor = "multi_thread")]
async fn an_export_too_many_is_told_when_to_come_back() -> Result<()> {
    let (_server, _folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "release", "test").await?;
    for _ in 0..LONG_NOTES {
        let (step, text, written) = (None, "🦀".repeat(10_000), None);
        let note = ClientCommand::AddNote { step, text, written };
        client.command(session, note).await?;
    }
    let ask = || {
        let address = format!("/api/sessions/{session}/export?format=json");
        client.request(Method::GET, &address).send()
    };
    let mut unread = Vec::new();
    for _ in 0..8 {
        let answer = ask().await?;
        assert_eq!(answer.status(), StatusCode::OK);
        unread.push(answer);
    }
    let refused = ask().await?;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    let seconds = refused.headers()["retry-after"]
        .to_str()
        .expect("it is text")
        .to_owned();
    let told: ErrorBody = refused.json().await?;
    assert_eq!(told.error.code, "unavailable");
    assert_eq!(seconds, "60");
    let message = &told.error.message;
    assert!(
        message.ends_with(&format!("Try again in {seconds} seconds.")),
        "{message}"
    );
    // Whoever goes away makes room.
    drop(unread);
    let until = Instant::now() + Duration::from_secs(20);
    while ask().await?.status() != StatusCode::OK {
        assert!(Instant::now() < until, "the places of clients that are gone stay taken");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
