//! A rehearsal over HTTP: the shipped golden release against the stand-in platform, and the faults that make it hold.

use holdpoint_domain::session::{SessionOutcome, Standing};
use holdpoint_tests::{Client, Options, Result, TestProxy, fences, repository};
use reqwest::Method;
use serde_json::{Value, json};

/// The session's direct gates, each with the address that browsers are told.
async fn direct_gates(client: &Client, session: uuid::Uuid) -> Result<Vec<(String, String)>> {
    let first = serde_json::to_value(&client.events(session, 0).await?[0]).expect("an event is JSON");
    let gates = first["event"]["gates"].as_object().expect("gates");
    let told = gates
        .iter()
        .filter_map(|(gate, one)| Some((gate.clone(), one["direct_url"].as_str()?.to_owned())));
    Ok(told.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_golden_release_can_be_rehearsed_to_its_end() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let me = client.me().await?;
    assert!(me.rehearsal);
    let offered: Vec<_> = me
        .environments
        .iter()
        .map(|one| (one.name.as_str(), one.rehearsal, one.production))
        .collect();
    assert_eq!(offered, [("rehearsal", true, false)], "nothing real is offered");

    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let history = client.walk(session).await?;
    assert_eq!(history.standing(), "go", "{:?}", history.hold());
    let expected = [
        ("golden-release/freeze", "person"),
        ("golden-release/preflight", "gate"),
        ("golden-release/migrate", "gate"),
        ("golden-release/verify", "gate"),
        ("golden-release/deploy", "gate"),
        ("golden-release/smoke", "gate"),
        ("golden-release/scale", "gate"),
    ];
    assert_eq!(history.ticks(), expected);
    // What ticked was asked and answered: every gate that a step names has a pass with something observed.
    let mut gates = 0;
    for step in history.steps() {
        for gate in step["gates"].as_array().expect("a list") {
            let [step, gate] = [&step["id"], gate].map(|name| name.as_str().expect("a name"));
            let verdict = history.verdict(step, gate).expect("it ran");
            assert_eq!(verdict.outcome, "pass", "{gate}: {verdict:?}");
            assert!(
                verdict.checks.iter().all(|check| !check.observed.is_empty()),
                "{gate}: {verdict:?}"
            );
            assert!(!verdict.checks.is_empty(), "{gate} checks nothing");
            gates += 1;
        }
    }
    assert!(gates >= 6, "six steps have gates, and there were {gates}");

    // A browser that asks for a direct gate gets what there is to see from the proxy, wherever the browser is.
    let direct = direct_gates(&client, session).await?;
    assert!(!direct.is_empty(), "the golden release has direct gates");
    for (gate, address) in direct {
        assert_eq!(address, format!("/api/rehearsal/direct/{{session}}/{gate}"));
        let address = address.replace("{session}", &session.to_string());
        let seen = client.request(Method::GET, &address).send().await?;
        let seen: Value = seen.json().await?;
        assert_eq!(
            (&seen["status"], &seen["error"]),
            (&json!(200), &Value::Null),
            "{gate}: {seen}"
        );
    }
    client.close(session, SessionOutcome::Completed).await?;
    let brief = client.brief(session).await?;
    assert!(brief.rehearsal && brief.standing == Standing::Completed);
    for format in ["md", "json", "csv", "html"] {
        let text = client.export(session, format).await?;
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
    let on = |faults: &Value| -> Vec<String> {
        let faults = faults.as_array().expect("a list").iter();
        faults
            .filter(|one| one["on"] == true)
            .map(|one| one["id"].to_string())
            .collect()
    };
    let faults = client.request(Method::GET, "/api/rehearsal/faults").send().await?;
    let faults: Value = faults.json().await?;
    assert_eq!(on(&faults), Vec::<String>::new());
    let ids = faults.as_array().expect("a list").iter().map(|one| &one["id"]);
    assert!(ids.clone().count() >= 11 && ids.clone().any(|id| id == "command_fails_contract"));
    let switch = |on: bool| client.request(Method::PUT, path).json(&json!({ "on": on })).send();
    assert_eq!(on(&switch(true).await?.json().await?), ["\"command_fails_contract\""]);
    for (path, body, status) in [
        ("/api/rehearsal/faults/no_such_fault", json!({"on": true}), 404),
        (path, json!({"on": "yes"}), 400),
        (path, json!({}), 400),
    ] {
        let answer = client.request(Method::PUT, path).json(&body).send().await?;
        assert_eq!(answer.status().as_u16(), status, "{path} {body}");
    }

    let session = client.begin("golden-release", "golden-release", "rehearsal").await?;
    let history = client.walk(session).await?;
    let hold = history.hold().expect("it is on hold");
    assert_eq!(
        (&hold["step"], &hold["gate"]),
        (&json!("golden-release/verify"), &json!("verify-db-contract"))
    );
    let verdict = history.verdict("golden-release/verify", "verify-db-contract");
    assert_eq!(verdict.map(|verdict| verdict.outcome).as_deref(), Some("fail"));
    let done = [
        "golden-release/freeze",
        "golden-release/preflight",
        "golden-release/migrate",
    ];
    assert_eq!((history.standing(), history.done()), ("hold", done.to_vec()));
    let refused = client.tick(session, "golden-release/scale").await;
    assert_eq!(refused.expect_err("it is on hold").refusal(), Some((409, "on_hold")));

    let rollback = client.begin_rollback(session, "perfect-rollback").await?;
    assert_eq!(on(&switch(false).await?.json().await?), Vec::<String>::new());
    let undone = client.walk(rollback).await?;
    assert_eq!(undone.next_step(), None, "{:?}", undone.hold());
    assert_eq!(undone.done().len(), 5);
    client.close(rollback, SessionOutcome::Completed).await?;
    client.close(session, SessionOutcome::RolledBack).await?;
    let standings = [
        client.brief(rollback).await?.standing,
        client.brief(session).await?.standing,
    ];
    assert_eq!(standings, [Standing::Completed, Standing::RolledBack]);
    Ok(())
}

/// The runbook and gates of the README's shop, in a folder. Neither its web server nor its database is there.
fn shop() -> tempfile::TempDir {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("the README can be read");
    let folder = tempfile::tempdir().expect("a folder");
    for fence in fences(&readme) {
        let file = fence.file.unwrap_or_default();
        if let Some(name) = file.strip_prefix("shop/runbooks/") {
            std::fs::write(folder.path().join(name), fence.text).expect("the file can be written");
        }
    }
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_says_nothing_of_rehearsals_is_rehearsed_from_start_to_hold_to_rollback() -> Result<()> {
    let folder = shop();
    let mut proxy = TestProxy::start(Options::rehearsal().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let me = client.me().await?;
    let offered: Vec<_> = me
        .environments
        .iter()
        .map(|one| (one.name.as_str(), one.rehearsal, one.production))
        .collect();
    assert_eq!(offered, [("shop", true, false)]);

    // Nobody ever published this version: the answers have the values of the session that asks.
    let session = client.begin("shop", "release", "shop").await?;
    let history = client.walk(session).await?;
    assert_eq!(
        (history.standing(), history.done().len()),
        ("go", 3),
        "{:?}",
        history.hold()
    );
    client.close(session, SessionOutcome::Completed).await?;

    let faults = client.faults().await?;
    let of_site: Vec<_> = faults
        .iter()
        .filter(|fault| fault.gate.as_deref() == Some("site-version"))
        .map(|fault| fault.id.as_str())
        .collect();
    let kinds = ["refused", "time-out", "503", "302", "empty", "malformed", "wrong-value"];
    assert_eq!(of_site, kinds.map(|kind| format!("site-version:{kind}")));
    client.set_fault("site-version:wrong-value", true).await?;
    // It is still on after a restart.
    proxy.restart().await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("shop", "release", "shop").await?;
    let history = client.walk(session).await?;
    assert_eq!((history.standing(), history.done().len()), ("hold", 1));
    let hold = history.hold().expect("it is on hold");
    assert_eq!(
        (&hold["step"], &hold["gate"]),
        (&json!("release/site"), &json!("site-version"))
    );
    let rollback = client.begin_rollback(session, "rollback").await?;
    let undone = client.walk(rollback).await?;
    assert_eq!((undone.next_step(), undone.done().len()), (None, 1));
    client.close(rollback, SessionOutcome::Completed).await?;
    client.close(session, SessionOutcome::RolledBack).await?;
    assert!(
        client
            .sessions()
            .await?
            .iter()
            .all(|brief| brief.rehearsal && !brief.production)
    );
    Ok(())
}
