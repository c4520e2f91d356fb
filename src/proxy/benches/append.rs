//! Durable appends through the engine, without HTTP: notes from 1, 8 and 64 writers, once all to one session and once each to a
//! session of its own.
//!
//! `cargo bench -p holdpoint --bench append [-- SECONDS]` prints appends per second for each, on the disk of `TMPDIR`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use holdpoint::config::Config;
use holdpoint::data::DataFolder;
use holdpoint::engine::{Engine, EngineParts};
use holdpoint::library::Library;
use holdpoint::runner::Runner;
use holdpoint::store::{SqliteStore, Store};
use holdpoint_domain::session::{ClientCommand, SessionId, digest};
use holdpoint_domain::wire::{SendCommand, StartSession};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const RUNBOOK: &str = "# Demo\n\n## Release procedure\n<!-- holdpoint: procedure id=release kind=release order=any -->\n\n\
                       - [ ] Scale to zero\n- [ ] Scale up\n";

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "multi_thread")]
async fn main() -> Result<(), Failure> {
    let seconds = std::env::args().skip(1).find_map(|one| one.parse().ok()).unwrap_or(3);
    let each = Duration::from_secs(seconds);
    let dir = tempfile::tempdir()?;
    std::fs::write(dir.path().join("demo.md"), RUNBOOK)?;
    std::fs::write(dir.path().join("gates.toml"), "[environments.test]\ntitle = \"Test\"\n")?;
    let lock = DataFolder::find(Some(dir.path().join("data")))?.lock()?;
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&lock).await?);
    let config = Arc::new(Config::load(dir.path())?);
    let engine = Engine::new(EngineParts {
        store: Arc::clone(&store),
        hub: Arc::default(),
        metrics: Arc::default(),
        library: Arc::new(Library::new(Arc::clone(&config))),
        runner: Runner::new(Arc::clone(&config))?,
        config,
        rehearsal: None,
        ending: CancellationToken::new(),
    });
    println!("writers  one session  a session each   (appends per second, {seconds} s each)");
    for writers in [1, 8, 64] {
        let one = measure(&engine, vec![begin(&engine).await?; writers], each).await?;
        let mut sessions = Vec::with_capacity(writers);
        for _ in 0..writers {
            sessions.push(begin(&engine).await?);
        }
        let many = measure(&engine, sessions, each).await?;
        println!("{writers:>7}  {one:>11.0}  {many:>14.0}");
    }
    engine.drain().await;
    store.close().await;
    Ok(())
}

async fn begin(engine: &Arc<Engine>) -> Result<SessionId, Failure> {
    let session = Uuid::now_v7();
    let start = StartSession {
        command: Uuid::now_v7(),
        session,
        runbook: "demo".to_owned(),
        digest: digest(RUNBOOK),
        procedure: "release".to_owned(),
        environment: "test".to_owned(),
        version: "v1".to_owned(),
        git_sha: "a1b2c3d4".to_owned(),
        captain: "Robin".to_owned(),
        undoes: None,
        drill: None,
        variables: std::collections::BTreeMap::new(),
    };
    engine.start(start).await?;
    Ok(session)
}

/// One writer for each entry. Each sends the next note when the one before is durable.
async fn measure(engine: &Arc<Engine>, sessions: Vec<SessionId>, each: Duration) -> Result<f64, Failure> {
    let begun = Instant::now();
    let write = |session: SessionId| {
        let engine = Arc::clone(engine);
        tokio::spawn(async move {
            let mut count = 0_u32;
            while begun.elapsed() < each {
                let text = format!("note {count}");
                let note = SendCommand {
                    id: Uuid::now_v7(),
                    actor: "Robin".to_owned(),
                    command: ClientCommand::AddNote {
                        step: None,
                        text,
                        written: None,
                    },
                };
                engine.command(session, note).await?;
                count += 1;
            }
            Ok::<u32, holdpoint::engine::EngineError>(count)
        })
    };
    let mut total = 0;
    for written in join_all(sessions.into_iter().map(write)).await {
        total += written??;
    }
    Ok(f64::from(total) / begun.elapsed().as_secs_f64())
}
