//! Answers of command gates.

use super::{check_all, command, truncated};
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
