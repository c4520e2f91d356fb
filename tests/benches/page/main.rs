//! What the page costs, in a browser: its weight, its loading, a tick and the opening of long sessions, the latter two beside
//! rows of hand-written JavaScript in the same run. Everything is measured and nothing asserted; `cargo xtask bench page`
//! builds what is measured and starts this. Numbers given as arguments are the lengths of the sessions, instead of the usual; words
//! (`weight`, `first`, `verdict`, `replay`, `lists`) are what is measured, instead of all of it.

mod bed;
mod lists;
mod loads;
mod peer;
mod replays;

use holdpoint_tests::Result;

use bed::Bed;

/// How long the sessions are whose ticks and opening are measured.
const STEPS: [usize; 3] = [100, 1_000, 10_000];
/// How long the session is whose first row is waited for.
const SHORT: usize = 100;

/// How many events the session has that is replayed.
const EVENTS: usize = 10_000;

#[tokio::main]
async fn main() -> Result<()> {
    // Cargo says --bench, too.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| !one.starts_with('-')).collect();
    let mut steps: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let words = arguments.iter().filter(|argument| argument.parse::<usize>().is_err());
    let words: Vec<&str> = words.map(String::as_str).collect();
    let wanted = |word: &str| words.is_empty() || words.contains(&word);
    if steps.is_empty() {
        steps.extend(STEPS);
    }
    let bed = Bed::start(steps.iter().copied().chain([SHORT])).await?;
    println!("\n{}\n", bed.machine().await?);
    if wanted("weight") {
        println!("{}", loads::weight()?);
    }
    if wanted("first") {
        println!("{}", loads::first_row(&bed, SHORT).await?);
    }
    if wanted("verdict") {
        println!("{}", loads::verdict(&bed, SHORT).await?);
    }
    if wanted("replay") {
        println!("{}", replays::of_events(&bed, SHORT, EVENTS).await?);
    }
    if wanted("lists") {
        println!("{}", lists::beside_peer(&bed, &steps).await?);
    }
    Ok(())
}
