//! How long each step took: the time during which it was the next one, with the time on hold counted apart.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::event::StepId;

/// Time that was spent on a step while it was the next one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepTime {
    /// While nothing held.
    pub worked: TimeDelta,
    /// While the session was on hold.
    pub held: TimeDelta,
}

/// What a session's state knows of its times: one addition for each event.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pace {
    /// The step that is next; none before the start, after the last step and once the session is closed.
    pub(super) next: Option<StepId>,
    /// What is counted until now.
    pub(super) until: Option<DateTime<Utc>>,
    /// The session has been on hold since then.
    pub(super) on_hold: bool,
    pub(super) times: BTreeMap<StepId, StepTime>,
}

impl Pace {
    /// Counts the time until an event.
    pub(super) fn count_until(&mut self, at: DateTime<Utc>) {
        let since = self.since(at);
        if let Some(next) = &self.next {
            let time = self.times.entry(next.clone()).or_default();
            match self.on_hold {
                true => time.held += since,
                false => time.worked += since,
            }
        }
        // A log whose times go back counts nothing twice.
        self.until = self.until.max(Some(at));
    }

    pub(super) fn since(&self, at: DateTime<Utc>) -> TimeDelta {
        let since = self.until.map(|until| at - until);
        since.unwrap_or_default().max(TimeDelta::zero())
    }
}
