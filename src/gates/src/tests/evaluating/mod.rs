//! What answers prove: tables of expectation and answer.

mod command;
mod exact;
mod excerpts;
mod http;
mod sql;
mod work;

use std::time::Duration;

use serde_json::Value;

use crate::config::{Expectation, Gate, GatesFile};
use crate::evaluate::{self, Observation, Values, verdict_outcome};
use holdpoint_domain::gate::{CheckResult, Outcome};

/// A gate of the answer's kind that expects this.
fn gate(expectations: &[Expectation], observation: &Observation) -> Gate {
    let asks = match observation {
        Observation::Http { .. } => {
            "kind = 'http'\nhttp = { url = '{url.api}/a' }\nexpect = [{ check = 'status', equals = 1 }]"
        }
        Observation::Sql { .. } => {
            "kind = 'sql'\nsql = { database = 'd', statement = 'SELECT 1' }\nexpect = [{ check = 'rows', equals = 1 }]"
        }
        Observation::Command { .. } => {
            "kind = 'command'\ncommand = { argv = ['a'] }\nexpect = [{ check = 'exit_code', equals = 1 }]"
        }
    };
    let text = format!(
        "[environments.e]\ntitle = 'E'\nurls = {{ api = 'https://api.example' }}\ndatabases = {{ d = {{ env = 'D' }} }}\n\
         [gates.g]\ntitle = 'G'\n{asks}\n"
    );
    let file = GatesFile::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut gate = file.gates["g"].clone();
    gate.expect = expectations.to_vec();
    gate
}

/// What a gate with these expectations makes of an answer.
pub(super) fn evaluate_with(
    expectations: &[Expectation],
    observation: &Observation,
    values: &Values,
    redact: &dyn Fn(&str) -> String,
) -> Vec<CheckResult> {
    let gate = gate(expectations, observation);
    evaluate::evaluate(&gate, &[Ok(observation.clone())], values, redact)
}

/// [`evaluate_with`], with no secret to keep out.
pub(super) fn evaluate(expectations: &[Expectation], observation: &Observation, values: &Values) -> Vec<CheckResult> {
    evaluate_with(expectations, observation, values, &str::to_owned)
}

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
