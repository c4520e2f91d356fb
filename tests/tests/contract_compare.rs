//! Two sessions side by side, as the API gives them.

use std::time::Duration;

use holdpoint_domain::session::{ClientCommand, SessionOutcome};
use holdpoint_tests::{Client, Options, Result, TestProxy};
use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

async fn compared(client: &Client, session: Uuid, with: &str) -> Result<(u16, Value)> {
    let path = format!("/api/sessions/{session}/compare?with={with}");
    let answer = client.request(Method::GET, &path).send().await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_compared_with_another_one_and_with_its_runbook() -> Result<()> {
    let proxy = TestProxy::start(Options::rehearsal()).await?;
    let client = proxy.sign_in().await?;
    let begin = || client.begin("golden-release", "golden-release", "rehearsal");
    let (one, other) = (begin().await?, begin().await?);
    for session in [one, other] {
        client.tick(session, "golden-release/freeze").await?;
    }
    client.set_fault("command_fails_preflight", true).await?;
    client.verdict_of(one, "golden-release/preflight", "preflight").await?;
    client.set_fault("command_fails_preflight", false).await?;
    client.verdict_of(one, "golden-release/preflight", "preflight").await?;
    client
        .verdict_of(other, "golden-release/preflight", "preflight")
        .await?;
    for session in [one, other] {
        client
            .until(session, "the pre-flight", Duration::from_secs(20), |history| {
                history.is_done("golden-release/preflight")
            })
            .await?;
    }
    client.close(one, SessionOutcome::Abandoned).await?;

    let (status, found) = compared(&client, one, &other.to_string()).await?;
    assert_eq!(status, 200, "{found}");
    assert_eq!(found["comparable"], true);
    let first = &found["steps"][0];
    assert!(
        first["label"]
            .as_str()
            .is_some_and(|label| label.contains("PREFLIGHT") || label.contains("PRE-FLIGHT")),
        "{first}"
    );
    let kinds: Vec<&str> = first["deviations"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["hold", "gate_runs"]);
    let remarks = found["remarks"].to_string();
    assert!(
        remarks.contains("Both are rehearsals") && remarks.contains("The other session is not closed"),
        "{remarks}"
    );
    assert_eq!(
        (&found["this"]["holds"], &found["other"]["holds"]),
        (&1.into(), &0.into())
    );

    let (status, runbook) = compared(&client, one, "runbook").await?;
    assert_eq!((status, &runbook["other"]["session"]), (200, &Value::Null));
    assert!(
        runbook["remarks"][0]
            .as_str()
            .is_some_and(|remark| remark.starts_with("The runbook gives "))
    );

    // A note changes nothing of it: it is a fold of what happened to steps and gates.
    let note = ClientCommand::AddNote {
        step: None,
        text: "afterwards".to_owned(),
        written: None,
    };
    client.command(one, note).await?;
    assert_eq!(compared(&client, one, &other.to_string()).await?.1, found);

    for (with, status, code) in [
        (one.to_string(), 400, "malformed"),
        ("yesterday".to_owned(), 400, "malformed"),
        (Uuid::now_v7().to_string(), 404, "not_found"),
    ] {
        let (found, body) = compared(&client, one, &with).await?;
        assert_eq!(
            (found, &body["error"]["code"]),
            (status, &code.into()),
            "{with}: {body}"
        );
    }
    assert_eq!(compared(&client, Uuid::now_v7(), "runbook").await?.0, 404);
    let nobody = reqwest::get(format!("{}/api/sessions/{one}/compare?with=runbook", proxy.url())).await?;
    assert_eq!(nobody.status(), 401);
    Ok(())
}
