//! Asking a session's state how long its steps took.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::event::StepId;
use super::pace::StepTime;
use super::state::State;

impl State {
    /// Counts the time until an event, which has been applied.
    pub(super) fn note_pace(&mut self, at: DateTime<Utc>) {
        self.pace.count_until(at);
        let next = self.next_step().filter(|_| self.closed.is_none());
        if next.map(|step| &step.id) != self.pace.next.as_ref() {
            self.pace.next = next.map(|step| step.id.clone());
        }
        self.pace.on_hold = !self.holds.is_empty();
    }

    /// How long each step was the next one, up to the last event, by step. In a procedure of any order that is the first one that
    /// is not done, so that only their sum says something.
    #[must_use]
    pub fn step_times(&self) -> &BTreeMap<StepId, StepTime> {
        &self.pace.times
    }

    /// Up to when [`State::step_times`] count: the last event.
    #[must_use]
    pub fn counted_until(&self) -> Option<DateTime<Utc>> {
        self.pace.until
    }

    /// How long a step has been the next one by now.
    #[must_use]
    pub fn time_at(&self, step: &str, now: DateTime<Utc>) -> StepTime {
        let mut time = self.pace.times.get(step).copied().unwrap_or_default();
        if self.pace.next.as_deref() == Some(step) {
            let since = self.pace.since(now);
            match self.pace.on_hold {
                true => time.held += since,
                false => time.worked += since,
            }
        }
        time
    }
}
