//! The live view: every event comes once and in order, whenever a viewer comes, goes and comes back.

use std::time::Duration;

use holdpoint_domain::session::{ClientCommand, Event, SessionId};
use holdpoint_domain::wire::Live;
use holdpoint_tests::{Client, Folder, Message, Options, Result, TestProxy};
use reqwest::Method;

const PATIENCE: Duration = Duration::from_secs(20);

async fn place() -> Result<(Folder, TestProxy, Client)> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    Ok((folder, proxy, client))
}

async fn notes(client: Client, session: SessionId, count: usize) -> Result<()> {
    for number in 0..count {
        let text = format!("Note {number},\nin two lines, with \u{2028} and \r\n a return.");
        client
            .command(
                session,
                ClientCommand::AddNote {
                    step: None,
                    text,
                    written: None,
                },
            )
            .await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn viewers_lose_nothing_and_get_nothing_twice() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "release", "test").await?;
    const WRITERS: usize = 4;
    const EACH: usize = 50;
    let last = (1 + WRITERS * EACH) as u64;
    let writers = (0..WRITERS).map(|_| tokio::spawn(notes(client.clone(), session, EACH)));
    let writers: Vec<_> = writers.collect();
    // Viewers that go away after a few events, and come back with the last one that they saw.
    let viewers = [1_u64, 3, 17, 1000].map(|patience_in_events| {
        let client = client.clone();
        tokio::spawn(async move {
            let mut seen: Vec<u64> = Vec::new();
            while seen.last() != Some(&last) {
                let mut stream = client.stream(session, seen.last().copied()).await?;
                for _ in 0..patience_in_events {
                    seen.push(stream.next_record(PATIENCE).await?.seq);
                    if seen.last() == Some(&last) {
                        break;
                    }
                }
            }
            Ok::<_, holdpoint_tests::DriverError>(seen)
        })
    });
    for writer in writers {
        writer.await.expect("it does not panic")?;
    }
    for viewer in viewers {
        let seen = viewer.await.expect("it does not panic")?;
        assert!(seen.iter().copied().eq(1..=last), "{seen:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_begins_where_it_is_told_to() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "release", "test").await?;
    notes(client.clone(), session, 4).await?;
    let all = client.events(session, 0).await?;
    let mut stream = client.stream(session, Some(3)).await?;
    assert_eq!(stream.next_record(PATIENCE).await?, all[3]);
    let path = format!("/api/sessions/{session}/stream?after=4");
    let answer = client.request(Method::GET, &path).send().await?;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    // The header goes before the address, because a browser that comes back sends both.
    let path = format!("/api/sessions/{session}/stream?after=0");
    let mut answer = client
        .request(Method::GET, &path)
        .header("last-event-id", "4")
        .send()
        .await?;
    let mut text = String::new();
    while !text.contains("id: ") || !text.ends_with("\n\n") {
        text.push_str(&String::from_utf8_lossy(&answer.chunk().await?.expect("there is more")));
    }
    assert!(text.contains("id: 5\n") && !text.contains("id: 4\n"), "{text}");
    let answer = client
        .request(Method::GET, &path)
        .header("last-event-id", "four")
        .send()
        .await?;
    assert_eq!(answer.status(), 400);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn output_comes_live_between_a_gates_start_and_its_verdict() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "checks", "test").await?;
    let mut stream = client.stream(session, None).await?;
    client.run_gate(session, "checks/succeeds", "succeeds").await?;
    let (mut told, mut running) = (String::new(), None);
    loop {
        match stream.next(PATIENCE).await? {
            Some(Message::Record(record)) => match record.event {
                Event::GateStarted { run, .. } => running = Some(run),
                Event::GateFinished { .. } => break,
                _ => {}
            },
            Some(Message::Live(Live::Output { run, text })) => {
                assert_eq!(
                    Some(run),
                    running,
                    "output belongs to a run that has started and not ended"
                );
                told.push_str(&text);
            }
            Some(Message::Live(Live::Attempt { .. })) => {}
            other => panic!("the stream ended: {other:?}"),
        }
    }
    assert!(told.contains("all is well"), "{told}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_stops_ends_its_streams_and_leaves_well() -> Result<()> {
    let (_folder, mut proxy, client) = place().await?;
    let session = client.begin("demo", "checks", "test").await?;
    client.run_gate(session, "checks/slow", "slow").await?;
    let mut stream = client.stream(session, None).await?;
    stream.next_record(PATIENCE).await?;
    let stopped = tokio::task::spawn_blocking(move || (proxy.stop(), proxy));
    while stream.next(PATIENCE).await?.is_some() {}
    let (status, _proxy) = stopped.await.expect("it does not panic");
    assert!(status?.success(), "SIGTERM is an orderly end");
    Ok(())
}

/// Browsers tell a page of a stream with its first bytes only, and people wait for them.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_with_nothing_to_say_says_so_at_once() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "release", "test").await?;
    for path in [
        format!("/api/sessions/{session}/stream?after=1"),
        format!("/api/stream?session={session}:1"),
    ] {
        let first = tokio::time::timeout(Duration::from_secs(1), async {
            client.request(Method::GET, &path).send().await?.chunk().await
        });
        let first = first
            .await
            .unwrap_or_else(|_| panic!("{path}: nothing within a second"))?;
        let first = String::from_utf8_lossy(&first.expect("it goes on")).into_owned();
        assert!(first.ends_with("\n\n"), "{path}: something whole: {first:?}");
    }
    Ok(())
}
