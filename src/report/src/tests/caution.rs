//! What exports say of steps that a person went on with without a pass.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{Event, Record, TickedBy};
use uuid::Uuid;

use super::super::*;
use super::log::{begun, ran, records, rolled_back, started, ticked, verdict};
use super::{exported, header};

fn went_on(then: impl IntoIterator<Item = Event>) -> Vec<Record> {
    let run = Uuid::from_u128(1);
    let mut events = vec![begun(started()), ticked("freeze")];
    events.extend(ran(1, Outcome::Fail));
    events.push(Event::ProceededWithCaution {
        step: "release/verify".to_owned(),
        gate: "contract".to_owned(),
        run,
        reason: "the extra signature is an old view".to_owned(),
    });
    events.push(Event::StepTicked {
        step: "release/verify".to_owned(),
        by: TickedBy::Caution { run },
    });
    events.extend(then);
    records(events)
}

#[test]
fn every_export_says_at_its_head_who_went_on_without_a_pass_when_and_why() {
    let log = went_on([]);
    for (format, said) in [
        (
            Format::Md,
            "> **GONE ON WITHOUT A PASS.** A gate of these steps had not passed when a person decided to go on:\n>\n> - VERIFY, gate The \
             contract gate: decided by Ada at 2025-11-20 12:00:00 UTC. Reason: the extra signature is an old view\n",
        ),
        (
            Format::Html,
            "<li>VERIFY, gate The contract gate: decided by Ada at 2025-11-20 12:00:00 UTC. Reason: the extra signature is an old view</li>",
        ),
        (
            Format::Json,
            "\"without_pass\": [\n      {\n        \"step\": \"VERIFY\",\n        \"gate\": \"The contract gate\",\n        \"by\": \
             \"Ada\",\n        \"at\": \"2025-11-20T12:00:00Z\",\n        \"reason\": \"the extra signature is an old view\"\n      }\n",
        ),
        (
            Format::Csv,
            "VERIFY,\"gone on with, without a pass\",,The contract gate had not passed; Ada: the extra signature is an old \
             view,release/verify,,no,",
        ),
        (
            Format::Csv,
            "The contract gate,did not pass; decided: proceed with caution,,the extra signature is an old view,release/verify,contract,no,",
        ),
    ] {
        let text = exported(&log, format);
        assert!(text.contains(said), "{said}\n{text}");
    }
    let json = exported(&log, Format::Json);
    assert!(verify(&json).is_ok());
    let forged = json.replacen("\"by\": \"Ada\"", "\"by\": \"Eve\"", 1);
    assert_eq!(
        verify(&forged),
        Err(VerifyError::HeaderAltered { part: "without_pass" })
    );
}

#[test]
fn a_pass_that_came_later_is_said_and_hides_nothing() {
    let report = exported(&went_on(ran(2, Outcome::Pass)), Format::Md);
    assert!(
        report.contains(
            "Reason: the extra signature is an old view The gate passed afterwards, at 2025-11-20 12:00:00 UTC."
        ),
        "{report}"
    );
    let failed = exported(&went_on(ran(2, Outcome::Fail)), Format::Md);
    assert!(
        failed.contains("GONE ON WITHOUT A PASS") && !failed.contains("passed afterwards"),
        "{failed}"
    );
}

/// The step's tick says how it was done; that its gate passed since is counted.
#[test]
fn the_counts_go_by_what_has_not_passed_since() {
    let counted = |then: Vec<Event>| exported(&went_on(then), Format::Md).contains("(1 without a pass: VERIFY)");
    assert!(counted(Vec::new()));
    assert!(!counted(ran(2, Outcome::Pass)), "it passed afterwards");
    assert!(counted(ran(2, Outcome::Fail)), "it failed again");

    // It was done by its gate, which failed afterwards and was gone on with.
    let by = TickedBy::Gate {
        run: Uuid::from_u128(1),
    };
    let step = "release/verify".to_owned();
    let mut events = vec![begun(started()), ticked("freeze")];
    events.extend(ran(1, Outcome::Pass));
    events.push(Event::StepTicked { step: step.clone(), by });
    events.extend(ran(2, Outcome::Fail));
    events.push(Event::ProceededWithCaution {
        step,
        gate: "contract".to_owned(),
        run: Uuid::from_u128(2),
        reason: "known".to_owned(),
    });
    let report = exported(&records(events), Format::Md);
    assert!(report.contains("(1 without a pass: VERIFY)"), "{report}");
}

/// Only what counted for the step is named, by the rules of its time and not by those of the log's end.
#[test]
fn a_pass_that_did_not_count_is_not_said() {
    let seen = |outcome: Outcome, digest: &str| {
        let mut verdict = verdict(outcome);
        verdict.gate_digest = digest.to_owned();
        Event::GateObserved {
            observation: Uuid::from_u128(70),
            step: "release/verify".to_owned(),
            gate: "contract".to_owned(),
            verdict,
        }
    };
    let declares = |digest: &str, decides: bool| {
        let old = started().gates["contract"].clone();
        let mut new = old.clone();
        new.digest = Some(digest.to_owned());
        (new.direct, new.direct_decides) = (decides, decides);
        Event::DeclarationTaken {
            gate: "contract".to_owned(),
            old: Some(Box::new(old)),
            new: Box::new(new),
            reason: "it was wrong".to_owned(),
        }
    };
    let (one, other) = ("d".repeat(64), "e".repeat(64));
    let passed = |then: Vec<Event>| {
        let log = went_on(then);
        let header = header(&log);
        header.without_pass[0].passed.is_some()
    };
    for (case, then, named) in [
        ("the proxy's", ran(2, Outcome::Pass), true),
        (
            "a browser's that decides nothing",
            vec![seen(Outcome::Pass, &one)],
            false,
        ),
        (
            "a browser's that decides only later",
            vec![seen(Outcome::Pass, &one), declares(&one, true)],
            false,
        ),
        (
            "a browser's that decides",
            vec![declares(&one, true), seen(Outcome::Pass, &one)],
            true,
        ),
        (
            "a browser's that decided then",
            vec![declares(&one, true), seen(Outcome::Pass, &one), declares(&other, false)],
            true,
        ),
        (
            "a browser's by another declaration",
            vec![declares(&other, true), seen(Outcome::Pass, &one)],
            false,
        ),
        (
            "the proxy's by another declaration",
            [vec![declares(&other, false)], ran(2, Outcome::Pass)].concat(),
            false,
        ),
        (
            "one after the rollback has begun",
            [vec![rolled_back()], ran(2, Outcome::Pass)].concat(),
            false,
        ),
    ] {
        assert_eq!(passed(then), named, "{case}");
    }
}
