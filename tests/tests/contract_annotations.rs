//! What people write about a session after the fact: taken after the closing, once for each command, and by nobody who is not known.

use holdpoint_domain::session::{
    ActionState, Annotation, ClientCommand, SessionId, SessionOutcome, SeverityLevel, Standing,
};
use holdpoint_domain::wire::{SendCommand, SessionFacts};
use holdpoint_tests::{Client, Result, plain_http, unhealthy_platform};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// A session that held and was given up.
async fn given_up(client: &Client) -> Result<SessionId> {
    let session = client.begin_and_hold().await?;
    client.close(session, SessionOutcome::Abandoned).await?;
    Ok(session)
}

fn command(annotation: Annotation) -> SendCommand {
    SendCommand {
        id: Uuid::now_v7(),
        actor: "Alex Author".to_owned(),
        command: ClientCommand::Annotate { annotation },
    }
}

fn star(seq: u64) -> Annotation {
    let caption = "here it failed".to_owned();
    Annotation::Star { seq, caption }
}

fn severity() -> Annotation {
    Annotation::Severity {
        level: Some(SeverityLevel::Sev2),
        reason: "users noticed".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_session_takes_a_post_mortem_and_nothing_of_its_course_changes() -> Result<()> {
    let (_server, _folder, mut proxy, client) = unhealthy_platform().await?;
    let session = given_up(&client).await?;
    let before = client.brief(session).await?;
    let id = Uuid::now_v7();
    let events = client.events(session, 0).await?.len() as u64;
    for annotation in [
        Annotation::RootCause {
            whys: vec!["The service was not started.".to_owned()],
        },
        Annotation::Factors {
            factors: vec!["A quiet night.".to_owned()],
        },
        Annotation::Impact {
            text: "None.".to_owned(),
        },
        severity(),
        Annotation::Action {
            id,
            text: "Start it by itself.".to_owned(),
            owner: "Robin".to_owned(),
            due: None,
        },
        Annotation::ActionState {
            id,
            state: ActionState::Done,
        },
        star(4),
        Annotation::Unstar { seq: 4 },
    ] {
        let accepted = client.send(session, &command(annotation)).await?;
        assert_eq!(accepted.events.len(), 1);
        assert_eq!(accepted.events[0].actor.name(), "Alex Author");
    }
    let after = client.brief(session).await?;
    assert_eq!(after, before, "the list of sessions says the same of it");
    let status: Value = client
        .request(Method::GET, &format!("/api/sessions/{session}/status"))
        .send()
        .await?
        .json()
        .await?;
    assert_eq!(status["seq"], json!(events + 8));
    assert_eq!(after.standing, Standing::Abandoned);
    // Everything else is refused still.
    for refused in [
        ClientCommand::Tick {
            step: "release/verify".to_owned(),
        },
        ClientCommand::StartTimer {
            step: "release/verify".to_owned(),
            seconds: 60,
        },
    ] {
        let error = client.command(session, refused).await.expect_err("it is closed");
        assert_eq!(error.refusal(), Some((409, "closed")));
    }
    // The chain goes on over the closing, in the export and after a restart.
    assert_eq!(client.history(session).await?.broken_chain(), None);
    let report = client.export(session, "md").await?;
    for part in [
        "1. Why? The service was not started.",
        "| Severity | SEV-2, said by Alex Author at ",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
    let facts: SessionFacts = client
        .request(Method::GET, &format!("/api/sessions/{session}/facts"))
        .send()
        .await?
        .json()
        .await?;
    assert_eq!((facts.incident, facts.failed, facts.holds), (true, 1, 1));
    assert!(facts.suggestion.starts_with("SEV-3 (suggested"), "{}", facts.suggestion);
    let kept = client.events(session, 0).await?;
    proxy.restart().await?;
    let client = proxy.sign_in().await?;
    assert_eq!(client.events(session, 0).await?, kept);
    client.send(session, &command(star(1))).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_is_one_event_and_what_stands_there_already_is_refused() -> Result<()> {
    let (_server, _folder, _proxy, client) = unhealthy_platform().await?;
    let session = given_up(&client).await?;
    let said = command(severity());
    let first = client.send(session, &said).await?;
    let again = client.send(session, &said).await?;
    assert_eq!((again.repeated, &again.events), (true, &first.events));
    let mut other = said.clone();
    other.command = command(star(1)).command;
    let error = client.send(session, &other).await.expect_err("another body");
    assert_eq!(error.refusal(), Some((409, "command_reused")));
    let events = client.events(session, 0).await?.len();
    let anew = command(severity());
    let error = client.send(session, &anew).await.expect_err("it stands there");
    assert_eq!(error.refusal(), Some((409, "annotation_unchanged")));
    let error = client
        .send(session, &command(star(99)))
        .await
        .expect_err("no such event");
    assert_eq!(error.refusal(), Some((409, "unknown_event")));
    assert_eq!(client.events(session, 0).await?.len(), events);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_and_who_is_not_known_writes_nothing() -> Result<()> {
    let (_server, _folder, proxy, client) = unhealthy_platform().await?;
    let session = given_up(&client).await?;
    let events = client.events(session, 0).await?;
    let path = format!("/api/sessions/{session}/commands");
    let body = |actor: &str, annotation: Value| {
        json!({"id": Uuid::now_v7(), "actor": actor,
            "command": {"type": "annotate", "annotation": annotation}})
    };
    let star = json!({"kind": "star", "seq": 1, "caption": ""});
    for bad in [
        body("", star.clone()),
        body("Holdpoint", star.clone()),
        body("A\u{202e}b", star.clone()),
        body("Alex", json!({"kind": "star", "seq": -1})),
        body("Alex", json!({"kind": "star", "seq": 1, "verdict": "pass"})),
        body("Alex", json!({"kind": "severity", "level": "SEV-9", "reason": "x"})),
        body("Alex", json!({"kind": "action", "id": "x", "text": "y"})),
        body(
            "Alex",
            json!({"kind": "action", "id": Uuid::now_v7(), "text": "y", "due": "2026-02-30"}),
        ),
        body("Alex", json!({"kind": "root_cause", "whys": "because"})),
        body("Alex", json!({"kind": "approval"})),
        body("Alex", json!(null)),
    ] {
        let answer = client.request(Method::POST, &path).json(&bad).send().await?;
        assert_eq!(answer.status().as_u16(), 400, "{bad}");
    }
    let anonymous = plain_http()?;
    for path in [
        path.clone(),
        format!("/api/sessions/{session}/facts"),
        "/api/incidents".to_owned(),
    ] {
        let method = if path.ends_with("commands") {
            Method::POST
        } else {
            Method::GET
        };
        let asked = anonymous.request(method, format!("{}{path}", proxy.url()));
        let answer = asked.json(&body("Alex", star.clone())).send().await?;
        assert_eq!(answer.status().as_u16(), 401, "{path}");
    }
    assert_eq!(client.events(session, 0).await?, events);
    Ok(())
}
