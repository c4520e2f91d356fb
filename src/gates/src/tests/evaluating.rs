//! What answers prove: tables of expectation and answer.

use std::time::Duration;

use serde_json::{Value, json};

use crate::config::Expectation;
use crate::evaluate::{Observation, Values, evaluate, verdict_outcome};
use holdpoint_domain::gate::Outcome::{self, Fail, Inconclusive, Pass};

pub(super) fn expectation(text: &str) -> Expectation {
    toml::from_str(&text.replace("; ", "\n")).unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(super) fn http(status: u16, body: &[u8]) -> Observation {
    Observation::Http {
        status,
        headers: vec![
            ("Content-Type".into(), "application/json".into()),
            ("x-a".into(), "1".into()),
            ("X-A".into(), "2".into()),
        ],
        body: body.to_vec(),
        truncated: false,
        latency: Duration::from_millis(120),
    }
}

pub(super) fn sql(rows: &[[Value; 2]]) -> Observation {
    Observation::Sql {
        columns: vec!["worker".into(), "status".into()],
        rows: rows.iter().map(|row| row.to_vec()).collect(),
        truncated: false,
        latency: Duration::from_millis(3),
    }
}

fn command(exit: Option<i32>, stdout: &str) -> Observation {
    Observation::Command {
        exit,
        signal: exit.is_none().then_some(9),
        stdout: stdout.into(),
        stderr: b"warning\n".to_vec(),
        combined: format!("warning\n{stdout}").into_bytes(),
        truncated: false,
        latency: Duration::from_secs(1),
    }
}

fn truncated(mut observation: Observation) -> Observation {
    match &mut observation {
        Observation::Http { truncated, .. }
        | Observation::Sql { truncated, .. }
        | Observation::Command { truncated, .. } => {
            *truncated = true;
        }
    }
    observation
}

pub(super) fn values() -> Values {
    [("git_sha", "a1b2c3d4e5f6"), ("version", "v1.4.2"), ("empty", "")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn outcome(text: &str, observation: &Observation) -> (Outcome, String) {
    let results = evaluate(&[expectation(text)], observation, &values());
    (verdict_outcome(&results), format!("{results:?}"))
}

pub(super) fn check_all(table: &[(&str, Observation, Outcome, &str)]) {
    for (text, observation, expected, words) in table {
        let (outcome, results) = outcome(text, observation);
        assert_eq!(outcome, *expected, "{text}\n{results}");
        assert!(results.contains(words), "{text}: should say “{words}”\n{results}");
    }
}

#[test]
fn http_answers() {
    let body = br#"{"status":"healthy","db":true,"n":2,"one":"1","sha":"A1B2C3D","none":null,"list":[{"a":1},{"a":2}],"runs":[{"c":"success"}]}"#;
    let ok = || http(200, body);
    check_all(&[
        ("check = 'status'; equals = 200", ok(), Pass, "200"),
        ("check = 'status'; equals = 200", http(503, body), Fail, "503"),
        ("check = 'status'; one_of = [200, 204]", ok(), Pass, "one of 200, 204"),
        ("check = 'status'; at_most = 299", http(302, b""), Fail, "at most 299"),
        ("check = 'status'; equals = 503", http(503, b""), Pass, "503"),
        (
            "check = 'header'; name = 'content-type'; contains = 'json'",
            ok(),
            Pass,
            "application/json",
        ),
        ("check = 'header'; name = 'x-a'; equals = '1, 2'", ok(), Pass, "1, 2"),
        ("check = 'header'; name = 'etag'; contains = 'a'", ok(), Fail, "absent"),
        (
            "check = 'header'; name = 'etag'; not_contains = 'a'",
            ok(),
            Fail,
            "absent",
        ),
        ("check = 'body'; contains = 'healthy'", ok(), Pass, "healthy"),
        (
            "check = 'body'; contains = 'healthy'",
            http(500, body),
            Fail,
            "200 to 299",
        ),
        (
            "check = 'body'; not_contains = 'healthy'",
            ok(),
            Fail,
            "does not contain",
        ),
        ("check = 'body'; matches = '\"n\":\\s*2'", ok(), Pass, "matches"),
        ("check = 'body'; matches = '^n'", ok(), Fail, "matches"),
        ("check = 'body'; contains = '{empty}'", ok(), Inconclusive, "empty"),
        (
            "check = 'body'; contains = '{nobody}'",
            ok(),
            Inconclusive,
            "no value for {nobody}",
        ),
        ("check = 'body'; contains = 'a'", http(200, b""), Fail, "expected"),
        (
            "check = 'body'; not_contains = 'a'",
            http(200, b"\xff\xfe"),
            Inconclusive,
            "not UTF-8",
        ),
        (
            "check = 'body'; contains = 'healthy'",
            truncated(ok()),
            Inconclusive,
            "longer than may be read",
        ),
        (
            "check = 'status'; equals = 200",
            truncated(ok()),
            Inconclusive,
            "within the cap",
        ),
        (
            "check = 'json'; path = '$.status'; equals = 'healthy'",
            ok(),
            Pass,
            "healthy",
        ),
        (
            "check = 'json'; path = '$.status'; equals = 'healthy'",
            http(404, body),
            Fail,
            "404",
        ),
        (
            "check = 'json'; path = '$.status'; not_equals = 'healthy'",
            ok(),
            Fail,
            "healthy",
        ),
        ("check = 'json'; path = '$.db'; equals = true", ok(), Pass, "true"),
        ("check = 'json'; path = '$.db'; equals = false", ok(), Fail, "true"),
        (
            "check = 'json'; path = '$.db'; equals = 'true'",
            ok(),
            Inconclusive,
            "cannot be compared with text",
        ),
        (
            "check = 'json'; path = '$.one'; equals = 1",
            ok(),
            Inconclusive,
            "text cannot be compared with a number",
        ),
        (
            "check = 'json'; path = '$.one'; not_equals = 1",
            ok(),
            Inconclusive,
            "cannot be compared",
        ),
        (
            "check = 'json'; path = '$.one'; at_least = 1",
            ok(),
            Inconclusive,
            "not a number",
        ),
        ("check = 'json'; path = '$.n'; equals = 2.0", ok(), Pass, "2"),
        ("check = 'json'; path = '$.n'; at_least = 3", ok(), Fail, "at least 3"),
        (
            "check = 'json'; path = '$.n'; contains = '2'",
            ok(),
            Inconclusive,
            "not text",
        ),
        (
            "check = 'json'; path = '$.none'; not_equals = 'a'",
            ok(),
            Inconclusive,
            "null cannot be compared",
        ),
        (
            "check = 'json'; path = '$.gone'; equals = 1",
            ok(),
            Inconclusive,
            "selects nothing",
        ),
        (
            "check = 'json'; path = '$.gone'; not_equals = 1",
            ok(),
            Inconclusive,
            "selects nothing",
        ),
        (
            "check = 'json'; path = '$.list[*].a'; equals = 1",
            ok(),
            Inconclusive,
            "selects 2 values",
        ),
        (
            "check = 'json'; path = '$.list[*].a'; count_equals = 2",
            ok(),
            Pass,
            "2 selected",
        ),
        (
            "check = 'json'; path = '$.list[?@.a > 1].a'; equals = 2",
            ok(),
            Pass,
            "2",
        ),
        (
            "check = 'json'; path = '$.gone[*]'; count_equals = 0",
            ok(),
            Inconclusive,
            "there is no $.gone in the body",
        ),
        (
            "check = 'json'; path = '$.list[?@.a > 9]'; count_equals = 0",
            ok(),
            Pass,
            "0",
        ),
        ("check = 'json'; path = '$.gone'; count_equals = 0", ok(), Pass, "0"),
        (
            "check = 'body'; not_contains = 'error'",
            http(200, b""),
            Inconclusive,
            "there is nothing to look in",
        ),
        (
            "check = 'json'; path = '$.list'; equals = [{a = 1}, {a = 2}]",
            ok(),
            Pass,
            "a",
        ),
        (
            "check = 'json'; path = '$.runs[0].c'; one_of = ['success', 'skipped']",
            ok(),
            Pass,
            "success",
        ),
        (
            "check = 'json'; path = '$.n'; one_of = ['success']",
            ok(),
            Inconclusive,
            "any of the choices",
        ),
        (
            "check = 'json'; path = '$.sha'; commit = '{git_sha}'",
            ok(),
            Pass,
            "commit a1b2c3d4e5f6",
        ),
        (
            "check = 'json'; path = '$.sha'; commit = 'b1b2c3d'",
            ok(),
            Fail,
            "A1B2C3D",
        ),
        (
            "check = 'json'; path = '$.sha'; commit = 'a1b2c3'",
            ok(),
            Inconclusive,
            "expected text is not a commit",
        ),
        (
            "check = 'json'; path = '$.status'; commit = '{git_sha}'",
            ok(),
            Inconclusive,
            "observed text is not a commit",
        ),
        (
            "check = 'json'; path = '$.a'; equals = 1",
            http(200, b""),
            Inconclusive,
            "the body is empty",
        ),
        (
            "check = 'json'; path = '$.a'; count_equals = 0",
            http(200, b"{"),
            Inconclusive,
            "not JSON",
        ),
        (
            "check = 'json'; path = '$.a'; equals = 1",
            http(200, b"[]"),
            Inconclusive,
            "selects nothing",
        ),
        (
            "check = 'json'; path = '$.a'; equals = 1",
            http(200, b"\xff"),
            Inconclusive,
            "not JSON",
        ),
        ("check = 'latency'; below = '500ms'", ok(), Pass, "120 ms"),
        ("check = 'latency'; below = '120ms'", ok(), Fail, "120 ms"),
        ("check = 'latency'; below = '500ms'", http(500, b""), Fail, "200 to 299"),
        ("check = 'rows'; equals = 0", ok(), Inconclusive, "no such part"),
        ("check = 'status'", ok(), Inconclusive, "exactly one comparison"),
        (
            "check = 'status'; equals = 200; at_least = 1",
            ok(),
            Inconclusive,
            "exactly one comparison",
        ),
    ]);
}

#[test]
fn sql_answers() {
    let both = || {
        sql(&[
            [json!("ingest"), json!("running")],
            [json!("enforce"), json!("running")],
        ])
    };
    let one = || sql(&[[json!("ingest"), json!("running")], [json!("enforce"), json!("dead")]]);
    let null = || sql(&[[json!("ingest"), json!(null)]]);
    check_all(&[
        ("check = 'rows'; equals = 2", both(), Pass, "2"),
        ("check = 'rows'; equals = 0", both(), Fail, "2"),
        ("check = 'rows'; at_least = 1", sql(&[]), Fail, "at least 1"),
        (
            "check = 'rows'; at_least = 1",
            truncated(both()),
            Inconclusive,
            "more than 2 rows",
        ),
        (
            "check = 'column'; name = 'status'; equals = 'running'",
            both(),
            Pass,
            "in each of 2 rows",
        ),
        (
            "check = 'column'; name = 'status'; equals = 'running'",
            one(),
            Fail,
            "in row 2 of 2",
        ),
        (
            "check = 'column'; name = 'status'; equals = 'running'; where = { worker = 'ingest' }",
            one(),
            Pass,
            "running",
        ),
        (
            "check = 'column'; name = 'status'; equals = 'running'; where = { worker = 'enforce' }",
            one(),
            Fail,
            "dead",
        ),
        (
            "check = 'column'; name = 'status'; equals = 'running'; where = { worker = 'sim' }",
            both(),
            Fail,
            "no such row",
        ),
        (
            "check = 'column'; name = 'status'; not_equals = 'dead'",
            sql(&[]),
            Fail,
            "no row",
        ),
        (
            "check = 'column'; name = 'status'; not_equals = 'dead'",
            null(),
            Inconclusive,
            "null cannot be compared",
        ),
        (
            "check = 'column'; name = 'gone'; equals = 'a'",
            both(),
            Inconclusive,
            "there is no column gone",
        ),
        (
            "check = 'column'; name = 'status'; equals = 'a'; where = { gone = '1' }",
            both(),
            Inconclusive,
            "no column gone",
        ),
        (
            "check = 'column'; name = 'status'; equals = 'running'",
            truncated(both()),
            Inconclusive,
            "within the cap",
        ),
        (
            "check = 'column'; name = 'status'; equals = 1",
            both(),
            Inconclusive,
            "cannot be compared with a number",
        ),
        ("check = 'latency'; below = '1s'", both(), Pass, "3 ms"),
    ]);
    let twins = Observation::Sql {
        columns: vec!["a".into(), "a".into()],
        rows: vec![vec![json!(1), json!(2)]],
        truncated: false,
        latency: Duration::ZERO,
    };
    check_all(&[(
        "check = 'column'; name = 'a'; equals = 1",
        twins,
        Inconclusive,
        "two columns are called a",
    )]);
}

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
