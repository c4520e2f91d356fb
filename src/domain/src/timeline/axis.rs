//! Where a time stands between two ends.

use chrono::{DateTime, TimeDelta, Utc};

/// A stretch of time that is drawn to scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The left end.
    pub from: DateTime<Utc>,
    /// The right end, at least a second later.
    pub to: DateTime<Utc>,
}

/// A line of the axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// A round time within the axis.
    pub at: DateTime<Utc>,
    /// Whether seconds have to be told.
    pub seconds: bool,
    /// Whether the day has to be told: the lines are a day apart or more.
    pub day: bool,
}

/// Seconds between two lines, those that people count in.
const STEPS: [i64; 18] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
];

impl Axis {
    /// From one time to another. One that would be shorter than a second is a second long.
    #[must_use]
    pub fn new(from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        let to = to.max(from.checked_add_signed(TimeDelta::seconds(1)).unwrap_or(from));
        Self { from, to }
    }

    /// From its beginning to its end: a second at least.
    #[must_use]
    pub fn length(&self) -> TimeDelta {
        self.to - self.from
    }

    /// The place of a time, from 0 to 1. What is before or after is at the end that is nearer.
    #[must_use]
    pub fn place(&self, at: DateTime<Utc>) -> f64 {
        let length = (self.to - self.from).num_milliseconds();
        let after = (at - self.from).num_milliseconds().clamp(0, length.max(0));
        if length <= 0 { 0.0 } else { after as f64 / length as f64 }
    }

    /// The time at a place from 0 to 1.
    #[must_use]
    pub fn at(&self, place: f64) -> DateTime<Utc> {
        let length = (self.to - self.from).num_milliseconds() as f64;
        // A product within the axis fits.
        let after = TimeDelta::milliseconds((length * place.clamp(0.0, 1.0)) as i64);
        self.from + after
    }

    /// Lines at full minutes, hours or days of a zone that is so many seconds ahead of UTC, at most so many.
    #[must_use]
    pub fn ticks(&self, most: usize, ahead: i64) -> Vec<Tick> {
        let length = (self.to - self.from).num_seconds().max(1);
        let most_lines = i64::try_from(most.max(1)).unwrap_or(i64::MAX);
        let fits = |step: i64| length / step < most_lines;
        let days = || 86_400 * (length / 86_400 / most_lines + 1);
        let step = STEPS.into_iter().find(|step| fits(*step)).unwrap_or_else(days);
        let begin = self.from.timestamp() + ahead;
        // The first full one at or after the beginning.
        let first = begin + (step - begin.rem_euclid(step)) % step;
        let all = (0..most_lines).map(|line| first + line * step - ahead);
        let times = all.filter_map(|seconds| DateTime::from_timestamp(seconds, 0));
        let within = times.filter(|at| *at >= self.from && *at <= self.to);
        within
            .map(|at| Tick {
                at,
                seconds: step < 60,
                day: step >= 86_400,
            })
            .collect()
    }
}
