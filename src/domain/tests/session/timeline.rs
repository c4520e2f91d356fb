//! Given a session, when it is laid out in time, then these spans, by these events.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::story::*;
use holdpoint_domain::gate::{Outcome, Source};
use holdpoint_domain::session::*;
use holdpoint_domain::timeline::*;

fn folded(records: &[Record]) -> Timeline {
    folded_until(records, None)
}

fn folded_until(records: &[Record], now: Option<DateTime<Utc>>) -> Timeline {
    let mut fold = TimelineFold::default();
    records.iter().for_each(|record| fold.add(record));
    fold.finish(now).expect("there are events")
}

/// A span in one line: kind, label, the events of its ends, what came of it, and who.
fn told(span: &Span) -> String {
    let to = span.to.map_or_else(|| "…".to_owned(), |to| to.seq.to_string());
    let line = format!(
        "{} | {} | {}-{to} | {}",
        kind_word(span),
        span.label,
        span.from.seq,
        result_words(span)
    );
    line.trim_end_matches([' ', '|']).to_owned()
}

fn lines(lane: &Lane, kinds: &[&str]) -> Vec<String> {
    let of = lane.spans.iter().filter(|span| kinds.contains(&kind_word(span)));
    of.map(told).collect()
}

#[test]
fn the_axis_ends_at_the_closing_and_what_was_written_later_is_counted() {
    let mut story = Story::release();
    story.wait(60);
    let (outcome, summary) = (SessionOutcome::Abandoned, "tired".to_owned());
    story.ask(ClientCommand::Close { outcome, summary }).expect("always");
    let closed = story.now;
    story.wait(30 * 86_400);
    note(&mut story, "a month later");
    let timeline = folded(&story.records);
    assert_eq!((timeline.axis.to, timeline.after_closing), (closed, 1));
    assert_eq!(
        after_closing_words(1).as_deref(),
        Some("1 event was written after it was closed.")
    );
}

const ALL: [&str; 14] = [
    "Phase",
    "Step",
    "Gate run",
    "Seen from the browser",
    "Hold",
    "Timer",
    "Start",
    "Note",
    "Value",
    "Work done",
    "Taken back",
    "Without a pass",
    "Rollback",
    "Closing",
];

fn note(story: &mut Story, text: &str) {
    let text = text.to_owned();
    story
        .ask(ClientCommand::AddNote {
            step: None,
            text,
            written: None,
        })
        .expect("noted");
}

#[test]
fn a_release_that_holds_and_is_mended() {
    let mut story = Story::release();
    story.wait(60);
    story.tick("release/freeze").expect("ticked");
    story.wait(10);
    story.runs("release/verify", "contract", Outcome::Fail);
    story.wait(20);
    note(&mut story, "mending");
    story.wait(10);
    story.runs("release/verify", "contract", Outcome::Pass);
    story.runs("release/verify", "rpc", Outcome::Pass);
    story
        .ask(ClientCommand::Skip {
            step: "release/announce".to_owned(),
            reason: "nobody is there".to_owned(),
        })
        .expect("left out");
    story
        .ask(ClientCommand::Close {
            outcome: SessionOutcome::Completed,
            summary: "Good.".to_owned(),
        })
        .expect("closed");
    let timeline = folded(&story.records);
    let lane = &timeline.lanes[0];
    assert_eq!(
        lines(lane, &ALL),
        [
            "Start | Session: started | 1-1",
            "Phase | 1 FREEZE | 1-2 | ticked",
            "Step | 1 FREEZE | 1-2 | ticked",
            "Phase | 2 VERIFY | 2-12 | ticked by its gates",
            "Step | 2 VERIFY | 2-12 | ticked by its gates",
            "Gate run | The contract gate | 3-4 | failed, run 1",
            "Hold | The contract gate at 2 VERIFY | 5-8 | lifted by a pass",
            "Note | Note: noted | 6-6",
            "Gate run | The contract gate | 7-8 | passed, run 2",
            "Gate run | The rpc gate | 10-11 | passed, run 1",
            "Phase | 3 ANNOUNCE | 12-13 | left out",
            "Step | 3 ANNOUNCE | 12-13 | left out",
            "Closing | Session: closed: completed | 14-14 | completed",
        ]
    );
    assert!(lane.spans.iter().all(|span| span.to.is_some()), "the session is over");
}

/// The clock goes back between events: nothing is drawn before what came before it, and what was recorded is kept.
#[test]
fn a_clock_that_goes_back_turns_nothing_around() {
    let mut story = Story::release();
    story.wait(60);
    story.tick("release/freeze").expect("ticked");
    story.wait(-3_600);
    let run = story.starts("release/verify", "contract").expect("started");
    story.wait(5);
    let verdict = story.verdict(Outcome::Pass);
    story.must(&Command::FinishGate { run, verdict });
    let timeline = folded(&story.records);
    let lane = &timeline.lanes[0];
    assert_eq!(lane.clock_back, Some(ClockBack { events: 1, first: 3 }));
    assert!(lane.events.is_sorted_by_key(|event| event.drawn));
    assert_eq!(lane.events[2].at, story.records[2].at);
    assert_eq!(timeline.axis.length(), TimeDelta::seconds(60));
    for span in &lane.spans {
        assert!(span.end(timeline.axis.to) >= span.from.drawn, "{}", told(span));
    }
    let gate = lane
        .spans
        .iter()
        .find(|span| kind_word(span) == "Gate run")
        .expect("ran");
    assert_eq!(gate.seconds(), Some(5), "its length is what was recorded");
}

#[test]
fn what_has_no_end_lasts_to_the_end_of_the_axis() {
    let mut story = Story::release();
    story.tick("release/freeze").expect("ticked");
    story.starts("release/verify", "contract").expect("started");
    let later = story.now + TimeDelta::seconds(90);
    let timeline = folded_until(&story.records, Some(later));
    assert!(timeline.open);
    assert_eq!(timeline.axis.to, later);
    let open: Vec<String> = timeline.lanes[0]
        .spans
        .iter()
        .filter(|span| span.to.is_none())
        .map(told)
        .collect();
    assert_eq!(
        open,
        [
            "Phase | 2 VERIFY | 2-… | not finished",
            "Step | 2 VERIFY | 2-… | not finished",
            "Gate run | The contract gate | 3-… | no verdict, run 1",
        ]
    );
    for span in timeline.lanes[0].spans.iter().filter(|span| span.to.is_none()) {
        assert_eq!((span.end(timeline.axis.to), span.seconds()), (later, None));
    }
    // A session that was given up has such ends, too: nothing goes on after it.
    story
        .ask(ClientCommand::Close {
            outcome: SessionOutcome::Abandoned,
            summary: String::new(),
        })
        .expect("closed");
    let closed = folded_until(&story.records, Some(later));
    assert!(!closed.open && closed.axis.to < later);
    assert_eq!(
        lines(&closed.lanes[0], &["Step"])[1],
        "Step | 2 VERIFY | 2-5 | not finished"
    );
}

#[test]
fn release_and_rollback_stand_on_one_axis_in_whichever_order_they_come() {
    let mut release = Story::release();
    release.tick("release/freeze").expect("ticked");
    release.runs("release/verify", "contract", Outcome::Fail);
    release.wait(60);
    release.must(&Command::LinkRollback {
        session: Uuid::from_u128(99),
        procedure: "release".to_owned(),
    });
    let mut undo = started(RELEASE, "release");
    undo.undoes = Some(Uuid::from_u128(7));
    let mut rollback = Story::of(undo);
    rollback.records[0].at = release.now;
    rollback.now = release.now + TimeDelta::seconds(120);
    rollback.tick("release/freeze").expect("ticked");
    for record in &mut rollback.records {
        record.session = Uuid::from_u128(99);
    }
    let both = [release.records.clone(), rollback.records.clone()];
    let timeline = folded(&both.concat());
    let [first, second] = &timeline.lanes[..] else {
        panic!("two lanes")
    };
    assert_eq!((first.role, second.role), (LaneRole::Session, LaneRole::Rollback));
    assert_eq!(timeline.axis.length(), TimeDelta::seconds(180));
    assert_eq!(
        lines(first, &["Hold", "Rollback"]),
        [
            "Hold | The contract gate at 2 VERIFY | 5-6 | not lifted: a rollback was started",
            "Rollback | Rollback of Golden release procedure v1.4.2: started | 7-7",
        ]
    );
    let turned = [rollback.records.clone(), release.records.clone()];
    assert_eq!(folded(&turned.concat()), timeline);
    let order = merged(&timeline.lanes);
    assert_eq!(order.len(), release.records.len() + rollback.records.len());
    assert!(order.is_sorted_by_key(|one| timeline.lanes[one.lane].events[one.event].drawn));
    // Alone a rollback is a session like any other.
    assert_eq!(folded(&rollback.records).lanes[0].role, LaneRole::Session);
}

#[test]
fn phases_begin_with_their_first_sub_step_and_what_is_taken_back_says_so() {
    let mut story = Story::of(started(NESTED, "setup"));
    story.wait(10);
    story.tick("setup/prepare/first").expect("ticked");
    story
        .ask(ClientCommand::Untick {
            step: "setup/prepare/first".to_owned(),
            reason: "too early".to_owned(),
        })
        .expect("taken back");
    story.wait(10);
    story.tick("setup/prepare/first").expect("ticked");
    story.tick("setup/prepare/second").expect("ticked");
    let timeline = folded(&story.records);
    assert_eq!(
        lines(&timeline.lanes[0], &["Phase", "Step", "Taken back"]),
        [
            "Phase | 1 PREPARE | 1-6 | done with its last sub-step",
            "Step | First half | 1-2 | ticked, taken back by event 3",
            "Step | Second half | 2-3 | not finished",
            "Taken back | First half: taken back | 3-3",
            "Step | First half | 3-4 | ticked",
            "Step | Second half | 4-5 | ticked",
            "Step | 1 PREPARE | 5-6 | done with its last sub-step",
            "Phase | 2 GO | 6-… | not finished",
            "Step | 2 GO | 6-… | not finished",
        ]
    );
}

#[test]
fn without_an_order_a_step_begins_with_the_first_event_about_it() {
    let mut story = Story::of(started(CHECKLIST, "list"));
    story.wait(30);
    story.tick("list/notes").expect("ticked");
    story.wait(5);
    let run = story.starts("list/contract-holds", "contract").expect("started");
    story.wait(5);
    let verdict = story.verdict(Outcome::Pass);
    story.must(&Command::FinishGate { run, verdict });
    let timeline = folded(&story.records);
    let steps: Vec<_> = timeline.lanes[0]
        .spans
        .iter()
        .filter(|span| kind_word(span) == "Step")
        .collect();
    let of = |span: &Span| (span.label.clone(), span.seconds());
    assert_eq!(
        steps.into_iter().map(of).collect::<Vec<_>>(),
        [
            ("Notes are written".to_owned(), None),
            ("Contract holds".to_owned(), Some(5))
        ]
    );
}

#[test]
fn a_verdict_that_proves_nothing_is_no_pass() {
    let mut story = Story::release();
    story.tick("release/freeze").expect("ticked");
    let run = story.starts("release/verify", "contract").expect("started");
    let mut verdict = story.verdict(Outcome::Pass);
    verdict.checks.clear();
    story.must(&Command::FinishGate { run, verdict });
    let timeline = folded(&story.records);
    assert_eq!(
        lines(&timeline.lanes[0], &["Gate run"]),
        ["Gate run | The contract gate | 3-4 | inconclusive, run 1"]
    );
    let gate = timeline.lanes[0]
        .spans
        .iter()
        .find(|span| kind_word(span) == "Gate run")
        .expect("ran");
    assert_eq!(Tone::of(gate), Tone::Hold);
}

/// What no session of these rules would hold: ends without beginnings, steps that nobody knows, repeated events.
#[test]
fn a_damaged_log_is_drawn_as_far_as_it_goes() {
    let mut story = Story::release();
    story.wait(1);
    let mut records = story.records.clone();
    let verdict = story.verdict(Outcome::Fail);
    let (run, step, gate) = (Uuid::from_u128(5), "nowhere".to_owned(), "unknown".to_owned());
    let events = [
        Event::GateFinished {
            run,
            step: step.clone(),
            gate: gate.clone(),
            verdict: verdict.clone(),
        },
        Event::GateFinished {
            run,
            step: step.clone(),
            gate,
            verdict,
        },
        Event::StepTicked {
            step: step.clone(),
            by: TickedBy::Person,
        },
        Event::StepTicked {
            step: step.clone(),
            by: TickedBy::Person,
        },
        Event::StepUnticked {
            step: step.clone(),
            reason: String::new(),
        },
        Event::HoldLifted {
            by: LiftedBy::Pass { run },
        },
        Event::TimerStarted {
            step,
            seconds: u64::MAX,
        },
        Event::SessionClosed {
            outcome: SessionOutcome::Abandoned,
            summary: String::new(),
        },
        Event::SessionClosed {
            outcome: SessionOutcome::Completed,
            summary: String::new(),
        },
    ];
    for event in events {
        let mut record = records[0].clone();
        (record.seq, record.event, record.at) = (records.len() as u64 + 1, event, story.now);
        records.push(record);
    }
    let timeline = folded(&records);
    let lane = &timeline.lanes[0];
    assert_eq!(lane.events.len(), records.len());
    assert_eq!(
        lane.closed.map(|closed| closed.seq),
        Some(9),
        "the first closing is the end"
    );
    assert_eq!(lines(lane, &["Gate run"]), ["Gate run | unknown | 2-2 | failed, run 1"]);
    for span in &lane.spans {
        assert!(span.end(timeline.axis.to) <= timeline.axis.to);
    }
    // A log whose start is missing has no name, and is drawn all the same.
    assert_eq!(folded(&records[1..]).lanes[0].name, "A session without a start");
    assert_eq!(TimelineFold::default().finish(None), None);
}

#[test]
fn what_the_browser_saw_stands_beside_the_runs() {
    let mut one = started(RELEASE, "release");
    let rpc = one.gates.get_mut("rpc").expect("declared");
    (rpc.direct, rpc.direct_decides) = (true, true);
    let mut story = Story::of(one);
    story.tick("release/freeze").expect("ticked");
    let (observation, run, mut verdict) = (story.id(), story.id(), story.verdict(Outcome::Fail));
    verdict.source = Source::Browser;
    story.must(&Command::Observe {
        observation,
        run,
        step: "release/verify".to_owned(),
        gate: "rpc".to_owned(),
        verdict,
    });
    let timeline = folded(&story.records);
    assert_eq!(
        lines(&timeline.lanes[0], &["Seen from the browser", "Hold"]),
        [
            "Seen from the browser | The rpc gate | 3-3 | failed",
            "Hold | The rpc gate at 2 VERIFY | 4-… | still holds",
        ]
    );
}
