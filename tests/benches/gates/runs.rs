//! Gates that a proxy runs, asked for over HTTP as a browser does.

use std::time::{Duration, Instant};

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::Event;
use holdpoint_tests::{Answer, Client, DriverError, EventStream, Options, Result, TestProxy, TestServer};
use tempfile::TempDir;
use uuid::Uuid;

use crate::peers::{PROGRAM, STATEMENT};

/// How long a run may take. It is not what is measured: a run that takes so long is an error.
const PATIENCE: Duration = Duration::from_secs(10);
const HEALTH: &str = "/health";

const RUNBOOK: &str = "# Bench

## Checks
<!-- holdpoint: procedure id=checks kind=checklist order=any -->

- [ ] The service is healthy <!-- holdpoint: id=http gate=http -->
- [ ] The program succeeds <!-- holdpoint: id=command gate=command -->
- [ ] The row is there <!-- holdpoint: id=sql gate=sql -->
";

/// A proxy with a session in which gates are run, one after the other.
pub struct Runs {
    client: Client,
    session: Uuid,
    stream: EventStream,
    /// The address that the HTTP gate asks.
    pub health: String,
    _proxy: TestProxy,
    _platform: TestServer,
    _folder: TempDir,
}

/// How long a run took, in milliseconds.
pub struct Took {
    pub run: f64,
    pub whole: f64,
}

impl Runs {
    /// Starts it, with a database where there is one.
    pub async fn start(database: Option<&str>) -> Result<Self> {
        let platform = TestServer::start().await?;
        platform.set(HEALTH, Answer::json(200, r#"{"status":"ok"}"#));
        let folder = tempfile::tempdir().map_err(io)?;
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).map_err(io);
        write("bench.md", RUNBOOK)?;
        write("gates.toml", &gates(&platform.url()))?;
        write(
            "database",
            database.unwrap_or("postgres://postgres@127.0.0.1:1/postgres"),
        )?;
        let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
        let client = proxy.sign_in().await?;
        let session = client.begin("bench", "checks", "test").await?;
        let stream = client.stream(session, None).await?;
        Ok(Self {
            client,
            session,
            stream,
            health: format!("{}{HEALTH}", platform.url()),
            _proxy: proxy,
            _platform: platform,
            _folder: folder,
        })
    }

    /// Runs the gate of this name, which must pass.
    pub async fn run(&mut self, gate: &str) -> Result<Took> {
        let since = Instant::now();
        self.client
            .run_gate(self.session, &format!("checks/{gate}"), gate)
            .await?;
        loop {
            let record = self.stream.next_record(PATIENCE).await?;
            let whole = since.elapsed();
            let Event::GateFinished { verdict, .. } = record.event else {
                continue;
            };
            if verdict.outcome != Outcome::Pass {
                return Err(DriverError::Unexpected {
                    what: format!("The verdict of the gate “{gate}”"),
                    found: format!("{}\n{}", verdict.summary, verdict.output),
                });
            }
            let run = (verdict.finished - verdict.started)
                .num_nanoseconds()
                .unwrap_or(i64::MAX);
            return Ok(Took {
                run: run as f64 / 1e6,
                whole: whole.as_secs_f64() * 1000.0,
            });
        }
    }
}

fn gates(url: &str) -> String {
    format!(
        r#"
[environments.test]
title = "Test"
urls = {{ api = "{url}" }}
private_addresses = true
databases = {{ main = {{ file = "database" }} }}

[gates.http]
title = "Service health"
kind = "http"
http = {{ url = "{{url.api}}{HEALTH}" }}
expect = [{{ check = "status", equals = 200 }}, {{ check = "json", path = "$.status", equals = "ok" }}]

[gates.command]
title = "The program succeeds"
kind = "command"
command = {{ argv = ["{PROGRAM}"] }}
expect = [{{ check = "exit_code", equals = 0 }}]

[gates.sql]
title = "The row is there"
kind = "sql"
sql = {{ database = "main", statement = "{STATEMENT}" }}
expect = [{{ check = "rows", equals = 1 }}]
"#
    )
}

fn io(source: std::io::Error) -> DriverError {
    DriverError::Io {
        doing: "writing runbooks for the bench".to_owned(),
        source,
    }
}
