//! What the proxy compiled of runbooks: the page has no reader, so it is sent, of the file and in a session's first event.

use std::collections::BTreeSet;

use holdpoint_domain::runbook::read;
use holdpoint_domain::session::{Event, SessionOutcome, Started, digest};
use holdpoint_domain::wire::{SessionRead, StartSession};
use holdpoint_tests::{Client, DEMO, Folder, Options, Result, TestProxy};
use reqwest::Method;
use serde_json::Value;

async fn place() -> Result<(Folder, TestProxy, Client)> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    Ok((folder, proxy, client))
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
    let book = client.runbook("demo").await?;
    assert_eq!((book.name.as_str(), book.digest), ("demo", digest(DEMO)));
    assert_eq!(book.runbook, read("demo", DEMO));
    assert_eq!(client.runbook_text("demo").await?, DEMO);
    assert_eq!(
        keys(&client, "/api/runbooks/demo").await?,
        set(&["name", "digest", "runbook"])
    );
    let answer = client.request(Method::GET, "/api/runbooks/demo/text").send().await?;
    assert_eq!(answer.headers()["content-type"], "text/markdown; charset=utf-8");

    // Both are of the file as it is on disk now.
    let edited = "# Edited\n\n## Release procedure\n\n1. Look <b>closely</b>\n";
    folder.write("demo.md", edited)?;
    let book = client.runbook("demo").await?;
    assert_eq!((book.digest, book.runbook), (digest(edited), read("demo", edited)));
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

    let book = read("demo", DEMO);
    let read = client.session(session).await?;
    assert_eq!(Some(&*started(&read).procedure), book.procedure("release"));
    assert_eq!(started(&read).text, DEMO);
    assert_eq!(read.events, client.events(session, 0).await?);
    assert_eq!(read.events.len(), 2);
    let undoes = [book.procedure("undo").expect("it is there").clone()];
    assert_eq!(started(&read).rollbacks, undoes);

    // A checklist names no rollback, so any rollback of its runbook will do; a rollback does not undo itself.
    assert_eq!(started(&client.session(checks).await?).rollbacks, undoes);
    let back = client.session(undo).await?;
    assert_eq!(Some(&*started(&back).procedure), book.procedure("undo"));
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
