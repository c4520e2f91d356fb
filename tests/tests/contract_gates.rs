//! Gates through the whole proxy: only a pass ticks.

use std::time::Duration;

use holdpoint_domain::session::ClientCommand;
use holdpoint_tests::{Answer, Client, Folder, History, Options, Result, TestProxy, TestServer};
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(20);

async fn place() -> Result<(TestServer, Folder, TestProxy, Client)> {
    let server = TestServer::start().await?;
    server.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    let folder = Folder::new(&server.url())?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    Ok((server, folder, proxy, client))
}

/// Runs a gate of the checklist in a session of its own, and gives its history after the verdict and what follows from it:
/// a tick or a hold.
async fn checked(client: &Client, step: &str, gate: &str) -> Result<History> {
    let session = client.begin("demo", "checks", "test").await?;
    client.run_gate(session, step, gate).await?;
    let there = |history: &History| history.verdict(step, gate).is_some() && history.records().len() == 4;
    client
        .until(session, "the verdict and what follows", PATIENCE, there)
        .await
}

/// The gate did not pass for this reason: the session holds at it, and nothing was ticked.
fn assert_held(name: &str, history: &History, step: &str, gate: &str, outcome: &str, reason: &str) {
    let verdict = history.verdict(step, gate).expect("there is a verdict");
    let said = format!("{}\n{:?}", verdict.summary, verdict.checks);
    assert_eq!(verdict.outcome, outcome, "{name}: {said}");
    assert!(said.contains(reason), "{name} should say “{reason}”: {said}");
    let hold = history.hold().unwrap_or_else(|| panic!("{name} should hold"));
    assert_eq!((&hold["step"], &hold["gate"]), (&json!(step), &json!(gate)), "{name}");
    assert!(history.ticks().is_empty(), "{name}: {:?}", history.ticks());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_ticks_and_says_what_was_observed() -> Result<()> {
    let (server, _folder, _proxy, client) = place().await?;
    for (step, gate, observed) in [
        ("checks/succeeds", "succeeds", ["0", "all is well"]),
        ("checks/healthy", "health", ["200", "ok"]),
    ] {
        let history = checked(&client, step, gate).await?;
        let verdict = history.verdict(step, gate).expect("there is a verdict");
        assert_eq!(verdict.outcome, "pass", "{verdict:?}");
        assert_eq!(verdict.checks.len(), 2, "{verdict:?}");
        for (check, observed) in verdict.checks.iter().zip(observed) {
            assert_eq!(check.outcome, "pass", "{check:?}");
            assert!(check.observed.contains(observed), "{check:?}");
        }
        assert_eq!(history.ticks(), [(step, "gate")]);
        assert_eq!(history.standing(), "go");
    }
    assert_eq!(server.requests_to("/health"), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_does_not_pass_holds_and_ticks_nothing() -> Result<()> {
    let (_server, _folder, _proxy, client) = place().await?;
    for (step, gate, outcome, reason) in [
        ("checks/exits", "exits", "fail", "3"),
        ("checks/killed", "killed", "inconclusive", "signal 9"),
        ("checks/late", "late", "inconclusive", "No answer within 300ms"),
        ("checks/absent", "absent", "inconclusive", "not found"),
        ("checks/loud", "loud", "inconclusive", "1000 bytes"),
        ("checks/nobody", "undeclared", "inconclusive", "undeclared"),
    ] {
        let history = checked(&client, step, gate).await?;
        assert_held(gate, &history, step, gate, outcome, reason);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_does_not_pass_holds_and_ticks_nothing() -> Result<()> {
    let (server, _folder, _proxy, client) = place().await?;
    let fine = r#"{"status": "ok"}"#;
    let cases = [
        ("404", Answer::json(404, fine), "fail", "404"),
        ("500", Answer::json(500, fine), "fail", "500"),
        ("302", Answer::redirect("/elsewhere"), "fail", "302"),
        (
            "time-out",
            Answer::json(200, fine).after(PATIENCE),
            "inconclusive",
            "No answer within 1s",
        ),
        ("reset", Answer::Reset, "inconclusive", "No answer: "),
        (
            "cut short",
            Answer::cut_short("{\"status\""),
            "inconclusive",
            "No answer: ",
        ),
        ("empty", Answer::json(200, ""), "inconclusive", "the body is empty"),
        (
            "malformed",
            Answer::json(200, r#"{"status": "o"#),
            "inconclusive",
            "not JSON",
        ),
        (
            "another type",
            Answer::json(200, r#"{"status": ["ok"]}"#),
            "inconclusive",
            "cannot be compared",
        ),
        (
            "another value",
            Answer::json(200, r#"{"status": "starting"}"#),
            "fail",
            "starting",
        ),
    ];
    let count = cases.len();
    for (name, answer, outcome, reason) in cases {
        server.set("/health", answer);
        let history = checked(&client, "checks/healthy", "health").await?;
        assert_held(name, &history, "checks/healthy", "health", outcome, reason);
    }
    assert_eq!(server.requests_to("/health"), count, "each session asked once");
    assert_eq!(server.requests_to("/elsewhere"), 0, "the redirect was not followed");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_lifted_by_a_pass_of_the_same_gate() -> Result<()> {
    let (server, _folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "checks", "test").await?;
    server.set("/health", Answer::json(503, "{}"));
    client.run_gate(session, "checks/healthy", "health").await?;
    client
        .until(session, "the hold", PATIENCE, |history| history.standing() == "hold")
        .await?;
    let looked = ClientCommand::Tick {
        step: "checks/a-person-looked".to_owned(),
    };
    let refused = client.command(session, looked).await.expect_err("it is on hold");
    assert_eq!(refused.refusal(), Some((409, "on_hold")));
    // Another gate's pass does not lift it.
    client.run_gate(session, "checks/succeeds", "succeeds").await?;
    let history = client.until(session, "the verdict", PATIENCE, |history| {
        history.verdict("checks/succeeds", "succeeds").is_some()
    });
    let history = history.await?;
    let passed = history.verdict("checks/succeeds", "succeeds");
    assert_eq!(passed.map(|verdict| verdict.outcome).as_deref(), Some("pass"));
    assert_eq!((history.standing(), history.done()), ("hold", vec![]));
    server.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    client.run_gate(session, "checks/healthy", "health").await?;
    let history = client
        .until(session, "both to be ticked", PATIENCE, |history| {
            history.done().len() == 2
        })
        .await?;
    assert_eq!(history.standing(), "go");
    assert!(
        history.is_done("checks/healthy") && history.is_done("checks/succeeds"),
        "what passed in the hold is ticked now: {:?}",
        history.done()
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_runs_once_at_a_time() -> Result<()> {
    let (_server, _folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "checks", "test").await?;
    let tries = futures::future::join_all((0..8).map(|_| client.run_gate(session, "checks/slow", "slow"))).await;
    let (started, refused): (Vec<_>, Vec<_>) = tries.into_iter().partition(Result::is_ok);
    assert_eq!((started.len(), refused.len()), (1, 7));
    for one in refused {
        assert_eq!(one.expect_err("it runs").refusal(), Some((409, "gate_running")));
    }
    assert_eq!(client.history(session).await?.runs().len(), 1);
    Ok(())
}
