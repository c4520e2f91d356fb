//! How fast runbooks are read, beside pulldown-cmark's bare events on the same text, and beside the programs of md4c and
//! cmark-gfm, which write the text as HTML. `cargo xtask bench read` starts this.
//!
//! Reading builds all blocks, the places they stand at, and the procedures made of them; the bare events are made and
//! dropped. Runs alternate, so that all see the same machine, and medians are compared.

#[path = "../common/machine.rs"]
mod machine;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use holdpoint_reader::{options, read};
use holdpoint_tests::{DriverError, Figures, Result, repository};
use pulldown_cmark::Parser;

const FILES: [&str; 5] = [
    "release",
    "golden-release",
    "go-live",
    "railway-deployment",
    "production-deployment",
];
/// Bytes of the text: the shipped runbooks, again and again.
const SIZE: usize = 4_000_000;
/// How often everything is measured, in turn.
const ROUNDS: usize = 15;

/// One way to read the text.
struct Way {
    name: &'static str,
    run: Box<dyn Fn() -> Result<()>>,
    took: Figures,
}

fn main() -> Result<()> {
    println!("\n{}", machine::machine());
    let text = text()?;
    let file = tempfile::NamedTempFile::new().map_err(io("making a file for the text"))?;
    std::fs::write(file.path(), &text).map_err(io("writing the text"))?;
    let mut ways = ways(&text, file.path());
    // The first round warms the allocator and the caches.
    for round in 0..=ROUNDS {
        for way in &mut ways {
            let since = Instant::now();
            (way.run)()?;
            if round > 0 {
                way.took.add(since.elapsed().as_secs_f64() * 1000.0);
            }
        }
    }
    println!("\n{} bytes of Markdown, medians of {ROUNDS} rounds\n", text.len());
    println!("| | MB/s | holdpoint beside it | budget |");
    println!("| --- | ---: | ---: | --- |");
    let own = ways[0].took.clone();
    for way in &ways {
        let budget = if way.name == BARE { "≥ 0.3" } else { "" };
        println!(
            "| {} | {:.1} | {:.2} | {budget} |",
            way.name,
            text.len() as f64 / 1e3 / way.took.median(),
            way.took.ratio(&own)
        );
    }
    println!("\nA program's time is that of its process, from the start to the end.");
    Ok(())
}

const BARE: &str = "pulldown-cmark, bare events";

/// Ours first, then the peers that are there.
fn ways(text: &str, file: &Path) -> Vec<Way> {
    let (own, bare, offsets) = (text.to_owned(), text.to_owned(), text.to_owned());
    let way = |name, run| Way {
        name,
        run,
        took: Figures::default(),
    };
    let mut ways = vec![
        way(
            "holdpoint",
            Box::new(move || {
                black_box(read("bench", &own));
                Ok(())
            }) as Box<dyn Fn() -> Result<()>>,
        ),
        way(
            BARE,
            Box::new(move || {
                black_box(Parser::new_ext(&bare, options()).map(black_box).count());
                Ok(())
            }),
        ),
        way(
            "pulldown-cmark, events with offsets",
            Box::new(move || {
                let events = Parser::new_ext(&offsets, options()).into_offset_iter();
                black_box(events.map(black_box).count());
                Ok(())
            }),
        ),
    ];
    let programs: [(&str, &str, &str, &[&str]); 2] = [
        ("md4c (md2html)", "md2html", "md4c", &["--github"]),
        (
            "cmark-gfm",
            "cmark-gfm",
            "cmark-gfm",
            &["-e", "table", "-e", "tasklist"],
        ),
    ];
    for (name, program, package, arguments) in programs {
        if let Some(program) = machine::peer(program, package) {
            let file = file.to_owned();
            ways.push(way(name, Box::new(move || html(&program, arguments, &file))));
        }
    }
    ways
}

/// Lets a program write the text as HTML, to nowhere.
fn html(program: &PathBuf, arguments: &[&str], file: &Path) -> Result<()> {
    let status = Command::new(program)
        .args(arguments)
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(io("starting a peer"))?;
    if status.success() {
        return Ok(());
    }
    Err(DriverError::Program {
        what: program.display().to_string(),
        output: status.to_string(),
    })
}

fn text() -> Result<String> {
    let folder = repository().join("runbooks");
    let mut shipped = String::new();
    for name in FILES {
        let file = folder.join(format!("{name}.md"));
        shipped += &std::fs::read_to_string(&file).map_err(io("reading the shipped runbooks"))?;
        shipped += "\n\n";
    }
    Ok(shipped.repeat(SIZE / shipped.len() + 1))
}

fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> DriverError {
    move |source| DriverError::Io {
        doing: doing.to_owned(),
        source,
    }
}
