//! Answers of SQL gates.

use serde_json::json;

use std::time::Duration;

use super::{check_all, sql, truncated};
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
