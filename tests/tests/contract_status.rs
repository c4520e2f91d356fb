//! How a session stands, as data and as a picture, for programs that show it elsewhere.

use holdpoint_domain::session::SessionOutcome;
use holdpoint_tests::{Client, Options, Result, TestProxy};
use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

async fn status(client: &Client, session: Uuid) -> Result<Value> {
    let path = format!("/api/sessions/{session}/status");
    Ok(client.request(Method::GET, &path).send().await?.json().await?)
}

async fn badge(client: &Client, session: Uuid) -> Result<String> {
    let path = format!("/api/sessions/{session}/status.svg");
    let answer = client.request(Method::GET, &path).send().await?;
    assert_eq!(answer.headers()["content-type"], "image/svg+xml");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    Ok(answer.text().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_says_what_the_watch_page_says() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.tick(session, "golden-release/freeze").await?;
    let going = status(&client, session).await?;
    assert_eq!(going["headline"], "GOING WELL");
    assert_eq!((&going["tone"], &going["rehearsal"]), (&"good".into(), &true.into()));
    assert_eq!((&going["seq"], &going["stages_over"]), (&2.into(), &1.into()));
    assert!(badge(&client, session).await?.contains("GOING WELL</title>"));

    client.set_fault("command_fails_preflight", true).await?;
    client
        .verdict_of(session, "golden-release/preflight", "preflight")
        .await?;
    let held = status(&client, session).await?;
    assert_eq!((&held["headline"], &held["tone"]), (&"ON HOLD".into(), &"hold".into()));
    assert_eq!(held["stages"][1]["status"], "held");
    let picture = badge(&client, session).await?;
    assert!(
        picture.contains("Rehearsal: Release ") && picture.contains("ON HOLD</title>"),
        "{picture}"
    );

    let rollback = client.begin_rollback(session, "perfect-rollback").await?;
    assert_eq!(status(&client, session).await?["headline"], "ROLLING BACK");
    assert_eq!(status(&client, rollback).await?["headline"], "ROLLING BACK");

    // The first answer of the watch page says it before any program of the page runs, and to nobody who is not signed in.
    let page = client.request(Method::GET, &format!("/watch/{session}")).send().await?;
    let policy = page.headers()["content-security-policy"].clone();
    let html = page.text().await?;
    if html.contains("id=\"boot\"") {
        assert!(html.contains("ROLLING BACK</span>"), "{html}");
        let nonce = html
            .split("nonce=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .expect("a nonce");
        assert!(policy.to_str().is_ok_and(|policy| policy.contains(nonce)));
        let outside = reqwest::get(format!("{}/watch/{session}", proxy.url())).await?;
        assert_eq!(outside.status(), 200);
        assert!(!outside.text().await?.contains("ROLLING BACK"));
    }
    let nobody = reqwest::get(format!("{}/api/sessions/{session}/status", proxy.url())).await?;
    assert_eq!(nobody.status(), 401);
    let unknown = format!("/api/sessions/{}/status", Uuid::now_v7());
    assert_eq!(client.request(Method::GET, &unknown).send().await?.status(), 404);
    Ok(())
}

/// The log of a rollback that was closed does not say that it is undone, and nor does that of what it undid.
#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_is_undone_itself_is_not_told_as_done() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    client.tick(session, "golden-release/freeze").await?;
    client.close(session, SessionOutcome::Abandoned).await?;
    let rollback = client.begin_rollback(session, "perfect-rollback").await?;
    client.walk(rollback).await?;
    let open = status(&client, session).await?;
    assert_eq!(open["headline"], "ROLLING BACK");
    assert!(
        open["waiting_for"]
            .as_str()
            .is_some_and(|waits| waits.ends_with("to close the rollback"))
    );
    client.close(rollback, SessionOutcome::Completed).await?;
    assert_eq!(status(&client, session).await?["headline"], "ROLLED BACK");

    client.begin_rollback(rollback, "perfect-rollback").await?;
    let undone = status(&client, session).await?;
    let headline = "ROLLBACK OF THE ROLLBACK STARTED";
    assert_eq!(
        (&undone["headline"], &undone["tone"]),
        (&headline.into(), &"hold".into())
    );
    assert!(undone["to_do"].as_str().is_some_and(|asks| asks.starts_with("Ask ")));
    assert_eq!(undone["stages"][0]["status"], "done_before");
    assert!(badge(&client, session).await?.contains(headline));
    assert!(client.brief(rollback).await?.undone_by.is_some());
    Ok(())
}
