//! A gate that was wrong: the corrected declaration is taken, and nothing that was seen before it counts.

use super::gates::at_verify;
use super::story::*;
use holdpoint_domain::gate::{GateSnapshot, Outcome, Verdict, compare_declarations};
use holdpoint_domain::session::*;
use holdpoint_domain::summary::Summary;

const STEP: &str = "release/verify";

/// A verdict that answers this declaration.
fn answer(story: &Story, to: &GateSnapshot, outcome: Outcome) -> Verdict {
    let mut verdict = story.verdict(outcome);
    verdict.gate_digest = to.digest.clone().expect("it has one");
    verdict
}

fn run(story: &mut Story, gate: &str, verdict: Verdict) -> Vec<Event> {
    let run = story.starts(STEP, gate).expect("it starts");
    story.must(&Command::FinishGate { run, verdict })
}

/// The session at its second step, whose first gate holds.
fn held() -> Story {
    let mut story = at_verify();
    story.runs(STEP, "contract", Outcome::Inconclusive);
    assert_eq!(story.standing(), Standing::Hold);
    story
}

#[test]
fn a_hold_stays_until_a_run_by_the_declaration_that_was_taken_passes() {
    let mut story = held();
    let new = corrected("contract", "e");
    let events = story.must(&takes(new.clone()));
    assert_eq!(names(&events), ["declaration_taken"]);
    assert_eq!(story.standing(), Standing::Hold, "nothing was asked yet");
    assert_eq!(story.state.gate_snapshot("contract"), Some(&new));
    assert_eq!(story.state.gate_state(STEP, "contract", story.now), GateState::Waiting);
    assert!(story.state.is_to_run_anew(STEP, "contract"));

    // The old question's answer is no evidence, whatever it says.
    let old = story.verdict(Outcome::Pass);
    assert_eq!(
        names(&run(&mut story, "contract", old)),
        ["gate_finished", "hold_placed"]
    );
    let pass = answer(&story, &new, Outcome::Pass);
    assert_eq!(
        names(&run(&mut story, "contract", pass)),
        ["gate_finished", "hold_lifted"]
    );
    assert!(!story.state.is_to_run_anew(STEP, "contract"));
    assert_eq!(
        names(&story.runs(STEP, "rpc", Outcome::Pass)),
        ["gate_finished", "step_ticked"]
    );
    assert_eq!(State::fold(&story.records), story.state);
}

#[test]
fn evidence_from_before_it_does_not_count_even_when_the_same_declaration_comes_back() {
    let mut story = at_verify();
    let (first, second) = (corrected("contract", "d"), corrected("contract", "e"));
    story.must(&takes(first.clone()));
    let pass = answer(&story, &first, Outcome::Pass);
    run(&mut story, "contract", pass);
    story.must(&takes(second));
    story.must(&takes(first.clone()));
    assert_eq!(story.state.gate_state(STEP, "contract", story.now), GateState::Waiting);
    assert_eq!(names(&story.runs(STEP, "rpc", Outcome::Pass)), ["gate_finished"]);
    assert!(!story.state.is_done(STEP));
    let pass = answer(&story, &first, Outcome::Pass);
    assert_eq!(
        names(&run(&mut story, "contract", pass)),
        ["gate_finished", "step_ticked"]
    );
}

#[test]
fn a_step_of_the_past_stays_ticked_and_says_by_what_until_it_is_verified_anew() {
    let mut story = at_verify();
    story.runs(STEP, "contract", Outcome::Pass);
    story.runs(STEP, "rpc", Outcome::Pass);
    let new = corrected("contract", "e");
    story.must(&takes(new.clone()));
    assert!(story.state.is_done(STEP));
    assert_eq!(story.standing(), Standing::Go);
    let row = |story: &Story| story.state.row(STEP).expect("it is there");
    assert_eq!(
        (row(&story).status, row(&story).by_old_declaration),
        (StepStatus::Done, true)
    );
    let other = story.state.row("release/freeze").expect("it is there");
    assert!(!other.by_old_declaration);
    let pass = answer(&story, &new, Outcome::Pass);
    run(&mut story, "contract", pass);
    assert!(!row(&story).by_old_declaration);
}

/// One gate was gone on with without a pass, the other one passed: only what passed was seen by a declaration.
#[test]
fn a_step_that_was_done_with_caution_says_by_what_its_other_gate_passed() {
    let done = || {
        let mut story = Story::of(started(
            &RELEASE.replace("on_fail=rollback", "on_fail=caution"),
            "release",
        ));
        story.tick("release/freeze").expect("is next");
        story.runs(STEP, "rpc", Outcome::Pass);
        story.runs(STEP, "contract", Outcome::Fail);
        let (step, gate, reason) = (STEP.to_owned(), "contract".to_owned(), "known".to_owned());
        story
            .ask(ClientCommand::ProceedWithCaution { step, gate, reason })
            .expect("the runbook says so");
        assert!(story.state.is_done(STEP));
        story
    };
    let is_by_old = |story: &Story| {
        let row = story.state.row(STEP).expect("it is there");
        let named = story.state.by_old_declaration().iter().any(|step| step.id == STEP);
        assert_eq!(row.by_old_declaration, named);
        (row.by, named)
    };
    let mut story = done();
    let new = corrected("rpc", "e");
    story.must(&takes(new.clone()));
    assert_eq!(is_by_old(&story), (Some(StepBy::Caution), true));
    let pass = answer(&story, &new, Outcome::Pass);
    run(&mut story, "rpc", pass);
    assert_eq!(
        is_by_old(&story),
        (Some(StepBy::Caution), false),
        "it was looked at anew"
    );

    let mut story = done();
    story.must(&takes(corrected("contract", "e")));
    assert_eq!(is_by_old(&story), (Some(StepBy::Caution), false), "it passed by none");

    let mut story = done();
    story.runs(STEP, "contract", Outcome::Pass);
    story.must(&takes(corrected("contract", "e")));
    assert_eq!(
        is_by_old(&story),
        (Some(StepBy::Caution), true),
        "it passed by the old one"
    );

    let mut story = done();
    story.runs(STEP, "contract", Outcome::Fail);
    story.must(&takes(corrected("contract", "e")));
    assert_eq!(is_by_old(&story), (Some(StepBy::Caution), false), "it never passed");
}

#[test]
fn what_cannot_be_taken_is_refused_by_its_rule() {
    let new = || corrected("contract", "e");
    let with = |change: fn(&mut Command)| {
        let mut command = takes(new());
        change(&mut command);
        command
    };
    let cases: [(Command, &str); 5] = [
        (
            with(|command| {
                if let Command::TakeDeclaration { declared, .. } = command {
                    *declared = None;
                }
            }),
            "not_declared",
        ),
        (
            with(|command| {
                if let Command::TakeDeclaration { digest, .. } = command {
                    *digest = "f".repeat(64);
                }
            }),
            "declaration_moved",
        ),
        (
            with(|command| {
                if let Command::TakeDeclaration { reason, .. } = command {
                    *reason = " ".to_owned();
                }
            }),
            "empty",
        ),
        (
            with(|command| {
                if let Command::TakeDeclaration { reason, .. } = command {
                    *reason = "x".repeat(VALUE_LIMIT + 1);
                }
            }),
            "too_long",
        ),
        (takes(corrected("nowhere", "e")), "gate_not_named"),
    ];
    for (command, code) in cases {
        let mut story = held();
        assert_eq!(story.does(&command).expect_err(code).code(), code);
    }

    let mut story = held();
    story.must(&takes(new()));
    assert_eq!(
        story.does(&takes(new())).expect_err("taken").code(),
        "declaration_unchanged"
    );

    let mut story = held();
    story.starts(STEP, "contract").expect("a hold can be lifted");
    assert_eq!(story.does(&takes(new())).expect_err("runs").code(), "gate_running");

    let mut story = held();
    story.must(&Command::LinkRollback {
        session: uuid::Uuid::from_u128(99),
        procedure: "rollback".to_owned(),
    });
    assert_eq!(story.does(&takes(new())).expect_err("undone").code(), "rolling_back");

    let mut story = held();
    let close = ClientCommand::Close {
        outcome: SessionOutcome::Abandoned,
        summary: String::new(),
    };
    story.ask(close).expect("it can be given up");
    assert_eq!(story.does(&takes(new())).expect_err("over").code(), "closed");
}

#[test]
fn a_clients_wish_is_checked_and_makes_no_event_by_itself() {
    let mut story = held();
    let wish = |reason: &str| ClientCommand::TakeDeclaration {
        gate: "contract".to_owned(),
        digest: "e".repeat(64),
        reason: reason.to_owned(),
    };
    assert_eq!(story.ask(wish("it was wrong")), Ok(Vec::new()));
    assert_eq!(story.ask(wish("")).expect_err("no reason").code(), "empty");
    // Nothing of a declaration fits into what a client may send.
    let body = serde_json::json!({"type": "take_declaration", "gate": "contract", "digest": "e", "reason": "r", "declared": {}});
    assert!(serde_json::from_value::<ClientCommand>(body).is_err());
}

#[test]
fn a_gate_that_was_missing_at_the_start_can_be_taken() {
    let mut one = started(RELEASE, "release");
    one.gates.remove("contract");
    let mut story = Story::of(one);
    story.tick("release/freeze").expect("is next");
    story.runs(STEP, "rpc", Outcome::Pass);
    let new = corrected("contract", "e");
    let events = story.must(&takes(new.clone()));
    assert!(matches!(&events[0], Event::DeclarationTaken { old: None, .. }));
    let pass = answer(&story, &new, Outcome::Pass);
    assert_eq!(
        names(&run(&mut story, "contract", pass)),
        ["gate_finished", "step_ticked"]
    );
}

#[test]
fn automatic_gates_run_anew_by_the_new_declaration_and_by_its_word() {
    let mut one = started(CHECKLIST, "list");
    one.gates.values_mut().for_each(|gate| gate.auto = true);
    for auto in [true, false] {
        let mut story = Story::of(one.clone());
        let step = "list/contract-holds";
        let due = [(step.to_owned(), "contract".to_owned())];
        story.starts(step, "contract").expect("it starts");
        assert!(gates_to_run(&story.state).is_empty());
        let run = story.state.open_runs().next().expect("it runs").id;
        story.must(&Command::CancelGate {
            run,
            by: "Ada".to_owned(),
        });
        let mut new = corrected("contract", "e");
        new.auto = auto;
        story.must(&takes(new));
        assert!(
            gates_to_run(&story.state).is_empty(),
            "nothing starts by itself in a hold"
        );
        story.state.holds.clear();
        assert_eq!(gates_to_run(&story.state), if auto { &due[..] } else { &[] });
    }
}

fn seen(story: &mut Story, verdict: Verdict) -> Vec<Event> {
    let (observation, run) = (story.id(), story.id());
    story.must(&Command::Observe {
        observation,
        run,
        step: STEP.to_owned(),
        gate: "contract".to_owned(),
        verdict,
    })
}

#[test]
fn a_hold_of_the_proxys_is_lifted_by_the_browser_where_it_decides_from_then_on() {
    let mut story = held();
    let mut new = corrected("contract", "e");
    (new.direct, new.direct_decides) = (true, true);
    story.must(&takes(new.clone()));
    let refused = story.starts(STEP, "contract").expect_err("the browser asks");
    assert_eq!(refused.code(), "browser_decides");
    let pass = answer(&story, &new, Outcome::Pass);
    assert_eq!(names(&seen(&mut story, pass)), ["gate_observed", "hold_lifted"]);
    story.runs(STEP, "rpc", Outcome::Pass);
    assert!(story.state.is_done(STEP));
    let on_word = |story: &Story| {
        story
            .state
            .on_browsers_word()
            .iter()
            .map(|step| step.id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(on_word(&story), [STEP]);

    // And the other way round: what the browser saw by the old one is forgotten, its tick is told as what it was.
    let new = corrected("contract", "f");
    story.must(&takes(new.clone()));
    assert!(story.state.observed.is_empty());
    assert_eq!(on_word(&story), [STEP], "the tick is still the browser's");
    let pass = answer(&story, &new, Outcome::Pass);
    run(&mut story, "contract", pass);
    assert!(on_word(&story).is_empty(), "the proxy has looked since");
}

#[test]
fn people_read_what_was_taken_and_why() {
    let mut story = held();
    let summary = |story: &Story| {
        Summary::of(&story.state, None)
            .and_then(|one| one.waiting_for)
            .expect("it waits")
    };
    assert!(
        summary(&story).ends_with("which could not be completed"),
        "{}",
        summary(&story)
    );
    let events = story.must(&takes(corrected("contract", "e")));
    let told = describe(&story.state, &events[0]);
    assert_eq!(
        (told.subject.as_str(), told.what.as_str()),
        ("The contract gate", "corrected declaration taken")
    );
    assert_eq!(
        told.detail,
        "it asked the wrong port (Expects: Status equals 200 → Status equals 204)"
    );
    assert!(
        summary(&story).ends_with("which was corrected and has to be made anew"),
        "{}",
        summary(&story)
    );
}

#[test]
fn a_log_that_takes_a_declaration_in_place_of_another_than_it_had_does_not_verify() {
    for (spoil, verifies) in [(false, true), (true, false)] {
        let mut story = held();
        story.must(&takes(corrected("contract", "d")));
        story.must(&takes(corrected("contract", "e")));
        let mut records = story.records.clone();
        let last = records.last_mut().expect("there are some");
        if let Event::DeclarationTaken { old: Some(old), .. } = &mut last.event
            && spoil
        {
            old.expects.push("Body contains ok".to_owned());
        }
        let prev = last.prev.clone();
        seal(last, &prev).expect("it can be written");
        let values: Vec<_> = records
            .iter()
            .map(|record| serde_json::to_value(record).expect("JSON"))
            .collect();
        let seq = records.len() as u64;
        let gate = "contract".to_owned();
        let expected = if verifies {
            Ok(())
        } else {
            Err(ChainError::AnotherDeclaration { seq, gate })
        };
        assert_eq!(verify_records(&values), expected);
    }
}

#[test]
fn two_declarations_stand_line_beside_line() {
    let old = snapshot("contract");
    let mut new = corrected("contract", "e");
    new.expects.push("Body contains ok".to_owned());
    let lines = compare_declarations(Some(&old), Some(&new));
    let changed: Vec<_> = lines.iter().filter(|line| line.differs()).collect();
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert_eq!(changed[0].old.as_deref(), Some("Status equals 200"));
    assert_eq!(changed[0].new.as_deref(), Some("Status equals 204\nBody contains ok"));
    let gone = compare_declarations(Some(&old), None);
    assert!(gone.iter().all(|line| line.old.is_some() && line.new.is_none()));
    assert_eq!(gone.len(), compare_declarations(None, Some(&old)).len());
}
