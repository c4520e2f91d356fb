//! How long exporting a session takes in each format and verifying what was exported, and how much memory, beside `sqlite3` writing
//! the same rows as JSON and as CSV. `cargo xtask bench export` builds what is measured and starts this; numbers given as arguments
//! are how many events there are, instead of the usual.

mod log;
#[path = "../common/machine.rs"]
mod machine;
mod process;

use std::path::Path;
use std::process::Command;

use holdpoint_tests::{Figures, Folder, Options, Result, TestProxy};
use uuid::Uuid;

/// Events of the sessions.
const EVENTS: [u64; 2] = [100_000, 1_000_000];
/// How often everything is measured, in turn: less often where it takes long.
const ROUNDS: usize = 5;
/// Events from which on it takes long.
const LONG: u64 = 500_000;
const LONG_ROUNDS: usize = 3;

/// What is measured: a name for people, and the format that `sqlite3` writes beside it.
const RUNS: [(Run, &str, Option<&str>); 7] = [
    (Run::Export("json"), "export json", Some("json")),
    (Run::Export("csv"), "export csv", Some("csv")),
    (Run::Export("md"), "export md", None),
    (Run::Export("html"), "export html", None),
    (Run::Export("zip"), "export zip", None),
    (Run::Verify("json"), "verify json", Some("json")),
    (Run::Verify("zip"), "verify zip", None),
];

#[derive(Clone, Copy)]
enum Run {
    Export(&'static str),
    /// What the export of this format wrote.
    Verify(&'static str),
}

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
    let mut sizes: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        sizes.extend(EVENTS);
    }
    println!("\n{}", machine::machine());
    for events in sizes {
        measure(events).await?;
    }
    Ok(())
}

async fn measure(events: u64) -> Result<()> {
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
    let file = |format: &str| data.join(format!("output.{format}"));
    let rounds = if events < LONG { ROUNDS } else { LONG_ROUNDS };
    let mut measured: Vec<(Measured, Measured)> = RUNS.iter().map(|_| Default::default()).collect();
    // When the database is opened first, the session's row is brought up to date; and the disk's cache is warm for both after that.
    process::run(&mut export(&holdpoint, data, session, "csv"), &file("csv"))?;
    for round in 1..=rounds {
        eprintln!("  … round {round} of {rounds}");
        for ((run, _, peer_format), (own, peer)) in RUNS.iter().zip(&mut measured) {
            match run {
                Run::Export(format) => own.add(&mut export(&holdpoint, data, session, format), &file(format))?,
                Run::Verify(format) => own.add(
                    Command::new(&holdpoint).arg("verify").arg(file(format)),
                    &data.join("said"),
                )?,
            }
            if let (Some(sqlite), Some(format)) = (&sqlite, peer_format) {
                peer.add(&mut select(sqlite, &database, session, format), &data.join("rows"))?;
            }
        }
    }
    println!("\nA session of {events} events; medians and quartiles of {rounds} rounds\n");
    println!("| | holdpoint | sqlite3, the same rows | ratio | peak memory | of sqlite3 | file |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for ((run, name, peer_format), (own, peer)) in RUNS.iter().zip(&measured) {
        let (Run::Export(format) | Run::Verify(format)) = run;
        let size = std::fs::metadata(file(format)).map_or(0.0, |found| found.len() as f64 / 1e6);
        let beside = match peer_format.filter(|_| sqlite.is_some()) {
            Some(format) => format!("-{format}: {} | {:.2}", peer.took, own.took.ratio(&peer.took)),
            None => " | ".to_owned(),
        };
        let of_peer = peer_format.map_or_else(String::new, |_| format!("{:.1} MiB", peer.peak.median()));
        println!(
            "| {name} | {} | {beside} | {:.1} MiB | {of_peer} | {size:.1} MB |",
            own.took,
            own.peak.median()
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
