//! `cargo xtask …`: set-up, build, run, test and bench. Two commands on a fresh machine do everything:
//! `cargo xtask run` starts Holdpoint in rehearsal, `cargo xtask test` runs every check there is.

mod bench;
mod command;
mod error;
mod page;
mod place;
mod prepare;
mod prepare_tests;
mod proxy;
mod report;
mod run;
mod test;
mod weigh;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use error::XtaskError;
use place::Place;

/// Everything that is done with this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Get the tools that building needs: the wasm target, Trunk, the wasm-bindgen CLI and (optionally) wasm-opt.
    Setup,
    /// Build the page and print its size.
    Page,
    /// Print how much of the page's wasm comes from which crate.
    Weigh,
    /// Set up, build page and proxy, and start Holdpoint in rehearsal on 127.0.0.1.
    Run {
        /// Arguments for `holdpoint` instead of the rehearsal's: `cargo xtask run -- serve --runbooks DIR`.
        #[arg(last = true)]
        holdpoint: Vec<String>,
    },
    /// Set up and run every check. The last line is `N passed, N failed`.
    Test {
        /// Run only the tests whose name contains this, and leave everything else out.
        #[arg(long)]
        only: Option<String>,
    },
    /// Measure something in release, beside a peer in the same run, and print a table. Nothing is asserted.
    Bench {
        /// `append`: durable commands beside pgbench. `live`: viewers beside nginx with nchan. `gates`: gates beside curl, a spawned
        /// program and pgbench. `read`: Markdown beside pulldown-cmark, md4c and cmark-gfm. `export`: logs beside sqlite3.
        /// `page`: the page, ticking and opening long sessions beside hand-written JavaScript.
        what: String,
        /// Numbers for the bench: of `append` seconds, of `live` viewers, of `export` events, of `page` steps.
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    match carry_out(Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(task: Task) -> Result<ExitCode, XtaskError> {
    let place = Place::find()?;
    match task {
        Task::Setup => {
            prepare::tools(&place)?;
        }
        Task::Page => {
            let tools = prepare::tools(&place)?;
            page::build(&place, &tools)?.within_budget(&tools)?;
        }
        Task::Weigh => weigh::weigh(&place)?,
        Task::Run { holdpoint } => return run::run(&place, &holdpoint),
        Task::Test { only } => return test::test(&place, only.as_deref()),
        Task::Bench { what, arguments } => bench::bench(&place, &what, &arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}
