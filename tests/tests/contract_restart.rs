//! Restarts: what was acknowledged is there afterwards, and a gate that was interrupted did not pass.

use std::time::Duration;

use holdpoint_tests::{Answer, Client, Folder, History, Options, Result, TestProxy, TestServer};

const PATIENCE: Duration = Duration::from_secs(20);

struct Place {
    _server: TestServer,
    _folder: Folder,
    proxy: TestProxy,
    client: Client,
}

async fn place() -> Result<Place> {
    let server = TestServer::start().await?;
    server.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    let folder = Folder::new(&server.url())?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    Ok(Place {
        _server: server,
        _folder: folder,
        proxy,
        client,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_loses_nothing() -> Result<()> {
    let mut at = place().await?;
    let session = at.client.begin("demo", "release", "test").await?;
    at.client.tick(session, "release/freeze").await?;
    let before = at.client.events(session, 0).await?;
    at.proxy.restart().await?;
    // The cookie is remembered, too.
    assert_eq!(at.client.events(session, 0).await?, before);
    at.client.run_gate(session, "release/verify", "health").await?;
    let verified = |history: &History| history.is_done("release/verify");
    let history = at.client.until(session, "the step", PATIENCE, verified).await?;
    assert_eq!(
        history.ticks(),
        [("release/freeze", "person"), ("release/verify", "gate")]
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_gate_is_inconclusive_and_holds() -> Result<()> {
    let mut at = place().await?;
    for killed in [true, false] {
        let session = at.client.begin("demo", "checks", "test").await?;
        at.client.run_gate(session, "checks/slow", "slow").await?;
        assert_eq!(at.client.history(session).await?.running().len(), 1);
        if killed {
            at.proxy.kill9()?;
        }
        at.proxy.restart().await?;
        let history = at.client.history(session).await?;
        let verdict = history
            .verdict("checks/slow", "slow")
            .expect("there is one right after the start");
        assert_eq!(verdict.outcome, "inconclusive");
        assert!(
            verdict.summary.to_lowercase().contains("interrupted"),
            "{}",
            verdict.summary
        );
        assert_eq!((history.standing(), history.done()), ("hold", vec![]));
        let refused = at.client.tick(session, "checks/a-person-looked").await;
        assert_eq!(refused.expect_err("it is on hold").refusal(), Some((409, "on_hold")));
    }
    Ok(())
}
