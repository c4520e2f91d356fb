//! Times, lengths of time and counts as text: times in the reader's own zone, lengths rounded to what people ask for.

use chrono::{DateTime, TimeDelta, Utc};

/// How much of a time is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFormat {
    /// `14:12`.
    Minutes,
    /// `14:12:30`.
    Seconds,
    /// `20 Nov, 14:12`.
    Day,
    /// `20 Nov, 14:12:30`.
    DaySeconds,
}

/// A day of the reader's own zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Day {
    year: u32,
    /// From 0 on.
    month: u32,
    day: u32,
}

impl Day {
    fn of(date: &js_sys::Date) -> Self {
        Self {
            year: date.get_full_year(),
            month: date.get_month(),
            day: date.get_date(),
        }
    }

    /// `20 Nov`.
    fn words(self) -> String {
        const MONTHS: [&str; 12] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        let month = MONTHS.get(self.month as usize).copied().unwrap_or("?");
        format!("{} {month}", self.day)
    }

    /// A time of this day: with the day where that is not today, and with the year where that is another one.
    fn near(self, time: &str, today: Self) -> String {
        match self {
            _ if self == today => time.to_owned(),
            _ if self.year == today.year => format!("{}, {time}", self.words()),
            _ => self.dated(time),
        }
    }

    fn dated(self, time: &str) -> String {
        format!("{} {}, {time}", self.words(), self.year)
    }
}

fn local_date(at: DateTime<Utc>) -> js_sys::Date {
    // A JavaScript date counts milliseconds in a double, which is exact until the year 287396.
    js_sys::Date::new(&(at.timestamp_millis() as f64).into())
}

/// A time in the reader's own zone.
pub fn local_time(at: DateTime<Utc>, format: TimeFormat) -> String {
    let date = local_date(at);
    let minutes = format!("{:02}:{:02}", date.get_hours(), date.get_minutes());
    match format {
        TimeFormat::Minutes => minutes,
        TimeFormat::Seconds => format!("{minutes}:{:02}", date.get_seconds()),
        TimeFormat::Day => format!("{}, {minutes}", Day::of(&date).words()),
        TimeFormat::DaySeconds => format!("{}, {minutes}:{:02}", Day::of(&date).words(), date.get_seconds()),
    }
}

/// A time near `now`, with its day where that is another one than today, and its year where that is another one, too.
pub fn near_time(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    near(at, now, TimeFormat::Minutes)
}

/// [`near_time`], to the second.
pub fn near_seconds(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    near(at, now, TimeFormat::Seconds)
}

fn near(at: DateTime<Utc>, now: DateTime<Utc>, clock: TimeFormat) -> String {
    Day::of(&local_date(at)).near(&local_time(at, clock), Day::of(&local_date(now)))
}

/// A time with its day and year, as it stands on paper: `20 Nov 2025, 14:12`.
pub fn dated_time(at: DateTime<Utc>) -> String {
    Day::of(&local_date(at)).dated(&local_time(at, TimeFormat::Minutes))
}

/// From when to when, with the days where they are not today.
pub fn near_span(from: DateTime<Utc>, to: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let first = near_time(from, now);
    let second = local_time(to, format_near(is_one_day(from, to)));
    let last = local_time(to, TimeFormat::Minutes);
    if first.ends_with(&last) && second == last {
        return first;
    }
    span_words(&first, &second)
}

fn format_near(one_day: bool) -> TimeFormat {
    match one_day {
        true => TimeFormat::Minutes,
        false => TimeFormat::Day,
    }
}

/// A dash joins two times, and would be read wrong before another day.
fn span_words(from: &str, to: &str) -> String {
    match to.contains(',') {
        true => format!("{from} to {to}"),
        false => format!("{from}–{to}"),
    }
}

/// Whether both are on one day of the reader's own zone.
fn is_one_day(one: DateTime<Utc>, other: DateTime<Utc>) -> bool {
    Day::of(&local_date(one)) == Day::of(&local_date(other))
}

/// The reader's own zone at a time: `UTC+01:00`.
pub fn zone(at: DateTime<Utc>) -> String {
    let date = local_date(at);
    // Minutes that UTC is ahead of the reader.
    let ahead = -(date.get_timezone_offset() as i64);
    match ahead {
        0 => "UTC".to_owned(),
        _ => format!(
            "UTC{}{:02}:{:02}",
            if ahead < 0 { '-' } else { '+' },
            ahead.abs() / 60,
            ahead.abs() % 60
        ),
    }
}

/// A length as a clock shows it: `00:12:41`. Days are hours here: `26:00:00`.
pub fn clock(length: TimeDelta) -> String {
    let seconds = length.num_seconds().max(0);
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds % 3_600 / 60, seconds % 60)
}

/// A length in its largest unit, rounded down: `40 s`, `12 min`, `3 h`, `2 days`.
pub fn rough(length: TimeDelta) -> String {
    let seconds = length.num_seconds().max(0);
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// A length for people who do not count seconds: `less than a minute`, `12 minutes`, `3 h 5 min`, `2 days`.
pub fn in_minutes(length: TimeDelta) -> String {
    let minutes = length.num_minutes().max(0);
    match (minutes / 60, minutes % 60) {
        (0, 0) => "less than a minute".to_owned(),
        (0, 1) => "1 minute".to_owned(),
        (0, minutes) => format!("{minutes} minutes"),
        (hours, minutes) if hours < 48 => format!("{hours} h {minutes} min"),
        (hours, _) => format!("{} days", hours / 24),
    }
}

/// How long a run took, from milliseconds: `0.4 s`, `26 s`, `6 min 41 s`.
pub fn duration_ms(millis: i64) -> String {
    match millis {
        ..10_000 => format!("{}.{} s", millis.max(0) / 1_000, millis.max(0) % 1_000 / 100),
        10_000..60_000 => format!("{} s", millis / 1_000),
        _ => format!("{} min {} s", millis / 60_000, millis % 60_000 / 1_000),
    }
}

/// A declared length, from seconds: `45 s`, `15 min`, `1 h 30 min`, `24 h`.
pub fn duration_s(seconds: u64) -> String {
    match (seconds / 3_600, seconds % 3_600 / 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// `1 step`, `4 steps`.
pub fn count(number: usize, singular: &str) -> String {
    if number == 1 {
        format!("1 {singular}")
    } else {
        format!("{number} {singular}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_said_in_the_units_people_use() {
        let seconds = TimeDelta::seconds;
        for (length, as_clock, roughly, minutes) in [
            (-5, "00:00:00", "0 s", "less than a minute"),
            (59, "00:00:59", "59 s", "less than a minute"),
            (61, "00:01:01", "1 min", "1 minute"),
            (3_725, "01:02:05", "1 h", "1 h 2 min"),
            (93_600, "26:00:00", "26 h", "26 h 0 min"),
            (172_800, "48:00:00", "2 days", "2 days"),
        ] {
            assert_eq!(clock(seconds(length)), as_clock);
            assert_eq!(rough(seconds(length)), roughly);
            assert_eq!(in_minutes(seconds(length)), minutes);
        }
    }

    #[test]
    fn durations_lose_what_nobody_asks_for() {
        for (millis, text) in [(-1, "0.0 s"), (420, "0.4 s"), (26_900, "26 s"), (401_000, "6 min 41 s")] {
            assert_eq!(duration_ms(millis), text);
        }
        for (seconds, text) in [
            (45, "45 s"),
            (900, "15 min"),
            (95, "1 min 35 s"),
            (5_400, "1 h 30 min"),
            (86_400, "24 h"),
        ] {
            assert_eq!(duration_s(seconds), text);
        }
    }

    #[test]
    fn a_span_says_the_day_that_it_ends_on_where_that_is_another_one() {
        assert_eq!(span_words("14:20", "14:35"), "14:20–14:35");
        assert_eq!(span_words("28 Nov, 00:10", "00:20"), "28 Nov, 00:10–00:20");
        assert_eq!(span_words("23:50", "28 Nov, 00:10"), "23:50 to 28 Nov, 00:10");
    }

    #[test]
    fn a_time_has_its_day_and_year_where_they_are_not_those_of_now() {
        let day = |year, month, day| Day { year, month, day };
        let now = day(2026, 10, 27);
        for (at, words) in [
            (now, "00:44"),
            (day(2026, 10, 26), "26 Nov, 00:44"),
            (day(2026, 9, 27), "27 Oct, 00:44"),
            (day(2025, 10, 27), "27 Nov 2025, 00:44"),
        ] {
            assert_eq!(at.near("00:44", now), words);
        }
    }

    #[test]
    fn counts_have_their_plural() {
        assert_eq!(count(1, "step"), "1 step");
        assert_eq!(count(0, "step"), "0 steps");
    }
}
