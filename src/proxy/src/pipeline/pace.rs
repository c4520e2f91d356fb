//! How long an answer is given before GitHub is asked again.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// While the run goes on, or nothing is known.
pub(super) const FRESH: Duration = Duration::from_secs(10);
/// Once the run is over; it may still be run again.
pub(super) const FRESH_WHEN_OVER: Duration = Duration::from_secs(30);
/// The longest that a nearly used-up allowance slows the questions.
pub(super) const SLOWEST: Duration = Duration::from_mins(5);
/// The longest that GitHub's own word is followed.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// Gates may ask with the same token, so that a twentieth of what is allowed is left to them, and no more than this.
const RESERVE: u32 = 200;
/// Requests for one answer.
const REQUESTS: u32 = 2;

/// What GitHub says of the requests that are left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rate {
    /// In all, until `reset`.
    pub(super) limit: Option<u32>,
    pub(super) remaining: Option<u32>,
    pub(super) reset: Option<DateTime<Utc>>,
}

impl Rate {
    /// What is not to be used for answers.
    fn reserve(&self) -> u32 {
        (self.limit.unwrap_or(0) / 20).min(RESERVE)
    }
}

/// How long an answer is fresh where so many are asked for, and until when nothing at all is asked where nothing is left.
pub(super) fn after(
    rate: &Rate,
    base: Duration,
    answers: u32,
    now: DateTime<Utc>,
) -> (Duration, Option<DateTime<Utc>>) {
    match (rate.remaining, rate.reset) {
        (Some(left), Some(reset)) if left < rate.reserve() + REQUESTS => {
            let wait = until(reset, now);
            (wait.max(base), Some(now + delta(wait)))
        }
        (Some(left), Some(reset)) => {
            let requests = REQUESTS.saturating_mul(answers);
            let spread = until(reset, now).saturating_mul(requests) / (left - rate.reserve());
            (base.max(spread.min(SLOWEST)), None)
        }
        _ => (base, None),
    }
}

/// The time until then, within an hour.
pub(super) fn until(then: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    (then - now).to_std().unwrap_or_default().min(LONGEST_PAUSE)
}

fn delta(wait: Duration) -> TimeDelta {
    TimeDelta::from_std(wait).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allowance_is_spread_over_its_time_and_none_left_is_a_pause() {
        let now: DateTime<Utc> = "2026-11-27T12:00:00Z".parse().unwrap();
        let rate = |remaining, seconds| Rate {
            limit: None,
            remaining: Some(remaining),
            reset: Some(now + TimeDelta::seconds(seconds)),
        };
        for (rate, fresh, pause) in [
            (Rate::default(), 10, None),
            // With a token.
            (rate(4999, 3600), 10, None),
            // Without one.
            (rate(60, 3600), 120, None),
            (rate(2, 3600), 300, None),
            (rate(1, 600), 600, Some(600)),
            (rate(0, 600), 600, Some(600)),
            (rate(0, 86_400), 3600, Some(3600)),
            (rate(0, -5), 10, Some(0)),
        ] {
            let pause = pause.map(|seconds| now + TimeDelta::seconds(seconds));
            assert_eq!(
                after(&rate, FRESH, 1, now),
                (Duration::from_secs(fresh), pause),
                "{rate:?}"
            );
        }
    }

    #[test]
    fn some_of_the_allowance_is_left_to_gates_and_several_answers_share_the_rest() {
        let now: DateTime<Utc> = "2026-11-27T12:00:00Z".parse().unwrap();
        let after = |limit, remaining, answers| {
            let rate = Rate {
                limit: Some(limit),
                remaining: Some(remaining),
                reset: Some(now + TimeDelta::seconds(3600)),
            };
            let (fresh, pause) = after(&rate, FRESH, answers, now);
            (fresh.as_secs(), pause.is_some())
        };
        assert_eq!(after(5000, 201, 1), (3600, true));
        assert_eq!(after(5000, 3800, 1), (10, false));
        assert_eq!(after(5000, 3800, 20), (40, false));
        assert_eq!(after(60, 5, 1), (300, false));
        assert_eq!(after(60, 4, 1), (3600, true));
    }
}
