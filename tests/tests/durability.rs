//! What was acknowledged survives a power cut, a full disk is no end, and a wrong clock is none either.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use holdpoint_domain::session::{ClientCommand, Event, SessionId};
use holdpoint_domain::wire::SendCommand;
use holdpoint_tests::{Answer, Client, Disk, Folder, Options, Result, TestProxy, TestServer, plain_http};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);
const CUTS: usize = 8;
const WRITERS: usize = 4;
/// Seconds.
const CENTURY: i64 = 3_155_760_000;

fn note(text: &str) -> SendCommand {
    SendCommand {
        id: Uuid::now_v7(),
        actor: "Robin".to_owned(),
        command: ClientCommand::AddNote {
            step: None,
            text: text.to_owned(),
            written: None,
        },
    }
}

async fn ready(proxy: &TestProxy) -> Result<u16> {
    let asked = plain_http()?.get(format!("{}/readyz", proxy.url())).send().await?;
    Ok(asked.status().as_u16())
}

/// Writes until it is told to stop, and gives what was acknowledged.
async fn write(client: Client, session: SessionId, stop: Arc<AtomicBool>) -> Vec<Uuid> {
    let mut acknowledged = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let command = note("It was written.");
        if client.send(session, &command).await.is_ok() {
            acknowledged.push(command.id);
        }
    }
    acknowledged
}

/// Lets several write until the power goes away. Gives what was acknowledged.
async fn write_until_cut(proxy: &mut TestProxy, disk: &Disk, client: &Client, session: SessionId) -> Result<Vec<Uuid>> {
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| tokio::spawn(write(client.clone(), session, Arc::clone(&stop))))
        .collect();
    tokio::time::sleep(Duration::from_millis(150)).await;
    proxy.kill9()?;
    stop.store(true, Ordering::Relaxed);
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.expect("a writer does not panic"));
    }
    disk.cut_power(proxy.data())?;
    Ok(acknowledged)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_power_cut() -> Result<()> {
    let disk = Disk::new()?;
    let folder = Folder::new("http://127.0.0.1:9")?;
    let mut proxy = TestProxy::start(disk.under(Options::default().runbooks(folder.path()))).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "checks", "test").await?;
    let mut acknowledged = BTreeSet::new();
    for _ in 0..CUTS {
        acknowledged.extend(write_until_cut(&mut proxy, &disk, &client, session).await?);
        proxy.restart().await?;
        let there: BTreeSet<Uuid> = client.events(session, 0).await?.iter().map(|one| one.command).collect();
        let lost: Vec<_> = acknowledged.difference(&there).collect();
        assert!(lost.is_empty(), "{} of {} are lost", lost.len(), acknowledged.len());
        assert_eq!(client.history(session).await?.broken_chain(), None);
    }
    assert!(
        acknowledged.len() > CUTS,
        "something was written: {}",
        acknowledged.len()
    );
    Ok(())
}

/// Without syncing, the power cut of the test above takes away what was acknowledged: the test can fail.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_does_not_sync_loses_what_was_acknowledged() -> Result<()> {
    let disk = Disk::new()?;
    let folder = Folder::new("http://127.0.0.1:9")?;
    let mut proxy = TestProxy::start(disk.unsynced(Options::default().runbooks(folder.path()))).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "checks", "test").await?;
    let acknowledged = write_until_cut(&mut proxy, &disk, &client, session).await?;
    assert!(!acknowledged.is_empty());
    proxy.restart().await?;
    // The cookie is lost, too.
    let client = proxy.sign_in().await?;
    let read = client.events(session, 0).await;
    assert_eq!(read.expect_err("it is lost").refusal(), Some((404, "not_found")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_when_there_is_room_again_it_goes_on() -> Result<()> {
    let disk = Disk::new()?;
    let server = TestServer::start().await?;
    server.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    let folder = Folder::new(&server.url())?;
    let proxy = TestProxy::start(disk.under(Options::default().runbooks(folder.path()))).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "checks", "test").await?;
    disk.fill(true)?;
    let commands: Vec<_> = (0..5).map(|number| note(&format!("note {number}"))).collect();
    for command in &commands {
        let refused = client.send(session, command).await.expect_err("there is no room");
        assert_eq!(refused.refusal(), Some((503, "unavailable")));
        assert_eq!(ready(&proxy).await?, 503);
    }
    let begun = client
        .begin("demo", "release", "test")
        .await
        .expect_err("there is no room");
    assert_eq!(begun.refusal(), Some((503, "unavailable")));
    assert_eq!(client.events(session, 0).await?.len(), 1, "what is there can be read");
    disk.fill(false)?;
    let since = Instant::now();
    while ready(&proxy).await? != 200 {
        assert!(since.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for command in &commands {
        client.send(session, command).await?;
    }
    client.run_gate(session, "checks/healthy", "health").await?;
    let history = client
        .until(session, "the gate", PATIENCE, |history| {
            history.is_done("checks/healthy")
        })
        .await?;
    assert_eq!(history.broken_chain(), None);
    let events = client.events(session, 0).await?;
    for command in &commands {
        assert_eq!(events.iter().filter(|one| one.command == command.id).count(), 1);
    }
    client.begin("demo", "release", "test").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_that_was_reported_as_failed_is_there_once_whether_or_not_it_was_durable() -> Result<()> {
    let disk = Disk::new()?;
    let folder = Folder::new("http://127.0.0.1:9")?;
    let mut proxy = TestProxy::start(disk.under(Options::default().runbooks(folder.path()))).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "checks", "test").await?;
    for killed in [false, true] {
        let command = note("Was it recorded?");
        disk.break_syncing(true)?;
        let failed = client
            .send(session, &command)
            .await
            .expect_err("it could not be synced");
        assert_eq!(failed.refusal(), Some((503, "unavailable")));
        if killed {
            // The system wrote it to the disk in the end.
            proxy.kill9()?;
        }
        disk.break_syncing(false)?;
        if killed {
            proxy.restart().await?;
        }
        client.send(session, &command).await?;
        let events = client.events(session, 0).await?;
        assert_eq!(
            events.iter().filter(|one| one.command == command.id).count(),
            1,
            "killed: {killed}"
        );
        assert_eq!(client.history(session).await?.broken_chain(), None);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_before_1970_is_waited_out_and_panics_nothing() -> Result<()> {
    let disk = Disk::new()?;
    let server = TestServer::start().await?;
    server.set(
        "/health",
        Answer::json(200, r#"{"status": "ok"}"#).after(Duration::from_secs(1)),
    );
    let folder = Folder::new(&server.url())?;
    let mut proxy = TestProxy::start(disk.under(Options::default().runbooks(folder.path()))).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "automatic", "test").await?;
    let mut stream = client.stream(session, None).await?;
    // A gate runs while the clock is set back.
    disk.set_clock(-CENTURY)?;
    for _ in 0..3 {
        let asked = plain_http()?.get(format!("{}/healthz", proxy.url())).send().await;
        assert!(asked.is_err() || asked.is_ok_and(|answer| answer.status() == 503));
    }
    while !matches!(stream.next_record(PATIENCE).await?.event, Event::GateFinished { .. }) {}
    assert!(!proxy.output().contains("panicked"), "{}", proxy.output());
    assert!(
        proxy.output().contains("the system's clock is before 1970"),
        "{}",
        proxy.output()
    );
    // A start by the wrong clock waits for the right one, too.
    let (restarted, set) = tokio::join!(proxy.restart(), async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        disk.set_clock(0)
    });
    set?;
    restarted?;
    assert_eq!(client.history(session).await?.broken_chain(), None);
    client.begin("demo", "checks", "test").await?;
    assert!(!proxy.output().contains("panicked"), "{}", proxy.output());
    Ok(())
}
