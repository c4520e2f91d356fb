//! Gates through the whole proxy: only a pass ticks, and a verdict comes from nowhere else.

use std::collections::BTreeMap;
use std::time::Duration;

use holdpoint_domain::session::ClientCommand;
use holdpoint_domain::wire::{BrowserObservation, SendObservation};
use holdpoint_tests::{Answer, Client, Folder, History, Options, Result, TestProxy, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

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

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_saw_is_judged_here() -> Result<()> {
    let (server, _folder, _proxy, client) = place().await?;
    server.set("/health", Answer::Reset);
    let seen = |status, body: &str| BrowserObservation {
        status,
        headers: BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]),
        body: body.to_owned(),
        latency_ms: 40,
        error: status.is_none().then(|| "Failed to fetch".to_owned()),
    };
    for (name, seen, outcome, standing, done) in [
        (
            "a pass ticks a direct gate",
            seen(Some(200), r#"{"status": "ok"}"#),
            "pass",
            "go",
            vec!["checks/healthy"],
        ),
        (
            "a failure holds",
            seen(Some(503), r#"{"status": "ok"}"#),
            "fail",
            "hold",
            vec![],
        ),
        ("no answer says nothing", seen(None, ""), "inconclusive", "go", vec![]),
        (
            "an unreadable answer ticks nothing",
            seen(Some(200), "{"),
            "inconclusive",
            "go",
            vec![],
        ),
    ] {
        let session = client.begin("demo", "checks", "test").await?;
        let observation = SendObservation {
            id: Uuid::new_v4(),
            actor: "Robin Captain".to_owned(),
            step: "checks/healthy".to_owned(),
            gate: "health".to_owned(),
            seen,
        };
        client.observe(session, &observation).await?;
        let history = client.history(session).await?;
        let verdict = history.observed("checks/healthy", "health").expect("it is recorded");
        assert_eq!(
            (verdict.outcome.as_str(), verdict.source.as_str()),
            (outcome, "browser"),
            "{name}"
        );
        assert_eq!((history.standing(), history.done()), (standing, done), "{name}");
        assert!(client.observe(session, &observation).await?.repeated, "{name}");
        assert_eq!(
            client.history(session).await?,
            history,
            "{name}: sent again, it is recorded once"
        );
    }
    assert_eq!(server.requests_to("/health"), 0, "the proxy itself asked nothing");

    // A gate that does not say `direct` is not ticked by what a browser says.
    let session = client.begin("demo", "checks", "test").await?;
    let observation = SendObservation {
        id: Uuid::new_v4(),
        actor: "Robin Captain".to_owned(),
        step: "checks/succeeds".to_owned(),
        gate: "succeeds".to_owned(),
        seen: seen(Some(200), "all is well"),
    };
    client.observe(session, &observation).await?;
    let history = client.history(session).await?;
    assert!(!history.is_done("checks/succeeds"));
    let verdict = history.observed("checks/succeeds", "succeeds").expect("it is recorded");
    assert_eq!(verdict.outcome, "inconclusive");
    assert!(verdict.summary.contains("not `direct`"), "{}", verdict.summary);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_can_carry_a_verdict() -> Result<()> {
    let (_server, _folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "checks", "test").await?;
    let verdict = json!({
        "outcome": "pass", "summary": "fine", "checks": [], "source": "proxy",
        "started": "2026-01-01T00:00:00Z", "finished": "2026-01-01T00:00:00Z", "attempts": 1,
        "request": "", "output": "", "output_bytes": 0, "gate_digest": "",
    });
    let commands = format!("/api/sessions/{session}/commands");
    let observations = format!("/api/sessions/{session}/observations");
    let command = |command: Value| json!({"id": Uuid::new_v4(), "actor": "Mallory", "command": command});
    let seen = json!({"status": 200, "body": "", "latency_ms": 1});
    let with_verdict = json!({"id": Uuid::new_v4(), "actor": "Mallory", "step": "checks/healthy", "gate": "health",
        "seen": seen, "verdict": verdict});
    let seen_pass = json!({"id": Uuid::new_v4(), "actor": "Mallory", "step": "checks/healthy", "gate": "health",
        "seen": {"status": 200, "body": "", "latency_ms": 1, "outcome": "pass"}});
    for (path, body) in [
        (
            &commands,
            command(json!({"type": "finish_gate", "run": Uuid::new_v4(), "verdict": verdict})),
        ),
        (
            &commands,
            command(json!({"type": "tick", "step": "checks/healthy", "verdict": verdict})),
        ),
        (
            &commands,
            command(json!({"type": "run_gate", "step": "checks/healthy", "gate": "health", "verdict": verdict})),
        ),
        (
            &commands,
            command(json!({"type": "step_ticked", "step": "checks/healthy", "by": {"kind": "gate"}})),
        ),
        (
            &commands,
            command(json!({"type": "observe", "step": "checks/healthy", "gate": "health", "verdict": verdict})),
        ),
        (&observations, with_verdict),
        (&observations, seen_pass),
    ] {
        let answer = client.request(Method::POST, path).json(&body).send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        assert_eq!(status, 400, "{body} → {text}");
    }
    assert_eq!(client.events(session, 0).await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_other_expectations_than_those_of_the_start_does_not_count() -> Result<()> {
    let (_server, folder, mut proxy, client) = place().await?;
    let session = client.begin("demo", "checks", "test").await?;
    let gates = std::fs::read_to_string(folder.path().join("gates.toml")).expect("the folder has gates");
    let table = gates
        .find("[gates.exits]")
        .expect("the folder has a gate that exits with 3");
    let expected = r#"expect = [{ check = "exit_code", equals = 0 }]"#;
    let weaker = gates[table..].replacen(expected, r#"expect = [{ check = "exit_code", equals = 3 }]"#, 1);
    let changed = format!("{}{weaker}", &gates[..table]);
    assert_ne!(changed, gates, "the expectation is found where it is expected");
    proxy.stop()?;
    folder.write("gates.toml", &changed)?;
    proxy.restart().await?;

    let (step, gate) = ("checks/exits", "exits");
    client.run_gate(session, step, gate).await?;
    let there = |history: &History| history.verdict(step, gate).is_some();
    let history = client.until(session, "the verdict", PATIENCE, there).await?;
    let verdict = history.verdict(step, gate).expect("it is there");
    assert_eq!(verdict.outcome, "inconclusive");
    assert!(
        verdict.summary.contains("than when the session began"),
        "{}",
        verdict.summary
    );
    assert_eq!(history.standing(), "hold");
    assert!(history.done().is_empty());

    let history = checked(&client, step, gate).await?;
    assert!(
        history.is_done(step),
        "a session that began with the new expectation is ticked by it"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_from_another_address_than_that_of_the_start_does_not_count() -> Result<()> {
    let (server, folder, mut proxy, client) = place().await?;
    server.set("/elsewhere", Answer::json(200, r#"{"status": "ok"}"#));
    let session = client.begin("demo", "checks", "test").await?;
    let gates = std::fs::read_to_string(folder.path().join("gates.toml")).expect("the folder has gates");
    // Only the first gate that asks the address is changed, and what it expects stays as it is.
    let changed = gates.replacen("{url.api}/health", "{url.api}/elsewhere", 1);
    assert_ne!(changed, gates, "the address is found where it is expected");
    proxy.stop()?;
    folder.write("gates.toml", &changed)?;
    proxy.restart().await?;

    let (step, gate) = ("checks/healthy", "health");
    client.run_gate(session, step, gate).await?;
    let there = |history: &History| history.verdict(step, gate).is_some();
    let history = client.until(session, "the verdict", PATIENCE, there).await?;
    let verdict = history.verdict(step, gate).expect("it is there");
    assert_eq!(verdict.outcome, "inconclusive");
    for words in ["“health”", "than when the session began", "start a new session"] {
        assert!(verdict.summary.contains(words), "{words}: {}", verdict.summary);
    }
    assert_eq!(history.standing(), "hold");
    assert!(history.done().is_empty());
    assert!(server.requests().is_empty(), "nothing was asked");

    // The declaration is put back, and the session goes on.
    proxy.stop()?;
    folder.write("gates.toml", &gates)?;
    proxy.restart().await?;
    client.run_gate(session, step, gate).await?;
    let history = client
        .until(session, "the tick", PATIENCE, |history| history.is_done(step))
        .await?;
    assert_eq!(history.standing(), "go");
    Ok(())
}
