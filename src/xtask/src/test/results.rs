//! What came of the tests, from what nextest lists and from the JUnit report that it writes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use quick_junit::{Report, TestCase, TestCaseStatus};
use serde::Deserialize;

/// What came of some tests.
#[derive(Debug, Default, PartialEq)]
pub struct Ran {
    /// Tests that passed.
    pub passed: usize,
    /// Each test that did not pass, with the reason. A test that was not run is one of them.
    pub failures: Vec<String>,
    /// The same by test program.
    pub programs: BTreeMap<String, Counts>,
}

/// What came of one program's tests.
#[derive(Debug, Default, PartialEq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
    /// The sum of its tests' times. Tests run at the same time, so it can be more than what passed on the clock.
    pub took: Duration,
}

/// A test program as nextest names it, such as `holdpoint-tests::crash`, and a test in it.
type TestName = (String, String);

/// The tests that there are.
#[derive(Debug, Default, PartialEq)]
pub struct Listed {
    /// Those that must have a result.
    pub wanted: BTreeSet<TestName>,
    /// Those that are marked `#[ignore]`.
    pub ignored: BTreeSet<TestName>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct TestList {
    rust_suites: BTreeMap<String, Suite>,
}

#[derive(Deserialize)]
struct Suite {
    #[serde(default)]
    testcases: BTreeMap<String, ListedTest>,
}

#[derive(Deserialize)]
struct ListedTest {
    ignored: bool,
}

/// Reads what `cargo nextest list --message-format json` prints, and takes the tests whose name contains a text.
pub fn listed(json: &str, only: Option<&str>) -> Result<Listed, serde_json::Error> {
    let list: TestList = serde_json::from_str(json)?;
    let mut listed = Listed::default();
    for (program, suite) in list.rust_suites {
        for (test, about) in suite.testcases {
            if only.is_some_and(|text| !test.contains(text)) {
                continue;
            }
            let tests = if about.ignored {
                &mut listed.ignored
            } else {
                &mut listed.wanted
            };
            tests.insert((program.clone(), test));
        }
    }
    Ok(listed)
}

/// Counts a JUnit report. A listed test without a result counts as failed, and so does an ignored one.
pub fn counted(listed: &Listed, report: &Report) -> Ran {
    let mut ran = Ran::default();
    let mut missing = listed.wanted.clone();
    for suite in &report.test_suites {
        for case in &suite.test_cases {
            missing.remove(&(suite.name.to_string(), case.name.to_string()));
            ran.count(suite.name.as_str(), case);
        }
    }
    for (program, test) in missing {
        ran.fail(&program, format!("{program} {test}: it has no result"));
    }
    for (program, test) in &listed.ignored {
        ran.fail(
            program,
            format!("{program} {test}: it was not run, because it is marked #[ignore]"),
        );
    }
    ran
}

impl Ran {
    fn count(&mut self, program: &str, case: &TestCase) {
        let counts = self.programs.entry(program.to_owned()).or_default();
        counts.took += case.time.unwrap_or_default();
        let (ty, message) = match &case.status {
            TestCaseStatus::Success { .. } => {
                counts.passed += 1;
                self.passed += 1;
                return;
            }
            TestCaseStatus::NonSuccess { ty, message, .. } => (ty.as_deref().unwrap_or("it failed"), message),
            TestCaseStatus::Skipped { message, .. } => ("it was not run", message),
        };
        let mut why = format!("{program} {}: {ty}", case.name.as_str());
        if let Some(message) = message {
            why += " (";
            why += message.lines().next().unwrap_or_default();
            why += ")";
        }
        self.fail(program, why);
    }

    fn fail(&mut self, program: &str, why: String) {
        self.programs.entry(program.to_owned()).or_default().failed += 1;
        self.failures.push(why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{
        "rust-build-meta": {"target-directory": "/target"}, "test-count": 5,
        "rust-suites": {
            "holdpoint": {"package-name": "holdpoint", "status": "listed", "testcases": {
                "store::appends": {"kind": "test", "ignored": false, "filter-match": {"status": "matches"}},
                "store::measures": {"kind": "test", "ignored": true,
                    "filter-match": {"status": "mismatch", "reason": "ignored"}}}},
            "holdpoint-tests::crash": {"package-name": "holdpoint-tests", "status": "listed", "testcases": {
                "a_kill_loses_nothing": {"kind": "test", "ignored": false, "filter-match": {"status": "matches"}},
                "hangs": {"kind": "test", "ignored": false, "filter-match": {"status": "matches"}},
                "is_red": {"kind": "test", "ignored": false, "filter-match": {"status": "matches"}}}}}}"#;

    fn report(cases_of_crash: &str) -> Report {
        let xml = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="nextest-run" tests="2" failures="0" errors="0">
                <testsuite name="holdpoint" tests="1" errors="0" failures="0">
                    <testcase name="store::appends" classname="holdpoint" time="0.250"/>
                </testsuite>
                <testsuite name="holdpoint-tests::crash" tests="1" errors="0" failures="0">{cases_of_crash}</testsuite>
            </testsuites>"#
        );
        Report::deserialize_from_str(&xml).expect("a JUnit report")
    }

    #[test]
    fn what_passes_is_summed_over_programs() {
        let listed = listed(LIST, Some("a")).expect("a list");
        let wanted: Vec<&str> = listed.wanted.iter().map(|(_, test)| test.as_str()).collect();
        assert_eq!(wanted, ["store::appends", "a_kill_loses_nothing", "hangs"]);
        let ran = counted(
            &Listed {
                ignored: BTreeSet::new(),
                ..listed
            },
            &report(
                r#"<testcase name="a_kill_loses_nothing" classname="c" time="1.5"/>
                   <testcase name="hangs" classname="c" time="0.5"/>"#,
            ),
        );
        assert_eq!((ran.passed, ran.failures.as_slice()), (3, &[][..]));
        let crash = Counts {
            passed: 2,
            failed: 0,
            took: Duration::from_secs(2),
        };
        assert_eq!(ran.programs["holdpoint-tests::crash"], crash);
    }

    #[test]
    fn what_fails_hangs_or_is_ignored_is_counted_and_named() {
        let listed = listed(LIST, None).expect("a list");
        let ran = counted(
            &listed,
            &report(
                r#"<testcase name="a_kill_loses_nothing" classname="c" time="1.5"/>
                   <testcase name="hangs" classname="c" time="300"><failure type="test timeout"/></testcase>
                   <testcase name="is_red" classname="c" time="0.1">
                       <failure message="panicked at src/a.rs:4:41" type="test failure with exit code 101">long</failure>
                   </testcase>"#,
            ),
        );
        assert_eq!(ran.passed, 2);
        assert_eq!(
            ran.failures,
            [
                "holdpoint-tests::crash hangs: test timeout",
                "holdpoint-tests::crash is_red: test failure with exit code 101 (panicked at src/a.rs:4:41)",
                "holdpoint store::measures: it was not run, because it is marked #[ignore]",
            ]
        );
        assert_eq!(ran.programs["holdpoint-tests::crash"].failed, 2);
    }

    #[test]
    fn a_listed_test_without_a_result_counts_as_failed() {
        let listed = listed(LIST, Some("is_red")).expect("a list");
        let ran = counted(&listed, &report(""));
        assert_eq!(ran.failures, ["holdpoint-tests::crash is_red: it has no result"]);
    }

    #[test]
    fn a_list_that_names_no_suites_is_an_error() {
        assert!(listed("{}", None).is_err());
        assert!(listed("", None).is_err());
    }
}
