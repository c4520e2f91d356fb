//! Times and lengths of time, as people read them: in the reader's own zone, with the exact time in UTC behind them.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use leptos::prelude::*;

/// How much of a time is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clip {
    /// `14:12`.
    Minutes,
    /// `14:12:30`.
    Seconds,
    /// `20 Nov, 14:12`.
    Day,
}

/// A time.
#[component]
pub fn Time(
    at: DateTime<Utc>,
    /// How much of it is shown.
    clip: Clip,
) -> impl IntoView {
    let exact = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    view! { <time datetime=exact.clone() title=exact>{local(at, clip)}</time> }
}

/// A time in the reader's own zone.
pub fn local(at: DateTime<Utc>, clip: Clip) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    // A JavaScript date counts milliseconds in a double, which holds every time there will be.
    let date = js_sys::Date::new(&(at.timestamp_millis() as f64).into());
    let minutes = format!("{:02}:{:02}", date.get_hours(), date.get_minutes());
    match clip {
        Clip::Minutes => minutes,
        Clip::Seconds => format!("{minutes}:{:02}", date.get_seconds()),
        Clip::Day => {
            let month = MONTHS.get(date.get_month() as usize).copied().unwrap_or("?");
            format!("{} {month}, {minutes}", date.get_date())
        }
    }
}

/// A length as a clock shows it: `00:12:41`. Days are hours here: `26:00:00`.
pub fn clock(length: TimeDelta) -> String {
    let seconds = length.num_seconds().max(0);
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds % 3_600 / 60, seconds % 60)
}

/// A length in a word or two: `40 s`, `12 min`, `3 h`, `2 days`.
pub fn rough(length: TimeDelta) -> String {
    let seconds = length.num_seconds().max(0);
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
