//! A rehearsal over HTTP: the shipped golden release against the stand-in platform, and the faults that make it hold.

use std::time::Duration;

use holdpoint_domain::session::{ClientCommand, SessionId, SessionOutcome, Standing, State};
use holdpoint_tests::{Client, Options, Result, TestProxy};
use reqwest::Method;
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(60);

/// Does what is next until nothing is, or the session holds.
async fn work(client: &Client, session: SessionId) -> Result<State> {
    loop {
        let quiet = |history: &History| history.running().is_empty();
        let history = client.until(session, "running gates to end", PATIENCE, quiet).await?;
        let Some(step) = history.next_step().filter(|_| history.standing() == "go") else {
            return Ok(history);
        };
        if step.gates.is_empty() {
            client.tick(session, &step.id).await?;
            continue;
        }
        for gate in &step.gates {
            // It may have started by itself since.
            match client.run_gate(session, &step.id, gate).await {
                Ok(_) => {}
                Err(refused) if matches!(refused.refusal(), Some((409, "gate_running" | "out_of_order"))) => {}
                Err(other) => return Err(other),
            }
            let ended = |history: &History| history.running().is_empty();
            client.until(session, "the gate's verdict", PATIENCE, ended).await?;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_golden_release_can_be_rehearsed_to_its_end() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let me = client.me().await?;
    assert!(me.rehearsal);
    assert!(!me.environments.is_empty());
    assert!(
        me.environments.iter().all(|one| one.rehearsal && !one.production),
        "nothing real is offered"
    );
    let environment = me.environments[0].name.clone();

    let session = client.begin("golden-release", "golden-release", &environment).await?;
    let history = work(&client, session).await?;
    assert_eq!(history.standing(), "go", "{:?}", history.hold());
    assert_eq!(history.progress(), (7, 7));
    client.close(session, SessionOutcome::Completed).await?;
    let brief = &client.sessions().await?[0];
    assert!(brief.rehearsal && brief.standing == Standing::Completed);
    for format in ["md", "json", "csv", "html"] {
        let path = format!("/api/sessions/{session}/export?format={format}");
        let text = client.request(Method::GET, &path).send().await?.text().await?;
        assert!(
            text.to_lowercase().contains("rehearsal"),
            "the {format} export says what it is"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_makes_the_release_hold_and_a_rollback_ends_it() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let path = "/api/rehearsal/faults/command_fails_contract";
    let faults: serde_json::Value = client
        .request(Method::GET, "/api/rehearsal/faults")
        .send()
        .await?
        .json()
        .await?;
    assert!(
        faults
            .as_array()
            .is_some_and(|all| all.len() >= 11 && all.iter().all(|one| one["on"] == false))
    );
    let switched = client
        .request(Method::PUT, path)
        .json(&json!({"on": true}))
        .send()
        .await?;
    let switched: serde_json::Value = switched.json().await?;
    let on = switched
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| one["on"] == true);
    assert_eq!(on.map(|one| &one["id"]).collect::<Vec<_>>(), ["command_fails_contract"]);
    for (path, body, status) in [
        ("/api/rehearsal/faults/no_such_fault", json!({"on": true}), 404),
        (path, json!({"on": "yes"}), 400),
        (path, json!({}), 400),
    ] {
        let answer = client.request(Method::PUT, path).json(&body).send().await?;
        assert_eq!(answer.status().as_u16(), status, "{path} {body}");
    }

    let environment = client.me().await?.environments[0].name.clone();
    let session = client.begin("golden-release", "golden-release", &environment).await?;
    let history = work(&client, session).await?;
    assert_eq!(history.standing(), "hold");
    let (step, gate, _) = history.hold().expect("it is on hold");
    assert_eq!(
        (step.as_str(), gate.as_str()),
        ("golden-release/verify", "verify-db-contract")
    );
    let next = history
        .procedure
        .as_ref()
        .and_then(|all| all.steps.last())
        .expect("there are steps")
        .id
        .clone();
    let refused = client.command(session, ClientCommand::Tick { step: next }).await;
    assert_eq!(refused.expect_err("it is on hold").refusal(), Some((409, "on_hold")));

    let undo = history
        .procedure
        .as_ref()
        .and_then(|all| all.rollback.clone())
        .expect("it can be undone");
    let rollback = client.begin_rollback(session, &undo).await?;
    client
        .request(Method::PUT, path)
        .json(&json!({"on": false}))
        .send()
        .await?;
    let undone = work(&client, rollback).await?;
    assert!(undone.next_step().is_none(), "{:?}", undone.hold());
    client.close(rollback, SessionOutcome::Completed).await?;
    client.close(session, SessionOutcome::RolledBack).await?;
    Ok(())
}
