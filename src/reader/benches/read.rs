//! How fast runbooks are read, beside pulldown-cmark's bare events on the same text.
//!
//! Reading builds all blocks, the places they stand at, and the procedures made of them; the bare events are made and
//! dropped. Runs alternate, so that both see the same machine, and medians are compared.

#![expect(
    clippy::disallowed_methods,
    reason = "the crate does no I/O and reads no clock; measuring it takes both"
)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use holdpoint_reader::{options, read};
use pulldown_cmark::Parser;

const FILES: [&str; 5] = [
    "release",
    "golden-release",
    "go-live",
    "railway-deployment",
    "production-deployment",
];
const SIZE: usize = 1_000_000;
const RUNS: usize = 41;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runbooks");
    let shipped: String = FILES
        .iter()
        .map(|name| {
            let file = folder.join(format!("{name}.md"));
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()))
        })
        .collect::<Vec<_>>()
        .join("\n\n");
    let text = vec![shipped.as_str(); SIZE / shipped.len() + 1].join("\n\n");

    let bare = || Parser::new_ext(&text, options()).map(black_box).count();
    let with_offsets = || {
        Parser::new_ext(&text, options())
            .into_offset_iter()
            .map(black_box)
            .count()
    };
    let whole = || black_box(read("bench", &text)).procedures.len();
    let (mut bares, mut offsets, mut wholes) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let measured = [time(bare), time(with_offsets), time(whole)];
        // The first run warms the allocator and the caches.
        if run > 0 {
            bares.push(measured[0]);
            offsets.push(measured[1]);
            wholes.push(measured[2]);
        }
    }
    let [bare, offsets, whole] = [median(bares), median(offsets), median(wholes)];
    let rate = |time: Duration| text.len() as f64 / 1e6 / time.as_secs_f64();
    println!("{} bytes, medians of {RUNS} alternating runs", text.len());
    println!("bare events           {:8.1} MB/s", rate(bare));
    println!("events with offsets   {:8.1} MB/s", rate(offsets));
    println!("holdpoint read        {:8.1} MB/s", rate(whole));
    println!(
        "ratio read/bare       {:8.2}   (budget 0.80)",
        bare.as_secs_f64() / whole.as_secs_f64()
    );
}

fn time(run: impl Fn() -> usize) -> Duration {
    let start = Instant::now();
    black_box(run());
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
