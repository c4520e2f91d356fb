//! More connections than there is room for: whoever has something to say is heard, and gates have what they need.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use holdpoint_tests::{Answer, Folder, Options, Result, TestProxy, TestServer};
use reqwest::Method;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(20);
/// Files that the proxy may open.
const FILES: usize = 256;
/// As many as would take every file twice.
const IDLE: usize = 2 * FILES;

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_put_no_session_on_hold_and_keep_nobody_out() -> Result<()> {
    let server = TestServer::start().await?;
    server.set("/health", Answer::json(200, r#"{"status": "ok"}"#));
    let folder = Folder::new(&server.url())?;
    let program = TestProxy::program()?;
    let limited = folder.path().join("limited");
    folder.write(
        "limited",
        &format!("#!/bin/sh\nulimit -n {FILES}\nexec '{}' \"$@\"\n", program.display()),
    )?;
    std::fs::set_permissions(&limited, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let proxy = TestProxy::start(Options::default().runbooks(folder.path()).program(&limited)).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "checks", "test").await?;
    let mut stream = client.stream(session, None).await?;
    stream.next_record(PATIENCE).await?;

    let mut idle = Vec::new();
    for number in 0..IDLE {
        let mut connection = TcpStream::connect(("127.0.0.1", proxy.port()))
            .await
            .expect("the system takes it");
        match number % 3 {
            0 => {}
            1 => drop(connection.write_all(b"POST /sign-in HTTP/1.1\r\nhost: ").await),
            _ => drop(connection.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await),
        }
        idle.push(connection);
    }
    for (step, gate) in [("checks/succeeds", "succeeds"), ("checks/healthy", "health")] {
        client.run_gate(session, step, gate).await?;
        let done = client
            .until(session, step, PATIENCE, |history| history.is_done(step))
            .await?;
        assert_eq!(done.standing(), "go", "{step}");
    }
    // The follower kept its place, and hears of it.
    while !matches!(
        stream.next_record(PATIENCE).await?.event,
        holdpoint_domain::session::Event::StepTicked { ref step, .. } if step == "checks/healthy"
    ) {}
    let text = client.request(Method::GET, "/metrics").send().await?.text().await?;
    let metric = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.parse::<usize>().ok())
            .unwrap_or_else(|| panic!("{name} in {text}"))
    };
    let limit = metric("holdpoint_connections_limit");
    assert_eq!(limit, FILES / 2);
    assert!(metric("holdpoint_connections") <= limit);
    assert!(metric("holdpoint_connections_replaced_total") >= IDLE - limit, "{text}");
    assert!(!proxy.output().contains("Too many open files"), "{}", proxy.output());
    drop(idle);
    Ok(())
}
