//! Where things stand on the picture, and that there is an end to how many.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::story::*;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::timeline::*;

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_763_640_000, 0).expect("2025-11-20 12:00:00")
}

#[test]
fn the_axis_has_lines_at_full_minutes_hours_and_days() {
    let table = [
        // From, length in seconds, seconds ahead of UTC: the first line, the second one, how many.
        (0, 60, 0, "12:00:00", "12:00:10", 7),
        (61, 3_600, 0, "12:10:00", "12:20:00", 6),
        (0, 86_400, 3_600, "14:00:00", "17:00:00", 8),
        (0, 3_000, 19_800, "12:00:00", "12:10:00", 6),
        (0, 10 * 86_400, 0, "00:00:00", "00:00:00", 5),
    ];
    for (from, length, ahead, first, second, lines) in table {
        let from = noon() + TimeDelta::seconds(from);
        let axis = Axis::new(from, from + TimeDelta::seconds(length));
        let ticks = axis.ticks(9, ahead);
        let shown: Vec<String> = ticks
            .iter()
            .map(|tick| tick.at.format("%H:%M:%S").to_string())
            .collect();
        assert_eq!(
            (shown[0].as_str(), shown[1].as_str(), shown.len()),
            (first, second, lines),
            "{length}: {shown:?}"
        );
    }
    assert_eq!(Axis::new(noon(), noon()).length(), TimeDelta::seconds(1));
}

#[test]
fn a_time_has_one_place_and_a_place_one_time() {
    let axis = Axis::new(noon(), noon() + TimeDelta::seconds(100));
    for (seconds, place) in [(-5, 0.0), (0, 0.0), (25, 0.25), (100, 1.0), (900, 1.0)] {
        assert_eq!(axis.place(noon() + TimeDelta::seconds(seconds)), place);
    }
    for (place, seconds) in [(-1.0, 0), (0.0, 0), (0.25, 25), (7.0, 100), (f64::NAN, 0)] {
        assert_eq!(axis.at(place), noon() + TimeDelta::seconds(seconds));
    }
}

/// A session of so many failed runs of one gate, so many seconds apart.
fn runs(number: usize, apart: i64) -> Timeline {
    let mut story = Story::release();
    story.tick("release/freeze").expect("ticked");
    let mut fold = TimelineFold::default();
    for run in 0..number {
        story.wait(apart);
        story.runs(
            "release/verify",
            "contract",
            if run % 10 == 9 {
                Outcome::Fail
            } else {
                Outcome::Inconclusive
            },
        );
    }
    story.records.iter().for_each(|record| fold.add(record));
    fold.finish(None).expect("events")
}

#[test]
fn what_stands_too_close_is_one_mark_that_says_how_many() {
    let timeline = runs(1_000, 1);
    let lane = &timeline.lanes[0];
    let rows = layout(lane, &timeline.axis, 1_000.0);
    let gates = rows.iter().find(|row| row.row == Row::Gates).expect("gates ran");
    assert!(
        (100..=3 * 91).contains(&gates.drawn.len()),
        "{} marks",
        gates.drawn.len()
    );
    let several = gates
        .drawn
        .iter()
        .find(|drawn| drawn.tone == Tone::Fail && drawn.spans.len() > 2);
    let several = several.expect("some stand for several");
    assert_eq!(several.tone, Tone::Fail, "the worst is what is seen");
    let words = members_in_words(lane, Row::Gates, several);
    assert!(
        words.contains("gate runs: ") && words.contains(" inconclusive, ") && words.ends_with(" failed"),
        "{words}"
    );
}

#[test]
fn two_gates_that_run_at_the_same_time_stand_on_two_lines() {
    let mut story = Story::release();
    story.tick("release/freeze").expect("ticked");
    story.starts("release/verify", "contract").expect("started");
    story.starts("release/verify", "rpc").expect("started");
    let mut fold = TimelineFold::default();
    story.records.iter().for_each(|record| fold.add(record));
    let timeline = fold.finish(Some(story.now + TimeDelta::seconds(60))).expect("events");
    let rows = layout(&timeline.lanes[0], &timeline.axis, 1_000.0);
    let gates = rows.iter().find(|row| row.row == Row::Gates).expect("gates run");
    let lines: Vec<usize> = gates.drawn.iter().map(|drawn| drawn.line).collect();
    assert_eq!((gates.lines, lines), (2, vec![0, 1]));
    assert!(
        rows.iter().all(|row| row.row != Row::Holds),
        "a row without anything is not drawn"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn each_span_is_drawn_once_and_marks_are_few(number in 1..300_usize, apart in 0..400_i64) {
        let timeline = runs(number, apart);
        let lane = &timeline.lanes[0];
        let rows = layout(lane, &timeline.axis, 1_000.0);
        let mut seen: Vec<usize> = rows.iter().flat_map(|row| &row.drawn).flat_map(|drawn| drawn.spans.clone()).collect();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..lane.spans.len()).collect::<Vec<_>>());
        for row in &rows {
            prop_assert!(row.drawn.len() <= 2 * 251, "{:?}: {}", row.row, row.drawn.len());
            for line in 0..row.lines {
                let on_line = row.drawn.iter().filter(|drawn| drawn.line == line);
                let ends: Vec<(f64, f64)> = on_line.map(|drawn| (drawn.x, drawn.x + drawn.width)).collect();
                prop_assert!(ends.is_sorted_by(|one, other| one.1 <= other.0 + 1e-6), "{:?} overlaps", row.row);
            }
        }
    }
}
