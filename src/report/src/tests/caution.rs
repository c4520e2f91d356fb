//! What exports say of steps that a person went on with without a pass.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{Event, Record, TickedBy};
use uuid::Uuid;

use super::super::*;
use super::exported;
use super::log::{begun, ran, records, started, ticked};

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
    assert_eq!(verify(&forged), Err(VerifyError::HeaderAltered));
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
    // A pass that does not count, for the gate was declared otherwise by then, holds.
    let mut holds = ran(2, Outcome::Pass);
    holds.extend(ran(2, Outcome::Fail).pop());
    let report = exported(&went_on(holds), Format::Md);
    assert!(!report.contains("passed afterwards"), "{report}");
}
