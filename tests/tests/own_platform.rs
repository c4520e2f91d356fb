//! A platform that is not ours: exactly what the README says, with the files that stand in it, a Python web server and a
//! PostgreSQL database.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::OnFail;
use holdpoint_domain::session::{SessionOutcome, Standing, verify_records};
use holdpoint_tests::{Client, DriverError, Options, Result, TestPostgres, TestProxy, fences, repository};

/// The shop of the README, running.
struct Shop {
    folder: tempfile::TempDir,
    database: TestPostgres,
    site: Child,
}

impl Drop for Shop {
    fn drop(&mut self) {
        if let Err(error) = self.site.kill().and_then(|()| self.site.wait()) {
            eprintln!("the shop's web server could not be stopped: {error}");
        }
    }
}

impl Shop {
    /// Writes the README's files, and starts what its commands start. Only the port and the database's address are the
    /// test's own.
    async fn open() -> Result<Self> {
        let readme = read(&repository().join("README.md"))?;
        let folder = tempfile::tempdir().map_err(|source| DriverError::Io {
            doing: "making the shop's folder".into(),
            source,
        })?;
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let mut written = Vec::new();
        for fence in fences(&readme) {
            let Some(file) = fence.file else { continue };
            let path = folder.path().join(&file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
            fs::write(path, fence.text.replace("127.0.0.1:8000", &format!("127.0.0.1:{port}")))
                .expect("the file can be written");
            written.push(file);
        }
        written.sort();
        let expected = [
            "shop/orders.sql",
            "shop/runbooks/gates.toml",
            "shop/runbooks/shop.md",
            "shop/site/health.json",
        ];
        assert_eq!(written, expected, "the README shows these files");
        for line in [
            "psql \"$SHOP_DATABASE_URL\" -f shop/orders.sql",
            "python3 -m http.server 8000 --bind 127.0.0.1 --directory shop/site &",
            "holdpoint lint shop/runbooks",
            "holdpoint serve --runbooks shop/runbooks",
        ] {
            assert!(readme.contains(line), "the README says to run `{line}`");
        }
        let database = TestPostgres::start().await?;
        database.sql("postgres", "CREATE DATABASE shop")?;
        database.sql("shop", &read(&folder.path().join("shop/orders.sql"))?)?;
        let site = Command::new("python3")
            .args([
                "-m",
                "http.server",
                &port.to_string(),
                "--bind",
                "127.0.0.1",
                "--directory",
                "shop/site",
            ])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| DriverError::Missing { what: "Python 3" })?;
        let shop = Self { folder, database, site };
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(shop);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(DriverError::TimedOut {
            what: "the shop's web server".into(),
            waited: Duration::from_secs(10),
            seen: String::new(),
        })
    }

    fn runbooks(&self) -> std::path::PathBuf {
        self.folder.path().join("shop/runbooks")
    }

    async fn serve(&self) -> Result<TestProxy> {
        let options = Options::default()
            .runbooks(self.runbooks())
            .environment("SHOP_DATABASE_URL", self.database.url("shop"));
        TestProxy::start(options).await
    }

    fn publish(&self, version: &str) {
        let health = format!("{{ \"status\": \"ok\", \"version\": \"{version}\" }}\n");
        fs::write(self.folder.path().join("shop/site/health.json"), health).expect("the file can be written");
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|source| DriverError::Io {
        doing: format!("reading {}", path.display()),
        source,
    })
}

/// The last verdict of a gate, as `(outcome, [(expected, observed)])`.
async fn observed(
    client: &Client,
    session: uuid::Uuid,
    step: &str,
    gate: &str,
) -> Result<(Outcome, Vec<(String, String)>)> {
    let state = client.state(session).await?;
    let verdict = state.last_verdict(step, gate).expect("the gate ran");
    let checks = verdict
        .checks
        .iter()
        .map(|check| (check.expected.clone(), check.observed.clone()))
        .collect();
    Ok((verdict.outcome, checks))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readmes_shop_is_released_and_held() -> Result<()> {
    let shop = Shop::open().await?;
    let lint = Command::new(TestProxy::program()?)
        .arg("lint")
        .arg(shop.runbooks())
        .output()
        .expect("holdpoint starts");
    assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stdout));

    let proxy = shop.serve().await?;
    let client = proxy.sign_in().await?;

    // The version that the site publishes: both gates pass and tick their steps.
    let session = client.begin("shop", "release", "shop").await?;
    let state = client.walk(session).await?;
    assert_eq!(state.progress(), (3, 3));
    assert_eq!(state.standing(), Standing::Go);
    client.close(session, SessionOutcome::Completed).await?;

    // A version that it does not publish: step 2 holds, and says why.
    let start = client.start_of("shop", "release", "shop").await?;
    let start = holdpoint_domain::wire::StartSession {
        version: "v1.4.3".into(),
        ..start
    };
    client.start(&start).await?;
    let session = start.session;
    let state = client.walk(session).await?;
    assert_eq!((state.standing(), state.progress()), (Standing::Hold, (1, 3)));
    let (outcome, checks) = observed(&client, session, "release/site", "site-version").await?;
    assert_eq!(outcome, Outcome::Fail);
    let differs = checks
        .iter()
        .any(|(expected, seen)| expected.contains("v1.4.3") && seen.contains("v1.4.2"));
    assert!(differs, "expected v1.4.3, observed v1.4.2: {checks:?}");
    let (_, _, hold) = state.hold().expect("it holds");
    assert_eq!(hold.advice, OnFail::Rollback);

    // Nothing goes on until the gate passes.
    let refused = client
        .tick(session, "orders")
        .await
        .expect_err("nothing may be ticked on hold");
    assert_eq!(refused.refusal(), Some((409, "on_hold")));
    shop.publish("v1.4.3");
    client.verdict_of(session, "release/site", "site-version").await?;

    // Now an order gets stuck: the gate that runs by itself holds, and the release is rolled back.
    shop.database.sql("shop", "DELETE FROM orders WHERE id = 1")?;
    let state = client.walk(session).await?;
    assert_eq!(state.progress(), (3, 3), "it went on, and the orders were fine");
    shop.database.sql("shop", "UPDATE orders SET status = 'stuck'")?;
    let start = client.start_of("shop", "release", "shop").await?;
    let start = holdpoint_domain::wire::StartSession {
        version: "v1.4.3".into(),
        ..start
    };
    client.start(&start).await?;
    let session = start.session;
    let state = client.walk(session).await?;
    assert_eq!((state.standing(), state.progress()), (Standing::Hold, (2, 3)));
    let (outcome, checks) = observed(&client, session, "release/orders", "no-stuck-orders").await?;
    assert_eq!((outcome, checks.len()), (Outcome::Fail, 1));
    let rollback = client.begin_rollback(session, "rollback").await?;
    let state = client.walk(rollback).await?;
    assert_eq!(state.progress(), (1, 1));
    client.close(rollback, SessionOutcome::Completed).await?;
    client.close(session, SessionOutcome::RolledBack).await?;
    let records = client.events(session, 0).await?;
    let values: Vec<_> = records
        .iter()
        .map(|record| serde_json::to_value(record).expect("an event is JSON"))
        .collect();
    assert_eq!(verify_records(&values), Ok(()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_does_not_answer_holds() -> Result<()> {
    let mut shop = Shop::open().await?;
    let proxy = shop.serve().await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("shop", "release", "shop").await?;
    shop.site.kill().expect("the web server can be stopped");
    shop.site.wait().expect("it ends");
    let state = client.walk(session).await?;
    assert_eq!((state.standing(), state.progress()), (Standing::Hold, (1, 3)));
    let (outcome, _) = observed(&client, session, "release/site", "site-version").await?;
    assert_eq!(outcome, Outcome::Inconclusive);
    Ok(())
}
