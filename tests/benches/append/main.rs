//! How many commands a second become durable, with 1, 8 and 64 writers over HTTP, beside pgbench inserting the same rows
//! into a PostgreSQL on the same disk. `cargo xtask bench append` builds what is measured and starts this; a number given as an
//! argument is how many seconds each measurement takes.

#[path = "../common/bed.rs"]
mod bed;
#[path = "../common/http.rs"]
mod http;
#[path = "../common/machine.rs"]
mod machine;
#[path = "../common/pgbench.rs"]
mod pgbench;
mod rows;
mod writers;

use std::time::Duration;

use holdpoint_tests::{Figures, Result};

use bed::Bed;
use rows::Rows;

/// How many write at once.
const WRITERS: [usize; 3] = [1, 8, 64];
/// What DESIGN asks of each of them, as a ratio.
const BUDGETS: [&str; 3] = ["≥ 0.5", "", "≥ 0.8"];
/// How often everything is measured, in turn.
const ROUNDS: usize = 3;
/// How long one measurement takes, unless told otherwise.
const SECONDS: u64 = 5;

/// Appends per second.
#[derive(Default)]
struct Rates {
    many_sessions: Figures,
    one_session: Figures,
    peer: Figures,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    // Cargo says --bench, too.
    let seconds = std::env::args().find_map(|argument| argument.parse().ok());
    let span = Duration::from_secs(seconds.unwrap_or(SECONDS));
    println!("\n{}", machine::machine());
    let bed = Bed::start().await?;
    let peer = match machine::peer("pgbench", "postgresql") {
        Some(program) => Some(Rows::start(program, &bed).await?),
        None => None,
    };
    let mut rates: [Rates; 3] = Default::default();
    for round in 1..=ROUNDS {
        for (writers, rates) in WRITERS.into_iter().zip(&mut rates) {
            eprintln!("  … {writers} writers, round {round} of {ROUNDS}");
            rates
                .many_sessions
                .add(writers::rate(&bed, writers, writers, span).await?);
            if let Some(peer) = &peer {
                rates.peer.add(peer.rate(writers, span)?);
            }
            rates.one_session.add(writers::rate(&bed, writers, 1, span).await?);
        }
    }
    println!(
        "\nDurable appends per second, medians of {ROUNDS} rounds of {} s\n",
        span.as_secs()
    );
    println!("| writers | a session each | pgbench | ratio | budget | one session in all |");
    println!("| ---: | ---: | ---: | ---: | ---: | ---: |");
    for ((writers, rates), budget) in WRITERS.into_iter().zip(&rates).zip(BUDGETS) {
        println!(
            "| {writers} | {:.0} | {:.0} | {:.2} | {budget} | {:.0} |",
            rates.many_sessions.median(),
            rates.peer.median(),
            rates.many_sessions.ratio(&rates.peer),
            rates.one_session.median(),
        );
    }
    Ok(())
}
