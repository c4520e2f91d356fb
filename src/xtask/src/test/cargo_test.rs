//! Running `cargo test` and reading what it says, line by line as it comes.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::error::XtaskError;
use crate::place::Place;
use crate::report::{Progress, seconds};

/// What came of all test programs.
#[derive(Debug, Default, PartialEq)]
pub struct Ran {
    /// Tests that passed.
    pub passed: usize,
    /// Each test that failed, and each test program that ended without saying what came of its tests.
    pub failures: Vec<String>,
    /// What failing tests printed.
    pub said_of_failures: String,
}

/// Runs every test of the workspace, or only those whose name contains a text.
pub fn run(place: &Place, only: Option<&str>) -> Result<Ran, XtaskError> {
    let path = place.logs().join("tests.log");
    let mut log = File::create(&path).map_err(XtaskError::file(&path, "written"))?;
    let (reader, writer) = std::io::pipe().map_err(XtaskError::file(&path, "written"))?;
    let errors = writer.try_clone().map_err(XtaskError::file(&path, "written"))?;
    let mut command = Command::new("cargo");
    command
        .current_dir(&place.root)
        .args(["test", "--workspace", "--no-fail-fast"]);
    command
        .env("HOLDPOINT_BIN", place.holdpoint())
        .env("CARGO_TERM_COLOR", "never")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null());
    command.stdout(writer).stderr(errors);
    if let Some(name) = only {
        command.args(["--", name]);
    }
    let mut child = command.spawn().map_err(|source| XtaskError::Start {
        program: "cargo test".to_owned(),
        source,
    })?;
    // This side's ends of the pipe are in `command`; while they are open, the pipe never ends.
    drop(command);
    let mut reading = Reading::default();
    let mut progress: Option<(String, Progress)> = None;
    for line in BufReader::new(reader).split(b'\n') {
        let line = line.map_err(XtaskError::file(&path, "read"))?;
        let line = String::from_utf8_lossy(&line).into_owned();
        writeln!(log, "{line}").map_err(XtaskError::file(&path, "written"))?;
        reading.line(&line);
        if progress.as_ref().map(|(name, _)| name) != reading.current.as_ref() {
            // The line with the counts has said how it ended.
            drop(progress.take());
            progress = reading
                .current
                .clone()
                .map(|name| (name.clone(), Progress::begin(name)));
        }
    }
    drop(progress);
    let status = child.wait().map_err(XtaskError::file(&path, "read"))?;
    let whole = fs::read_to_string(&path).map_err(XtaskError::file(&path, "read"))?;
    Ok(reading.end(status.success(), &whole))
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    ran: Ran,
    /// The test program that is running.
    current: Option<String>,
    since: Option<Instant>,
    in_failures: bool,
}

impl Reading {
    fn line(&mut self, line: &str) {
        if let Some(name) = program_of(line) {
            self.lost();
            self.current = Some(name);
            self.since = Some(Instant::now());
        } else if let Some(counts) = line.strip_prefix("test result: ") {
            self.result(counts);
        } else if let Some(rest) = line.strip_prefix("test ") {
            // With more than one thread the name and its result stand in one line; output of tests is captured.
            if let Some(name) = rest
                .strip_suffix(" ... FAILED")
                .or_else(|| rest.strip_suffix(" ... ignored"))
            {
                let how = if rest.ends_with("FAILED") {
                    "failed"
                } else {
                    "was not run"
                };
                let program = self.current.as_deref().unwrap_or("tests").to_owned();
                self.ran.failures.push(format!("{program}: {name} {how}"));
            }
        }
        // The names of failed tests follow once more after what they printed.
        match line {
            "failures:" => self.in_failures = !self.in_failures,
            _ if self.in_failures => {
                self.ran.said_of_failures.push_str(line);
                self.ran.said_of_failures.push('\n');
            }
            _ => {}
        }
    }

    /// `ok. 12 passed; 0 failed; 0 ignored; …`
    fn result(&mut self, counts: &str) {
        self.in_failures = false;
        let count = |word: &str| {
            let part = counts.split(['.', ';']).find(|part| part.trim_end().ends_with(word))?;
            part.split_whitespace().next()?.parse::<usize>().ok()
        };
        let name = self.current.take().unwrap_or_else(|| "tests".to_owned());
        match (count(" passed"), count(" failed")) {
            (Some(passed), Some(failed)) => {
                self.ran.passed += passed;
                if passed + failed > 0 {
                    let took = self
                        .since
                        .take()
                        .map(|since| seconds(since.elapsed()))
                        .unwrap_or_default();
                    println!("    {name}: {passed} passed, {failed} failed ({took})");
                }
            }
            _ => self
                .ran
                .failures
                .push(format!("{name}: its result cannot be read: {counts}")),
        }
    }

    /// A test program that began and never said what came of it.
    fn lost(&mut self) {
        if let Some(name) = self.current.take() {
            self.ran.failures.push(format!("{name}: it ended without a result."));
        }
    }

    fn end(mut self, success: bool, whole: &str) -> Ran {
        self.lost();
        if !success && self.ran.failures.is_empty() {
            let end = crate::command::tail(whole, 40);
            self.ran.failures.push(format!(
                "cargo test failed, though no test did. Its output ends with:\n{end}"
            ));
        }
        self.ran
    }
}

/// `     Running unittests src/lib.rs (target/debug/deps/holdpoint-1a2b)` and `   Doc-tests holdpoint_domain`.
fn program_of(line: &str) -> Option<String> {
    let line = line.trim_start();
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(format!("documentation of {name}"));
    }
    let rest = line.strip_prefix("Running ")?;
    let (target, path) = rest.split_once(" (")?;
    let file = path.strip_suffix(')')?.rsplit('/').next()?;
    let krate = file.rsplit_once('-').map_or(file, |(name, _)| name);
    Some(if target.starts_with("unittests") {
        format!("{krate} ({})", target.trim_start_matches("unittests "))
    } else {
        krate.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, success: bool) -> Ran {
        let mut reading = Reading::default();
        text.lines().for_each(|line| reading.line(line));
        reading.end(success, text)
    }

    #[test]
    fn sums_over_programs() {
        let ran = read(
            "     Running unittests src/lib.rs (target/debug/deps/holdpoint-1a2b)\n\
             test a ... ok\n\
             test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s\n\
             \x20  Doc-tests holdpoint_domain\n\
             test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s\n",
            true,
        );
        assert_eq!(
            ran,
            Ran {
                passed: 13,
                ..Ran::default()
            }
        );
    }

    #[test]
    fn what_fails_or_does_not_run_is_named() {
        let ran = read(
            "     Running tests/contract_api.rs (target/debug/deps/contract_api-1a2b)\n\
             test one ... FAILED\n\
             test two ... ignored\n\
             failures:\n\
             ---- one stdout ----\n\
             it was red\n\
             failures:\n\
             \x20   one\n\
             test result: FAILED. 3 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s\n",
            false,
        );
        assert_eq!(ran.passed, 3);
        assert_eq!(
            ran.failures,
            ["contract_api: one failed", "contract_api: two was not run"]
        );
        assert!(ran.said_of_failures.contains("it was red"));
    }

    #[test]
    fn a_program_that_dies_counts_as_failed() {
        let begun = "     Running tests/crash.rs (target/debug/deps/crash-1a2b)\ntest one ... ok\n";
        assert_eq!(read(begun, false).failures, ["crash: it ended without a result."]);
        assert_eq!(read("", false).failures.len(), 1);
    }
}
