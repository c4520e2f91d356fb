//! What is shown of a long text, and codes with which a program says that it could not look.

use super::{command, expectation, http};
use super::{evaluate, evaluate_with};
use crate::evaluate::{Values, verdict_outcome};
use holdpoint_domain::gate::Outcome::{Fail, Inconclusive, Pass};

fn seen(check: &str, text: &str) -> String {
    let results = evaluate(&[expectation(check)], &http(200, text.as_bytes()), &Values::new());
    results.last().expect("a result").observed.clone()
}

#[test]
fn the_line_that_decided_is_shown_with_its_number_and_neighbours() {
    let filler = "a line that says nothing of it\n".repeat(50);
    let log = format!("{filler}checking orders\nERROR: 319 rows pending\ndone in 2 s\n{filler}");
    for (check, expected) in [
        (
            "check = 'body'; not_contains = 'ERROR'",
            "line 52 of 103: “ERROR: 319 rows pending”; before it “checking orders”; after it “done in 2 s”",
        ),
        (
            "check = 'body'; contains = '0 rows pending'",
            "line 52 of 103: “ERROR: 319 rows pending”; before it “checking orders”; after it “done in 2 s”",
        ),
        (
            "check = 'body'; matches = '(?m)^0 rows +pending$'",
            "line 52 of 103: “ERROR: 319 rows pending”; before it “checking orders”; after it “done in 2 s”",
        ),
    ] {
        assert_eq!(seen(check, &log), expected, "{check}");
    }
    // Where nothing is like it, the end says most.
    let shown = seen("check = 'body'; contains = 'xyzzy'", "one\ntwo\nthree\n\n");
    assert_eq!(shown, "line 3 of 4: “three”; before it “two”");
    // A long line is shown around the place.
    let long = format!("{}ERROR here{}", "x".repeat(5_000), "y".repeat(5_000));
    let shown = seen("check = 'body'; not_contains = 'ERROR'", &long);
    assert!(shown.contains("ERROR here") && shown.chars().count() < 300, "{shown}");
    // A short one is shown as it is.
    assert_eq!(seen("check = 'body'; contains = 'ok'", "not well"), "\"not well\"");
}

#[test]
fn no_piece_of_a_secret_is_left_by_a_cut() {
    let secret = "s3cr3t-".repeat(40);
    let text = format!("first\nERROR {secret} is wrong\nlast\n");
    let redact = |text: &str| text.replace(&secret, "••••••");
    let check = [expectation("check = 'body'; not_contains = 'ERROR'")];
    let results = evaluate_with(&check, &http(200, text.as_bytes()), &Values::new(), &redact);
    let shown = &results.last().expect("a result").observed;
    assert_eq!(
        shown,
        "line 2 of 3: “ERROR •••••• is wrong”; before it “first”; after it “last”"
    );
    let hidden = [expectation("check = 'body'; not_contains = 's3cr3t'")];
    let results = evaluate_with(&hidden, &http(200, text.as_bytes()), &Values::new(), &redact);
    assert_eq!(
        results.last().expect("a result").observed,
        "it stands in what is redacted"
    );
}

#[test]
fn an_exit_code_can_say_that_nothing_was_looked_at() {
    let code = "check = 'exit_code'; equals = 0; inconclusive = [2, 75]";
    let printed = "check = 'output'; contains = 'all applied'";
    for (exit, output, expected) in [
        (0, "all applied", Pass),
        (0, "319 pending", Fail),
        (1, "319 pending", Fail),
        (2, "connection failed", Inconclusive),
        (75, "connection failed", Inconclusive),
        (2, "all applied", Inconclusive),
        (3, "all applied", Fail),
    ] {
        for checks in [[code, printed], [printed, code]] {
            let checks = checks.map(expectation);
            let results = evaluate(&checks, &command(Some(exit), output), &Values::new());
            assert_eq!(verdict_outcome(&results), expected, "{exit} {output}: {results:#?}");
        }
    }
}
