//! Sessions over HTTP: what is accepted happens once and lasts, what a rule refuses does not happen.

use std::collections::BTreeMap;
use std::time::Duration;

use holdpoint_domain::session::{ClientCommand, SessionOutcome, Standing};
use holdpoint_domain::wire::{SendCommand, StartSession};
use holdpoint_tests::{Answer, Client, DEMO, Folder, History, Options, Result, TestProxy, TestServer, normalised_json};
use serde_json::json;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);

struct Place {
    server: TestServer,
    folder: Folder,
    _proxy: TestProxy,
    client: Client,
}

async fn place() -> Result<Place> {
    let server = TestServer::start().await?;
    server.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    let folder = Folder::new(&server.url())?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    Ok(Place {
        server,
        folder,
        _proxy: proxy,
        client,
    })
}

fn note(text: &str) -> ClientCommand {
    ClientCommand::AddNote {
        step: None,
        text: text.to_owned(),
        written: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_from_its_start_to_its_end() -> Result<()> {
    let at = place().await?;
    let client = &at.client;
    let start = client.start_of("demo", "release", "test").await?;
    let accepted = client.start(&start).await?;
    assert_eq!((accepted.events.len(), accepted.repeated), (1, false));
    let session = start.session;

    client.tick(session, "release/freeze").await?;
    client.command(session, note("All is quiet.")).await?;
    client.run_gate(session, "release/verify", "health").await?;
    let verified = |history: &History| history.is_done("release/verify");
    client
        .until(session, "the gate to tick its step", PATIENCE, verified)
        .await?;
    let skip = ClientCommand::Skip {
        step: "release/announce".to_owned(),
        reason: "Nobody is there.".to_owned(),
    };
    client.command(session, skip).await?;
    client.close(session, SessionOutcome::Completed).await?;

    let history = client.history(session).await?;
    assert_eq!(history.broken_chain(), None);
    insta::assert_snapshot!(normalised_json(&history.records().into()));
    assert_eq!(at.server.requests_to("/health"), 1);
    let events = client.events(session, 0).await?;
    assert_eq!(events.len(), history.records().len());
    assert_eq!(client.events(session, 3).await?[..], events[3..]);
    assert!(client.events(session, 1000).await?.is_empty());

    let list = client.sessions().await?;
    let brief = &list[0];
    // What was left out is not done.
    assert_eq!(
        (brief.id, brief.standing, brief.done, brief.steps),
        (session, Standing::Completed, 2, 3)
    );
    assert_eq!((brief.production, brief.rehearsal), (false, false));
    // Closed means closed, but for notes.
    let refused = client.tick(session, "release/freeze").await.expect_err("it is closed");
    assert_eq!(refused.refusal(), Some((409, "closed")));
    client.command(session, note("Looking back.")).await?;
    assert_eq!(
        client.history(session).await?.notes(),
        ["All is quiet.", "Looking back."]
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_twice_is_one_effect() -> Result<()> {
    let at = place().await?;
    let client = &at.client;
    let start = client.start_of("demo", "release", "test").await?;
    let (one, other) = tokio::join!(client.start(&start), client.start(&start));
    let (one, other) = (one?, other?);
    assert_eq!(one.events, other.events);
    assert!(one.repeated != other.repeated, "one of them did it");
    let session = start.session;

    let command = SendCommand {
        id: Uuid::new_v4(),
        actor: "Robin Captain".to_owned(),
        command: ClientCommand::Tick {
            step: "release/freeze".to_owned(),
        },
    };
    let sent = futures::future::join_all((0..8).map(|_| client.send(session, &command))).await;
    let accepted = sent.into_iter().collect::<Result<Vec<_>>>()?;
    assert_eq!(accepted.iter().filter(|one| !one.repeated).count(), 1);
    assert!(
        accepted
            .iter()
            .all(|one| one.events == accepted[0].events && one.events.len() == 1)
    );
    assert_eq!(client.events(session, 0).await?.len(), 2);

    // The same id with something else in it is an error, whoever says it and wherever.
    let other_text = SendCommand {
        command: note("Something else."),
        ..command.clone()
    };
    let refused = client.send(session, &other_text).await.expect_err("the id was used");
    assert_eq!(refused.refusal(), Some((409, "command_reused")));
    let second = client.begin("demo", "release", "test").await?;
    let refused = client.send(second, &command).await.expect_err("the id was used");
    assert_eq!(refused.refusal(), Some((409, "command_reused")));
    let other_start = StartSession {
        version: "v9".to_owned(),
        ..start.clone()
    };
    let refused = client.start(&other_start).await.expect_err("the id was used");
    assert_eq!(refused.refusal(), Some((409, "command_reused")));
    // Another command for the same session id does not start it again.
    let again = StartSession {
        command: Uuid::new_v4(),
        ..start
    };
    let refused = client.start(&again).await.expect_err("the session is there");
    assert_eq!(refused.refusal(), Some((409, "already_started")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_command_names_its_rule_and_changes_nothing() -> Result<()> {
    let at = place().await?;
    let client = &at.client;
    let session = client.begin("demo", "release", "test").await?;
    let tick = |step: &str| ClientCommand::Tick { step: step.to_owned() };
    for (command, rule) in [
        (tick("release/verify"), "gated"),
        (tick("release/announce"), "out_of_order"),
        (tick("release/nowhere"), "unknown_step"),
        (note("  "), "empty"),
        (
            ClientCommand::RunGate {
                step: "release/verify".to_owned(),
                gate: "health".to_owned(),
            },
            "out_of_order",
        ),
        (
            ClientCommand::RunGate {
                step: "release/freeze".to_owned(),
                gate: "health".to_owned(),
            },
            "unknown_gate",
        ),
        (
            ClientCommand::Close {
                outcome: SessionOutcome::Completed,
                summary: String::new(),
            },
            "not_completed",
        ),
        (
            ClientCommand::StartTimer {
                step: "release/freeze".to_owned(),
                seconds: 0,
            },
            "malformed",
        ),
    ] {
        match client.command(session, command).await.expect_err(rule) {
            holdpoint_tests::DriverError::Refused { status, body } => {
                assert_eq!((status, body.error.code.as_str()), (409, rule));
                assert_eq!(body.error.details.get("rule").map(String::as_str), Some(rule));
                assert!(body.error.message.ends_with('.'), "{}", body.error.message);
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!(client.events(session, 0).await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_filled_in_and_timers_started() -> Result<()> {
    let at = place().await?;
    let client = &at.client;
    let session = client.begin("demo", "checks", "test").await?;
    let (step, field) = ("checks/queue-length", "actual");
    let fill = |value: &str| ClientCommand::FillValue {
        step: step.to_owned(),
        field: field.to_owned(),
        value: value.to_owned(),
    };
    client.command(session, fill("7")).await?;
    client.command(session, fill("=0")).await?;
    let timer = ClientCommand::StartTimer {
        step: step.to_owned(),
        seconds: 120,
    };
    client.command(session, timer).await?;
    let history = client.history(session).await?;
    assert_eq!(
        history.values(),
        BTreeMap::from([((step, field), "=0")]),
        "the last one counts"
    );
    let timers: Vec<_> = history.events(&["timer_started"]).collect();
    assert_eq!(
        timers,
        [&json!({"type": "timer_started", "step": step, "seconds": 120})]
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_that_a_table_program_would_run_is_neutralised() -> Result<()> {
    let at = place().await?;
    let session = at.client.begin("demo", "release", "test").await?;
    at.client.command(session, note("=1+1")).await?;
    let csv = at.client.export(session, "csv").await?;
    let row = csv.lines().last().expect("it has rows");
    assert!(row.contains(",'=1+1,") && !row.contains(",=1+1"), "{row}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_of_one_session_leave_no_gap() -> Result<()> {
    let at = place().await?;
    let session = at.client.begin("demo", "release", "test").await?;
    let writers = (0..16).map(|writer| {
        let client = at.client.clone();
        async move {
            for round in 0..10 {
                client
                    .command(session, note(&format!("{writer} writes {round}")))
                    .await?;
            }
            Ok(())
        }
    });
    futures::future::join_all(writers)
        .await
        .into_iter()
        .collect::<Result<Vec<()>>>()?;
    let history = at.client.history(session).await?;
    assert_eq!(history.broken_chain(), None);
    // Each note is there once, and the notes of one writer are in the order of their writing.
    let notes = history.notes();
    assert_eq!(notes.len(), 160);
    for writer in 0..16 {
        let prefix = format!("{writer} writes ");
        let rounds = notes.iter().filter_map(|note| note.strip_prefix(prefix.as_str()));
        assert!(
            rounds.eq(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]),
            "{writer}: {notes:?}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_is_linked_and_can_be_started_even_from_an_edited_runbook() -> Result<()> {
    let at = place().await?;
    let client = &at.client;
    let session = client.begin("demo", "release", "test").await?;
    client.tick(session, "release/freeze").await?;
    at.server.set("/health", Answer::json(503, r#"{"status": "starting"}"#));
    client.run_gate(session, "release/verify", "health").await?;
    client
        .until(session, "the hold", PATIENCE, |history| history.standing() == "hold")
        .await?;

    // Somebody edits the runbook in the middle of the release.
    let undo = client.start_of("demo", "undo", "test").await?;
    at.folder.write("demo.md", &DEMO.replace("# Demo", "# Demonstration"))?;
    let refused = client
        .start(&undo)
        .await
        .expect_err("it is not the runbook that was seen");
    assert_eq!(refused.refusal(), Some((409, "runbook_changed")));
    let rollback = StartSession {
        undoes: Some(session),
        ..undo
    };
    // A release undoes nothing.
    let release = StartSession {
        command: Uuid::new_v4(),
        session: Uuid::now_v7(),
        procedure: "release".to_owned(),
        ..rollback.clone()
    };
    let refused = client.start(&release).await.expect_err("it is no rollback");
    assert_eq!(refused.refusal(), Some((409, "not_a_rollback")));
    client.start(&rollback).await?;
    let history = client.history(session).await?;
    assert_eq!(history.standing(), "rolling_back");
    assert_eq!(history.rollback(), Some(rollback.session.to_string().as_str()));
    let refused = client
        .tick(session, "release/announce")
        .await
        .expect_err("it is being rolled back");
    assert_eq!(refused.refusal(), Some((409, "rolling_back")));

    client.tick(rollback.session, "undo/back").await?;
    client.close(rollback.session, SessionOutcome::Completed).await?;
    client.close(session, SessionOutcome::RolledBack).await?;
    let list = client.sessions().await?;
    assert_eq!((list[0].id, list[0].undoes), (rollback.session, Some(session)));
    assert_eq!(
        (list[1].undone_by, list[1].standing),
        (Some(rollback.session), Standing::RolledBack)
    );

    // There is nothing to undo in a session that is not there, and a start that fails leaves nothing behind.
    let nothing = StartSession {
        command: Uuid::new_v4(),
        session: Uuid::now_v7(),
        undoes: Some(Uuid::now_v7()),
        ..rollback
    };
    let refused = client.start(&nothing).await.expect_err("there is no such session");
    assert_eq!(refused.refusal(), Some((404, "not_found")));
    assert_eq!(client.sessions().await?.len(), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn gates_start_by_themselves_one_after_another() -> Result<()> {
    let at = place().await?;
    let session = at.client.begin("demo", "automatic", "test").await?;
    let done = |history: &History| history.next_step().is_none();
    let history = at
        .client
        .until(session, "both steps to verify themselves", PATIENCE, done)
        .await?;
    let steps = [
        ("automatic/first", "auto-health"),
        ("automatic/second", "auto-health-too"),
    ];
    for (run, (step, gate)) in history.runs().into_iter().zip(steps) {
        assert_eq!(
            (&run["step"], &run["gate"], &run["auto"]),
            (&json!(step), &json!(gate), &json!(true))
        );
    }
    assert_eq!(history.ticks(), steps.map(|(step, _)| (step, "gate")));
    assert_eq!((history.runs().len(), at.server.requests_to("/health")), (2, 2));
    Ok(())
}
