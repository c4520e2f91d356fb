//! What people write beside the steps, before the closing and after it.

use chrono::NaiveDate;
use uuid::Uuid;

use super::story::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::*;

fn annotate(annotation: Annotation) -> ClientCommand {
    ClientCommand::Annotate { annotation }
}

fn whys(whys: &[&str]) -> Annotation {
    let whys = whys.iter().map(|why| (*why).to_owned()).collect();
    Annotation::RootCause { whys }
}

fn factors(count: usize, length: usize) -> Annotation {
    Annotation::Factors {
        factors: vec!["x".repeat(length); count],
    }
}

fn action(id: u128, text: &str, owner: &str, due: Option<(i32, u32, u32)>) -> Annotation {
    Annotation::Action {
        id: Uuid::from_u128(id),
        text: text.to_owned(),
        owner: owner.to_owned(),
        due: due.map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).expect("a day")),
    }
}

fn stands(id: u128, state: ActionState) -> Annotation {
    let id = Uuid::from_u128(id);
    Annotation::ActionState { id, state }
}

fn star(seq: u64, caption: &str) -> Annotation {
    let caption = caption.to_owned();
    Annotation::Star { seq, caption }
}

fn severity(level: Option<SeverityLevel>, reason: &str) -> Annotation {
    let reason = reason.to_owned();
    Annotation::Severity { level, reason }
}

fn impact(text: &str) -> Annotation {
    Annotation::Impact { text: text.to_owned() }
}

fn closed() -> Story {
    let mut story = Story::release();
    let outcome = SessionOutcome::Abandoned;
    let summary = "tired".to_owned();
    story.ask(ClientCommand::Close { outcome, summary }).expect("always");
    story
}

#[test]
fn each_annotation_is_one_event_with_its_author_and_its_time_after_the_closing_too() {
    for mut story in [Story::release(), closed()] {
        let before = story.state.clone();
        story.wait(3600);
        let all = [
            whys(&["the port was wrong", "nobody had looked"]),
            factors(2, 3),
            impact("Withdrawals failed for 4 minutes."),
            severity(Some(SeverityLevel::Sev2), "users noticed"),
            action(1, "Watch the port", "Robin", Some((2026, 12, 1))),
            stands(1, ActionState::Done),
            stands(1, ActionState::Open),
            star(1, "where it began"),
            Annotation::Unstar { seq: 1 },
        ];
        for annotation in all {
            let events = story.ask(annotate(annotation.clone())).expect("is taken");
            assert_eq!(events, [Event::Annotated { annotation }]);
            let last = story.records.last().expect("it was recorded");
            assert_eq!((last.at, &last.actor), (story.now, &captain()));
        }
        let noted = &story.state.annotations;
        let cause = noted.root_cause.as_ref().expect("it was written");
        assert_eq!((cause.at, cause.value.len()), (story.now, 2));
        let item = &noted.actions[0];
        assert_eq!((item.owner.as_str(), item.state), ("Robin", ActionState::Open));
        assert!(noted.stars.is_empty());
        // What they change is this and nothing else.
        let mut after = story.state.clone();
        (after.annotations, after.head) = (Annotations::default(), before.head);
        assert_eq!(after, before);
    }
}

#[test]
fn the_last_one_counts_and_the_earlier_ones_stay_in_the_log() {
    let mut story = closed();
    let set = |story: &mut Story, annotation| story.ask(annotate(annotation)).expect("is taken");
    set(&mut story, whys(&["a guess"]));
    set(&mut story, whys(&["the port was wrong"]));
    set(&mut story, severity(Some(SeverityLevel::Sev1), "at first sight"));
    set(&mut story, severity(Some(SeverityLevel::Sev3), "after a closer look"));
    set(&mut story, action(1, "Watch the port", "", None));
    set(&mut story, action(2, "Tell the team", "Ben", None));
    set(&mut story, stands(1, ActionState::Done));
    set(
        &mut story,
        action(1, "Watch the port in prod", "Robin", Some((2026, 12, 1))),
    );
    set(&mut story, star(1, ""));
    set(&mut story, star(1, "the start"));
    let noted = &story.state.annotations;
    assert_eq!(
        noted.root_cause.as_ref().expect("written").value,
        ["the port was wrong"]
    );
    assert_eq!(noted.severity.as_ref().expect("said").value.level, SeverityLevel::Sev3);
    let [one, two] = &noted.actions[..] else {
        panic!("two action items: {:?}", noted.actions);
    };
    assert_eq!(
        (one.text.as_str(), one.state),
        ("Watch the port in prod", ActionState::Open),
        "done was said of another text"
    );
    assert_eq!((two.text.as_str(), two.state), ("Tell the team", ActionState::Open));
    assert_eq!(noted.stars[&1].value, "the start");
    let told: Vec<String> = story.records[2..]
        .iter()
        .map(|record| describe(&story.state, record))
        .map(|told| format!("{}: {}: {}", told.subject, told.what, told.detail))
        .collect();
    assert_eq!(
        told,
        [
            "Root cause: written: 1. a guess",
            "Root cause: written: 1. the port was wrong",
            "Severity: SEV-1: at first sight",
            "Severity: SEV-3: after a closer look",
            "Action item 1: written: Watch the port (no owner, no due date)",
            "Action item 2: written: Tell the team (owner Ben, no due date)",
            "Action item 1: done: ",
            "Action item 1: written: Watch the port in prod (owner Robin, due 2026-12-01)",
            "Event 1: starred: ",
            "Event 1: starred: the start",
        ]
    );
    // What is taken back stands there no more.
    for annotation in [
        whys(&[]),
        severity(None, "to be discussed"),
        Annotation::Unstar { seq: 1 },
    ] {
        set(&mut story, annotation);
    }
    let noted = &story.state.annotations;
    assert_eq!(
        (&noted.root_cause, &noted.severity, noted.stars.len()),
        (&None, &None, 0)
    );
}

#[test]
fn what_is_too_long_too_many_or_not_there_is_refused_and_changes_nothing() {
    let mut story = closed();
    story.ask(annotate(action(1, "Watch", "", None))).expect("is taken");
    let long = "x".repeat(VALUE_LIMIT + 1);
    for (annotation, code) in [
        (whys(&["a"; 6]), "too_many"),
        (whys(&["a", " \n"]), "empty"),
        (whys(&[&long]), "too_long"),
        (factors(21, 1), "too_many"),
        (factors(1, 0), "empty"),
        (factors(1, VALUE_LIMIT + 1), "too_long"),
        (impact(&"x".repeat(NOTE_LIMIT + 1)), "too_long"),
        (impact("  "), "annotation_unchanged"),
        (severity(Some(SeverityLevel::Sev1), ""), "empty"),
        (severity(Some(SeverityLevel::Sev1), &long), "too_long"),
        (severity(None, "there is none"), "annotation_unchanged"),
        (action(2, "", "", None), "empty"),
        (action(2, &long, "", None), "too_long"),
        (action(2, "Watch", &"x".repeat(NAME_LIMIT + 1), None), "too_long"),
        (action(2, "Watch", "Robin\nBen", None), "malformed"),
        (action(2, "Watch", "", Some((1999, 12, 31))), "malformed"),
        (action(2, "Watch", "", Some((2200, 1, 1))), "malformed"),
        (action(1, "Watch", "", None), "annotation_unchanged"),
        (stands(1, ActionState::Open), "annotation_unchanged"),
        (stands(2, ActionState::Done), "unknown_action"),
        (star(0, ""), "unknown_event"),
        (star(4, ""), "unknown_event"),
        (star(1, &"x".repeat(CAPTION_LIMIT + 1)), "too_long"),
        (star(1, "a\u{7}b"), "malformed"),
        (Annotation::Unstar { seq: 1 }, "not_starred"),
    ] {
        let before = story.state.clone();
        let refusal = story.ask(annotate(annotation.clone())).expect_err("is refused");
        assert_eq!(refusal.code(), code, "{annotation:?}");
        assert_eq!(story.state, before);
    }
    story.ask(annotate(star(3, ""))).expect("the last event is one");
}

#[test]
fn action_items_and_stars_have_a_limit_below_which_what_is_there_can_be_changed() {
    let mut story = closed();
    for id in 0..ACTIONS_LIMIT as u128 {
        story
            .ask(annotate(action(id, "Watch", "", None)))
            .expect("there is room");
    }
    for seq in 1..=100 {
        story.ask(annotate(star(seq, ""))).expect("there is room");
    }
    for seq in 101..=STARS_LIMIT as u64 {
        story.ask(annotate(star(seq, ""))).expect("there is room");
    }
    let more = [action(1000, "Watch", "", None), star(STARS_LIMIT as u64 + 1, "")];
    for annotation in more {
        assert_eq!(story.ask(annotate(annotation)).expect_err("is full").code(), "too_many");
    }
    story
        .ask(annotate(action(7, "Watch closely", "", None)))
        .expect("it is there");
    story
        .ask(annotate(stands(7, ActionState::Dropped)))
        .expect("it is there");
    story.ask(annotate(star(7, "it began"))).expect("it is there");
    story.ask(annotate(Annotation::Unstar { seq: 7 })).expect("it is there");
    story
        .ask(annotate(star(STARS_LIMIT as u64 + 1, "")))
        .expect("there is room again");
}

#[test]
fn an_action_item_is_overdue_on_the_day_after_and_while_it_is_open() {
    let mut story = closed();
    story
        .ask(annotate(action(1, "Watch", "", Some((2026, 12, 1)))))
        .expect("is taken");
    let day = |day| NaiveDate::from_ymd_opt(2026, 12, day).expect("a day");
    let overdue = |story: &Story, today| story.state.annotations.actions[0].is_overdue(today);
    assert_eq!([day(1), day(2)].map(|today| overdue(&story, today)), [false, true]);
    story.ask(annotate(stands(1, ActionState::Dropped))).expect("is taken");
    assert!(!overdue(&story, day(2)));
}

/// An annotation never answers a failing gate.
#[test]
fn no_annotation_lifts_a_hold_or_ticks() {
    let mut story = Story::release();
    story.tick("release/freeze").expect("it is next");
    story.runs("release/verify", "contract", Outcome::Fail);
    for annotation in [severity(Some(SeverityLevel::NoIncident), "all is well"), star(2, "")] {
        story.ask(annotate(annotation)).expect("is taken");
        assert_eq!(story.standing(), Standing::Hold);
    }
    assert!(story.tick("release/announce").is_err());
}

/// The kinds and their fields, as they are stored for ever.
#[test]
fn annotations_are_still_read_and_written_to_the_letter() {
    let golden = include_str!("golden/v1-annotations.json");
    let events: Vec<Event> = serde_json::from_str(golden).expect("the golden file is events");
    let today = serde_json::to_value(&events).expect("events are JSON");
    let written: serde_json::Value = serde_json::from_str(golden).expect("it is JSON");
    assert_eq!(today, written);
    let mut noted = Annotations::default();
    let at = chrono::DateTime::UNIX_EPOCH;
    for event in &events {
        let Event::Annotated { annotation } = event else {
            panic!("annotations alone: {event:?}");
        };
        // A new kind does not compile here until it stands in the golden file as well.
        match annotation {
            Annotation::RootCause { .. }
            | Annotation::Factors { .. }
            | Annotation::Impact { .. }
            | Annotation::Severity { .. }
            | Annotation::Action { .. }
            | Annotation::ActionState { .. }
            | Annotation::Star { .. }
            | Annotation::Unstar { .. } => {}
        }
        noted.apply(annotation, at, &captain());
    }
    assert_eq!(
        noted.severity.as_ref().expect("said").value.level,
        SeverityLevel::NoIncident
    );
    assert_eq!(noted.actions.len(), 2);
    assert_eq!(noted.actions[1].state, ActionState::Dropped);
    assert_eq!(noted.stars.keys().copied().collect::<Vec<_>>(), [4]);
    for odd in [
        r#"{"type":"annotated","annotation":{"kind":"star","seq":1,"caption":"","verdict":"pass"}}"#,
        r#"{"type":"annotated","annotation":{"kind":"severity","level":"SEV-9","reason":"x"}}"#,
        r#"{"type":"annotated","annotation":{"kind":"approval"}}"#,
    ] {
        assert!(serde_json::from_str::<Event>(odd).is_err(), "{odd}");
    }
}
