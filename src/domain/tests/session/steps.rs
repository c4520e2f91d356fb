use std::sync::Arc;

use chrono::TimeDelta;
use uuid::Uuid;

use super::story::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::*;

#[test]
fn a_session_runs_the_procedure_that_its_start_holds() {
    let story = Story::release();
    let steps: Vec<&str> = story
        .state
        .procedure
        .as_ref()
        .expect("read")
        .steps
        .iter()
        .map(|step| step.id.as_str())
        .collect();
    assert_eq!(steps, ["release/freeze", "release/verify", "release/announce"]);
    assert_eq!(story.standing(), Standing::Go);
}

#[test]
fn a_start_is_refused_with_the_rule_that_it_breaks() {
    type Spoil = fn(&mut Started);
    let cases: [(&str, Spoil); 8] = [
        ("empty", |one| one.captain = "  ".to_owned()),
        ("empty", |one| one.version = String::new()),
        ("malformed", |one| {
            one.version = "v1.4.2” is live. GOING WELL “".to_owned()
        }),
        ("malformed", |one| one.git_sha = "main".to_owned()),
        ("malformed", |one| one.git_sha = "a1b2c3; rm -rf".to_owned()),
        ("no_steps", |one| Arc::make_mut(&mut one.procedure).steps.clear()),
        ("duplicate_step", |one| {
            let steps = &mut Arc::make_mut(&mut one.procedure).steps;
            let again = steps[0].clone();
            steps[2].children.push(again);
        }),
        ("too_long", |one| one.captain = "x".repeat(NAME_LIMIT + 1)),
    ];
    for (code, spoil) in cases {
        let mut one = started(RELEASE, "release");
        spoil(&mut one);
        let now = Story::release().now;
        let refusal = decide(&State::default(), &Command::Start(Box::new(one)), now).expect_err(code);
        assert_eq!(refusal.code(), code);
    }
}

#[test]
fn a_second_start_is_refused() {
    let mut story = Story::release();
    let again = story.does(&Command::Start(Box::new(started(RELEASE, "release"))));
    assert_eq!(again, Err(Refusal::AlreadyStarted));
}

#[test]
fn nothing_happens_before_the_start() {
    let now = Story::release().now;
    let command = Command::Client(ClientCommand::Tick {
        step: "release/freeze".to_owned(),
    });
    assert_eq!(decide(&State::default(), &command, now), Err(Refusal::NotStarted));
}

#[test]
fn steps_of_a_numbered_procedure_are_done_in_order() {
    let mut story = Story::release();
    assert_eq!(
        story.tick("release/announce").expect_err("not yet").code(),
        "out_of_order"
    );
    assert_eq!(names(&story.tick("release/freeze").expect("is next")), ["step_ticked"]);
    assert_eq!(story.tick("release/freeze").expect_err("twice").code(), "already_done");
}

#[test]
fn a_gated_step_is_not_ticked_by_a_person() {
    let mut story = Story::release();
    story.tick("release/freeze").expect("is next");
    assert_eq!(story.tick("release/verify").expect_err("gated").code(), "gated");
}

#[test]
fn a_checklist_is_ticked_in_any_order() {
    let mut story = Story::of(started(CHECKLIST, "list"));
    story.tick("list/notes").expect("any order");
    story.runs("list/contract-holds", "contract", Outcome::Pass);
    story.tick("list/merged").expect("any order");
    assert_eq!(story.state.progress(), (3, 3));
}

#[test]
fn an_unknown_step_is_named() {
    let refusal = Story::release().tick("nowhere").expect_err("unknown");
    assert_eq!(
        refusal,
        Refusal::UnknownStep {
            step: "nowhere".to_owned()
        }
    );
}

#[test]
fn sub_steps_tick_the_step_that_they_belong_to() {
    let mut story = Story::of(started(NESTED, "setup"));
    assert_eq!(
        story.tick("setup/prepare").expect_err("its sub-steps are open").code(),
        "children_open"
    );
    assert_eq!(story.tick("setup/go").expect_err("not next").code(), "out_of_order");
    story.tick("setup/prepare/first").expect("is next");
    assert_eq!(
        names(&story.tick("setup/prepare/second").expect("is next")),
        ["step_ticked", "step_ticked"]
    );
    assert!(story.state.is_done("setup/prepare"));
    story.tick("setup/go").expect("is next");
}

#[test]
fn a_tick_can_be_taken_back_with_its_parents_until_a_later_step_is_done() {
    let mut story = Story::of(started(NESTED, "setup"));
    let back = |step: &str| ClientCommand::Untick {
        step: step.to_owned(),
        reason: "mistake".to_owned(),
    };
    assert_eq!(
        story.ask(back("setup/prepare/first")).expect_err("not ticked").code(),
        "not_ticked"
    );
    story.tick("setup/prepare/first").expect("is next");
    story.tick("setup/prepare/second").expect("is next");
    assert_eq!(
        story
            .ask(back("setup/prepare/first"))
            .expect_err("second is done")
            .code(),
        "later_done"
    );
    assert_eq!(
        names(&story.ask(back("setup/prepare/second")).expect("is last")),
        ["step_unticked", "step_unticked"]
    );
    assert!(!story.state.is_done("setup/prepare"));
    story.tick("setup/prepare/second").expect("again");
    story.tick("setup/go").expect("is next");
    assert_eq!(
        story.ask(back("setup/prepare/second")).expect_err("go is done").code(),
        "later_done"
    );
}

#[test]
fn a_gates_tick_cannot_be_taken_back() {
    let mut story = Story::release();
    story.tick("release/freeze").expect("is next");
    story.runs("release/verify", "contract", Outcome::Pass);
    story.runs("release/verify", "rpc", Outcome::Pass);
    let back = ClientCommand::Untick {
        step: "release/verify".to_owned(),
        reason: "hm".to_owned(),
    };
    assert_eq!(story.ask(back).expect_err("a gate's").code(), "gated");
}

#[test]
fn only_optional_steps_can_be_left_out_and_only_with_a_reason() {
    let mut story = Story::release();
    let skip = |step: &str, reason: &str| ClientCommand::Skip {
        step: step.to_owned(),
        reason: reason.to_owned(),
    };
    assert_eq!(
        story
            .ask(skip("release/freeze", "lazy"))
            .expect_err("not optional")
            .code(),
        "not_optional"
    );
    assert_eq!(
        story
            .ask(skip("release/announce", "later"))
            .expect_err("not its turn")
            .code(),
        "out_of_order"
    );
    story.tick("release/freeze").expect("is next");
    story.runs("release/verify", "contract", Outcome::Pass);
    story.runs("release/verify", "rpc", Outcome::Pass);
    assert_eq!(
        story.ask(skip("release/announce", " ")).expect_err("no reason").code(),
        "empty"
    );
    assert_eq!(
        names(
            &story
                .ask(skip("release/announce", "nobody is awake"))
                .expect("optional")
        ),
        ["step_skipped"]
    );
    assert_eq!(story.state.progress(), (3, 3));
}

#[test]
fn a_session_is_completed_only_when_every_step_is_done() {
    let mut story = Story::release();
    let close = |outcome| ClientCommand::Close {
        outcome,
        summary: String::new(),
    };
    assert_eq!(
        story.ask(close(SessionOutcome::Completed)).expect_err("open").code(),
        "not_completed"
    );
    assert_eq!(
        story
            .ask(close(SessionOutcome::RolledBack))
            .expect_err("no rollback")
            .code(),
        "no_rollback"
    );
    story.ask(close(SessionOutcome::Abandoned)).expect("always");
    assert_eq!(story.standing(), Standing::Abandoned);
    assert_eq!(story.tick("release/freeze"), Err(Refusal::Closed));
}

#[test]
fn a_closed_session_takes_notes_and_annotations_and_nothing_else() {
    let mut story = Story::release();
    story
        .ask(ClientCommand::Close {
            outcome: SessionOutcome::Abandoned,
            summary: "tired".to_owned(),
        })
        .expect("always");
    let note = ClientCommand::AddNote {
        step: None,
        text: "for the post-mortem".to_owned(),
        written: None,
    };
    assert_eq!(names(&story.ask(note).expect("list/notes")), ["note_added"]);
    let timer = ClientCommand::StartTimer {
        step: "release/freeze".to_owned(),
        seconds: 60,
    };
    assert_eq!(story.ask(timer), Err(Refusal::Closed));
    assert_eq!(story.starts("release/freeze", "contract"), Err(Refusal::Closed));
}

#[test]
fn what_is_typed_has_limits() {
    let mut story = Story::release();
    let long = "x".repeat(NOTE_LIMIT + 1);
    assert_eq!(
        story
            .ask(ClientCommand::AddNote {
                step: None,
                text: long,
                written: None
            })
            .expect_err("long")
            .code(),
        "too_long"
    );
    assert_eq!(
        story
            .ask(ClientCommand::AddNote {
                step: None,
                text: "\n".into(),
                written: None
            })
            .expect_err("empty")
            .code(),
        "empty"
    );
    let timer = |seconds| ClientCommand::StartTimer {
        step: "release/freeze".to_owned(),
        seconds,
    };
    assert_eq!(story.ask(timer(0)).expect_err("no time").code(), "malformed");
    assert_eq!(story.ask(timer(86_401)).expect_err("over a day").code(), "malformed");
    story.ask(timer(120)).expect("two minutes");
    let value = ClientCommand::FillValue {
        step: "release/freeze".into(),
        field: "actual".into(),
        value: "3".into(),
    };
    assert_eq!(story.ask(value).expect_err("no such field").code(), "unknown_field");
}

#[test]
fn a_runbook_that_is_too_large_is_not_started_and_the_limit_is_named() {
    let of = |text: usize, undoes| {
        let one = Started {
            text: "x".repeat(text),
            undoes,
            ..started(RELEASE, "release")
        };
        decide(
            &State::default(),
            &Command::Start(Box::new(one)),
            chrono::DateTime::UNIX_EPOCH,
        )
    };
    let rest = serde_json::to_string(&Started {
        text: String::new(),
        ..started(RELEASE, "release")
    });
    let most = START_LIMIT - rest.expect("a start is JSON").len();
    assert!(of(most, None).is_ok(), "just as large as it may be");
    let refusal = of(most + 1, None).expect_err("a byte too much");
    assert_eq!(refusal.code(), "runbook_too_large");
    assert!(refusal.to_string().contains("more than 16 MiB"), "{refusal}");
    let undone = Some(uuid::Uuid::from_u128(99));
    assert!(
        of(most + 1000, undone).is_ok(),
        "a rollback is not refused for a little more"
    );
    assert!(of(2 * START_LIMIT, undone).is_err(), "that has a limit, too");
}

#[test]
fn a_note_that_waited_for_a_connection_says_when_it_was_written() {
    let mut story = Story::release();
    let note = |written| ClientCommand::AddNote {
        step: None,
        text: "The queue is empty.".to_owned(),
        written,
    };
    let written = story.now;
    story.wait(600);
    let (soon, later) = (
        story.now - chrono::TimeDelta::seconds(9),
        story.now + chrono::TimeDelta::hours(1),
    );
    for (says, kept) in [
        (Some(written), Some(written)),
        (Some(soon), None),
        (Some(later), None),
        (None, None),
    ] {
        let events = story.ask(note(says)).expect("notes are always taken");
        let Some(Event::NoteAdded { written, .. }) = events.first() else {
            panic!("a note: {events:?}");
        };
        assert_eq!(*written, kept);
    }
    let told = describe(&story.state, &story.records[1]);
    assert!(
        told.detail.starts_with("The queue is empty. (written at 20"),
        "{}",
        told.detail
    );
}

#[test]
fn what_waited_for_a_connection_says_when_it_was_asked_for() {
    let mut story = Story::release();
    story.tick("release/freeze").expect("it is next");
    let ticked = story.records.last().expect("it was ticked").clone();
    let made = |seconds: i64| {
        let asked = (ticked.at - TimeDelta::seconds(seconds)).timestamp_millis();
        let millis = u64::try_from(asked).expect("after 1970");
        uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
    };
    let proxy = Actor::Proxy;
    for (command, actor, says) in [
        (made(9), &ticked.actor, false),
        (made(10), &ticked.actor, true),
        (made(3_600), &ticked.actor, true),
        // A clock that is ahead, an id that says no time, and what the proxy did itself.
        (made(-3_600), &ticked.actor, false),
        (Uuid::from_u128(7), &ticked.actor, false),
        (made(3_600), &proxy, false),
    ] {
        let record = Record {
            command,
            actor: actor.clone(),
            ..ticked.clone()
        };
        let told = describe(&story.state, &record);
        assert_eq!(told.detail.contains("before it arrived"), says, "{record:?}");
        assert_eq!(record.asked_before().is_some(), says);
    }
}
