//! How long and how often a gate may ask. Everything that runs has a limit, and no file can lift it.

use crate::config::Gate;
use crate::duration::HumanDuration;
use crate::problem::{ProblemKind, ProblemList};

/// The longest time for one try.
const MOST_TIMEOUT: HumanDuration = HumanDuration::from_millis(2 * HOUR);
/// The longest pause between two tries.
const MOST_PAUSE: HumanDuration = HumanDuration::from_millis(HOUR);
/// The longest time for all tries of one run, pauses included.
const MOST_IN_ALL: HumanDuration = HumanDuration::from_millis(24 * HOUR);
/// Further tries after *inconclusive*.
const MOST_RETRIES: u32 = 100;
/// Tries of a poll.
const MOST_POLLS: u64 = 10_000;
/// Milliseconds.
const HOUR: u64 = 3_600_000;

/// Adds what is wrong with a gate's times.
pub(super) fn check_times(gate: &Gate, problems: &mut ProblemList<'_>) {
    let mut check = |keys: &[&str], time: HumanDuration, most: Option<HumanDuration>| {
        if time.millis == 0 {
            problems.add(keys, ProblemKind::ZeroTime);
        }
        if let Some(most) = most.filter(|most| time > *most) {
            problems.add(keys, ProblemKind::LongTime { most });
        }
    };
    check(&["timeout"], gate.timeout, Some(MOST_TIMEOUT));
    check(&["fresh_for"], gate.fresh_for, None);
    if let Some(poll) = &gate.poll {
        check(&["poll", "every"], poll.every, Some(MOST_PAUSE));
        check(&["poll", "until"], poll.until, Some(MOST_IN_ALL));
        let tries = poll.until.millis / poll.every.millis.max(1);
        if tries > MOST_POLLS && poll.every.millis > 0 {
            problems.add(
                &["poll", "every"],
                ProblemKind::ManyPolls {
                    tries,
                    most: MOST_POLLS,
                },
            );
        }
    }
    if let Some(retry) = &gate.retry {
        if !(1..=MOST_RETRIES).contains(&retry.times) {
            problems.add(
                &["retry", "times"],
                ProblemKind::Range {
                    what: "the number of further tries",
                    most: MOST_RETRIES.into(),
                },
            );
        } else if in_all(gate.timeout, retry.times, retry.pause) > MOST_IN_ALL.millis {
            problems.add(&["retry", "times"], ProblemKind::LongRetries { most: MOST_IN_ALL });
        }
        if retry.pause > MOST_PAUSE {
            problems.add(&["retry", "pause"], ProblemKind::LongTime { most: MOST_PAUSE });
        }
    }
    if gate.retry.is_some() && gate.poll.is_some() {
        problems.add(&["retry"], ProblemKind::RetryAndPoll);
    }
}

/// Milliseconds that all tries take at most.
fn in_all(timeout: HumanDuration, times: u32, pause: HumanDuration) -> u64 {
    let times = u64::from(times);
    let asking = timeout.millis.saturating_mul(times + 1);
    asking.saturating_add(pause.millis.saturating_mul(times))
}
