//! What the proxy read of runbooks: the page has no reader, so it is sent, of the file and of the session's own text.

use std::collections::BTreeSet;

use holdpoint_domain::runbook::read;
use holdpoint_domain::session::{Event, SessionOutcome, State, digest};
use holdpoint_domain::wire::ProcedureBrief;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_session_comes_with_the_procedure_of_its_own_text_and_what_can_undo_it() -> Result<()> {
    let (folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "release", "test").await?;
    let checks = client.begin("demo", "checks", "test").await?;
    let undo = client.begin("demo", "undo", "test").await?;
    // The file becomes another one. The sessions go on with the text that they began with.
    folder.write("demo.md", "# Gone\n")?;
    client.tick(session, "release/freeze").await?;

    let book = read("demo", DEMO);
    let read = client.session(session).await?;
    assert_eq!(read.procedure.as_ref(), book.procedure("release"));
    assert_eq!(read.events, client.events(session, 0).await?);
    assert_eq!(read.events.len(), 2);
    let undoes = ProcedureBrief::from(book.procedure("undo").expect("it is there"));
    let undoes = [undoes];
    assert_eq!(read.rollbacks, undoes);

    // A checklist names no rollback, so any rollback of its runbook will do; a rollback does not undo itself.
    assert_eq!(client.session(checks).await?.rollbacks, undoes);
    let back = client.session(undo).await?;
    assert_eq!(back.procedure.as_ref(), book.procedure("undo"));
    assert!(back.rollbacks.is_empty());

    let one = format!("/api/sessions/{session}");
    assert_eq!(
        keys(&client, &one).await?,
        set(&["events", "procedure", "rollbacks", "usual"])
    );
    assert_eq!(keys(&client, &format!("{one}/events")).await?, set(&["events"]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_reader_comes_to_the_same_state() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "release", "test").await?;
    client.tick(session, "release/freeze").await?;
    let read = client.session(session).await?;
    let mut state = State::with_procedure(read.procedure.map(std::sync::Arc::new));
    for mut record in read.events {
        // Without the text there is nothing to read the procedure from.
        if let Event::SessionStarted(started) = &mut record.event {
            started.text.clear();
        }
        state.apply(&record);
    }
    let whole = client.state(session).await?;
    assert_eq!(
        (state.procedure.clone(), state.progress()),
        (whole.procedure.clone(), whole.progress())
    );
    assert_eq!(state.next_step().map(|step| step.id.as_str()), Some("release/verify"));
    assert_eq!(state.done, whole.done);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_such_sessions_took_is_told_once_three_were_completed() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    for before in 0..3 {
        let session = client.begin("demo", "undo", "test").await?;
        let read = client.session(session).await?;
        assert_eq!(read.usual, None, "after {before}");
        for step in read.procedure.expect("it has one").steps {
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
