//! Behind a real nginx that nobody has told anything about event streams.

use std::time::{Duration, Instant};

use holdpoint_tests::{Answer, Client, DriverError, Folder, Nginx, Options, Result, TestProxy, TestServer};
use reqwest::Method;

/// An event is to arrive as it happens, and nginx's buffers are not what it waits for.
const SOON: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(20);

struct Place {
    server: TestServer,
    _folder: Folder,
    proxy: TestProxy,
}

async fn place() -> Result<Place> {
    let server = TestServer::start().await?;
    server.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    let folder = Folder::new(&server.url())?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    Ok(Place {
        server,
        _folder: folder,
        proxy,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn events_arrive_at_once_through_nginx_as_it_is() -> Result<()> {
    let at = place().await?;
    let nginx = Nginx::start(&at.proxy.url())?;
    let link = at.proxy.sign_in_link()?.replace(&at.proxy.url(), &nginx.url());
    let client = Client::sign_in(&nginx.url(), &link).await?;
    let session = client.begin("demo", "checks", "test").await?;
    let path = format!("/api/sessions/{session}/stream?after=1");
    let sign = tokio::time::timeout(SOON, async {
        let mut quiet = client.request(Method::GET, &path).send().await?;
        Ok::<_, DriverError>(quiet.chunk().await?)
    });
    let sign = sign.await.expect("a sign of life comes at once")?;
    assert!(sign.is_some_and(|sign| sign.starts_with(b"event: heartbeat\n")));
    let mut stream = client.stream(session, Some(1)).await?;
    for step in ["checks/succeeds", "checks/healthy"] {
        let gate = if step.ends_with("healthy") {
            "health"
        } else {
            "succeeds"
        };
        client.run_gate(session, step, gate).await?;
        let since = Instant::now();
        let started = stream.next_record(SOON).await?;
        assert!(since.elapsed() < SOON, "{started:?}");
        client
            .until(session, step, PATIENCE, |history| history.is_done(step))
            .await?;
        while stream.next_record(SOON).await?.seq < client.events(session, 0).await?.len() as u64 {}
    }
    assert_eq!(at.server.requests_to("/health"), 1);
    Ok(())
}

/// What the page falls back to where a stream gives nothing.
#[tokio::test(flavor = "multi_thread")]
async fn where_a_stream_is_kept_back_answers_and_polling_tell_the_same() -> Result<()> {
    let at = place().await?;
    let nginx = Nginx::start_with(
        Nginx::free_port()?,
        &at.proxy.url(),
        "proxy_ignore_headers X-Accel-Buffering;",
    )?;
    let direct = at.proxy.sign_in().await?;
    let client = Client::with_cookie(&nginx.url(), direct.cookie())?;
    let session = client.begin("demo", "checks", "test").await?;
    let path = format!("/api/sessions/{session}/stream?after=1");
    let held_back = tokio::time::timeout(SOON, async {
        let mut stream = client.request(Method::GET, &path).send().await?;
        Ok::<_, DriverError>(stream.chunk().await?)
    });
    assert!(held_back.await.is_err(), "this nginx keeps streams back");
    let before = client.events(session, 0).await?.len() as u64;
    let accepted = client.tick(session, "checks/a-person-looked").await?;
    assert_eq!(client.events(session, before).await?, accepted.events);
    Ok(())
}
