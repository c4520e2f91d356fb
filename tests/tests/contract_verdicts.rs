//! A verdict comes from the proxy, by the declaration that the session began with, and from nowhere else.

use std::collections::BTreeMap;
use std::time::Duration;

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
    // Whatever a browser says, the proxy asks itself, and gets no answer here.
    for (name, seen, outcome) in [
        ("an invented pass", seen(Some(200), r#"{"status": "ok"}"#), "pass"),
        ("a failure", seen(Some(503), r#"{"status": "ok"}"#), "fail"),
        ("no answer", seen(None, ""), "inconclusive"),
        ("an unreadable answer", seen(Some(200), "{"), "inconclusive"),
        (
            "an answer that says two things",
            seen(Some(200), r#"{"status": "down", "status": "ok"}"#),
            "inconclusive",
        ),
    ] {
        let session = client.begin("demo", "checks", "test").await?;
        let asked = server.requests_to("/health");
        let observation = SendObservation {
            id: Uuid::new_v4(),
            actor: "Robin Captain".to_owned(),
            step: "checks/healthy".to_owned(),
            gate: "health".to_owned(),
            seen,
        };
        client.observe(session, &observation).await?;
        let own = |history: &History| history.verdict("checks/healthy", "health").is_some();
        let history = client.until(session, "the proxy's own verdict", PATIENCE, own).await?;
        let verdict = history.observed("checks/healthy", "health").expect("it is recorded");
        assert_eq!(
            (verdict.outcome.as_str(), verdict.source.as_str()),
            (outcome, "browser"),
            "{name}"
        );
        assert_eq!(history.done(), Vec::<String>::new(), "{name}");
        assert_eq!(history.standing(), "hold", "{name}");
        assert!(server.requests_to("/health") > asked, "{name}: the proxy asks itself");
        assert!(client.observe(session, &observation).await?.repeated, "{name}");
    }
    // What the proxy sees itself ticks, whoever made it look.
    server.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    let session = client.begin("demo", "checks", "test").await?;
    let observation = SendObservation {
        id: Uuid::new_v4(),
        actor: "Robin Captain".to_owned(),
        step: "checks/healthy".to_owned(),
        gate: "health".to_owned(),
        seen: seen(None, ""),
    };
    client.observe(session, &observation).await?;
    let ticked = |history: &History| history.is_done("checks/healthy");
    client.until(session, "the proxy's own pass", PATIENCE, ticked).await?;

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
        verdict.summary.contains("than the session goes by it"),
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
    for words in [
        "“health”",
        "than the session goes by it",
        "put the old declaration back",
    ] {
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
