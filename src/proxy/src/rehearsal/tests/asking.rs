//! Asks every shipped gate against a rehearsal and judges the answers: just enough of a runner to see what a fault does,
//! without the proxy's own.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use holdpoint_domain::gate::Outcome;
use holdpoint_gates::config::{CommandLine, Environment, Gate, GatesFile, HttpRequest, SqlQuery};
use holdpoint_gates::evaluate::{Observation, Values, evaluate, unanswered, verdict_outcome};
use holdpoint_gates::fill::{Encoding, fill};
use sqlx::postgres::PgPool;

use crate::rehearsal::stand_in::{Paper, act};
use crate::rehearsal::{Pretence, Rehearsal};

/// Shorter than the slow API takes, and long enough for a busy machine.
const PATIENCE: Duration = Duration::from_millis(1500);

/// A rehearsal with the shipped gates.
pub(super) struct Asking {
    pub(super) rehearsal: Rehearsal,
    gates: GatesFile,
    environment: Environment,
    values: Values,
    database: PgPool,
    http: reqwest::Client,
}

pub(super) fn shipped_gates() -> GatesFile {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../runbooks/gates.toml");
    let text = std::fs::read_to_string(path).expect("the shipped gates can be read");
    GatesFile::parse(&text).unwrap_or_else(|error| panic!("runbooks/gates.toml:{error}"))
}

impl Asking {
    pub(super) async fn of(rehearsal: Rehearsal) -> Self {
        // Whichever test comes first installs it; the others find it there.
        rustls::crypto::ring::default_provider().install_default().ok();
        let gates = shipped_gates();
        let mut environment = gates.environments["rehearsal"].clone();
        rehearsal.apply(&mut environment);
        assert!(environment.unavailable.is_empty(), "{:?}", environment.unavailable);
        let url = environment.databases["main"]
            .file
            .clone()
            .expect("the rehearsal writes a file");
        let url = std::fs::read_to_string(url).expect("the connection string can be read");
        let database = PgPool::connect(&url).await.expect("gates can connect");

        let (git_sha, version) = ("c0ffee11d00d22f00d33beef44cafe55babe6677", "v2.0.1");
        rehearsal.set_release(git_sha, version).await;
        let session = [("git_sha", git_sha), ("version", version), ("environment", "rehearsal")];
        let mut values = environment.values(&session.map(|(name, value)| (name.into(), value.into())).into());
        for (name, secret) in &environment.secrets {
            let secret = std::fs::read_to_string(secret.file.as_ref().expect("rehearsed secrets are in files"));
            values.insert(format!("secret.{name}"), secret.expect("the secret can be read"));
        }
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .build()
            .expect("a client can be made");
        Self {
            rehearsal,
            gates,
            environment,
            values,
            database,
            http,
        }
    }

    /// The gates that do not pass. The golden path runs before what looks for its traces.
    pub(super) async fn holding(&self) -> BTreeSet<String> {
        let mut ids: Vec<_> = self.gates.gates.keys().cloned().collect();
        ids.sort_by_key(|id| id != "golden-path");
        let mut holding = BTreeSet::new();
        for id in ids {
            if self.ask(&self.gates.gates[&id]).await != Outcome::Pass {
                holding.insert(id);
            }
        }
        holding
    }

    async fn ask(&self, gate: &Gate) -> Outcome {
        let observation = if let Some(http) = &gate.http {
            self.request(http).await
        } else if let Some(sql) = &gate.sql {
            self.query(sql).await
        } else {
            self.run(gate.command.clone().expect("a gate asks in one of three ways"))
                .await
        };
        let results = match observation {
            Ok(observation) => evaluate(&gate.expect, &observation, &self.values),
            Err(error) => unanswered(&gate.expect, &error),
        };
        verdict_outcome(&results)
    }

    async fn request(&self, http: &HttpRequest) -> Result<Observation, String> {
        let url = fill(&http.url, &self.values, Encoding::UrlComponent).map_err(|error| error.to_string())?;
        let answer = self.http.get(url).send().await.map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.map_err(|error| error.to_string())?.to_vec();
        Ok(Observation::Http {
            status,
            headers: Vec::new(),
            body,
            truncated: false,
            latency: Duration::ZERO,
        })
    }

    async fn query(&self, sql: &SqlQuery) -> Result<Observation, String> {
        assert!(sql.bind.is_empty(), "this runner binds nothing");
        let statement = format!("SELECT to_json(answer)::text FROM ({}) AS answer", sql.statement);
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
            .fetch_all(&self.database)
            .await
            .map_err(|error| error.to_string())?;
        let rows: Vec<serde_json::Map<String, serde_json::Value>> = rows
            .iter()
            .map(|row| serde_json::from_str(row).expect("PostgreSQL writes JSON"))
            .collect();
        let columns = rows
            .first()
            .map(|row| row.keys().cloned().collect())
            .unwrap_or_default();
        let rows = rows
            .into_iter()
            .map(|row| row.into_iter().map(|(_, value)| value).collect())
            .collect();
        Ok(Observation::Sql {
            columns,
            rows,
            truncated: false,
            latency: Duration::ZERO,
        })
    }

    /// The stand-in, in a thread of this process.
    async fn run(&self, command: CommandLine) -> Result<Observation, String> {
        let plain = |text: &String| fill(text, &self.values, Encoding::Plain).map_err(|error| error.to_string());
        let argv: Vec<String> = command.argv.iter().map(plain).collect::<Result<_, _>>()?;
        let mut variables = Values::new();
        for (name, value) in &command.env {
            variables.insert(name.clone(), plain(value)?);
        }
        let (program, arguments) = argv.split_first().ok_or("no program")?;
        let stands_in = self
            .environment
            .programs
            .get(program)
            .ok_or("a real program would have been run")?;
        let state = PathBuf::from(&stands_in[3]);
        let (program, arguments) = (program.clone(), arguments.to_vec());
        let ran = tokio::task::spawn_blocking(move || {
            let pretence = Pretence::read(&state).expect("the state file can be read");
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let mut paper = Paper {
                out: Vec::new(),
                pause: Duration::ZERO,
            };
            let exit = act(
                &mut paper,
                &pretence,
                &|name| variables.get(name).cloned(),
                &program,
                &arguments,
            );
            (exit.expect("a vector takes everything"), paper.out)
        });
        let (exit, stdout) = ran.await.map_err(|error| error.to_string())?;
        Ok(Observation::Command {
            exit: Some(exit),
            signal: None,
            combined: stdout.clone(),
            stdout,
            stderr: Vec::new(),
            truncated: false,
            latency: Duration::ZERO,
        })
    }
}
