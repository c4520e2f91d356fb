//! One golden log per version of the events, kept for ever: what was once written can always be read.

use serde_json::Value;

use super::everything;
use super::story::*;
use holdpoint_domain::gate::{DeclaredLine, GateSnapshot, Outcome};
use holdpoint_domain::session::*;

/// Every kind of event, once at least, and in its start everything that a procedure can hold.
fn every_event() -> Vec<Record> {
    let mut one = started(TABLE, "release");
    one.rollbacks.extend(everything::procedures());
    let mut story = Story::of(one);
    let ask = |story: &mut Story, command| story.ask(command).expect("is accepted");
    ask(
        &mut story,
        ClientCommand::StartTimer {
            step: "release/freeze".into(),
            seconds: 120,
        },
    );
    ask(
        &mut story,
        ClientCommand::AddNote {
            step: Some("release/freeze".into()),
            text: "0 instances".into(),
            written: None,
        },
    );
    ask(
        &mut story,
        ClientCommand::FillValue {
            step: "release/freeze".into(),
            field: "actual".into(),
            value: "0".into(),
        },
    );
    ask(
        &mut story,
        ClientCommand::Tick {
            step: "release/freeze".into(),
        },
    );
    ask(
        &mut story,
        ClientCommand::Untick {
            step: "release/freeze".into(),
            reason: "one was left".into(),
        },
    );
    ask(
        &mut story,
        ClientCommand::Tick {
            step: "release/freeze".into(),
        },
    );
    story.runs("release/verify", "contract", Outcome::Fail);
    story.must(&takes(GateSnapshot {
        asks: vec![DeclaredLine {
            label: "Request".into(),
            text: "GET {url.api}/health".into(),
        }],
        ..corrected("contract", "d")
    }));
    story.runs("release/verify", "contract", Outcome::Pass);
    let observation = story.id();
    let verdict = story.verdict(Outcome::Inconclusive);
    story.must(&Command::Observe {
        observation,
        run: observation,
        step: "release/verify".into(),
        gate: "rpc".into(),
        verdict,
    });
    story.runs("release/verify", "rpc", Outcome::Pass);
    ask(
        &mut story,
        ClientCommand::Skip {
            step: "release/announce".into(),
            reason: "night".into(),
        },
    );
    story.must(&Command::LinkRollback {
        session: uuid::Uuid::from_u128(99),
        procedure: "rollback".into(),
    });
    ask(
        &mut story,
        ClientCommand::Close {
            outcome: SessionOutcome::RolledBack,
            summary: "undone".into(),
        },
    );
    story.records
}

#[test]
fn version_1_is_still_read_and_still_verifies() {
    let golden = include_str!("golden/v1.json");
    let values: Vec<Value> = serde_json::from_str(golden).expect("the golden file is JSON");
    assert_eq!(verify_records(&values), Ok(()));
    let records: Vec<Record> = serde_json::from_str(golden).expect("the golden file is a log");
    let state = State::fold(&records);
    assert_eq!(state.standing(), Standing::RolledBack);
    assert_eq!(state.progress(), (3, 3));
    let how = |step: &str| &state.done[&format!("release/{step}")].how;
    assert_eq!(how("freeze"), &HowDone::Ticked(TickedBy::Person));
    assert_eq!(
        how("verify"),
        &HowDone::Ticked(TickedBy::Gate { run: state.runs[2].id })
    );
    assert_eq!(how("announce"), &HowDone::Skipped("night".to_owned()));
    let outcomes: Vec<_> = state
        .runs
        .iter()
        .map(|run| (run.gate.as_str(), run.verdict.as_ref().map(|verdict| verdict.outcome)))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("contract", Some(Outcome::Fail)),
            ("contract", Some(Outcome::Pass)),
            ("rpc", Some(Outcome::Pass)),
        ]
    );
    let seen: Vec<_> = state
        .observed
        .iter()
        .map(|((step, gate), seen)| (step.as_str(), gate.as_str(), seen.verdict.outcome))
        .collect();
    assert_eq!(seen, [("release/verify", "rpc", Outcome::Inconclusive)]);
    let notes: Vec<_> = state
        .notes
        .iter()
        .map(|note| (note.step.as_deref(), note.text.as_str()))
        .collect();
    assert_eq!(notes, [(Some("release/freeze"), "0 instances")]);
    let filled = &state.values[&("release/freeze".to_owned(), "actual".to_owned())];
    assert_eq!(filled.value, "0");
    assert_eq!(state.timers["release/freeze"].seconds, 120);
    assert_eq!(state.rollback, Some(uuid::Uuid::from_u128(99)));
    let taken = &state.taken["contract"];
    assert_eq!(
        (
            taken.reason.as_str(),
            taken.snapshot.expects[0].as_str(),
            taken.runs_before
        ),
        ("it asked the wrong port", "Status equals 204", 1)
    );
    assert!(state.holds.is_empty());
    let closed = state.closed.as_ref().expect("it was closed");
    assert_eq!(
        (closed.outcome, closed.summary.as_str(), closed.actor.name()),
        (SessionOutcome::RolledBack, "undone", "Ada")
    );
    assert!(records.iter().all(|record| record.v == 1));
}

#[test]
fn what_is_written_today_is_version_1_to_the_letter() {
    let today = serde_json::to_value(every_event()).expect("records are JSON");
    let golden: Value = serde_json::from_str(include_str!("golden/v1.json")).expect("the golden file is JSON");
    assert!(
        today == golden,
        "the format changed: write a new version and keep the old golden file. Today's events are:\n{today:#}"
    );
}

/// A session holds its procedure as JSON, and a reader of JSON ends at 128 levels: the deepest nesting that the reader of
/// runbooks keeps must stay below, or the session could not be read again.
#[test]
fn the_deepest_procedure_is_read_again() {
    let lists = |mark: &str| -> String {
        let item = |depth: usize| format!("{}{mark} item {depth}\n", " ".repeat((mark.len() + 1) * depth));
        (0..60).map(item).collect()
    };
    let texts = [
        format!("{} deep\n", ">".repeat(100)),
        format!("1. One\n\n   {} deep\n", ">".repeat(100)),
        format!("{}deep{}\n", "*_".repeat(40), "_*".repeat(40)),
        format!("1. {}deep{}\n", "*_".repeat(40), "_*".repeat(40)),
        lists("-"),
        lists("1."),
        lists("- [ ]"),
        format!("{}{}\n", "> - ".repeat(40), "*_deep_*"),
    ];
    for text in texts {
        for order in ["sequential", "any"] {
            let head = "# Demo\n\n## Rollback\n<!-- holdpoint: procedure id=deep kind=rollback order=ORDER -->\n\n";
            let text = format!("{}{text}\n- [ ] Last\n", head.replace("ORDER", order));
            let mut one = started(&text, "deep");
            one.rollbacks = vec![(*one.procedure).clone()];
            let story = Story::of(one);
            // As deep as it lies in the answer that carries a session.
            let read = holdpoint_domain::wire::SessionRead {
                events: story.records.clone(),
                usual: None,
                undone_by: None,
            };
            let json = serde_json::to_string(&read).expect("it is written");
            let again: holdpoint_domain::wire::SessionRead = serde_json::from_str(&json).expect(&text);
            assert_eq!(again, read);
        }
    }
}
