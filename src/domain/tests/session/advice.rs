//! What is said of a hold: whose word it is what to do, and which way back there is.

use uuid::Uuid;

use super::story::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::OnFail;
use holdpoint_domain::session::*;

const STEP: &str = "release/verify";
const STOP: &str = "stop, mend the cause, and run the gate again";

/// The release, whose step has these words about a failure and whose gate has this advice, once the gate came to this.
fn held(on_fail: &str, text: &str, gate: OnFail, outcome: Outcome) -> Story {
    let runbook = RELEASE
        .replace(" on_fail=rollback", on_fail)
        .replace("Check the contract.", text);
    let mut started = started(&runbook, "release");
    let contract = started.gates.get_mut("contract").expect("it is declared");
    contract.on_fail = gate;
    let mut story = Story::of(started);
    story.tick("release/freeze").expect("is next");
    story.runs(STEP, "contract", outcome);
    story
}

fn recommended(story: &Story) -> Recommendation {
    let (step, _, hold) = story.state.hold().expect("it holds");
    story.state.recommendation(step, hold)
}

#[test]
fn a_hold_says_whose_word_it_is_what_to_do() {
    let text = "Check it.\n\n**ROLLBACK if it fails.** Go back.";
    let (default, gate, runbook) = (
        "Nothing else is set for this gate, so: ",
        "Set for this gate: ",
        "The runbook says: ",
    );
    let table = [
        ("", "Check it.", OnFail::Stop, default, STOP),
        ("", "Check it.", OnFail::Rollback, gate, "roll back"),
        (
            "",
            "Check it.",
            OnFail::Caution,
            gate,
            "proceed with caution, or roll back",
        ),
        ("", text, OnFail::Stop, runbook, "roll back"),
        (" on_fail=stop", "Check it.", OnFail::Rollback, runbook, STOP),
        (" on_fail=rollback", "Check it.", OnFail::Stop, runbook, "roll back"),
    ];
    for (on_fail, text, gate, lead, what) in table {
        let said = recommended(&held(on_fail, text, gate, Outcome::Fail));
        assert_eq!((said.lead, said.what), (lead, what), "{on_fail} {text} {gate:?}");
    }
}

#[test]
fn the_log_of_a_hold_says_the_same() {
    let table = [
        ("", OnFail::Stop, "holds; nothing else is set for this gate, so: stop"),
        ("", OnFail::Rollback, "holds; set for this gate: roll back"),
        (" on_fail=stop", OnFail::Rollback, "holds; the runbook says: stop"),
        (" on_fail=rollback", OnFail::Stop, "holds; the runbook says: roll back"),
    ];
    for (on_fail, gate, expected) in table {
        let story = held(on_fail, "Check it.", gate, Outcome::Fail);
        let placed = story.records.last().expect("it holds");
        assert_eq!(
            describe_event(&story.state, &placed.event).what,
            expected,
            "{on_fail} {gate:?}"
        );
    }
}

#[test]
fn caution_is_offered_for_a_failure_only() {
    let failed = recommended(&held(" on_fail=caution", "Check it.", OnFail::Stop, Outcome::Fail));
    assert!(failed.may_go_on && failed.offers_rollback && !failed.is_rollback);
    let undecided = recommended(&held(
        " on_fail=caution",
        "Check it.",
        OnFail::Stop,
        Outcome::Inconclusive,
    ));
    assert!(!undecided.may_go_on, "{undecided:?}");
    assert_eq!(
        (undecided.lead, undecided.what),
        ("It ", "could not be decided: run it again, or roll back")
    );
}

#[test]
fn a_rollback_is_not_told_to_roll_back() {
    let table = [
        (
            OnFail::Rollback,
            Outcome::Fail,
            "The rollback itself does not verify. Mend the cause and run the gate again; if that does not work, get help",
        ),
        (
            OnFail::Caution,
            Outcome::Fail,
            "The runbook says: proceed with caution, or mend the cause and run the gate again",
        ),
        (
            OnFail::Caution,
            Outcome::Inconclusive,
            "It could not be decided: run it again",
        ),
        (
            OnFail::Stop,
            Outcome::Fail,
            "The runbook says: stop, mend the cause, and run the gate again",
        ),
    ];
    for (advice, outcome, expected) in table {
        let said = recommendation(AdviceBy::Runbook, advice, outcome, WayBack::IsRollback);
        assert_eq!(format!("{}{}", said.lead, said.what), expected);
        assert!(!said.offers_rollback && !said.is_rollback, "{said:?}");
    }
    let beside = recommendation(AdviceBy::Gate, OnFail::Rollback, Outcome::Fail, WayBack::Started);
    assert_eq!(beside.what, "roll back. A rollback was started already");
    assert!(!beside.offers_rollback);
}

#[test]
fn what_is_refused_in_a_rollback_is_not_said_to_be_mended_by_a_rollback() {
    let text = with_rollbacks(1, "");
    let close = |procedure: &str| {
        let mut story = Story::of(started(&text, procedure));
        let completed = ClientCommand::Close {
            outcome: SessionOutcome::Completed,
            summary: String::new(),
        };
        story.ask(completed).expect_err("nothing is done").to_string()
    };
    let (release, rollback) = (close("release"), close("back-1"));
    assert!(
        release.ends_with("Finish it, roll back, or close the session as given up."),
        "{release}"
    );
    assert!(
        rollback.ends_with("Finish it, or close the session as given up."),
        "{rollback}"
    );
}

#[test]
fn no_refusal_names_a_rollback_that_cannot_be_started() {
    let one = || "one".to_owned();
    for back in [false, true] {
        let all = [
            Refusal::OnHold { reason: one(), back },
            Refusal::NotOptional { step: one(), back },
            Refusal::NotDeclared { gate: one(), back },
            Refusal::CautionNotOffered { step: one(), back },
            Refusal::NotDecided {
                step: one(),
                gate: one(),
                back,
            },
            Refusal::NotRunAnew {
                step: one(),
                gate: one(),
                back,
            },
            Refusal::NotCompleted { next: one(), back },
        ];
        for said in all.map(|one| one.to_string()) {
            let names = ["roll back", "rollback", "rolled back"]
                .iter()
                .any(|words| said.contains(words));
            assert_eq!(names, back, "{said}");
            assert!(!said.contains("  ") && !said.contains(" ."), "{said}");
        }
    }
}

/// A release and so many rollbacks of it, the first of which is what the second half of its comment says.
fn with_rollbacks(count: usize, first: &str) -> String {
    let rollback = |number: usize| {
        let named = if number == 1 { first } else { "" };
        format!(
            "\n## Way back {number}\n<!-- holdpoint: procedure id=back-{number} kind=rollback{named} -->\n\n1. Put it back\n"
        )
    };
    format!("{RELEASE}{}", (1..=count).map(rollback).collect::<String>())
}

#[test]
fn a_way_back_is_what_there_is() {
    let undone = Some(Uuid::from_u128(9));
    let (one, two, named) = (
        with_rollbacks(1, ""),
        with_rollbacks(2, ""),
        with_rollbacks(2, " rollback=back-2"),
    );
    let table = [
        (
            RELEASE,
            "release",
            None,
            WayBack::Rollback,
            Some(NoRollback::NoneInRunbook),
        ),
        (&one, "release", None, WayBack::Rollback, None),
        (
            &one,
            "back-1",
            undone,
            WayBack::IsRollback,
            Some(NoRollback::IsRollback),
        ),
        (&two, "back-1", undone, WayBack::IsRollback, None),
        (&named, "back-1", undone, WayBack::Rollback, None),
        (
            RELEASE,
            "release",
            undone,
            WayBack::IsRollback,
            Some(NoRollback::IsRollback),
        ),
    ];
    for (text, procedure, undoes, back, none) in table {
        let mut started = started(text, procedure);
        started.undoes = undoes;
        let session = Story::of(started.clone()).state;
        assert_eq!(
            (session.way_back(), started.no_rollback()),
            (back, none),
            "{procedure}\n{text}"
        );
    }
    let mut begun = Story::of(started(&one, "release"));
    begun.must(&Command::LinkRollback {
        session: Uuid::from_u128(9),
        procedure: "back-1".to_owned(),
    });
    assert_eq!(begun.state.way_back(), WayBack::Started);
    let mut lost = started(RELEASE, "release");
    std::sync::Arc::make_mut(&mut lost.procedure).rollback = Some("elsewhere".to_owned());
    assert_eq!(lost.no_rollback(), Some(NoRollback::NotFound));
    assert_eq!(lost.name(), "Golden release procedure v1.4.2");
}

#[test]
fn what_was_left_out_and_what_has_no_pass_is_counted() {
    let skip = |step: &str| ClientCommand::Skip {
        step: step.to_owned(),
        reason: "known already".to_owned(),
    };
    let text = RELEASE.replace("on_fail=rollback", "on_fail=caution");
    let mut story = Story::of(started(&text, "release"));
    assert_eq!((story.state.left_out(), story.state.without_pass()), (0, 0));
    story.tick("release/freeze").expect("is next");
    for gate in ["contract", "rpc"] {
        story.runs(STEP, gate, Outcome::Fail);
        story
            .ask(ClientCommand::ProceedWithCaution {
                step: STEP.to_owned(),
                gate: gate.to_owned(),
                reason: "an old view".to_owned(),
            })
            .expect("the runbook says so");
    }
    assert_eq!(story.state.without_pass(), 1, "one step, two gates");
    story.ask(skip("release/announce")).expect("it is optional");
    assert_eq!(story.state.left_out(), 1);
    assert_eq!(story.state.progress(), (3, 3));
    story.runs(STEP, "contract", Outcome::Pass);
    story.runs(STEP, "rpc", Outcome::Pass);
    assert_eq!(story.state.without_pass(), 0, "both passed since");

    // Whose decision it was stays on record.
    let ticked = |record: &&Record| {
        matches!(
            &record.event,
            Event::StepTicked {
                by: TickedBy::Caution { .. },
                ..
            }
        )
    };
    let ticked = story.records.iter().find(ticked).expect("it was gone on with");
    let said = describe_event(&story.state, &ticked.event).detail;
    assert!(said.ends_with("had not passed; Ada: an old view"), "{said}");
}
