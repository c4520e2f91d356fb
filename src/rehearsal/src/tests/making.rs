//! Answers that are made out of expectations: which pass, and which cannot be made.

use holdpoint_domain::gate::Outcome;
use holdpoint_gates::config::{Gate, HttpRequest, HttpRequests};

use super::{gate, part, values};
use crate::answer::{Answer, HttpReply, SqlReply};
use crate::cannot::CannotRehearse;
use crate::make::passing;

/// The request of a gate that makes one.
fn only(gate: &mut Gate) -> &mut HttpRequest {
    match &mut gate.http {
        Some(HttpRequests::One(request)) => request,
        other => panic!("{other:?}"),
    }
}

fn body_of(answer: &Answer) -> String {
    match answer {
        Answer::Http(answer) => match &answer.reply {
            HttpReply::Response { body, .. } => String::from_utf8(body.clone()).unwrap(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_is_made_for_everything_that_can_be_expected_of_http() {
    for expect in [
        r#"{ check = "status", equals = 200 }"#,
        r#"{ check = "status", equals = 418 }"#,
        r#"{ check = "status", one_of = [201, 202] }, { check = "status", not_equals = 201 }"#,
        r#"{ check = "status", at_least = 300 }, { check = "status", at_most = 399 }"#,
        r#"{ check = "header", name = "Content-Type", contains = "application/json" }"#,
        r#"{ check = "header", name = "x-a", matches = "^v[0-9]+$" }, { check = "header", name = "X-A", not_equals = "va" }"#,
        r#"{ check = "body", matches = "ready" }, { check = "body", contains = "steady" }"#,
        r#"{ check = "body", equals = "" }"#,
        r#"{ check = "body", not_contains = "ok" }"#,
        r#"{ check = "json", path = "$", equals = [1, 2] }"#,
        r#"{ check = "json", path = "$.a.b", equals = true }, { check = "json", path = "$.a.c", equals = 1.5 }"#,
        r#"{ check = "json", path = "$['a b'].c", one_of = ["x", "y"] }, { check = "json", path = "$['a b'].c", not_equals = "x" }"#,
        r#"{ check = "json", path = "$.runs[0].state", equals = "done" }, { check = "json", path = "$.runs[2].state", equals = "new" }"#,
        r#"{ check = "json", path = "$.runs[-1].sha", commit = "{git_sha}" }"#,
        r#"{ check = "json", path = "$.items[*]", count_equals = 3 }"#,
        r#"{ check = "json", path = "$.items[*].id", count_equals = 3 }, { check = "json", path = "$.items[1].id", equals = 7 }"#,
        r#"{ check = "json", path = "$.errors[*]", count_equals = 0 }"#,
        r#"{ check = "json", path = "$.errors[*].code", count_equals = 0 }"#,
        r#"{ check = "json", path = "$.a.gone", count_equals = 0 }, { check = "json", path = "$.a.there", count_equals = 1 }"#,
        r#"{ check = "json", path = "$.count", at_least = 0.5 }, { check = "json", path = "$.count", at_most = 0.75 }"#,
        r#"{ check = "json", path = "$.name", matches = "^[a-z]+-\\d{2}$" }, { check = "json", path = "$.version", equals = "{version}" }"#,
        r#"{ check = "json", path = "$.a", equals = "x" }, { check = "body", contains = '"a": "x"' }"#,
        r#"{ check = "json", path = "$.a", equals = "x" }, { check = "body", contains = "all systems" }"#,
        r#"{ check = "latency", below = "500ms" }"#,
    ] {
        let gate = gate("http", expect);
        let answer = passing(part(&gate), &values()).unwrap_or_else(|cannot| panic!("{expect}: {cannot}"));
        assert_eq!(answer.judge(part(&gate), &values()).0, Outcome::Pass, "{expect}");
    }
}

#[test]
fn an_answer_is_made_for_everything_that_can_be_expected_of_sql() {
    for expect in [
        r#"{ check = "rows", equals = 0 }"#,
        r#"{ check = "rows", at_least = 900 }"#,
        r#"{ check = "column", name = "stuck", equals = 0 }"#,
        r#"{ check = "column", name = "a", not_equals = "x" }, { check = "column", name = "a", matches = "^[x-z]" }, { check = "rows", equals = 3 }"#,
        r#"{ check = "column", name = "n", where = { kind = "a" }, at_least = 1 }, { check = "column", name = "n", where = { kind = "b" }, equals = 0 }"#,
        r#"{ check = "column", name = "n", where = { kind = "a" }, equals = 1 }, { check = "column", name = "m", where = { place = "b" }, equals = 2 }, { check = "rows", equals = 1 }"#,
        r#"{ check = "column", name = "n", where = { id = "7" }, equals = "x" }, { check = "column", name = "id", at_least = 7 }"#,
        r#"{ check = "column", name = "sha", commit = "{git_sha}" }, { check = "column", name = "ok", equals = true }"#,
        r#"{ check = "column", name = "tags", equals = ["a", "b"] }, { check = "latency", below = "1s" }"#,
    ] {
        let gate = gate("sql", expect);
        let answer = passing(part(&gate), &values()).unwrap_or_else(|cannot| panic!("{expect}: {cannot}"));
        assert_eq!(answer.judge(part(&gate), &values()).0, Outcome::Pass, "{expect}");
    }
}

#[test]
fn an_answer_is_made_for_everything_that_can_be_expected_of_a_command() {
    for expect in [
        r#"{ check = "exit_code", equals = 0 }"#,
        r#"{ check = "exit_code", equals = 3 }"#,
        r#"{ check = "output", equals = "" }"#,
        r#"{ check = "output", matches = '[1-9][0-9]* passed' }, { check = "output", not_contains = " failed" }"#,
        r#"{ check = "output", matches = 'A\s+PASS' }, { check = "output", matches = 'B\s+PASS' }, { check = "output", matches = '^begin' }, { check = "output", matches = 'end$' }"#,
        r#"{ check = "json", path = "$.ok", equals = true }"#,
        r#"{ check = "json", path = "$.ok", equals = true }, { check = "output", contains = "checked" }"#,
    ] {
        let gate = gate("command", expect);
        let answer = passing(part(&gate), &values()).unwrap_or_else(|cannot| panic!("{expect}: {cannot}"));
        assert_eq!(answer.judge(part(&gate), &values()).0, Outcome::Pass, "{expect}");
    }
}

#[test]
fn what_cannot_be_made_says_why() {
    for (kind, expect, reason) in [
        (
            "http",
            r#"{ check = "status", at_least = 700 }"#,
            "expected of “Status”",
        ),
        (
            "http",
            r#"{ check = "status", equals = 200 }, { check = "status", equals = 201 }"#,
            "expected of “Status”",
        ),
        (
            "http",
            r#"{ check = "header", name = "content-length", equals = "5" }"#,
            "content-length",
        ),
        (
            "http",
            r#"{ check = "json", path = "$..a", equals = 1 }"#,
            "the path $..a",
        ),
        (
            "http",
            r#"{ check = "json", path = "$.a[?@.b == 1].c", equals = 1 }"#,
            "the path $.a[?",
        ),
        (
            "http",
            r#"{ check = "json", path = "$.a", equals = 1 }, { check = "json", path = "$.a.b", equals = 1 }"#,
            "does not pass",
        ),
        (
            "http",
            r#"{ check = "json", path = "$.a[*]", count_equals = 999999 }"#,
            "more than can be made",
        ),
        (
            "http",
            r#"{ check = "json", path = "$.a", equals = "{version}" }, { check = "body", equals = "ready" }"#,
            "does not pass",
        ),
        ("sql", r#"{ check = "rows", equals = 5000 }"#, "expected of “Rows”"),
        (
            "sql",
            r#"{ check = "column", name = "a", equals = 1 }, { check = "column", name = "a", equals = 2 }"#,
            "“Column a”",
        ),
        (
            "sql",
            r#"{ check = "column", name = "a", equals = 1 }, { check = "rows", equals = 0 }"#,
            "“Rows”",
        ),
        ("command", r#"{ check = "exit_code", equals = 256 }"#, "“Exit code”"),
        (
            "command",
            r#"{ check = "output", contains = "a" }, { check = "output", not_contains = "a" }"#,
            "“Output”",
        ),
    ] {
        let cannot = passing(part(&gate(kind, expect)), &values()).expect_err(expect);
        assert!(cannot.to_string().contains(reason), "{expect}: {cannot}");
    }
}

#[test]
fn values_of_the_run_are_in_the_answer() {
    let gate = gate("http", r#"{ check = "json", path = "$.sha", commit = "{git_sha}" }"#);
    for sha in ["c0ffee1", "0ddba11c0ffee"] {
        let mut values = values();
        values.insert("git_sha".to_owned(), sha.to_owned());
        assert_eq!(
            body_of(&passing(part(&gate), &values).unwrap()),
            format!("{{\"sha\":\"{sha}\"}}")
        );
    }
    let mut unknown = values();
    unknown.remove("git_sha");
    assert!(matches!(passing(part(&gate), &unknown), Err(CannotRehearse::Fill(_))));
}

#[test]
fn a_cap_or_a_time_limit_that_no_answer_meets_is_told() {
    let mut small = gate("http", r#"{ check = "body", contains = "a long text" }"#);
    only(&mut small).max_bytes = 4;
    assert!(matches!(
        passing(part(&small), &values()),
        Err(CannotRehearse::DoesNotPass { .. })
    ));
    let mut head = gate("http", r#"{ check = "body", contains = "text" }"#);
    "HEAD".clone_into(&mut only(&mut head).method);
    assert!(matches!(
        passing(part(&head), &values()),
        Err(CannotRehearse::DoesNotPass { .. })
    ));
    let mut one_row = gate("sql", r#"{ check = "rows", at_least = 2 }"#);
    one_row.sql.as_mut().unwrap().max_rows = 1;
    assert!(passing(part(&one_row), &values()).is_err());
}

#[test]
fn rows_are_as_long_as_there_are_columns() {
    let expect = r#"{ check = "column", name = "n", where = { kind = "a" }, equals = 1 }, { check = "column", name = "m", where = { place = "b" }, equals = 2 }, { check = "rows", at_least = 4 }"#;
    let Ok(Answer::Sql(answer)) = passing(part(&gate("sql", expect)), &values()) else {
        panic!("an answer of rows");
    };
    let SqlReply::Rows { columns, rows } = answer.reply else {
        panic!("rows");
    };
    assert_eq!((columns.len(), rows.len()), (4, 4));
    assert!(rows.iter().all(|row| row.len() == columns.len()));
}

#[test]
fn a_long_path_is_refused_and_not_walked() {
    let expecting = |steps: usize| {
        let path = format!("${}", ".a".repeat(steps));
        let expect = format!("{{ check = \"json\", path = \"{path}\", equals = 1 }}");
        passing(part(&gate("http", &expect)), &values())
    };
    expecting(100).unwrap();
    for steps in [101, 200_000] {
        assert_eq!(expecting(steps), Err(CannotRehearse::LongPath { most: 100 }));
    }
}

#[test]
fn lists_within_lists_have_a_limit_together() {
    let counted =
        |path: &str, count: usize| format!("{{ check = \"json\", path = \"{path}\", count_equals = {count} }}");
    let expect = [
        counted("$.a[*]", 10_000),
        counted("$.a[*].b[*]", 10_000),
        counted("$.a[*].b[*].c[*]", 10_000),
    ];
    let made = passing(part(&gate("http", &expect.join(", "))), &values());
    assert!(
        matches!(&made, Err(CannotRehearse::TooMuch { subject }) if subject.contains("$.a")),
        "{made:?}"
    );
    passing(part(&gate("http", &counted("$.a[*]", 10_000))), &values()).unwrap();
}

#[test]
fn texts_that_are_not_found_are_given_up_soon() {
    // Each pattern is large when it is compiled, and no text matches all of them.
    let patterns =
        ["a", "b", "c", "d"].map(|letter| format!(r"{{ check = 'body', matches = '^{letter}(\w{{1,40}}|\d+)+$' }}"));
    let begun = std::time::Instant::now();
    let made = passing(part(&gate("http", &patterns.join(", "))), &values());
    assert!(matches!(made, Err(CannotRehearse::NoValue { .. })), "{made:?}");
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
}
