//! The browser's own look at a `direct` gate: what it saw is what the gate's address said, and nothing else.

use std::time::Duration;

use holdpoint_tests::{Answer, Browser, Folder, History, Name, Options, Result, TestProxy, TestServer};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_not_led_elsewhere() -> Result<()> {
    let server = TestServer::start().await?;
    // Pages of other origins may read these answers.
    let readable = |answer: Answer| answer.header("access-control-allow-origin", "*");
    let fine = || readable(Answer::json(200, r#"{"status": "ok"}"#));
    server.set("/health", fine());
    server.set("/elsewhere", fine());
    let folder = Folder::new(&server.url())?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let browser = Browser::signed_in(&proxy, &client).await?;

    let (step, gate) = ("checks/healthy", "health");
    for (answer, outcome, reason) in [
        (fine(), "pass", ""),
        (
            readable(Answer::redirect("/elsewhere")),
            "inconclusive",
            "the answer is a redirect",
        ),
    ] {
        server.set("/health", answer);
        let session = client.begin("demo", "checks", "test").await?;
        browser.go(&format!("/sessions/{session}")).await?;
        browser.find("heading", Name::begins("Checks")).await?;
        client.run_gate(session, step, gate).await?;
        let there = |history: &History| history.verdict(step, gate).is_some() && history.observed(step, gate).is_some();
        let history = client.until(session, "both verdicts", SOON, there).await?;
        let seen = history.observed(step, gate).expect("it was waited for");
        assert_eq!(
            (seen.outcome.as_str(), seen.source.as_str()),
            (outcome, "browser"),
            "{seen:?}"
        );
        assert!(seen.summary.contains(reason), "{}", seen.summary);
        // The proxy does not follow a redirect either, and what it saw is the verdict.
        let expected = if outcome == "pass" {
            ("go", vec![step])
        } else {
            ("hold", vec![])
        };
        assert_eq!((history.standing(), history.done()), expected);
    }
    assert_eq!(server.requests_to("/elsewhere"), 0);
    assert!(server.requests_to("/health") >= 4, "browser and proxy asked twice each");
    browser.close().await
}
