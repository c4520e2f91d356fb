//! How long to wait before a message is tried again.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// Tries of one message. With the pauses between them that is about an hour.
pub(super) const ATTEMPTS: u32 = 15;
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(10);
/// The longest that a receiver's own word is followed.
const LONGEST_TOLD: Duration = Duration::from_hours(1);

/// The pause after a try, counted from 1: twice as long each time up to ten minutes, and of that between a half and all, by `part`
/// (from 0 to 1), so that several proxies do not come back at once.
pub(super) fn pause(attempt: u32, part: f64) -> Duration {
    let doubled = 2u32.saturating_pow(attempt.saturating_sub(1));
    let whole = FIRST.saturating_mul(doubled).min(LONGEST);
    whole.mul_f64(0.5 + part.clamp(0.0, 1.0) / 2.0)
}

/// A random part of a pause.
pub(super) fn random_part() -> f64 {
    // Without randomness the pause is the longest one.
    getrandom::u32().map_or(1.0, |drawn| f64::from(drawn) / f64::from(u32::MAX))
}

/// What `Retry-After` (RFC 9110, 10.2.3) asks for: seconds or a date; Discord's seconds may have a fraction.
pub(crate) fn told(header: &str, now: DateTime<Utc>) -> Option<Duration> {
    let header = header.trim();
    let wait = match header.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok()?,
        Err(_) => {
            let at = DateTime::parse_from_rfc2822(header).ok()?;
            (at.with_timezone(&Utc) - now).to_std().unwrap_or_default()
        }
    };
    Some(wait.min(LONGEST_TOLD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound_and_are_spread() {
        let whole: Vec<u64> = (1..=12).map(|attempt| pause(attempt, 1.0).as_secs()).collect();
        assert_eq!(whole, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
        assert_eq!(pause(3, 0.0), Duration::from_secs(2));
        assert_eq!(pause(u32::MAX, 5.0), LONGEST);
        let all: Duration = (1..ATTEMPTS).map(|attempt| pause(attempt, 1.0)).sum();
        assert!(
            (Duration::from_mins(50)..Duration::from_mins(75)).contains(&all),
            "{all:?}"
        );
        assert!((0.0..=1.0).contains(&random_part()));
    }

    #[test]
    fn a_receivers_own_word_is_followed_within_an_hour() {
        let now: DateTime<Utc> = "2026-11-27T12:00:00Z".parse().unwrap();
        for (header, wait) in [
            ("3", Some(3.0)),
            (" 0.25 ", Some(0.25)),
            ("Fri, 27 Nov 2026 12:00:30 GMT", Some(30.0)),
            ("Fri, 27 Nov 2026 11:00:00 GMT", Some(0.0)),
            ("86400", Some(3600.0)),
            ("-1", None),
            ("NaN", None),
            ("soon", None),
        ] {
            assert_eq!(told(header, now).map(|wait| wait.as_secs_f64()), wait, "{header}");
        }
    }
}
