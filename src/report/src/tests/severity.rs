//! Which severity the report suggests, and what for.

use std::sync::Arc;

use holdpoint_domain::gate::{DeclaredLine, Outcome};
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{Event, SessionOutcome, Started, TickedBy};
use uuid::Uuid;

use super::super::*;
use super::log::{begun, closed, ran, records, records_of, rolled_back, started, ticked};
use super::{export, header, linked_session};

fn severity(events: Vec<Event>) -> Option<IncidentSeverity> {
    let records = records(events);
    header(&records).severity
}

/// A session with these events, of a procedure whose gate compares the version.
fn session(change: impl Fn(&mut Started), then: impl IntoIterator<Item = Event>) -> Vec<Event> {
    let mut one = started();
    one.gates.values_mut().for_each(|gate| {
        gate.compares_release = true;
        gate.asks = vec![asks("GET {url.api}/health")];
    });
    change(&mut one);
    [begun(one), ticked("freeze")].into_iter().chain(then).collect()
}

fn asks(text: &str) -> DeclaredLine {
    DeclaredLine {
        label: "Request".to_owned(),
        text: text.to_owned(),
    }
}

fn emergency(one: &mut Started) {
    Arc::make_mut(&mut one.procedure).kind = ProcedureKind::Emergency;
}

#[test]
fn the_suggested_severity_is_one_that_the_events_support() {
    use IncidentSeverity::{Sev1, Sev2, Sev3};
    let failed = || ran(1, Outcome::Fail);
    let passed = || ran(2, Outcome::Pass);
    let given_up = |words: &str| closed(SessionOutcome::Abandoned, words);
    let as_it_is = |_: &mut Started| {};
    let blind = |one: &mut Started| one.gates.values_mut().for_each(|gate| gate.compares_release = false);
    let staging = |one: &mut Started| one.production = false;
    let undoing = |one: &mut Started| one.undoes = Some(Uuid::from_u128(5));
    for (what, events, expected) in [
        ("nothing failed", session(as_it_is, passed()), Sev3),
        ("an emergency", session(emergency, []), Sev2),
        (
            "an emergency, over",
            session(emergency, [closed(SessionOutcome::Completed, "")]),
            Sev2,
        ),
        (
            "a false alarm",
            session(emergency, [given_up("It was a False alarm.")]),
            Sev3,
        ),
        (
            "an emergency elsewhere",
            session(
                |one| {
                    emergency(one);
                    staging(one);
                },
                [],
            ),
            Sev3,
        ),
        (
            "nothing was live",
            session(as_it_is, [rolled_back(), closed(SessionOutcome::RolledBack, "")]),
            Sev3,
        ),
        ("given up before", session(as_it_is, [given_up("")]), Sev3),
        (
            "seen live, rolled back",
            session(as_it_is, [passed(), vec![rolled_back()]].concat()),
            Sev1,
        ),
        (
            "failed, then seen live",
            session(as_it_is, [failed(), passed()].concat()),
            Sev2,
        ),
        ("asked, and never seen", session(as_it_is, failed()), Sev2),
        (
            "asked, and rolled back",
            session(as_it_is, [failed(), vec![rolled_back()]].concat()),
            Sev2,
        ),
        ("nobody compares", session(blind, failed()), Sev3),
        // A tag may be there long before anything of it is live.
        (
            "seen by its name only, rolled back",
            session(
                |one| {
                    let gate = one.gates.get_mut("contract").expect("declared");
                    gate.asks = vec![asks("git tag --points-at {git_sha}")];
                },
                [passed(), vec![rolled_back()]].concat(),
            ),
            Sev2,
        ),
        ("nobody compares, rolled back", session(blind, [rolled_back()]), Sev2),
        (
            "not in production",
            session(staging, [failed(), vec![rolled_back()]].concat()),
            Sev3,
        ),
        ("a rollback that holds", session(undoing, failed()), Sev1),
        (
            "a rollback that came through",
            session(
                undoing,
                [failed(), passed(), vec![closed(SessionOutcome::Completed, "")]].concat(),
            ),
            Sev2,
        ),
        ("a rollback without trouble", session(undoing, passed()), Sev3),
    ] {
        assert_eq!(severity(events), Some(expected), "{what}");
    }
}

/// What held before anything was live, and passed then, happened to nobody.
#[test]
fn trouble_counts_from_when_on_the_version_may_have_been_live() {
    use IncidentSeverity::{Sev2, Sev3};
    let preflight = |one: &mut Started| {
        let mut gate = one.gates["contract"].clone();
        (gate.id, gate.compares_release) = ("preflight".to_owned(), false);
        one.gates.insert("preflight".to_owned(), gate);
    };
    let live = |one: &mut Started| {
        preflight(one);
        Arc::make_mut(&mut one.procedure).steps[1].live = true;
    };
    let all_live = |one: &mut Started| {
        preflight(one);
        Arc::make_mut(&mut one.procedure).steps[0].live = true;
    };
    let of_preflight = |events: Vec<Event>| -> Vec<Event> {
        let renamed = events.into_iter().map(|mut event| {
            if let Event::GateStarted { step, gate, .. }
            | Event::GateFinished { step, gate, .. }
            | Event::HoldPlaced { step, gate, .. } = &mut event
            {
                (*step, *gate) = ("release/freeze".to_owned(), "preflight".to_owned());
            }
            event
        });
        renamed.collect()
    };
    let failed = || of_preflight(ran(1, Outcome::Fail));
    let seen = || ran(2, Outcome::Pass);
    let cautious = Event::ProceededWithCaution {
        step: "release/freeze".to_owned(),
        gate: "preflight".to_owned(),
        run: Uuid::from_u128(1),
        reason: "We know.".to_owned(),
    };
    for (what, events, expected) in [
        (
            "before it was seen",
            session(preflight, [failed(), seen()].concat()),
            Sev3,
        ),
        ("before its step", session(live, [failed(), seen()].concat()), Sev3),
        ("after it was seen", session(live, [seen(), failed()].concat()), Sev2),
        (
            "after its step had begun",
            session(all_live, [failed(), seen()].concat()),
            Sev2,
        ),
        (
            "its own gate",
            session(live, [ran(1, Outcome::Fail), ran(2, Outcome::Pass)].concat()),
            Sev2,
        ),
        (
            "gone on without a pass",
            session(live, [failed(), vec![cautious], seen()].concat()),
            Sev2,
        ),
    ] {
        assert_eq!(severity(events), Some(expected), "{what}");
    }
}

#[test]
fn a_rehearsal_has_no_severity() {
    let events = session(
        |one| {
            emergency(one);
            one.rehearsal = true;
        },
        ran(1, Outcome::Fail),
    );
    let log = records(events.clone());
    assert_eq!(severity(events), None);
    let report = export(&log, 1, LinkedSessions::default(), Format::Md).expect("exports");
    assert!(report.contains("| Severity | Rehearsal: no severity |"), "{report}");
    assert!(!report.contains("SEV-"), "{report}");
    let file = export(&log, 1, LinkedSessions::default(), Format::Json).expect("exports");
    assert!(file.contains("\"severity\": null,"), "{file}");
    assert!(verify(&file).is_ok());
}

#[test]
fn the_suggestion_says_what_it_rests_on() {
    let log = records(session(emergency, []));
    let report = export(&log, 1, LinkedSessions::default(), Format::Md).expect("exports");
    assert!(
        report.contains(
            "| Severity | SEV-2 (suggested, because an emergency procedure was run in a production environment; correct it) |"
        ),
        "{report}"
    );
}

fn completed(then: impl IntoIterator<Item = Event>) -> Vec<Event> {
    let by = TickedBy::Gate {
        run: Uuid::from_u128(2),
    };
    let step = "release/verify".to_owned();
    let end = [Event::StepTicked { step, by }, closed(SessionOutcome::Completed, "")];
    let passed = ran(2, Outcome::Pass);
    session(|_| {}, then.into_iter().chain(passed).chain(end))
}

fn report(events: Vec<Event>, linked: &LinkedSessions) -> [String; 2] {
    let log = records(events);
    [Format::Md, Format::Html].map(|format| export(&log, 1, linked.clone(), format).expect("exports"))
}

/// The rollback of a session, with what came of it.
fn rollback(then: impl IntoIterator<Item = Event>) -> LinkedSessions {
    let mut one = started();
    one.undoes = Some(Uuid::from_u128(7));
    let log = records_of(99, [begun(one)].into_iter().chain(then));
    LinkedSessions {
        undoes: None,
        undone_by: Some(linked_session(99, Some(log))),
    }
}

#[test]
fn a_release_without_trouble_is_no_incident() {
    let none = LinkedSessions::default();
    assert_eq!(severity(completed([])), None);
    for text in report(completed([]), &none) {
        assert!(text.contains("Release report 2025-11-20-01"), "{text}");
        assert!(text.contains("No incident: nothing held."), "{text}");
        assert!(
            !text.contains("five whys") && !text.contains("Incident report"),
            "{text}"
        );
    }
    let file = export(&records(completed([])), 1, none.clone(), Format::Json).expect("exports");
    assert_eq!(verify(&file).expect("as exported").otherwise_made, []);
    let given_up = session(|_| {}, [closed(SessionOutcome::Abandoned, "")]);
    for (what, events, linked) in [
        ("held once", completed(ran(1, Outcome::Fail)), &none),
        ("under way", session(|_| {}, ran(2, Outcome::Pass)), &none),
        ("given up", given_up, &none),
        ("rolled back afterwards", completed([]), &rollback([])),
        (
            "an emergency",
            session(emergency, [closed(SessionOutcome::Completed, "")]),
            &none,
        ),
    ] {
        for text in report(events.clone(), linked) {
            assert!(
                text.contains("Incident report") && text.contains("five whys"),
                "{what}\n{text}"
            );
            assert!(!text.contains("No incident"), "{what}\n{text}");
        }
    }
}

#[test]
fn what_may_be_live_and_was_not_seen_is_no_minor_matter() {
    // The first step is done, and the second one was not begun.
    for (live, expected) in [(0, IncidentSeverity::Sev2), (1, IncidentSeverity::Sev3)] {
        let marked = |one: &mut Started| {
            one.gates.values_mut().for_each(|gate| gate.compares_release = false);
            Arc::make_mut(&mut one.procedure).steps[live].live = true;
        };
        let events = session(marked, [closed(SessionOutcome::Abandoned, "")]);
        assert_eq!(severity(events), Some(expected), "{live}");
    }
}

#[test]
fn a_rollback_is_told_as_far_as_its_log_goes() {
    let own = session(|_| {}, [ran(2, Outcome::Pass), vec![rolled_back()]].concat());
    let saw = "SEV-1 (suggested, because a gate saw the new version in production, and";
    for (events, linked, told) in [
        (
            own.clone(),
            LinkedSessions::default(),
            format!("{saw} a rollback was started;"),
        ),
        (
            own.clone(),
            rollback([closed(SessionOutcome::Abandoned, "")]),
            format!("{saw} a rollback was started and given up;"),
        ),
        (
            own,
            rollback([]),
            format!("{saw} a rollback was started and is not closed;"),
        ),
        // Its own log does not have it.
        (
            completed([]),
            rollback([closed(SessionOutcome::Completed, "")]),
            format!("{saw} a rollback was completed;"),
        ),
        (
            session(|_| {}, ran(2, Outcome::Pass)),
            LinkedSessions::default(),
            "SEV-3 (suggested, because every gate that was asked passed, and its own log names no rollback;".to_owned(),
        ),
    ] {
        let [text, _] = report(events, &linked);
        assert!(text.contains(&told), "{told}\n{text}");
    }
}
