//! How long exporting a session of 100,000 events takes and how much memory, beside `sqlite3` writing the same rows as JSON and
//! as CSV. `cargo xtask bench export` builds what is measured and starts this; a number given as an argument is how many events there
//! are, instead of the usual.

mod log;
#[path = "../common/machine.rs"]
mod machine;
mod process;

use std::path::Path;
use std::process::Command;

use holdpoint_tests::{Figures, Folder, Options, Result, TestProxy};
use uuid::Uuid;

/// Events of the session.
const EVENTS: u64 = 100_000;
/// How often everything is measured, in turn.
const ROUNDS: usize = 5;
const FORMATS: [&str; 2] = ["json", "csv"];

/// Milliseconds, and MiB at most.
#[derive(Default)]
struct Measured {
    took: Figures,
    peak: Figures,
}

impl Measured {
    fn add(&mut self, command: &mut Command, output: &Path) -> Result<()> {
        let ran = process::run(command, output)?;
        self.took.add(ran.took.as_secs_f64() * 1000.0);
        self.peak.add(ran.peak_kibibytes / 1024.0);
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    // Cargo says --bench, too.
    let events = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(EVENTS);
    println!("\n{}", machine::machine());
    // No gate is run: nobody listens there.
    let folder = Folder::new("http://127.0.0.1:1")?;
    let mut proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let session = client.begin("demo", "release", "test").await?;
    let first = client.events(session, 0).await?;
    proxy.stop()?;
    let data = proxy.data();
    let database = data.join("holdpoint.db");
    eprintln!("  … writing {events} events");
    log::fill(&database, first, events).await?;
    let holdpoint = TestProxy::program()?;
    let sqlite = machine::peer("sqlite3", "sqlite3");
    let output = data.join("output");
    let mut measured: [(Measured, Measured); 2] = Default::default();
    // When the database is opened first, the session's row is brought up to date; and the disk's cache is warm for both after that.
    process::run(&mut export(&holdpoint, data, session, "csv"), &output)?;
    for round in 1..=ROUNDS {
        eprintln!("  … round {round} of {ROUNDS}");
        for (format, (own, peer)) in FORMATS.into_iter().zip(&mut measured) {
            own.add(&mut export(&holdpoint, data, session, format), &output)?;
            if let Some(sqlite) = &sqlite {
                peer.add(&mut select(sqlite, &database, session, format), &output)?;
            }
        }
    }
    println!("\nA session of {events} events, written to a file; medians and quartiles of {ROUNDS} rounds\n");
    println!("| format | holdpoint export | sqlite3 | ratio | budget | peak memory | of sqlite3 |");
    println!("| --- | ---: | ---: | ---: | --- | ---: | ---: |");
    for ((format, (own, peer)), budget) in FORMATS.into_iter().zip(&measured).zip(["≤ 1.5, flat memory", ""]) {
        println!(
            "| {format} | {} | {} | {:.2} | {budget} | {:.1} MiB | {:.1} MiB |",
            own.took,
            peer.took,
            own.took.ratio(&peer.took),
            own.peak.median(),
            peer.peak.median()
        );
    }
    Ok(())
}

fn export(holdpoint: &Path, data: &Path, session: Uuid, format: &str) -> Command {
    let mut command = Command::new(holdpoint);
    command
        .args(["export", &session.to_string(), "--format", format, "--data-dir"])
        .arg(data);
    command
}

fn select(sqlite: &Path, database: &Path, session: Uuid, format: &str) -> Command {
    let mut command = Command::new(sqlite);
    command
        .arg(format!("-{format}"))
        .arg("-readonly")
        .arg(database)
        .arg(format!(
            "SELECT session, seq, record, hash FROM events WHERE session = '{session}' ORDER BY seq"
        ));
    command
}
