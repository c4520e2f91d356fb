//! How fast viewers of a session learn what happened, and what each of them costs in memory, with 100, 1,000 and 10,000 of
//! them, beside nginx with nchan, which sends messages of the same size at the same rate. `cargo xtask bench live` builds what is
//! measured and starts this; numbers given as arguments are how many viewers there are, instead of the usual.

#[path = "../common/bed.rs"]
mod bed;
#[path = "../common/follow.rs"]
mod follow;
#[path = "../common/http.rs"]
mod http;
#[path = "../common/machine.rs"]
mod machine;
mod memory;
mod nchan;
mod ours;
mod viewers;

use holdpoint_tests::{DriverError, Figures, Result};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use nchan::Nchan;
use viewers::Seen;

/// How many follow one session.
const VIEWERS: [usize; 3] = [100, 1_000, 10_000];
/// How often everything is measured, in turn.
const ROUNDS: usize = 3;
/// Files that are open beside the viewers' connections. The proxy takes 256 for gates and the database out of what it may open.
const OTHER_FILES: usize = 500;

/// What was measured, over all rounds.
#[derive(Default)]
struct Measured {
    median: Figures,
    late: Figures,
    kibibytes: Figures,
    lost: usize,
}

impl Measured {
    fn add(&mut self, seen: &Seen) {
        self.median.add(seen.median);
        self.late.add(seen.late);
        self.kibibytes.add(seen.bytes_each / 1024.0);
        self.lost += seen.lost;
    }

    fn row(&self, viewers: usize, what: &str, budget: &str) -> String {
        format!(
            "| {viewers} | {what} | {:.1} ms | {:.1} ms | {:.1} KiB | {} | {budget} |",
            self.median.median(),
            self.late.median(),
            self.kibibytes.median(),
            self.lost,
        )
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<()> {
    // Cargo says --bench, too.
    let mut counts: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    if counts.is_empty() {
        counts.extend(VIEWERS);
    }
    println!("\n{}", machine::machine());
    let most = counts.iter().copied().max().unwrap_or_default();
    allow_files(most + OTHER_FILES)?;
    let peer = nchan::program();
    println!(
        "\n{} notes to one session, {} ms apart; medians of {ROUNDS} rounds, each with a program that has just started\n",
        viewers::MESSAGES,
        viewers::APART.as_millis()
    );
    println!("| viewers | | p50 | p99 | memory each | lost | budget |");
    println!("| ---: | --- | ---: | ---: | ---: | ---: | --- |");
    for viewers in counts {
        let (mut own, mut other) = (Measured::default(), Measured::default());
        for round in 1..=ROUNDS {
            eprintln!("  … {viewers} viewers, round {round} of {ROUNDS}");
            let (seen, record) = ours::measure(viewers).await?;
            own.add(&seen);
            if let Some(program) = &peer {
                other.add(&Nchan::start(program, most)?.measure(viewers, &record).await?);
            }
        }
        println!("{}", own.row(viewers, "holdpoint", "p99 ≤ 100 ms, ≤ 8 KiB"));
        if peer.is_some() {
            println!("{}", other.row(viewers, "nginx + nchan", ""));
        }
    }
    Ok(())
}

/// Lets this program, and those that it starts, open so many files.
fn allow_files(wanted: usize) -> Result<()> {
    let wanted = u64::try_from(wanted).unwrap_or(u64::MAX);
    let limit = |source: nix::Error| DriverError::Io {
        doing: format!("raising the limit of open files to {wanted} (see `ulimit -Hn`)"),
        source: source.into(),
    };
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).map_err(limit)?;
    if soft >= wanted {
        return Ok(());
    }
    setrlimit(Resource::RLIMIT_NOFILE, wanted, hard.max(wanted)).map_err(limit)
}
