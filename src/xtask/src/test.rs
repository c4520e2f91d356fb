//! `cargo xtask test`: every check there is, summed up in one line.

use std::process::ExitCode;
use std::time::Instant;

use crate::command::Quiet;
use crate::error::XtaskError;
use crate::place::Place;
use crate::report::seconds;
use crate::{page, prepare, prepare_tests, proxy};

mod doc_tests;
mod nextest;
mod results;

use results::Ran;

/// What came of everything that ran.
#[derive(Default)]
struct Sum {
    passed: usize,
    failed: usize,
    /// What failed, and why, to be said again at the end.
    failures: Vec<String>,
    /// Tests that have a result. Checks are not among them.
    tests: usize,
}

impl Sum {
    /// Counts one check. A check that could not run counts as failed.
    fn check<T>(&mut self, name: &str, came: Result<T, XtaskError>) -> Option<T> {
        match came {
            Ok(value) => {
                self.passed += 1;
                Some(value)
            }
            Err(error) => {
                self.fail(format!("{name}: {error}"));
                None
            }
        }
    }

    /// Adds what came of tests, and says it by program.
    fn add(&mut self, ran: &Ran) {
        for (program, counts) in &ran.programs {
            println!(
                "    {program}: {} passed, {} failed ({})",
                counts.passed,
                counts.failed,
                seconds(counts.took)
            );
        }
        self.passed += ran.passed;
        self.tests += ran.passed + ran.failures.len();
        for failure in &ran.failures {
            self.fail(failure.clone());
        }
    }

    fn fail(&mut self, why: String) {
        self.failed += 1;
        println!("  ✗ {why}");
        self.failures.push(why);
    }
}

/// Runs everything; the exit code is 1 if anything failed.
pub fn test(place: &Place, only: Option<&str>) -> Result<ExitCode, XtaskError> {
    let since = Instant::now();
    let mut sum = Sum::default();
    match only {
        Some(name) => {
            prepare::nextest(place)?;
            proxy::build(place)?;
            tests(place, &mut sum, Some(name));
        }
        None => everything(place, &mut sum),
    }
    if !sum.failures.is_empty() {
        println!("\nWhat failed");
        for failure in &sum.failures {
            // What it printed was shown when it failed.
            println!("  ✗ {}", failure.lines().next().unwrap_or_default());
        }
    }
    println!("\nEverything took {}.", seconds(since.elapsed()));
    println!("{} passed, {} failed", sum.passed, sum.failed);
    Ok(if sum.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn everything(place: &Place, sum: &mut Sum) {
    println!("Set-up");
    for missing in prepare_tests::for_tests(place) {
        sum.fail(missing.to_string());
    }
    let tools = sum.check("set-up", prepare::tools(place));
    sum.check(
        "crates",
        Quiet::new(place, "crates", "cargo").args(["fetch", "--locked"]).run(),
    );

    println!("Form and lints");
    sum.check(
        "formatting",
        Quiet::new(place, "formatting", "cargo")
            .args(["fmt", "--all", "--check"])
            .run(),
    );
    sum.check("clippy", lint(place, "clippy", &["--workspace", "--all-targets"]));

    println!("WebAssembly");
    let wasm = ["--target", "wasm32-unknown-unknown"];
    // The pure crates must build where there is no operating system.
    for name in ["domain", "reader", "gates", "report"] {
        let package = format!("holdpoint-{name}");
        sum.check(
            &format!("{name} for wasm32"),
            lint(
                place,
                &format!("clippy of {name} for wasm32"),
                &[&["--package", package.as_str()][..], &wasm].concat(),
            ),
        );
    }
    sum.check(
        "app for wasm32",
        lint(
            place,
            "clippy of app for wasm32",
            &[&["--package", "holdpoint-app"][..], &wasm].concat(),
        ),
    );
    if let Some(tools) = tools {
        sum.check(
            "page",
            page::build(place, &tools).and_then(|weight| weight.within_budget(&tools)),
        );
    } else {
        sum.fail("page: it was not built, because the tools for it are missing.".to_owned());
    }

    println!("Proxy");
    let built = sum.check("proxy", proxy::build(place));
    if built.is_some() {
        let runbooks = place.root.join("runbooks");
        let lint = Quiet::new(place, "holdpoint lint runbooks", place.holdpoint())
            .args(["lint"])
            .args([runbooks]);
        sum.check("holdpoint lint runbooks", lint.run());
    } else {
        sum.fail("holdpoint lint runbooks: it did not run, because the proxy was not built.".to_owned());
    }
    tests(place, sum, None);
}

/// Clippy, with warnings as errors.
fn lint(place: &Place, what: &str, arguments: &[&str]) -> Result<String, XtaskError> {
    Quiet::new(place, what, "cargo")
        .args(["clippy"])
        .args(arguments)
        .args(["--", "-D", "warnings"])
        .run()
}

/// Unit, contract, crash, security and browser tests, and the examples in documentation.
fn tests(place: &Place, sum: &mut Sum, only: Option<&str>) {
    println!("Tests");
    if let Some(listed) = sum.check("building tests", nextest::build(place, only)) {
        match nextest::run(place, &listed, only) {
            Ok(ran) => sum.add(&ran),
            Err(error) => sum.fail(error.to_string()),
        }
    }
    match doc_tests::run(place, only) {
        Ok(ran) => sum.add(&ran),
        Err(error) => sum.fail(format!("examples in documentation: {error}")),
    }
    if sum.tests == 0 {
        sum.fail(match only {
            Some(name) => format!("tests: none has a name that contains “{name}”."),
            None => "tests: none ran.".to_owned(),
        });
    }
}
