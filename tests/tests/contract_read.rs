//! What the proxy compiled of runbooks: the page has no reader, so it is sent, of the file and in a session's first event.

use std::collections::BTreeSet;

use holdpoint_domain::session::{Event, SessionOutcome, Started};
use holdpoint_domain::wire::{SessionRead, StartSession};
use holdpoint_tests::{Client, DEMO, Folder, Options, Result, TestProxy, normalised_json, sha256};
use reqwest::Method;
use serde_json::Value;

async fn place() -> Result<(Folder, TestProxy, Client)> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    Ok((folder, proxy, client))
}

/// What the proxy says of a runbook, whole.
async fn runbook(client: &Client, name: &str) -> Result<Value> {
    let path = format!("/api/runbooks/{name}");
    Ok(client.request(Method::GET, &path).send().await?.json().await?)
}

async fn keys(client: &Client, path: &str) -> Result<BTreeSet<String>> {
    let answer: Value = client.request(Method::GET, path).send().await?.json().await?;
    let fields = answer.as_object().expect("an object");
    Ok(fields.keys().cloned().collect())
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runbook_comes_as_it_is_read_and_its_text_as_it_was_written() -> Result<()> {
    let (folder, _proxy, client) = place().await?;
    let book = runbook(&client, "demo").await?;
    assert_eq!((&book["name"], &book["digest"]), (&"demo".into(), &sha256(DEMO).into()));
    insta::assert_snapshot!("runbook.demo", normalised_json(&book));
    assert_eq!(client.runbook_text("demo").await?, DEMO);
    let answer = client.request(Method::GET, "/api/runbooks/demo/text").send().await?;
    assert_eq!(answer.headers()["content-type"], "text/markdown; charset=utf-8");

    // Both are of the file as it is on disk now.
    let edited = "# Edited\n\n## Release procedure\n\n1. Look <b>closely</b>\n";
    folder.write("demo.md", edited)?;
    let book = runbook(&client, "demo").await?;
    assert_eq!(book["digest"], sha256(edited));
    insta::assert_snapshot!("runbook.edited", normalised_json(&book));
    assert_eq!(client.runbook_text("demo").await?, edited);
    Ok(())
}

fn started(session: &SessionRead) -> &Started {
    match &session.events[0].event {
        Event::SessionStarted(started) => started,
        other => panic!("the first event is a start: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_carries_its_procedure_and_what_can_undo_it() -> Result<()> {
    let (folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "release", "test").await?;
    let checks = client.begin("demo", "checks", "test").await?;
    let undo = client.begin("demo", "undo", "test").await?;
    // The file becomes another one. The sessions go on with what they began with.
    folder.write("demo.md", "# Gone\n")?;
    client.tick(session, "release/freeze").await?;

    let read = client.session(session).await?;
    assert_eq!(started(&read).text, DEMO);
    assert_eq!(read.events, client.events(session, 0).await?);
    assert_eq!(read.events.len(), 2);
    let history = client.history(session).await?;
    for kept in ["procedure", "rollbacks"] {
        insta::assert_snapshot!(format!("session.{kept}"), normalised_json(&history.started()[kept]));
    }
    let undoes = started(&read).rollbacks.clone();
    assert_eq!(ids(&undoes), ["undo"]);

    // A checklist names no rollback, so any rollback of its runbook will do; a rollback does not undo itself.
    assert_eq!(started(&client.session(checks).await?).rollbacks, undoes);
    let back = client.session(undo).await?;
    assert_eq!(*started(&back).procedure, undoes[0]);
    assert!(started(&back).rollbacks.is_empty());

    let one = format!("/api/sessions/{session}");
    assert_eq!(keys(&client, &one).await?, set(&["events", "usual"]));
    assert_eq!(keys(&client, &format!("{one}/events")).await?, set(&["events"]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_runs_what_the_undone_session_compiled() -> Result<()> {
    let (folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "release", "test").await?;
    let back = StartSession {
        undoes: Some(session),
        ..client.start_of("demo", "undo", "test").await?
    };
    folder.write("demo.md", "# Gone\n")?;
    client.start(&back).await?;
    let (read, back) = (client.session(session).await?, client.session(back.session).await?);
    let (undone, undoing) = (started(&read), started(&back));
    assert_eq!(*undoing.procedure, undone.rollbacks[0]);
    assert_eq!((&undoing.text, &undoing.digest), (&undone.text, &undone.digest));
    assert_eq!(undoing.runbook_title, undone.runbook_title);
    assert!(undoing.rollbacks.is_empty(), "nothing else of the runbook undoes");
    Ok(())
}

/// A release that names the quick one of two rollbacks; the quick one names what undoes it.
const TWO_ROLLBACKS: &str = "# Two

## Release
<!-- holdpoint: procedure id=release kind=release rollback=quick -->

1. Go

## Quick
<!-- holdpoint: procedure id=quick kind=rollback rollback=forward -->

1. Switch back

## Full
<!-- holdpoint: procedure id=full kind=rollback -->

1. Install the old version

## Forward
<!-- holdpoint: procedure id=forward kind=setup -->

1. Switch forward
";

/// A folder with [`TWO_ROLLBACKS`] as `two`, and what happens to the file later: it becomes another, or goes.
async fn two() -> Result<(Folder, TestProxy, Client)> {
    let (folder, proxy, client) = place().await?;
    folder.write("two.md", TWO_ROLLBACKS)?;
    Ok((folder, proxy, client))
}

fn lose(folder: &Folder, deleted: bool) -> Result<()> {
    if deleted {
        std::fs::remove_file(folder.path().join("two.md")).expect("it was there");
        return Ok(());
    }
    folder.write("two.md", &TWO_ROLLBACKS.replace("\n1. ", "\n1. Never "))
}

/// What starts a procedure as it was before the file became another.
fn undo(start: &StartSession, procedure: &str, undoes: uuid::Uuid) -> StartSession {
    StartSession {
        command: uuid::Uuid::new_v4(),
        session: uuid::Uuid::now_v7(),
        procedure: procedure.to_owned(),
        undoes: Some(undoes),
        ..start.clone()
    }
}

fn ids<'a>(all: impl IntoIterator<Item = &'a holdpoint_domain::runbook::Procedure>) -> Vec<&'a str> {
    all.into_iter().map(|one| one.id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn any_rollback_and_its_own_can_be_started_whatever_became_of_the_file() -> Result<()> {
    for deleted in [false, true] {
        let (folder, _proxy, client) = two().await?;
        let start = client.start_of("two", "release", "test").await?;
        client.start(&start).await?;
        let release = client.session(start.session).await?;
        assert_eq!(ids(started(&release).rollback_choices()), ["quick"]);
        lose(&folder, deleted)?;

        // The one that is named, the one that is a rollback by its kind, and what undoes the first.
        let quick = undo(&start, "quick", start.session);
        let full = undo(&start, "full", start.session);
        let forward = undo(&start, "forward", quick.session);
        for (undoing, step) in [
            (&quick, "Switch back"),
            (&full, "Install the old version"),
            (&forward, "Switch forward"),
        ] {
            client.start(undoing).await?;
            let session = client.session(undoing.session).await?;
            let began = started(&session);
            let titles: Vec<_> = began.procedure.steps.iter().map(|step| step.title.as_str()).collect();
            assert_eq!(
                (&began.procedure.id, titles),
                (&undoing.procedure, vec![step]),
                "deleted: {deleted}"
            );
            assert_eq!((began.text.as_str(), &began.digest), (TWO_ROLLBACKS, &start.digest));
        }
        let quick = client.session(quick.session).await?;
        assert_eq!(ids(started(&quick).rollback_choices()), ["forward"]);
        // What is neither a rollback nor named as one is none after the edit either.
        let refused = client.start(&undo(&start, "forward", start.session)).await;
        let refused = refused.expect_err("the release does not name it");
        assert_eq!(refused.refusal(), Some((409, "not_a_rollback")));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_session_is_undone_by_what_it_compiled() -> Result<()> {
    let (folder, _proxy, client) = two().await?;
    let start = client.start_of("two", "release", "test").await?;
    client.start(&start).await?;
    client.tick(start.session, "release/go").await?;
    client.close(start.session, SessionOutcome::Completed).await?;
    lose(&folder, true)?;
    let full = undo(&start, "full", start.session);
    client.start(&full).await?;
    let session = client.session(full.session).await?;
    assert_eq!(started(&session).text, TWO_ROLLBACKS);
    assert_eq!(started(&session).undoes, Some(start.session));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_of_the_edited_file_is_another_one() -> Result<()> {
    let (folder, _proxy, client) = two().await?;
    let start = client.start_of("two", "release", "test").await?;
    client.start(&start).await?;
    lose(&folder, false)?;
    let edited = client.start_of("two", "quick", "test").await?;
    assert_ne!(edited.digest, start.digest);
    let edited = undo(&edited, "quick", start.session);
    client.start(&edited).await?;
    let session = client.session(edited.session).await?;
    assert_eq!(started(&session).procedure.steps[0].title, "Never Switch back");
    assert_eq!(started(&session).digest, edited.digest);

    // A digest that is neither the session's nor that of the file on disk is one of a text that nobody has.
    let neither = StartSession {
        digest: sha256("another"),
        ..undo(&start, "quick", start.session)
    };
    let refused = client.start(&neither).await.expect_err("nobody has the text");
    assert_eq!(refused.refusal(), Some((409, "runbook_changed")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_whose_answer_was_lost_is_answered_again_after_the_edit() -> Result<()> {
    let (folder, _proxy, client) = two().await?;
    let start = client.start_of("two", "release", "test").await?;
    let full = undo(&start, "full", start.session);
    let first = [client.start(&start).await?, client.start(&full).await?];
    for deleted in [false, true] {
        lose(&folder, deleted)?;
        for (sent, first) in [&start, &full].into_iter().zip(&first) {
            let again = client.start(sent).await?;
            assert!(again.repeated, "{}, deleted: {deleted}", sent.procedure);
            assert_eq!(again.events, first.events);
        }
    }
    assert_eq!(client.sessions().await?.len(), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_such_sessions_took_is_told_once_three_were_completed() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    for before in 0..3 {
        let session = client.begin("demo", "undo", "test").await?;
        let read = client.session(session).await?;
        assert_eq!(read.usual, None, "after {before}");
        for step in &started(&read).procedure.steps {
            client.tick(session, &step.id).await?;
        }
        client.close(session, SessionOutcome::Completed).await?;
    }
    let usual = client.session(client.begin("demo", "undo", "test").await?).await?.usual;
    assert_eq!(usual.map(|usual| usual.sessions), Some(3));
    // Of another procedure, it says nothing.
    let other = client.begin("demo", "checks", "test").await?;
    assert_eq!(client.session(other).await?.usual, None);
    Ok(())
}
