//! A platform that is not ours: exactly what the README says, with the files that stand in it, a Python web server and a
//! PostgreSQL database.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use holdpoint_domain::session::{SessionOutcome, Standing};
use holdpoint_domain::wire::StartSession;
use holdpoint_tests::{
    Client, DriverError, History, Options, RecordedCheck, RecordedVerdict, Result, TestPostgres, TestProxy, fences,
    repository,
};

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

/// Starts a release of this version of the shop, and walks as far as it goes.
async fn release(client: &Client, version: &str) -> Result<(uuid::Uuid, History)> {
    let start = StartSession {
        version: version.to_owned(),
        ..client.start_of("shop", "release", "shop").await?
    };
    client.start(&start).await?;
    Ok((start.session, client.walk(start.session).await?))
}

fn verdict(history: &History, step: &str, gate: &str) -> RecordedVerdict {
    history.verdict(step, gate).expect("the gate ran")
}

/// The step and the gate that hold, and what the runbook says to do.
fn held_at(history: &History) -> [&str; 3] {
    let hold = history.hold().expect("it holds");
    ["step", "gate", "advice"].map(|name| hold[name].as_str().expect("text"))
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
    let (session, history) = release(&client, "v1.4.2").await?;
    let steps = ["release/publish", "release/site", "release/orders"];
    assert_eq!(
        history.ticks(),
        [(steps[0], "person"), (steps[1], "gate"), (steps[2], "gate")]
    );
    assert_eq!(history.standing(), "go");
    client.close(session, SessionOutcome::Completed).await?;
    assert_eq!(client.brief(session).await?.standing, Standing::Completed);

    // A version that it does not publish: step 2 holds, and says why.
    let (session, history) = release(&client, "v1.4.3").await?;
    assert_eq!((history.standing(), history.done()), ("hold", steps[..1].to_vec()));
    let failed = verdict(&history, "release/site", "site-version");
    assert_eq!(failed.outcome, "fail");
    let differs = |check: &RecordedCheck| check.expected.contains("v1.4.3") && check.observed.contains("v1.4.2");
    assert!(
        failed.checks.iter().any(differs),
        "expected v1.4.3, observed v1.4.2: {failed:?}"
    );
    assert_eq!(held_at(&history), ["release/site", "site-version", "rollback"]);

    // Nothing goes on until the gate passes.
    let refused = client.tick(session, "release/orders").await;
    let refused = refused.expect_err("nothing may be ticked on hold");
    assert_eq!(refused.refusal(), Some((409, "on_hold")));
    shop.publish("v1.4.3");
    let passed = client.verdict_of(session, "release/site", "site-version").await?;
    assert_eq!(passed.outcome, "pass", "{passed:?}");
    shop.database.sql("shop", "DELETE FROM orders WHERE id = 1")?;
    let history = client.walk(session).await?;
    assert_eq!(history.done(), steps, "it went on, and the orders were fine");
    assert_eq!(history.standing(), "go");

    // Now an order gets stuck: the gate that runs by itself holds, and the release is rolled back.
    shop.database.sql("shop", "UPDATE orders SET status = 'stuck'")?;
    let (session, history) = release(&client, "v1.4.3").await?;
    assert_eq!((history.standing(), history.done()), ("hold", steps[..2].to_vec()));
    let failed = verdict(&history, "release/orders", "no-stuck-orders");
    assert_eq!((failed.outcome.as_str(), failed.checks.len()), ("fail", 1));
    let auto: Vec<_> = history.runs().iter().map(|run| run["auto"] == true).collect();
    assert_eq!(auto, [false, true], "the second gate ran by itself");
    let rollback = client.begin_rollback(session, "rollback").await?;
    let undone = client.walk(rollback).await?;
    assert_eq!(undone.done().len(), 1);
    client.close(rollback, SessionOutcome::Completed).await?;
    client.close(session, SessionOutcome::RolledBack).await?;
    let history = client.history(session).await?;
    assert_eq!(history.standing(), "rolled_back");
    assert_eq!(history.broken_chain(), None);
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
    let history = client.walk(session).await?;
    assert_eq!(held_at(&history), ["release/site", "site-version", "rollback"]);
    assert_eq!(history.done(), ["release/publish"]);
    let verdict = verdict(&history, "release/site", "site-version");
    assert_eq!(verdict.outcome, "inconclusive");
    assert!(verdict.summary.starts_with("No answer: "), "{}", verdict.summary);
    Ok(())
}
