//! The faults of each kind: what a gate makes of them, and where they are not offered.

use holdpoint_domain::gate::{GateKind, Outcome};
use holdpoint_gates::config::Gate;

use super::{gate, part, values};
use crate::fault::FaultKind;
use crate::make::passing;
use crate::spoil::spoiled;

/// The words of the faults that a gate can have, each with the outcome.
fn offered(gate: &Gate) -> Vec<(&'static str, Outcome)> {
    let ordinary = passing(part(gate), &values()).ok();
    FaultKind::of(gate.kind)
        .iter()
        .filter_map(|kind| {
            let answer = spoiled(*kind, part(gate), ordinary.as_ref(), &values())?;
            Some((kind.word(), answer.judge(part(gate), &values()).0))
        })
        .collect()
}

#[test]
fn each_fault_has_its_outcome() {
    use Outcome::{Fail, Inconclusive};
    for (kind, expect, expected) in [
        (
            "http",
            r#"{ check = "json", path = "$.a", equals = 1 }"#,
            vec![
                ("refused", Inconclusive),
                ("time-out", Inconclusive),
                ("503", Fail),
                ("302", Fail),
                ("empty", Inconclusive),
                ("malformed", Inconclusive),
                ("wrong-value", Fail),
            ],
        ),
        (
            "http",
            r#"{ check = "body", contains = "ready" }"#,
            vec![
                ("refused", Inconclusive),
                ("time-out", Inconclusive),
                ("503", Fail),
                ("302", Fail),
                ("empty", Fail),
                ("malformed", Inconclusive),
                ("wrong-value", Fail),
            ],
        ),
        // Only the status counts: a body that is empty or broken would pass, and there is no value to be wrong.
        (
            "http",
            r#"{ check = "status", one_of = [200, 503] }"#,
            vec![("refused", Inconclusive), ("time-out", Inconclusive), ("302", Fail)],
        ),
        (
            "http",
            r#"{ check = "header", name = "x-a", equals = "1" }"#,
            vec![
                ("refused", Inconclusive),
                ("time-out", Inconclusive),
                ("503", Fail),
                ("302", Fail),
                ("malformed", Fail),
                ("wrong-value", Fail),
            ],
        ),
        (
            "http",
            r#"{ check = "json", path = "$.items[*]", count_equals = 2 }"#,
            vec![
                ("refused", Inconclusive),
                ("time-out", Inconclusive),
                ("503", Fail),
                ("302", Fail),
                ("empty", Inconclusive),
                ("malformed", Inconclusive),
                ("wrong-value", Fail),
            ],
        ),
        (
            "sql",
            r#"{ check = "column", name = "n", at_most = 3 }"#,
            vec![("error", Inconclusive), ("no-row", Fail), ("wrong-value", Fail)],
        ),
        // No row is what is expected.
        (
            "sql",
            r#"{ check = "rows", equals = 0 }"#,
            vec![("error", Inconclusive), ("wrong-value", Fail)],
        ),
        (
            "sql",
            r#"{ check = "rows", at_least = 1 }"#,
            vec![("error", Inconclusive), ("no-row", Fail), ("wrong-value", Fail)],
        ),
        (
            "command",
            r#"{ check = "output", matches = "[0-9]+ passed" }"#,
            vec![
                ("exit-1", Fail),
                ("killed", Inconclusive),
                ("silence", Inconclusive),
                ("over-cap", Inconclusive),
                ("wrong-output", Fail),
            ],
        ),
        // Any output will do.
        (
            "command",
            r#"{ check = "exit_code", equals = 0 }"#,
            vec![
                ("exit-1", Fail),
                ("killed", Inconclusive),
                ("silence", Inconclusive),
                ("over-cap", Inconclusive),
            ],
        ),
        // Exit code 1 is what is expected.
        (
            "command",
            r#"{ check = "exit_code", equals = 1 }"#,
            vec![
                ("killed", Inconclusive),
                ("silence", Inconclusive),
                ("over-cap", Inconclusive),
            ],
        ),
        (
            "command",
            r#"{ check = "output", equals = "" }"#,
            vec![
                ("exit-1", Fail),
                ("killed", Inconclusive),
                ("silence", Inconclusive),
                ("over-cap", Inconclusive),
                ("wrong-output", Fail),
            ],
        ),
        (
            "command",
            r#"{ check = "json", path = "$.ok", equals = true }"#,
            vec![
                ("exit-1", Fail),
                ("killed", Inconclusive),
                ("silence", Inconclusive),
                ("over-cap", Inconclusive),
                ("wrong-output", Fail),
            ],
        ),
        // A gate that cannot be rehearsed can still be refused.
        (
            "http",
            r#"{ check = "json", path = "$..a", equals = 1 }"#,
            vec![
                ("refused", Inconclusive),
                ("time-out", Inconclusive),
                ("503", Fail),
                ("302", Fail),
                ("empty", Inconclusive),
                ("malformed", Inconclusive),
            ],
        ),
    ] {
        assert_eq!(offered(&gate(kind, expect)), expected, "{kind} {expect}");
    }
}

#[test]
fn words_are_unique_within_a_kind_and_fit_a_path_segment() {
    for kind in [GateKind::Http, GateKind::Sql, GateKind::Command] {
        let mut words: Vec<_> = FaultKind::of(kind).iter().map(|fault| fault.word()).collect();
        let plain = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        assert!(words.iter().all(plain));
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }
}

#[test]
fn one_cell_of_many_rows_is_changed() {
    let file = super::gates(
        "[gates.many]\ntitle = \"Many\"\nkind = \"sql\"\n\
         sql = { database = \"main\", statement = \"SELECT 1\", max_rows = 100000 }\n\
         expect = [{ check = \"rows\", equals = 20000 }, { check = \"column\", name = \"n\", where = { kind = \"b\" }, equals = 1 }, \
         { check = \"column\", name = \"n\", where = { kind = \"a\" }, equals = 2 }]\n",
    );
    let gate = &file.gates["many"];
    let ordinary = passing(part(gate), &values()).unwrap();
    let begun = std::time::Instant::now();
    let wrong = spoiled(FaultKind::WrongValue, part(gate), Some(&ordinary), &values()).unwrap();
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(10),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(wrong.judge(part(gate), &values()).0, Outcome::Fail);
    let rows = |answer| match answer {
        crate::answer::Answer::Sql(crate::answer::SqlAnswer {
            reply: crate::answer::SqlReply::Rows { rows, .. },
            ..
        }) => rows,
        other => panic!("{other:?}"),
    };
    let (before, after) = (rows(ordinary), rows(wrong));
    assert_eq!(before.len(), after.len());
    assert_eq!(
        before
            .iter()
            .zip(&after)
            .filter(|(before, after)| before != after)
            .count(),
        1
    );
}
