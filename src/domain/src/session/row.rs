//! A step as a line of the outline and a station of the track shows it: derived from the state, never stored.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, Utc};

use super::entries::HowDone;
use super::event::TickedBy;
use super::state::State;
use super::step_index::Place;
use crate::gate::Outcome;

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepStatus {
    Done,
    Skipped,
    /// A gate of it failed and holds. This goes before everything else: a step that was done and fails now is not shown as done.
    Failed,
    /// A gate of it is inconclusive and holds, and none failed. It goes before everything else, too.
    Inconclusive,
    /// A gate of it is running.
    Running,
    /// It is the next one to be done, and the session is not closed.
    Current,
    /// It is not its turn yet, or the session ended before it.
    Later,
}

/// The reason or the person by which a step counts as done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepBy {
    /// All its gates passed.
    Gate,
    /// All its sub-steps are done.
    Children,
    /// A person of this name ticked it.
    Person(String),
    /// A person decided to go on without a pass; the log says who.
    Caution,
    /// A person of this name left it out.
    SkippedBy(String),
}

/// What the outline and the track show of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    pub status: StepStatus,
    /// It is the next step, and the session is not closed.
    pub current: bool,
    /// The next step is this one or within it, and the session is not closed.
    pub here: bool,
    /// Since when it or a step within it holds: the earliest of their holds.
    pub held_since: Option<DateTime<Utc>>,
    /// How what holds at it or within it stands: failed, if one of them failed.
    pub held_as: Option<Outcome>,
    /// When it was ticked or left out.
    pub at: Option<DateTime<Utc>>,
    pub by: Option<StepBy>,
    /// A gate ticked it by a declaration that another one was taken for, and has not passed since.
    pub by_old_declaration: bool,
    /// For top-level steps of a sequential procedure, when the work on it could begin: when the step before it was done, or
    /// for the first one when the session was started.
    pub began: Option<DateTime<Utc>>,
}

impl State {
    /// A step's row; none for a step that the procedure does not have. It costs as much as there are holds and open runs.
    #[must_use]
    pub fn row(&self, step: &str) -> Option<StepRow> {
        let place = self.index.steps.place(step)?;
        let next = self.index.next().filter(|_| self.closed.is_none());
        let current = next == Some(place);
        let done = self.done.get(step);
        let held = self.held_as(|held| held == step);
        let status = match done.map(|done| &done.how) {
            _ if held.is_some() => match held {
                Some(Outcome::Fail) => StepStatus::Failed,
                _ => StepStatus::Inconclusive,
            },
            Some(HowDone::Ticked(_)) => StepStatus::Done,
            Some(HowDone::Skipped(_)) => StepStatus::Skipped,
            None if self.open_runs().any(|run| run.step == step) => StepStatus::Running,
            None if current => StepStatus::Current,
            None => StepStatus::Later,
        };
        let by = done.map(|done| match &done.how {
            HowDone::Ticked(TickedBy::Gate { .. }) => StepBy::Gate,
            HowDone::Ticked(TickedBy::Children) => StepBy::Children,
            HowDone::Ticked(TickedBy::Caution { .. }) => StepBy::Caution,
            HowDone::Ticked(TickedBy::Person) => StepBy::Person(done.actor.name().to_owned()),
            HowDone::Skipped(_) => StepBy::SkippedBy(done.actor.name().to_owned()),
        });
        let steps = &self.index.steps;
        let within = |step: &str| steps.place(step).is_some_and(|other| steps.contains(place, other));
        let held_since = self
            .unmet()
            .filter(|((step, _), _)| within(step))
            .map(|(_, hold)| hold.since);
        Some(StepRow {
            status,
            current,
            here: next.is_some_and(|next| self.index.steps.contains(place, next)),
            held_since: held_since.min(),
            held_as: self.held_as(within),
            at: done.map(|done| done.at),
            by,
            by_old_declaration: self.is_by_old_declaration(step),
            began: self.began(place),
        })
    }

    /// Whether what holds at these steps failed, or could not be compared.
    fn held_as(&self, at: impl Fn(&str) -> bool) -> Option<Outcome> {
        let held = self.unmet().filter(|((step, _), _)| at(step));
        let outcomes = held.map(|(_, hold)| self.outcome_of_hold(hold));
        outcomes.reduce(|one, other| match (one, other) {
            (Outcome::Inconclusive, Outcome::Inconclusive) => Outcome::Inconclusive,
            _ => Outcome::Fail,
        })
    }

    fn began(&self, place: Place) -> Option<DateTime<Utc>> {
        let slot = self.index.steps.slot_on_top(place).filter(|_| self.is_sequential())?;
        match slot.checked_sub(1) {
            None => self.started_at,
            Some(before) => {
                let before = self.procedure.as_ref()?.steps.get(before)?;
                self.done.get(&before.id).map(|done| done.at)
            }
        }
    }
}
