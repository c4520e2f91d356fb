//! Lengths of time in minutes.

use chrono::TimeDelta;

/// Rounded up, because what is left of a minute is left: `1 minute`, `12 minutes`, `1 h 5 min`.
pub(super) fn minutes(length: TimeDelta) -> String {
    in_words(minutes_up(length))
}

/// Full minutes, rounded up from the first on.
pub(super) fn minutes_up(length: TimeDelta) -> i64 {
    match length.num_seconds().max(0) {
        ..60 => 0,
        seconds => (seconds + 59) / 60,
    }
}

pub(super) fn in_words(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, 0) => "less than a minute".to_owned(),
        (0, 1) => "1 minute".to_owned(),
        (0, minutes) => format!("{minutes} minutes"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
