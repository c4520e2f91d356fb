//! The picture of the timeline in the HTML report.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{Event, SessionOutcome};
use holdpoint_domain::timeline::{SpanKind, TimelineFold};
use uuid::Uuid;

use super::super::*;
use super::log::{begun, closed, note, ran, records, rolled_back, started, ticked, timed};
use super::{export, header, linked_session};

fn html(records: &[holdpoint_domain::session::Record], linked: LinkedSessions) -> String {
    export(records, 1, linked, Format::Html).expect("exports")
}

fn picture(page: &str) -> &str {
    let from = page.find("<svg xmlns").expect("there is a picture");
    &page[from..from + page[from..].find("</svg>\n").expect("it ends")]
}

#[test]
fn the_report_draws_the_session_with_its_gates_and_holds() {
    let mut events = vec![(0, begun(started())), (60, ticked("freeze"))];
    events.extend(ran(1, Outcome::Fail).into_iter().map(|event| (90, event)));
    events.push((120, note("mending <script>alert(1)</script> \u{202e}")));
    events.push((600, closed(SessionOutcome::Abandoned, "")));
    let page = html(&timed(7, events), LinkedSessions::default());
    let picture = picture(&page);
    for part in [
        "role=\"img\"",
        "aria-labelledby=\"timeline-title timeline-desc\"",
        "<title id=\"timeline-title\">Timeline of Golden release procedure v1.4.2</title>",
        "From 2025-11-20 12:00:00 to 2025-11-20 12:10:00",
        "<title>Gate run: The contract gate, failed, run 1.",
        "<title>Hold: The contract gate at VERIFY, not lifted: the session was closed.",
        "<title>Phase: FREEZE, ticked.",
        "url(#timeline-hatch)",
        ">12:04</text>",
    ] {
        assert!(picture.contains(part), "{part}\n{picture}");
    }
    assert!(!picture.contains("style="), "presentation attributes alone");
    assert!(!page.contains("<script"), "what people wrote stays text");
    assert!(!picture.contains('\u{202e}'));
}

#[test]
fn the_rollback_is_drawn_on_the_same_axis_where_its_log_is_there() {
    let release = timed(7, [(0, begun(started())), (60, ticked("freeze")), (120, rolled_back())]);
    let mut undo = started();
    undo.undoes = Some(Uuid::from_u128(7));
    let rollback = timed(99, [(120, begun(undo)), (720, ticked("freeze"))]);
    let linked = LinkedSessions {
        undoes: None,
        undone_by: Some(linked_session(99, Some(rollback))),
    };
    let page = html(&release, linked);
    let both = picture(&page);
    assert!(
        both.contains(">Rollback: Golden release procedure v1.4.2</text>"),
        "{both}"
    );
    assert!(
        both.contains("From 2025-11-20 12:00:00 to 2025-11-20 12:12:00"),
        "{both}"
    );
    let alone = html(&release, LinkedSessions::default());
    assert!(!picture(&alone).contains(">Rollback: Golden"));
}

#[test]
fn a_rehearsal_is_marked_in_the_picture_and_a_long_log_has_few_marks() {
    let mut one = started();
    one.rehearsal = true;
    let mut events = vec![(0, begun(one)), (1, ticked("freeze"))];
    for run in 1..3_000 {
        events.extend(
            ran(run, Outcome::Inconclusive)
                .into_iter()
                .map(|event| (1 + run as i64, event)),
        );
    }
    let page = html(&timed(7, events), LinkedSessions::default());
    let picture = picture(&page);
    assert!(picture.contains(">Rehearsal: Golden release procedure v1.4.2</text>"));
    let marks = picture.matches("<g>").count();
    assert!((100..1_000).contains(&marks), "{marks} marks");
    assert!(picture.contains(" gate runs: ") && picture.contains(" inconclusive</title>"));
    assert!(page.contains("stand too close to be drawn apart"));
}

/// The report's table of holds and its picture tell the same.
#[test]
fn the_holds_of_the_picture_are_those_of_the_report() {
    let mut events = vec![begun(started()), ticked("freeze")];
    events.extend(ran(1, Outcome::Fail));
    events.extend(ran(2, Outcome::Pass));
    events.push(Event::HoldLifted {
        by: holdpoint_domain::session::LiftedBy::Pass {
            run: Uuid::from_u128(2),
        },
    });
    events.extend(ran(3, Outcome::Inconclusive));
    for end in [None, Some(closed(SessionOutcome::Abandoned, ""))] {
        let log = records(events.iter().cloned().chain(end));
        let mut fold = TimelineFold::default();
        log.iter().for_each(|record| fold.add(record));
        let timeline = fold.finish(None).expect("events");
        let drawn = timeline.lanes[0].spans.iter().filter_map(|span| match &span.kind {
            SpanKind::Hold { ended, .. } => Some((span.from.at, span.to.map(|to| to.at), ended.is_some())),
            _ => None,
        });
        let held = header(&log).holds;
        let told: Vec<_> = held
            .iter()
            .map(|span| (span.from, span.to, span.ended_by.is_some()))
            .collect();
        assert_eq!(drawn.collect::<Vec<_>>(), told);
        assert_eq!(told.len(), 2);
    }
}
