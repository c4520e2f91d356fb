//! The score: given a drill, when a team meets its faults so, then these are the figures.

use super::story::*;
use super::*;
use holdpoint_domain::drill::*;
use holdpoint_domain::gate::Outcome;
use uuid::Uuid;

fn score(story: &Story) -> DrillScore {
    score_with(story, &[])
}

fn score_with(story: &Story, rollback: &[Record]) -> DrillScore {
    let mut fold = ScoreFold::default();
    story.records.iter().for_each(|record| fold.add(record));
    rollback.iter().for_each(|record| fold.add_of_rollback(record));
    fold.finish().expect("it is a drill")
}

/// The contract's fault strikes at 60 s; its gate is asked at 90 s and fails.
fn held() -> (SealedDrill, Story) {
    let own = sealed(vec![fault("contract", DrillTrigger::Start, 60)]);
    let mut story = drill(&own);
    story.tick("release/freeze").expect("ticked");
    story.wait(90);
    story.runs("release/verify", "contract", Outcome::Fail);
    (own, story)
}

fn turns(score: &DrillScore) -> Vec<(TurnKind, &str)> {
    score
        .turns
        .iter()
        .map(|turn| (turn.kind, turn.subject.as_str()))
        .collect()
}

fn decided(score: &DrillScore) -> Option<(DecidedBy, u64)> {
    let decided = score.faults[0].decided.as_ref()?;
    Some((decided.by, decided.seconds))
}

#[test]
fn before_the_plan_is_revealed_nothing_is_said_of_any_fault() {
    let (_, story) = held();
    let score = score(&story);
    assert_eq!(
        (score.faults.len(), score.seed, score.title, score.closed),
        (0, None, None, None)
    );
}

#[test]
fn a_gate_that_fails_is_noticed_and_running_it_again_until_it_passes_is_a_decision() {
    let (own, mut story) = held();
    story.wait(45);
    story.runs("release/verify", "contract", Outcome::Pass);
    close(&mut story, &own, SessionOutcome::Abandoned);
    let score = score(&story);
    let fault = &score.faults[0];
    let noticed = fault.noticed.as_ref().expect("noticed");
    assert_eq!(noticed.seconds, 30);
    assert_eq!(
        noticed.by,
        NoticedBy::Gate {
            gate: "contract".into(),
            title: "The contract gate".into()
        }
    );
    assert_eq!(decided(&score), Some((DecidedBy::RunAgain, 45)));
    assert_eq!((fault.asked, fault.roll_back_seconds), (2, None));
    assert_eq!(turns(&score), []);
    assert_eq!(
        (score.seed.as_deref(), score.drill.as_deref()),
        (Some("4f1c"), Some("friday"))
    );
}

#[test]
fn a_note_before_the_gate_notices_first_and_the_gate_still_holds() {
    let own = sealed(vec![fault("contract", DrillTrigger::Start, 60)]);
    let mut story = drill(&own);
    story.tick("release/freeze").expect("ticked");
    let note = |story: &mut Story, text: &str| {
        let (step, text, written) = (None, text.to_owned(), None);
        story
            .ask(ClientCommand::AddNote { step, text, written })
            .expect("noted");
    };
    story.wait(59);
    note(&mut story, "before the strike");
    story.wait(11);
    note(&mut story, "the page is slow");
    story.wait(20);
    story.runs("release/verify", "contract", Outcome::Fail);
    close(&mut story, &own, SessionOutcome::Abandoned);
    let score = score(&story);
    let noticed = score.faults[0].noticed.as_ref().expect("noticed");
    assert_eq!(noticed.seconds, 10);
    assert!(matches!(&noticed.by, NoticedBy::Note { who, text } if who == "Ada" && text == "the page is slow"));
    assert_eq!(
        score.faults[0].held,
        Some(story.records[0].at + chrono::TimeDelta::seconds(90))
    );
    assert_eq!(decided(&score), Some((DecidedBy::Close, 1)));
}

#[test]
fn going_on_without_a_pass_is_a_decision_and_a_wrong_turn() {
    let (own, mut story) = held();
    story.wait(20);
    story.runs("release/verify", "contract", Outcome::Fail);
    story.wait(5);
    let caution = ClientCommand::ProceedWithCaution {
        step: "release/verify".into(),
        gate: "contract".into(),
        reason: "an old view".into(),
    };
    story.ask(caution).expect("accepted");
    story.tick("release/switch").expect("ticked");
    story.wait(1);
    let back = ClientCommand::Untick {
        step: "release/switch".into(),
        reason: "too early".into(),
    };
    story.ask(back).expect("taken back");
    close(&mut story, &own, SessionOutcome::Abandoned);
    let score = score(&story);
    assert_eq!(decided(&score), Some((DecidedBy::ProceedWithCaution, 25)));
    assert_eq!(
        turns(&score),
        [
            (TurnKind::RetryWithoutEffect, "The contract gate"),
            (TurnKind::WentOnWithoutPass, "The contract gate"),
            (TurnKind::TakenBack, "3 SWITCH"),
        ]
    );
    let reasons: Vec<_> = score.turns.iter().map(|turn| turn.reason.as_str()).collect();
    assert_eq!(reasons, ["", "an old view", "too early"]);
}

#[test]
fn going_on_after_the_fault_is_over_is_no_wrong_turn() {
    let short = PlannedFault {
        lasts_seconds: Some(31),
        ..fault("contract", DrillTrigger::Start, 60)
    };
    let own = sealed(vec![short]);
    let mut story = drill(&own);
    story.tick("release/freeze").expect("ticked");
    story.wait(90);
    story.runs("release/verify", "contract", Outcome::Fail);
    story.wait(1);
    let caution = ClientCommand::ProceedWithCaution {
        step: "release/verify".into(),
        gate: "contract".into(),
        reason: "it is over".into(),
    };
    story.ask(caution).expect("accepted");
    close(&mut story, &own, SessionOutcome::Abandoned);
    assert_eq!(turns(&score(&story)), []);
}

fn rolled_back(outcome: SessionOutcome) -> DrillScore {
    let (own, mut story) = held();
    story.wait(30);
    story.must(&Command::LinkRollback {
        session: Uuid::from_u128(99),
        procedure: "rollback".into(),
    });
    close(&mut story, &own, SessionOutcome::RolledBack);
    let mut undoing = started(RELEASE_IN_FOUR, "release");
    undoing.undoes = Some(Uuid::from_u128(7));
    undoing.rehearsal = true;
    let mut undoing = Story::of(undoing);
    undoing.wait(120 + 200);
    undoing
        .ask(ClientCommand::MarkNotFollowed {
            step: "release/freeze".into(),
            reason: "no access".into(),
        })
        .expect("accepted");
    let summary = "the old version is gone".to_owned();
    let abandoned = ClientCommand::Close {
        outcome: SessionOutcome::Abandoned,
        summary,
    };
    undoing.ask(abandoned).expect("closed");
    let mut records = undoing.records;
    for record in &mut records {
        record.session = Uuid::from_u128(99);
        if let Event::SessionClosed { outcome: of, .. } = &mut record.event {
            *of = outcome;
        }
    }
    score_with(&story, &records)
}

#[test]
fn a_rollback_is_timed_from_the_decision_to_its_completion() {
    let score = rolled_back(SessionOutcome::Completed);
    assert_eq!(decided(&score), Some((DecidedBy::RollBack, 30)));
    // Decided 120 s after the start; completed 320 s after it.
    assert_eq!(score.faults[0].roll_back_seconds, Some(200));
    let rollback = score.rollback.expect("there is one");
    assert_eq!((rollback.end, rollback.seconds), (RollbackEnd::Completed, Some(200)));
    assert_eq!(score.not_followed[0].label, "1 FREEZE");
    assert_eq!(score.not_followed[0].session, Uuid::from_u128(99));
}

#[test]
fn a_rollback_that_is_given_up_is_a_wrong_turn_and_has_no_time() {
    let score = rolled_back(SessionOutcome::Abandoned);
    assert_eq!(score.faults[0].roll_back_seconds, None);
    assert_eq!(turns(&score), [(TurnKind::RollbackGivenUp, "Release procedure")]);
}

#[test]
fn the_newest_rollback_is_told_where_another_one_was_started_before() {
    let (own, mut story) = held();
    story.must(&Command::LinkRollback {
        session: Uuid::from_u128(98),
        procedure: "rollback".into(),
    });
    close(&mut story, &own, SessionOutcome::RolledBack);
    let mut undoing = started(RELEASE_IN_FOUR, "release");
    undoing.undoes = Some(Uuid::from_u128(7));
    undoing.rehearsal = true;
    let mut records = Story::of(undoing).records;
    records
        .iter_mut()
        .for_each(|record| record.session = Uuid::from_u128(99));
    let rollback = score_with(&story, &records).rollback.expect("there is one");
    assert_eq!(
        (rollback.session, rollback.end),
        (Uuid::from_u128(99), RollbackEnd::UnderWay)
    );
}

#[test]
fn a_rollback_whose_log_cannot_be_read_has_no_time() {
    let (own, mut story) = held();
    story.must(&Command::LinkRollback {
        session: Uuid::from_u128(99),
        procedure: "rollback".into(),
    });
    close(&mut story, &own, SessionOutcome::RolledBack);
    let score = score(&story);
    assert_eq!(score.rollback.expect("started").end, RollbackEnd::Unknown);
    assert_eq!(score.faults[0].roll_back_seconds, None);
}

#[test]
fn a_fault_that_nobody_met_is_never_noticed_and_one_that_never_struck_says_so() {
    let own = sealed(vec![
        fault("rpc", DrillTrigger::Start, 10),
        fault("rpc", DrillTrigger::BeforeLive, 0),
        fault("rpc", DrillTrigger::Start, 90),
    ]);
    let mut story = drill(&own);
    story.tick("release/freeze").expect("ticked");
    story.wait(60);
    close(&mut story, &own, SessionOutcome::Abandoned);
    let score = score(&story);
    let found: Vec<_> = score
        .faults
        .iter()
        .map(|fault| {
            (
                fault.struck.is_some(),
                fault.asked,
                fault.noticed.is_some(),
                fault.decided.is_some(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (true, 0, false, false),
            (false, 0, false, false),
            (false, 0, false, false)
        ]
    );
}

#[test]
fn a_failure_from_before_the_strike_notices_nothing() {
    let own = sealed(vec![fault("contract", DrillTrigger::Start, 60)]);
    let mut story = drill(&own);
    story.tick("release/freeze").expect("ticked");
    story.runs("release/verify", "contract", Outcome::Fail);
    story.wait(70);
    close(&mut story, &own, SessionOutcome::Abandoned);
    let score = score(&story);
    assert_eq!((&score.faults[0].noticed, score.faults[0].held), (&None, None));
}

#[test]
fn a_run_that_is_cancelled_by_the_closing_notices_nothing() {
    let own = sealed(vec![fault("contract", DrillTrigger::Start, 60)]);
    let mut story = drill(&own);
    story.tick("release/freeze").expect("ticked");
    story.wait(70);
    story.starts("release/verify", "contract").expect("starts");
    let events = close(&mut story, &own, SessionOutcome::Abandoned);
    assert_eq!(names(&events), ["gate_finished", "drill_revealed", "session_closed"]);
    assert_eq!(score(&story).faults[0].noticed, None);
}

#[test]
fn a_session_that_is_no_drill_has_no_score() {
    let mut fold = ScoreFold::default();
    Story::release().records.iter().for_each(|record| fold.add(record));
    assert_eq!(fold.finish(), None);
    let mut undoing = started(RELEASE_IN_FOUR, "release");
    (undoing.rehearsal, undoing.undoes) = (true, Some(Uuid::from_u128(7)));
    undoing.drill = Some(DrillMark {
        title: None,
        commitment: None,
    });
    let mut fold = ScoreFold::default();
    Story::of(undoing).records.iter().for_each(|record| fold.add(record));
    assert_eq!(fold.finish(), None, "a rollback is part of the drill that it undoes");
}
