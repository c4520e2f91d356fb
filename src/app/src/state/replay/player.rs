//! How the time goes on while a session is played.

use chrono::{DateTime, TimeDelta, Utc};

/// How many seconds of the session pass in one.
pub const SPEEDS: [u32; 4] = [1, 5, 20, 100];

/// A wait that would take longer than this to watch is a long one.
const LONG: TimeDelta = TimeDelta::seconds(3);
/// What is left of it to watch where long ones are skipped.
const LEFT: TimeDelta = TimeDelta::seconds(1);

/// The time after so much real time, and what of a long wait was skipped. `next` is the time of the next event.
pub fn advance(
    time: DateTime<Utc>,
    real: TimeDelta,
    speed: u32,
    next: Option<DateTime<Utc>>,
    skip: bool,
) -> (DateTime<Utc>, Option<TimeDelta>) {
    let factor = i32::try_from(speed).unwrap_or(i32::MAX);
    let wait = next.map(|next| next - time);
    let skipped = wait.filter(|wait| skip && *wait > LONG * factor);
    match (skipped, next) {
        (Some(wait), Some(next)) => (next - LEFT * factor, Some(wait - LEFT * factor)),
        _ => (time + real * factor, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_as_fast_as_was_chosen_and_long_waits_are_skipped_where_asked() {
        let noon = DateTime::from_timestamp(1_763_640_000, 0).expect("a time");
        let after = |seconds: i64| noon + TimeDelta::seconds(seconds);
        let second = TimeDelta::seconds(1);
        let table = [
            (1, Some(600), false, 1, None),
            (20, Some(600), false, 20, None),
            (20, Some(600), true, 580, Some(580)),
            (20, Some(60), true, 20, None),
            (100, Some(301), true, 201, Some(201)),
            (5, None, true, 5, None),
        ];
        for (speed, next, skip, expected, skipped) in table {
            let found = advance(noon, second, speed, next.map(after), skip);
            assert_eq!(
                found,
                (after(expected), skipped.map(TimeDelta::seconds)),
                "{speed}×, {next:?}"
            );
        }
    }
}
