//! Answers of SQL gates.

use serde_json::json;

use std::time::Duration;

use super::{check_all, evaluate, expectation, sql, truncated, values};
use crate::evaluate::Observation;
use holdpoint_domain::gate::Outcome::{Fail, Inconclusive, Pass};

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
            r#"\"dead\" where worker is \"enforce\""#,
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
fn a_row_that_fails_is_named_by_what_tells_it_from_the_others() {
    let seen = |rows: &[[serde_json::Value; 3]]| {
        let observation = Observation::Sql {
            columns: vec!["schema".into(), "name".into(), "signatures".into()],
            rows: rows.iter().map(|row| row.to_vec()).collect(),
            truncated: false,
            latency: Duration::ZERO,
        };
        let expectation = expectation("check = 'column'; name = 'signatures'; equals = 1");
        let found = evaluate(&[expectation], &observation, &values()).remove(0);
        assert_eq!(found.outcome, Fail);
        found.observed
    };
    let long = "x".repeat(81);
    for (rows, observed) in [
        (
            [
                [json!("ops"), json!("enqueue"), json!(1)],
                [json!("ops"), json!("queue_job"), json!(2)],
            ],
            r#"2 where name is "queue_job""#,
        ),
        (
            [
                [json!("ops"), json!("enqueue"), json!(1)],
                [json!("api"), json!("enqueue"), json!(2)],
            ],
            r#"2 where schema is "api""#,
        ),
        // Nothing tells them apart, or nothing that is text, or only what is too long to be a name.
        (
            [
                [json!("ops"), json!("enqueue"), json!(1)],
                [json!("ops"), json!("enqueue"), json!(2)],
            ],
            "2 in row 2 of 2",
        ),
        (
            [[json!("ops"), json!(7), json!(1)], [json!("ops"), json!(8), json!(2)]],
            "2 in row 2 of 2",
        ),
        (
            [
                [json!("ops"), json!("enqueue"), json!(1)],
                [json!("ops"), json!(long), json!(2)],
            ],
            "2 in row 2 of 2",
        ),
    ] {
        assert_eq!(seen(&rows), observed);
    }
}
