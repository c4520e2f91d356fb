//! Asking a session's state how long its steps took.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::event::StepId;
use super::pace::StepTime;
use super::state::State;

impl State {
    /// Counts the time until a recorded event, which has been applied.
    pub(super) fn note_pace(&mut self, at: DateTime<Utc>) {
        let next = self.next_step().filter(|_| self.closed.is_none());
        let on_hold = next.is_some() && !self.holds.is_empty();
        let is_other = next.map(|step| &step.id) != self.pace.next.as_ref();
        if !is_other && on_hold == self.pace.on_hold {
            return;
        }
        let next = next.filter(|_| is_other).map(|step| step.id.clone());
        self.pace.count_until(at);
        if is_other {
            self.pace.next = next;
        }
        self.pace.on_hold = on_hold;
    }

    /// Takes the times of another state of the same session, to which events were applied that this one had before they were recorded.
    pub fn take_times_of(&mut self, recorded: &Self) {
        self.pace.clone_from(&recorded.pace);
    }

    /// How long each step was the next one, up to [`State::counted_until`], by step. In a procedure of any order that is the first one that
    /// is not done, so that only their sum says something.
    #[must_use]
    pub fn step_times(&self) -> &BTreeMap<StepId, StepTime> {
        &self.pace.times
    }

    /// Up to when [`State::step_times`] count: the recorded event with which the step that is next became it, or with which the session
    /// last went on hold or off it.
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
