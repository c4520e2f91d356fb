//! Answers of command gates.

use super::{check_all, command, http, truncated};
use holdpoint_domain::gate::Outcome::{Fail, Inconclusive, Pass};

#[test]
fn command_answers() {
    let ok = || command(Some(0), "{\"passed\": 12}\n");
    check_all(&[
        ("check = 'exit_code'; equals = 0", ok(), Pass, "0"),
        ("check = 'exit_code'; equals = 0", command(Some(3), ""), Fail, "3"),
        ("check = 'exit_code'; equals = 3", command(Some(3), ""), Pass, "3"),
        (
            "check = 'exit_code'; equals = 0",
            command(None, ""),
            Inconclusive,
            "killed by signal 9",
        ),
        (
            "check = 'exit_code'; not_equals = 1",
            command(None, ""),
            Inconclusive,
            "killed by signal 9",
        ),
        ("check = 'output'; contains = 'warning'", ok(), Pass, "warning"),
        (
            "check = 'output'; contains = 'warning'",
            command(Some(3), ""),
            Fail,
            "Exit code",
        ),
        (
            "check = 'output'; contains = 'warning'",
            command(None, ""),
            Inconclusive,
            "killed by signal 9",
        ),
        (
            "check = 'output'; not_contains = 'ERROR'",
            truncated(ok()),
            Inconclusive,
            "longer than may be read",
        ),
        (
            "check = 'exit_code'; equals = 0",
            truncated(ok()),
            Inconclusive,
            "within the cap",
        ),
        ("check = 'json'; path = '$.passed'; at_least = 10", ok(), Pass, "12"),
        (
            "check = 'json'; path = '$.passed'; at_least = 10",
            command(Some(0), ""),
            Inconclusive,
            "standard output is empty",
        ),
        ("check = 'status'; equals = 0", ok(), Inconclusive, "no such part"),
    ]);
}

#[test]
fn nul_and_backspaces_let_no_expectation_of_a_text_pass() {
    for (output, words) in [
        ("FAILED\u{8}\u{8}\u{8}\u{8}\u{8}\u{8}OK\n", "a backspace at byte 14"),
        ("FA\u{8}AILED OK\n", "a backspace at byte 10"),
        ("FA\0ILED OK\n", "a NUL at byte 10"),
    ] {
        for comparison in ["contains = 'OK'", "not_contains = 'FAILED'", "matches = '(?m)OK$'"] {
            let text = format!("check = 'output'; {comparison}");
            check_all(&[(&text, command(Some(0), output), Inconclusive, words)]);
            let text = format!("check = 'body'; {comparison}");
            check_all(&[(
                &text,
                http(200, output.as_bytes()),
                Inconclusive,
                "cannot be read as text",
            )]);
        }
        check_all(&[("check = 'exit_code'; equals = 0", command(Some(0), output), Pass, "0")]);
    }
}
