//! Any moment of a session, again: what was so then, by the same rules.

use std::sync::Arc;

use proptest::prelude::*;

use super::random::{Act, acts, command, procedure};
use super::story::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::*;
use holdpoint_domain::timeline::{Moved, Replay};

/// Every step's row, by its place in the outline.
fn rows(state: &State) -> Vec<StepRow> {
    let procedure = state.procedure.as_ref().map(|procedure| procedure.in_order());
    let mut steps: Vec<(usize, StepRow)> = procedure
        .unwrap_or_default()
        .into_iter()
        .filter_map(|step| Some((state.position(&step.id)?, state.row(&step.id)?)))
        .collect();
    steps.sort_by_key(|(place, _)| *place);
    steps.into_iter().map(|(_, row)| row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_moment_is_the_fold_of_what_came_until_then(
        procedure in procedure(),
        acts in acts(),
        visits in prop::collection::vec(0..200_usize, 1..12),
    ) {
        let mut one = started(CHECKLIST, "list");
        one.procedure = Arc::new(procedure);
        let mut story = Story::of(one);
        for act in &acts {
            if let Act::Wait(seconds) = act {
                story.wait(*seconds);
            }
            if let Some(command) = command(&mut story, act) {
                let _ = story.does(&command);
            }
        }
        let mut replay = Replay::default();
        for visit in visits {
            let seq = visit % (story.records.len() + 1);
            let before = rows(replay.state());
            let moved = replay.go(&story.records, seq as u64);
            let then = State::fold(&story.records[..seq]);
            prop_assert_eq!(replay.state(), &then);
            prop_assert_eq!(replay.at(), seq as u64);
            if let Moved::Steps(places) = moved {
                for (place, (old, new)) in before.iter().zip(rows(&then)).enumerate() {
                    let told = places.contains(&u32::try_from(place).expect("few"));
                    prop_assert!(told || *old == new, "the step at {place} is said to be what it was");
                }
            }
        }
    }
}

/// A session of so many notes, with a failing gate among them now and then.
fn long(notes: usize, output: usize) -> Vec<Record> {
    let mut story = Story::release();
    story.tick("release/freeze").expect("it is its turn");
    let mut records = story.records.clone();
    let run = story.starts("release/verify", "contract").expect("it starts");
    records.push(story.records.last().expect("started").clone());
    let mut verdict = story.verdict(Outcome::Inconclusive);
    verdict.output = "x".repeat(output);
    for place in 0..notes {
        let mut record = records[1].clone();
        (record.seq, record.hash) = (records.len() as u64 + 1, format!("hash {place}"));
        record.event = Event::GateFinished {
            run,
            step: "release/verify".to_owned(),
            gate: "contract".to_owned(),
            verdict: verdict.clone(),
        };
        records.push(record);
    }
    records
}

#[test]
fn what_is_kept_for_quick_jumps_is_bounded_in_number_and_in_weight() {
    for (events, output, most) in [(10_000, 10, 16), (10_000, 8 * 1024, 3), (100, 10, 0)] {
        let records = long(events, output);
        let mut replay = Replay::default();
        replay.go(&records, u64::MAX);
        assert_eq!(replay.at(), records.len() as u64);
        assert!(replay.kept() <= most, "{} states of {events} events", replay.kept());
        for seq in [events / 2, 3, events - 1, 1] {
            replay.go(&records, seq as u64);
            assert_eq!(*replay.state(), State::fold(&records[..seq]), "event {seq} of {events}");
        }
    }
    let records = long(10_000, 10);
    let mut replay = Replay::default();
    replay.go(&records, 10_000);
    assert!(replay.kept() >= 4, "a jump back folds a part of the log only");
}

#[test]
fn another_log_is_begun_anew() {
    let (mut one, mut other) = (Story::release(), Story::release());
    one.tick("release/freeze").expect("ticked");
    other
        .ask(ClientCommand::AddNote {
            step: None,
            text: "another".to_owned(),
            written: None,
        })
        .expect("noted");
    let mut replay = Replay::default();
    replay.go(&one.records, 2);
    assert_eq!(replay.go(&other.records, 2), Moved::All);
    assert_eq!(*replay.state(), other.state);
    assert_eq!(replay.go(&other.records, 2), Moved::Steps(Vec::new()));
    // A log that is shorter than what was seen of it is another one, too.
    assert_eq!(replay.go(&other.records[..1], 9), Moved::All);
    assert_eq!(*replay.state(), State::fold(&other.records[..1]));
}
