//! What must hold of every answer and every expectation, drawn at random.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::evaluating::{evaluate, expectation, values};
use crate::config::{Check, Expectation};
use crate::evaluate::{Observation, TEXT_KEPT, summary, verdict_outcome};
use holdpoint_domain::gate::Outcome::{Inconclusive, Pass};

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-c]", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

fn any_observation() -> impl Strategy<Value = Observation> {
    let bytes = || {
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..600),
            any_value().prop_map(|value| value.to_string().into_bytes())
        ]
    };
    let time = || any::<u32>().prop_map(|millis| Duration::from_millis(millis.into()));
    prop_oneof![
        (any::<u16>(), bytes(), any::<bool>(), time()).prop_map(|(status, body, truncated, latency)| {
            Observation::Http {
                status,
                headers: vec![("a".into(), String::from_utf8_lossy(&body).into_owned())],
                body,
                truncated,
                latency,
            }
        }),
        (prop::collection::vec(any_value(), 0..4), any::<bool>(), time()).prop_map(|(cells, truncated, latency)| {
            Observation::Sql {
                columns: vec!["a".into()],
                rows: cells.into_iter().map(|cell| vec![cell]).collect(),
                truncated,
                latency,
            }
        }),
        (
            any::<Option<i32>>(),
            any::<Option<i32>>(),
            bytes(),
            any::<bool>(),
            time()
        )
            .prop_map(|(exit, signal, stdout, truncated, latency)| Observation::Command {
                exit,
                signal,
                combined: stdout.clone(),
                stdout,
                stderr: Vec::new(),
                truncated,
                latency
            }),
    ]
}

fn any_expectation() -> impl Strategy<Value = Expectation> {
    let checks = [
        Check::Status,
        Check::Header,
        Check::Json,
        Check::Body,
        Check::ExitCode,
        Check::Output,
        Check::Rows,
        Check::Column,
        Check::Latency,
    ];
    let path = prop_oneof![Just("$".to_owned()), Just("$..a".to_owned()), "\\PC{0,12}"];
    (
        prop::sample::select(checks.to_vec()),
        path,
        any_value(),
        "\\PC{0,8}",
        0..9,
    )
        .prop_map(|(check, path, value, text, comparison)| {
            let mut made = expectation("check = 'status'");
            made.check = check;
            made.name = Some("a".to_owned());
            made.path = Some(path);
            match comparison {
                0 => made.equals = Some(value),
                1 => made.not_equals = Some(value),
                2 => made.one_of = Some(vec![value]),
                3 => made.contains = Some(text),
                4 => made.not_contains = Some(text),
                5 => made.matches = Some(text),
                6 => made.at_least = Some(0.into()),
                7 => made.commit = Some(text),
                _ => made.count_equals = Some(1),
            }
            made
        })
}

proptest! {
    #[test]
    fn no_answer_passes_an_empty_list(observation in any_observation()) {
        prop_assert_eq!(verdict_outcome(&evaluate(&[], &observation, &values())), Inconclusive);
    }

    #[test]
    fn every_answer_is_judged_and_bounded(
        observation in any_observation(),
        expectations in prop::collection::vec(any_expectation(), 1..4),
    ) {
        let results = evaluate(&expectations, &observation, &values());
        prop_assert!(results.len() >= expectations.len());
        for result in &results {
            prop_assert!(result.observed.chars().count() <= TEXT_KEPT + 1);
            prop_assert!(!result.observed.chars().any(char::is_control));
        }
        prop_assert!(!summary(&results).is_empty());
    }

    #[test]
    fn what_was_cut_off_or_killed_never_passes(
        observation in any_observation(),
        expectations in prop::collection::vec(any_expectation(), 1..4),
    ) {
        let killed = matches!(observation, Observation::Command { exit: None, .. });
        let cut = matches!(
            observation,
            Observation::Http { truncated: true, .. }
                | Observation::Sql { truncated: true, .. }
                | Observation::Command { truncated: true, .. }
        );
        let outcome = verdict_outcome(&evaluate(&expectations, &observation, &values()));
        prop_assert!(!(killed || cut) || outcome != Pass);
    }
}
