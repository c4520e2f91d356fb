//! The examples in documentation, which nextest does not run.

use super::results::Ran;
use crate::command::Quiet;
use crate::error::XtaskError;
use crate::place::Place;

/// Runs them, or those whose name contains a text.
pub fn run(place: &Place, only: Option<&str>) -> Result<Ran, XtaskError> {
    let mut quiet = Quiet::new(place, "examples in documentation", "cargo")
        .args(["test", "--workspace", "--doc", "--no-fail-fast"])
        .env("CARGO_TERM_COLOR", "never");
    if let Some(name) = only {
        quiet = quiet.args(["--", name]);
    }
    let (success, output) = match quiet.run() {
        Ok(output) => (true, output),
        // The end of the output names the failed examples; its counts are in the whole of it.
        Err(XtaskError::Failed { log, .. }) => (
            false,
            std::fs::read_to_string(&log).map_err(XtaskError::file(&log, "read"))?,
        ),
        Err(error) => return Err(error),
    };
    Ok(counted(&output, success))
}

/// Counts what libtest printed: `test result: ok. 12 passed; 0 failed; 1 ignored; …`, and a line for each example.
fn counted(output: &str, success: bool) -> Ran {
    let mut ran = Ran::default();
    for line in output.lines() {
        if let Some(counts) = line.strip_prefix("test result: ") {
            match count(counts, " passed") {
                Some(passed) => ran.passed += passed,
                None => ran
                    .failures
                    .push(format!("documentation: this result cannot be read: {counts}")),
            }
        } else if let Some((name, how)) = line.strip_prefix("test ").and_then(|test| test.split_once(" ... ")) {
            if how.starts_with("ignored") {
                ran.failures.push(format!(
                    "documentation: {name} was not run, because it is marked `ignore`"
                ));
            } else if how.starts_with("FAILED") {
                ran.failures.push(format!("documentation: {name} failed"));
            }
        }
    }
    if !success && ran.failures.is_empty() {
        let end = crate::command::tail(output, 40);
        ran.failures.push(format!(
            "documentation: `cargo test --doc` failed. Its output ends with:\n{end}"
        ));
    }
    ran
}

fn count(counts: &str, word: &str) -> Option<usize> {
    let part = counts.split(['.', ';']).find(|part| part.trim_end().ends_with(word))?;
    part.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn counts_are_summed_over_crates() {
        let ran = counted(
            "   Doc-tests holdpoint_domain\n\
             test src/domain/src/lib.rs - (line 3) ... ok\n\
             test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s\n\
             \x20  Doc-tests holdpoint\n\
             test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s\n",
            true,
        );
        assert_eq!((ran.passed, ran.failures.len()), (5, 0));
    }

    #[test]
    fn what_fails_or_is_not_run_is_named() {
        let ran = counted(
            "test src/a.rs - a (line 1) ... FAILED\n\
             test src/b.rs - b (line 2) ... ignored\n\
             test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s\n",
            false,
        );
        assert_eq!(ran.passed, 1);
        assert_eq!(
            ran.failures,
            [
                "documentation: src/a.rs - a (line 1) failed",
                "documentation: src/b.rs - b (line 2) was not run, because it is marked `ignore`"
            ]
        );
    }

    #[test]
    fn a_build_that_fails_and_a_result_without_counts_are_failures() {
        assert_eq!(counted("error: it does not compile\n", false).failures.len(), 1);
        assert_eq!(counted("test result: ok. all of them\n", true).failures.len(), 1);
    }
}
