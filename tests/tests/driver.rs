//! The driver itself: a browser that finds things by role and name, a platform, a database.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use holdpoint_tests::{Answer, Browser, DriverError, Name, Result, Scope, TestPostgres, TestServer, plain_http};

const PAGE: &str = r#"<!doctype html><html lang="en"><head><title>Driver</title></head><body><main><h1>Driver</h1>
<p id="said" role="status" aria-label="Said">nothing</p>
<section aria-label="Left"><button onclick="said.textContent = 'left'">Say</button></section>
<section aria-label="Right"><button onclick="said.textContent = 'right'">Say</button><button disabled>Never</button></section>
<label>Name <input oninput="said.textContent = this.value"></label>
<div hidden><button>Secret</button></div>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
</main></body></html>"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_finds_things_by_role_and_name() -> Result<()> {
    let server = TestServer::start().await?;
    server.set("/", Answer::new(200, "text/html; charset=utf-8", PAGE));
    let browser = Browser::at(&server.url()).await?;
    browser.go("/").await?;
    let right = browser.find("region", "Right").await?;
    browser.click_in(right.scope(), "button", "Say").await?;
    let said = browser.find("status", "Said").await?;
    assert_eq!(browser.text_of(&said).await?, "right");
    browser.fill("Name", "Robin").await?;
    assert_eq!(browser.text_of(&said).await?, "Robin");
    assert!(browser.find_in(right.scope(), "button", "Never").await?.is_disabled());
    let buttons = browser.all(Scope::Page, "button", Name::Any).await?;
    let names: Vec<&str> = buttons.iter().map(|found| found.name.as_str()).collect();
    assert_eq!(names, ["Say", "Say", "Never"], "what is hidden is not there");
    let wrong = browser.axe().await?;
    assert!(
        wrong.iter().any(|line| line.starts_with("image-alt")),
        "axe-core sees the picture without a text: {wrong:?}"
    );
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cluster_is_its_own() -> Result<()> {
    let (one, other) = tokio::join!(TestPostgres::start(), TestPostgres::start());
    let (one, other) = (one?, other?);
    one.sql("postgres", "CREATE DATABASE shop")?;
    one.sql(
        "shop",
        "CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (2)",
    )?;
    assert_eq!(one.sql("shop", "SELECT count(*) FROM orders")?, "2");
    let wrong = one.sql("shop", "SELECT nothing").expect_err("there is no such column");
    assert!(
        wrong.to_string().contains("column \"nothing\" does not exist"),
        "{wrong}"
    );
    let wrong = other.sql("shop", "SELECT 1").expect_err("there is no such database");
    assert!(
        wrong.to_string().contains("database \"shop\" does not exist"),
        "{wrong}"
    );
    Ok(())
}

/// Set in a second process of this test, which starts a cluster and waits to be killed.
const TO_BE_KILLED: &str = "HOLDPOINT_TEST_TO_BE_KILLED";

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_test_leaves_no_postgres_behind() -> Result<()> {
    if std::env::var_os(TO_BE_KILLED).is_some() {
        let cluster = TestPostgres::start().await?;
        println!("\ncluster {} {}", cluster.port(), cluster.folder().display());
        std::io::stdout().flush().expect("somebody reads it");
        std::future::pending::<()>().await;
    }
    let mut test = Command::new(std::env::current_exe().expect("this program"));
    test.args(["--exact", "--nocapture", "a_killed_test_leaves_no_postgres_behind"]);
    let started = test.env(TO_BE_KILLED, "1").stdout(Stdio::piped()).spawn();
    let mut test = started.expect("this program can be started");
    let lines = BufReader::new(test.stdout.take().expect("it is piped")).lines();
    let line = lines
        .map_while(std::result::Result::ok)
        .find(|line| line.starts_with("cluster "));
    let line = line.expect("it started its cluster");
    let words: Vec<&str> = line.split(' ').collect();
    let (port, folder) = (words[1].parse::<u16>().expect("a port"), Path::new(words[2]));
    assert!(
        TcpStream::connect(("127.0.0.1", port)).is_ok() && folder.is_dir(),
        "{line}"
    );

    test.kill()
        .and_then(|()| test.wait().map(drop))
        .expect("it can be killed");
    let since = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_ok() || folder.exists() {
        if since.elapsed() > Duration::from_secs(10) {
            return Err(DriverError::TimedOut {
                what: "PostgreSQL and its folder to be gone".into(),
                waited: since.elapsed(),
                seen: line,
            });
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn exchange(server: &TestServer, path: &str) -> Result<(u16, String)> {
    let answer = plain_http()?.get(format!("{}{path}", server.url())).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_answers_as_it_is_told() -> Result<()> {
    let server = TestServer::answering([Answer::json(503, "first"), Answer::json(200, "then")]).await?;
    server.set("/own", Answer::redirect("/elsewhere"));
    for (path, expected) in [
        ("/any?query=1", (503, "first")),
        ("/other", (200, "then")),
        ("/any", (200, "then")),
    ] {
        let (status, body) = exchange(&server, path).await?;
        assert_eq!((status, body.as_str()), expected, "{path}");
    }
    server.set("/cut", Answer::cut_short("half"));
    assert!(exchange(&server, "/cut").await.is_err(), "it breaks off");
    server.set("/reset", Answer::Reset);
    assert!(exchange(&server, "/reset").await.is_err(), "it resets");
    server.set("/echo", Answer::Echo);
    let (_, echoed) = exchange(&server, "/echo").await?;
    assert!(echoed.starts_with("GET /echo HTTP/1.1\r\n"), "{echoed}");
    assert_eq!((server.requests().len(), server.requests_to("/any")), (6, 2));
    assert_eq!(exchange(&TestServer::start().await?, "/").await?.0, 404);
    Ok(())
}
