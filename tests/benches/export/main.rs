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
use process::Ran;
use uuid::Uuid;

/// Events of the sessions.
const EVENTS: [u64; 2] = [100_000, 1_000_000];
/// How often everything is measured, in turn: less often where it takes long.
const ROUNDS: usize = 5;
/// Events from which on it takes long.
const LONG: u64 = 500_000;
const LONG_ROUNDS: usize = 3;

/// What is measured, in this order: a name for people, and the format that `sqlite3` writes beside it.
const RUNS: [(Run, &str, Option<&str>); 7] = [
    (Run::Export("json"), "export json", Some("json")),
    (Run::Verify("json"), "verify json", Some("json")),
    (Run::Export("csv"), "export csv", Some("csv")),
    (Run::Export("md"), "export md", None),
    (Run::Export("html"), "export html", None),
    (Run::Export("zip"), "export zip", None),
    (Run::Verify("zip"), "verify zip", None),
];

#[derive(Clone, Copy)]
enum Run {
    Export(&'static str),
    /// What the export of this format wrote.
    Verify(&'static str),
}

/// What was measured of one run, and of what `sqlite3` did beside it.
#[derive(Default)]
struct Measured {
    own: Costs,
    peer: Costs,
    /// How many times as long as `sqlite3` just after it, each time, and how many times as much of the processors.
    ratio: Figures,
    processor_ratio: Figures,
    /// Bytes of the file.
    size: u64,
}

/// Milliseconds, on the clock and of the processors, and MiB at most.
#[derive(Default)]
struct Costs {
    took: Figures,
    processor: Figures,
    peak: Figures,
}

impl Costs {
    /// Runs it once.
    fn add(&mut self, command: &mut Command, output: &Path) -> Result<Ran> {
        let ran = process::run(command, output)?;
        self.took.add(ran.took.as_secs_f64() * 1000.0);
        self.processor.add(ran.processor.as_secs_f64() * 1000.0);
        self.peak.add(ran.peak_kibibytes / 1024.0);
        Ok(ran)
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
    let mut measured: Vec<Measured> = RUNS.iter().map(|_| Measured::default()).collect();
    // When the database is opened first, the session's row is brought up to date; and the disk's cache is warm for both after that.
    process::run(&mut export(&holdpoint, data, session, "csv"), &file("csv"))?;
    for round in 1..=rounds {
        eprintln!("  … round {round} of {rounds}, {}", machine::load());
        for (place, ((run, _, peer_format), measured)) in RUNS.iter().zip(&mut measured).enumerate() {
            let (Run::Export(format) | Run::Verify(format)) = run;
            let ran = match run {
                Run::Export(_) => measured
                    .own
                    .add(&mut export(&holdpoint, data, session, format), &file(format))?,
                Run::Verify(_) => measured.own.add(
                    Command::new(&holdpoint).arg("verify").arg(file(format)),
                    &data.join("said"),
                )?,
            };
            measured.size = std::fs::metadata(file(format)).map_or(0, |found| found.len());
            if let (Some(sqlite), Some(format)) = (&sqlite, peer_format) {
                let rows = data.join("rows");
                let beside = measured
                    .peer
                    .add(&mut select(sqlite, &database, session, format), &rows)?;
                measured.ratio.add(ran.took.div_duration_f64(beside.took));
                measured
                    .processor_ratio
                    .add(ran.processor.div_duration_f64(beside.processor));
                remove(&rows);
            }
            let verified_next = matches!(RUNS.get(place + 1), Some((Run::Verify(_), ..)));
            if !verified_next {
                remove(&file(format));
            }
        }
    }
    println!(
        "\nA session of {events} events; medians and quartiles of {rounds} rounds, each beside sqlite3; {} at the end\n",
        machine::load()
    );
    println!(
        "| | holdpoint | sqlite3, the same rows | ratio | processors | of sqlite3 | ratio | peak memory | of sqlite3 | file |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for ((_, name, peer_format), measured) in RUNS.iter().zip(&measured) {
        let Measured {
            own,
            peer,
            ratio,
            processor_ratio,
            size,
        } = measured;
        let size = *size as f64 / 1e6;
        let beside = match peer_format.filter(|_| sqlite.is_some()) {
            Some(format) => [
                format!("-{format}: {}", peer.took),
                format!("{:.2}", ratio.median()),
                peer.processor.to_string(),
                format!("{:.2}", processor_ratio.median()),
                format!("{:.1} MiB", peer.peak.median()),
            ],
            None => Default::default(),
        };
        let [took, times, processor, processor_times, peak] = beside;
        println!(
            "| {name} | {} | {took} | {times} | {} | {processor} | {processor_times} | {:.1} MiB | {peak} | {size:.1} MB |",
            own.took,
            own.processor,
            own.peak.median()
        );
    }
    Ok(())
}

/// Makes room on the disk. What stays goes with the proxy's folder.
fn remove(file: &Path) {
    drop(std::fs::remove_file(file));
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
