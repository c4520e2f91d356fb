//! One stream of several sessions: each is told whole and in its order, and none waits for another or ends with it.

use std::time::Duration;

use holdpoint_domain::session::{ClientCommand, Event, SessionId};
use holdpoint_domain::wire::Live;
use holdpoint_tests::{Client, Folder, Message, Options, Result, TestProxy, plain_http};
use reqwest::Method;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);

async fn place() -> Result<(Folder, TestProxy, Client)> {
    let folder = Folder::new("http://127.0.0.1:9")?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    Ok((folder, proxy, client))
}

async fn note(client: &Client, session: SessionId, text: &str) -> Result<()> {
    let text = text.to_owned();
    client
        .command(
            session,
            ClientCommand::AddNote {
                step: None,
                text,
                written: None,
            },
        )
        .await
        .map(drop)
}

/// The value of `holdpoint_sse_viewers`.
async fn streams(proxy: &TestProxy) -> Result<String> {
    let metrics = plain_http()?
        .get(format!("{}/metrics", proxy.url()))
        .send()
        .await?
        .text()
        .await?;
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix("holdpoint_sse_viewers "));
    Ok(line.unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_session_goes_on_from_its_own_place() -> Result<()> {
    let (_folder, proxy, client) = place().await?;
    let mut sessions = Vec::new();
    for number in 0..3 {
        let session = client.begin("demo", "release", "test").await?;
        for note_number in 0..60 {
            note(&client, session, &format!("Note {note_number} of {number}")).await?;
        }
        sessions.push(session);
    }
    // More than is read from the store at once, from the middle, and from the end.
    let places = [(sessions[0], 0), (sessions[1], 30), (sessions[2], 61)];
    let mut stream = client.stream_of(&places).await?;
    let mut seen = places.map(|(session, after)| (session, after, Vec::new()));
    let mut told = 61 + 31;
    while told > 0 {
        let record = stream.next_record(PATIENCE).await?;
        let of = seen.iter_mut().find(|(session, ..)| *session == record.session);
        of.expect("nothing comes of a session that was not asked for")
            .2
            .push(record);
        told -= 1;
    }
    for (session, after, records) in &seen {
        assert_eq!(*records, client.events(*session, *after).await?);
    }
    // What happens then comes as it happens, from whichever.
    for session in sessions.iter().rev() {
        note(&client, *session, "as it happens").await?;
        let record = stream.next_record(PATIENCE).await?;
        assert_eq!((record.session, record.seq), (*session, 62));
    }
    assert_eq!(streams(&proxy).await?, "1", "of three sessions it is one stream");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn output_says_of_which_session_it_is() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    let quiet = client.begin("demo", "checks", "test").await?;
    let session = client.begin("demo", "checks", "test").await?;
    let mut stream = client.stream_of(&[(quiet, 1), (session, 1)]).await?;
    client.run_gate(session, "checks/succeeds", "succeeds").await?;
    let mut told = String::new();
    loop {
        match stream.next(PATIENCE).await? {
            Some(Message::Record(record)) if matches!(record.event, Event::GateFinished { .. }) => break,
            Some(Message::SessionLive(said)) => {
                assert_eq!(said.session, session);
                if let Live::Output { text, .. } = said.live {
                    told.push_str(&text);
                }
            }
            Some(Message::Record(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(told.contains("all is well"), "{told}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_cannot_be_followed_ends_no_other() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "release", "test").await?;
    let shorter = client.begin("demo", "release", "test").await?;
    let unknown = Uuid::now_v7();
    let mut stream = client.stream_of(&[(unknown, 0), (session, 1), (shorter, 40)]).await?;
    let mut ended = Vec::new();
    for _ in 0..2 {
        match stream.next(PATIENCE).await? {
            Some(Message::Ended(one)) => ended.push((one.session, one.error.code)),
            other => panic!("{other:?}"),
        }
    }
    ended.sort();
    let mut expected = vec![(unknown, "not_found".to_owned()), (shorter, "beyond_end".to_owned())];
    expected.sort();
    assert_eq!(ended, expected);
    note(&client, session, "still told").await?;
    assert_eq!(stream.next_record(PATIENCE).await?.session, session);
    // Where none is left, the stream is over.
    let mut over = client.stream_of(&[(unknown, 0)]).await?;
    assert!(matches!(over.next(PATIENCE).await?, Some(Message::Ended(_))));
    assert_eq!(over.next(PATIENCE).await?, None);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_begins_with_a_sign_of_life_and_says_what_is_wrong_with_an_address() -> Result<()> {
    let (_folder, _proxy, client) = place().await?;
    let session = client.begin("demo", "release", "test").await?;
    let path = format!("/api/stream?session={session}:1");
    let mut answer = client.request(Method::GET, &path).send().await?;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    assert_eq!(answer.headers()["x-accel-buffering"], "no");
    let sign = tokio::time::timeout(PATIENCE, answer.chunk())
        .await
        .expect("it comes at once")?;
    assert!(sign.is_some_and(|sign| sign.starts_with(b"event: heartbeat\n")));
    for wrong in ["", "?after=1", "?session=x:1", &format!("?session={session}")] {
        let answer = client
            .request(Method::GET, &format!("/api/stream{wrong}"))
            .send()
            .await?;
        assert_eq!(answer.status(), 400, "{wrong}");
    }
    Ok(())
}
