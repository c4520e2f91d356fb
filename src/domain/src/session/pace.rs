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

/// What a session's state knows of its times: one addition for each recorded event after which another step is next, or the session
/// went on hold or off it. Nothing else changes it: no note, no annotation, and no event that is not recorded yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pace {
    /// The step that is next; none before the start, after the last step and once the session is closed.
    pub(super) next: Option<StepId>,
    /// Up to when it is counted: since then the step has been next, and the session on hold or not.
    pub(super) until: Option<DateTime<Utc>>,
    /// The session is on hold.
    pub(super) on_hold: bool,
    pub(super) times: BTreeMap<StepId, StepTime>,
}

impl Pace {
    /// Counts the time until an event after which it goes on otherwise.
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
