//! The page's reader and serde's read the same.

use std::collections::BTreeMap;
use std::fmt::Debug;

use chrono::DateTime;
use holdpoint_domain::gate::{GateBrief, GateKind};
use holdpoint_domain::runbook::{OnFail, ProcedureKind};
use holdpoint_domain::session::{ClientCommand, Record, SessionOutcome, Standing};
use holdpoint_domain::wire::{
    EnvironmentBrief, ErrorBody, ErrorDetail, FaultState, Live, Me, ProcedureBrief, RunbookBrief, SendCommand,
    SessionBrief,
};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::json::{FromJson, from_text};

/// Every event that version 1 knows.
const GOLDEN: &str = include_str!("../../../domain/src/session/tests/golden/v1.json");

fn same<T: FromJson + Serialize + PartialEq + Debug>(value: &T) {
    let text = serde_json::to_string(value).expect("it can be written");
    assert_eq!(&from_text::<T>(&text).expect("it can be read"), value);
}

fn gate() -> GateBrief {
    GateBrief {
        id: "contract".to_owned(),
        title: "Contract".to_owned(),
        plain: "They agree".to_owned(),
        kind: GateKind::Sql,
        auto: true,
        direct: false,
        direct_url: Some("https://api.example/health".to_owned()),
        fresh_seconds: 600,
        timeout_seconds: 10,
        on_fail: OnFail::Caution,
        expects: vec!["Rows: 0".to_owned()],
        digest: Some("d".repeat(64)),
    }
}

#[test]
fn every_event_is_read_as_serde_reads_it() {
    let values: Vec<Value> = serde_json::from_str(GOLDEN).expect("the golden log is JSON");
    for value in values {
        let text = value.to_string();
        let expected: Record = serde_json::from_str(&text).expect("serde reads it");
        assert_eq!(from_text::<Record>(&text).expect("the page reads it"), expected);
    }
}

#[test]
fn every_command_is_read_as_serde_writes_it() {
    let (step, text) = ("release/verify".to_owned(), "why".to_owned());
    let commands = [
        ClientCommand::Tick { step: step.clone() },
        ClientCommand::Untick {
            step: step.clone(),
            reason: text.clone(),
        },
        ClientCommand::Skip {
            step: step.clone(),
            reason: text.clone(),
        },
        ClientCommand::RunGate {
            step: step.clone(),
            gate: "contract".to_owned(),
        },
        ClientCommand::AddNote {
            step: None,
            text: text.clone(),
        },
        ClientCommand::AddNote {
            step: Some(step.clone()),
            text: text.clone(),
        },
        ClientCommand::FillValue {
            step: step.clone(),
            field: "actual".to_owned(),
            value: text.clone(),
        },
        ClientCommand::StartTimer { step, seconds: 120 },
        ClientCommand::Close {
            outcome: SessionOutcome::RolledBack,
            summary: text,
        },
    ];
    for command in commands {
        same(&SendCommand {
            id: Uuid::from_u128(1),
            actor: "Ada".to_owned(),
            command,
        });
    }
}

#[test]
fn every_answer_is_read_as_serde_writes_it() {
    let now = DateTime::from_timestamp(1_763_640_000, 123_000_000).expect("a time");
    let variables = BTreeMap::from([("mode".to_owned(), "prod".to_owned())]);
    let details = BTreeMap::from([("rule".to_owned(), "on_hold".to_owned())]);
    for details in [BTreeMap::new(), details] {
        same(&ErrorBody {
            error: ErrorDetail {
                code: "on_hold".to_owned(),
                message: "Held.".to_owned(),
                details,
            },
        });
    }
    same(&Me {
        version: "0.1.0".to_owned(),
        rehearsal: true,
        environments: vec![EnvironmentBrief {
            name: "prod".to_owned(),
            title: "Production".to_owned(),
            production: true,
            rehearsal: false,
            variables,
            gates: vec![gate()],
        }],
        now,
    });
    let kinds = [
        ProcedureKind::Release,
        ProcedureKind::Rollback,
        ProcedureKind::Emergency,
        ProcedureKind::Monitoring,
        ProcedureKind::Checklist,
        ProcedureKind::Validation,
        ProcedureKind::Setup,
        ProcedureKind::Scaling,
        ProcedureKind::Pipeline,
    ];
    let brief = |kind| ProcedureBrief {
        id: "p".to_owned(),
        title: "P".to_owned(),
        kind,
        steps: 7,
        gates: 8,
    };
    same(&RunbookBrief {
        name: "a".to_owned(),
        title: "A".to_owned(),
        digest: "d".to_owned(),
        procedures: kinds.map(brief).into(),
        errors: 1,
        warnings: 2,
    });
    same(&FaultState {
        id: "slow".to_owned(),
        title: "Slow".to_owned(),
        description: "It waits".to_owned(),
        on: true,
    });
    let run = Uuid::from_u128(7);
    same(&Live::Output {
        run,
        text: "ok\n".to_owned(),
    });
    same(&Live::Attempt {
        run,
        number: 2,
        summary: "503".to_owned(),
    });
}

#[test]
fn every_standing_of_a_session_is_read_as_serde_writes_it() {
    let now = DateTime::from_timestamp(1_763_640_000, 0).expect("a time");
    let standings = [
        (Standing::Go, None),
        (Standing::Hold, None),
        (Standing::RollingBack, None),
        (Standing::Completed, Some(SessionOutcome::Completed)),
        (Standing::RolledBack, Some(SessionOutcome::RolledBack)),
        (Standing::Abandoned, Some(SessionOutcome::Abandoned)),
    ];
    for (standing, outcome) in standings {
        same(&SessionBrief {
            id: Uuid::from_u128(1),
            runbook: "golden-release".to_owned(),
            runbook_title: "The golden release".to_owned(),
            procedure_title: "Golden release".to_owned(),
            environment_title: "Production".to_owned(),
            production: true,
            rehearsal: false,
            version: "v1.4.2".to_owned(),
            git_sha: "a1b2c3d4".to_owned(),
            captain: "Ada".to_owned(),
            started: now,
            closed: outcome.map(|_| now),
            outcome,
            standing,
            done: 3,
            steps: 7,
            undoes: Some(Uuid::from_u128(2)),
            undone_by: None,
        });
    }
}

#[test]
fn what_is_missing_or_of_another_kind_is_an_error_and_never_a_default() {
    for text in [
        "",
        "[]",
        "null",
        r#"{"id":"slow","title":"Slow","description":"It waits"}"#,
        r#"{"id":"slow","title":"Slow","description":"It waits","on":"yes"}"#,
        r#"{"id":"slow","title":"Slow","description":null,"on":true}"#,
    ] {
        assert!(from_text::<FaultState>(text).is_err(), "{text}");
    }
    assert!(from_text::<Live>(r#"{"kind":"verdict","run":"00000000-0000-0000-0000-000000000001"}"#).is_err());
}

/// Every place in a value, by its JSON pointer.
fn places(value: &Value, at: &str, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let place = format!("{at}/{name}");
                places(value, &place, into);
                into.push(place);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                let place = format!("{at}/{index}");
                places(value, &place, into);
                into.push(place);
            }
        }
        _ => {}
    }
}

/// The page goes on reading after something wrong, so it has to be seen that nothing of that ever comes out.
#[test]
fn what_serde_refuses_the_page_refuses() {
    let values: Vec<Value> = serde_json::from_str(GOLDEN).expect("the golden log is JSON");
    let (mut refused, mut tried) = (0, 0);
    for value in values {
        let mut all = Vec::new();
        places(&value, "", &mut all);
        for place in all {
            for instead in [
                Value::Null,
                Value::from(1.5),
                Value::from(-1),
                Value::from("?"),
                Value::from(vec![1]),
                serde_json::json!({ "kind": "?", "type": "?" }),
            ] {
                let mut wrong = value.clone();
                *wrong.pointer_mut(&place).expect("it is there") = instead;
                tried += 1;
                let text = wrong.to_string();
                let page = from_text::<Record>(&text);
                if let Err(error) = serde_json::from_str::<Record>(&text) {
                    refused += 1;
                    // The page takes null for a table without entries; without gates, no gated step can pass.
                    let left_out = ["/event/variables", "/event/gates"].contains(&place.as_str())
                        && wrong.pointer(&place) == Some(&Value::Null);
                    assert!(
                        page.is_err() || left_out,
                        "{place}: serde says {error}, the page took {text}"
                    );
                }
            }
        }
    }
    assert!(refused > 500, "{refused} of {tried}");
}

#[test]
fn what_is_wrong_is_named() {
    for (text, says) in [
        ("{", "it is not JSON: see line 1, column 1"),
        ("[]", "“the answer” is not an object"),
        (
            r#"{"id":"a","title":"b","description":"c"}"#,
            "“on” is not true or false",
        ),
        (
            r#"{"id":"a","title":3,"description":"c","on":true}"#,
            "“title” is not a text",
        ),
    ] {
        let wrong = from_text::<FaultState>(text).expect_err(text);
        assert_eq!(wrong.to_string(), says, "{text}");
    }
    let unknown = from_text::<OnFail>("\"pray\"").expect_err("no such word");
    assert_eq!(unknown.to_string(), "OnFail “pray” is not known here");
}
