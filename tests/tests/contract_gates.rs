//! Gates through the whole proxy: only a pass ticks, and a verdict comes from nowhere else.

use std::collections::BTreeMap;
use std::time::Duration;

use holdpoint_domain::gate::{Outcome, Source};
use holdpoint_domain::session::{ClientCommand, Event, Standing, State};
use holdpoint_domain::wire::{BrowserObservation, SendObservation};
use holdpoint_tests::{Answer, Client, Folder, Options, Result, TestPlatform, TestProxy};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);

async fn place() -> Result<(TestPlatform, Folder, TestProxy, Client)> {
    let platform = TestPlatform::start().await?;
    platform.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    let folder = Folder::new(&platform.url())?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    Ok((platform, folder, proxy, client))
}

/// Runs a gate of the checklist in a session of its own, and gives the state after its verdict.
async fn checked(client: &Client, step: &str, gate: &str) -> Result<State> {
    let session = client.begin("demo", "checks", "test").await?;
    client.run_gate(session, step, gate).await?;
    let there = |state: &State| state.last_verdict(step, gate).is_some();
    client.until(session, "the verdict", PATIENCE, there).await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_pass_ticks() -> Result<()> {
    let (platform, _folder, _proxy, client) = place().await?;
    let state = checked(&client, "checks/succeeds", "succeeds").await?;
    assert!(
        state.is_done("checks/succeeds") && state.standing() == Standing::Go,
        "a pass ticks"
    );

    for (step, gate) in [
        ("checks/exits", "exits"),
        ("checks/killed", "killed"),
        ("checks/late", "late"),
        ("checks/absent", "absent"),
        ("checks/loud", "loud"),
        ("checks/nobody", "undeclared"),
    ] {
        let state = checked(&client, step, gate).await?;
        assert_eq!(state.standing(), Standing::Hold, "{step}");
        assert!(state.done.is_empty(), "{step}");
    }

    let slow = Answer::Whole {
        status: 200,
        headers: Vec::new(),
        body: r#"{"status": "ok"}"#.to_owned(),
        after: Duration::from_secs(3),
    };
    for (name, answer) in [
        ("404", Answer::json(404, r#"{"status": "ok"}"#)),
        ("500", Answer::json(500, r#"{"status": "ok"}"#)),
        ("302", Answer::redirect("/elsewhere")),
        ("time-out", slow),
        ("reset", Answer::Reset),
        ("short", Answer::Short),
        ("empty", Answer::json(200, "")),
        ("malformed", Answer::json(200, r#"{"status": "o"#)),
        ("another type", Answer::json(200, r#"{"status": ["ok"]}"#)),
        ("another value", Answer::json(200, r#"{"status": "starting"}"#)),
    ] {
        platform.set("/health", answer);
        let state = checked(&client, "checks/healthy", "health").await?;
        assert_eq!(state.standing(), Standing::Hold, "{name}");
        assert!(state.done.is_empty(), "{name}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_lifted_by_a_pass_of_the_same_gate() -> Result<()> {
    let (platform, _folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "checks", "test").await?;
    platform.set("/health", Answer::json(503, "{}"));
    client.run_gate(session, "checks/healthy", "health").await?;
    client
        .until(session, "the hold", PATIENCE, |state| {
            state.standing() == Standing::Hold
        })
        .await?;
    let looked = ClientCommand::Tick {
        step: "checks/a-person-looked".to_owned(),
    };
    let refused = client.command(session, looked).await.expect_err("it is on hold");
    assert_eq!(refused.refusal(), Some((409, "on_hold")));
    // Another gate's pass does not lift it.
    client.run_gate(session, "checks/succeeds", "succeeds").await?;
    let state = client.until(session, "the verdict", PATIENCE, |state| {
        state.last_verdict("checks/succeeds", "succeeds").is_some()
    });
    assert_eq!(state.await?.standing(), Standing::Hold);
    platform.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    client.run_gate(session, "checks/healthy", "health").await?;
    let state = client
        .until(session, "work to go on", PATIENCE, |state| {
            state.standing() == Standing::Go
        })
        .await?;
    assert!(
        state.is_done("checks/healthy") && state.is_done("checks/succeeds"),
        "what passed in the hold is ticked now"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_runs_once_at_a_time() -> Result<()> {
    let (_platform, _folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "checks", "test").await?;
    let tries = futures::future::join_all((0..8).map(|_| client.run_gate(session, "checks/slow", "slow"))).await;
    let (started, refused): (Vec<_>, Vec<_>) = tries.into_iter().partition(Result::is_ok);
    assert_eq!((started.len(), refused.len()), (1, 7));
    for one in refused {
        assert_eq!(one.expect_err("it runs").refusal(), Some((409, "gate_running")));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_saw_is_judged_here() -> Result<()> {
    let (platform, _folder, _proxy, client) = place().await?;
    platform.set("/health", Answer::Reset);
    let seen = |status, body: &str| BrowserObservation {
        status,
        headers: BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]),
        body: body.to_owned(),
        latency_ms: 40,
        error: status.is_none().then(|| "Failed to fetch".to_owned()),
    };
    for (name, seen, standing, done) in [
        (
            "a pass ticks a direct gate",
            seen(Some(200), r#"{"status": "ok"}"#),
            Standing::Go,
            true,
        ),
        (
            "a failure holds",
            seen(Some(503), r#"{"status": "ok"}"#),
            Standing::Hold,
            false,
        ),
        ("no answer says nothing", seen(None, ""), Standing::Go, false),
        (
            "an unreadable answer ticks nothing",
            seen(Some(200), "{"),
            Standing::Go,
            false,
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
        let accepted = client.observe(session, &observation).await?;
        let recorded = accepted.events.iter().find_map(|record| match &record.event {
            Event::GateObserved { verdict, .. } => Some(verdict),
            _ => None,
        });
        assert_eq!(recorded.map(|verdict| verdict.source), Some(Source::Browser), "{name}");
        let state = client.state(session).await?;
        assert_eq!(state.standing(), standing, "{name}");
        assert_eq!(state.is_done("checks/healthy"), done, "{name}");
        assert!(client.observe(session, &observation).await?.repeated, "{name}");
    }

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
    let state = client.state(session).await?;
    assert!(!state.is_done("checks/succeeds"));
    let outcome = state.observed.values().next().map(|seen| seen.verdict.outcome);
    assert_eq!(outcome, Some(Outcome::Inconclusive));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_can_carry_a_verdict() -> Result<()> {
    let (_platform, _folder, _proxy, client) = place().await?;
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
    let (_platform, folder, mut proxy, client) = place().await?;
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
    let there = |state: &State| state.last_verdict(step, gate).is_some();
    let state = client.until(session, "the verdict", PATIENCE, there).await?;
    let verdict = state.last_verdict(step, gate).expect("it is there");
    assert_eq!(verdict.outcome, Outcome::Inconclusive);
    assert!(
        verdict.summary.contains("than when the session began"),
        "{}",
        verdict.summary
    );
    assert_eq!(state.standing(), Standing::Hold);
    assert!(state.done.is_empty());

    let state = checked(&client, step, gate).await?;
    assert!(
        state.is_done(step),
        "a session that began with the new expectation is ticked by it"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_from_another_address_than_that_of_the_start_does_not_count() -> Result<()> {
    let (platform, folder, mut proxy, client) = place().await?;
    platform.set("/elsewhere", Answer::json(200, r#"{"status": "ok"}"#));
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
    let there = |state: &State| state.last_verdict(step, gate).is_some();
    let state = client.until(session, "the verdict", PATIENCE, there).await?;
    let verdict = state.last_verdict(step, gate).expect("it is there");
    assert_eq!(verdict.outcome, Outcome::Inconclusive);
    for words in ["“health”", "than when the session began", "start a new session"] {
        assert!(verdict.summary.contains(words), "{words}: {}", verdict.summary);
    }
    assert_eq!(state.standing(), Standing::Hold);
    assert!(state.done.is_empty());
    assert!(platform.requests().is_empty(), "nothing was asked");

    // The declaration is put back, and the session goes on.
    proxy.stop()?;
    folder.write("gates.toml", &gates)?;
    proxy.restart().await?;
    client.run_gate(session, step, gate).await?;
    let state = client
        .until(session, "the tick", PATIENCE, |state| state.is_done(step))
        .await?;
    assert_eq!(state.standing(), Standing::Go);
    Ok(())
}
