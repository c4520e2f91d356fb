//! `cargo xtask test`: every check there is, summed up in one line.

use std::process::ExitCode;
use std::time::Instant;

use crate::command::{Quiet, tail};
use crate::error::XtaskError;
use crate::place::Place;
use crate::report::seconds;
use crate::{page, prepare, prepare_tests, proxy};

mod cargo_test;

/// What came of everything that ran.
#[derive(Default)]
struct Sum {
    passed: usize,
    failed: usize,
    /// What failed, and why, to be said again at the end.
    failures: Vec<String>,
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
            proxy::build(place)?;
            tests(place, &mut sum, Some(name))?;
        }
        None => everything(place, &mut sum)?,
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

fn everything(place: &Place, sum: &mut Sum) -> Result<(), XtaskError> {
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
    tests(place, sum, None)
}

/// Clippy, with warnings as errors.
fn lint(place: &Place, what: &str, arguments: &[&str]) -> Result<String, XtaskError> {
    Quiet::new(place, what, "cargo")
        .args(["clippy"])
        .args(arguments)
        .args(["--", "-D", "warnings"])
        .run()
}

/// Unit, contract, crash, security, browser and documentation tests.
fn tests(place: &Place, sum: &mut Sum, only: Option<&str>) -> Result<(), XtaskError> {
    println!("Tests");
    let built = Quiet::new(place, "building tests", "cargo")
        .args(["test", "--workspace", "--no-run"])
        .run();
    if sum.check("building tests", built).is_none() {
        return Ok(());
    }
    let ran = cargo_test::run(place, only)?;
    sum.passed += ran.passed;
    for failure in &ran.failures {
        sum.fail(failure.clone());
    }
    if !ran.failures.is_empty() {
        println!("\n{}\n", tail(&ran.said_of_failures, 400));
    }
    Ok(())
}
