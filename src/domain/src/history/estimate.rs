//! When a session that goes on is likely to end.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, TimeDelta, Utc};

use super::usual::Usual;
use crate::runbook::{ProcedureKind, Step};
use crate::session::{State, StepId};

/// What the times are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Earlier sessions of the same procedure in the same environment.
    Earlier { sessions: u32 },
    /// The runbook, which says of steps how long they take.
    Runbook,
}

/// What is left of a session, as of its last event.
#[derive(Clone, Debug, PartialEq)]
pub struct Remaining {
    basis: Basis,
    kind: ProcedureKind,
    /// The step at hand, where its time is known.
    current: Option<Current>,
    /// Milliseconds for the steps after it: half of the earlier sessions took no longer at each, and nine of ten.
    rest: (u64, u64),
    /// Steps that are left, and those of them whose time is not known.
    left: u32,
    uncounted: u32,
    on_hold: bool,
    /// Up to when the time at the step at hand is counted.
    until: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
struct Current {
    label: String,
    worked: TimeDelta,
    takes: (u64, u64),
}

/// When a session is likely to end, at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    pub basis: Basis,
    pub kind: ProcedureKind,
    /// Nobody knows how long a hold lasts, so that there is no end to be told, only what is left.
    pub on_hold: bool,
    /// The step at hand takes longer than it should, so that there is no end to be told, only what comes after it.
    pub overdue: Option<Overdue>,
    /// The moment.
    pub now: DateTime<Utc>,
    /// What is left from now on: at each step as long as half of the earlier sessions took at most. Without the step that is overdue.
    pub least: TimeDelta,
    /// The same, with as long as nine of ten took at most. By the runbook, both are the same.
    pub most: TimeDelta,
    /// Steps that are left.
    pub left: u32,
    /// Those of them of which nothing is known, so that they are in neither.
    pub uncounted: u32,
}

/// A step that takes longer than it should.
#[derive(Clone, Debug, PartialEq)]
pub struct Overdue {
    /// Its number and title.
    pub step: String,
    /// Without the time on hold.
    pub taken: TimeDelta,
    /// What nine of ten earlier sessions took at most, or what the runbook says.
    pub most: TimeDelta,
}

impl Remaining {
    /// What is left of a session, by earlier sessions or else by the runbook's own times. None where nothing is known, before the
    /// start, after the last step, once a rollback has taken over and once it is closed. Of a rehearsal, earlier sessions say nothing.
    #[must_use]
    pub fn of(state: &State, usual: Option<&Usual>) -> Option<Self> {
        let started = state.started.as_deref()?;
        let next = state.next_step()?;
        if state.closed.is_some() || state.is_being_undone() {
            return None;
        }
        let usual = usual.filter(|_| !started.rehearsal);
        let by_usual = usual.and_then(|usual| {
            let sum = Sum::of(state, &next.id, &started.procedure.steps, Some(usual));
            sum.has_earlier.then_some((usual.sessions, sum))
        });
        let (basis, sum) = match by_usual {
            Some((sessions, sum)) => (Basis::Earlier { sessions }, sum),
            None => (Basis::Runbook, Sum::of(state, &next.id, &started.procedure.steps, None)),
        };
        if sum.left == sum.uncounted {
            return None;
        }
        let worked = state.step_times().get(&next.id).copied().unwrap_or_default().worked;
        Some(Self {
            basis,
            kind: started.procedure.kind,
            current: sum.current.map(|takes| Current {
                label: state.step_label(&next.id),
                worked,
                takes,
            }),
            rest: sum.rest,
            left: sum.left,
            uncounted: sum.uncounted,
            on_hold: !state.holds.is_empty(),
            until: state.counted_until()?,
        })
    }

    /// The same at a moment, which is not before the last event.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>) -> Estimate {
        let (mut least, mut most) = (millis(self.rest.0), millis(self.rest.1));
        let mut overdue = None;
        if let Some(Current { label, worked, takes }) = &self.current {
            let since = match self.on_hold {
                true => TimeDelta::zero(),
                false => (now - self.until).max(TimeDelta::zero()),
            };
            let taken = *worked + since;
            let takes = (millis(takes.0), millis(takes.1));
            // A step that takes no time that people notice is not late after a second.
            if taken > takes.1 + GRACE {
                let step = label.clone();
                overdue = Some(Overdue {
                    step,
                    taken,
                    most: takes.1,
                });
            } else {
                least += (takes.0 - taken).max(TimeDelta::zero());
                most += (takes.1 - taken).max(TimeDelta::zero());
            }
        }
        Estimate {
            basis: self.basis,
            kind: self.kind,
            on_hold: self.on_hold,
            overdue,
            now,
            least,
            most,
            left: self.left,
            uncounted: self.uncounted,
        }
    }
}

/// A step may take so much longer before it is said to be late: the words count in minutes.
const GRACE: TimeDelta = TimeDelta::seconds(60);

/// The times of the steps that are left.
#[derive(Default)]
struct Sum {
    current: Option<(u64, u64)>,
    rest: (u64, u64),
    left: u32,
    uncounted: u32,
    has_earlier: bool,
}

impl Sum {
    fn of(state: &State, next: &StepId, steps: &[Step], usual: Option<&Usual>) -> Self {
        let mut sum = Self::default();
        match usual {
            Some(usual) => sum.add_usual(state, next, steps, usual),
            None => sum.add_given(state, next, steps),
        }
        sum
    }

    fn add_usual(&mut self, state: &State, next: &StepId, steps: &[Step], usual: &Usual) {
        for step in steps.iter().filter(|step| !state.is_done(&step.id)) {
            self.add_usual(state, next, &step.children, usual);
            // It is done when its sub-steps are.
            if !step.children.is_empty() && step.gates.is_empty() {
                continue;
            }
            let earlier = usual.steps.get(&step.id).map(|step| (step.median_ms, step.p90_ms));
            self.has_earlier |= earlier.is_some();
            self.add(step.id == *next, earlier.or_else(|| given(step)));
        }
    }

    /// A time that the runbook gives a step is for its sub-steps, too.
    fn add_given(&mut self, state: &State, next: &StepId, steps: &[Step]) {
        for step in steps.iter().filter(|step| !state.is_done(&step.id)) {
            let given = given(step);
            if given.is_none() {
                self.add_given(state, next, &step.children);
                if !step.children.is_empty() && step.gates.is_empty() {
                    continue;
                }
            }
            self.add(step.id == *next, given);
        }
    }

    fn add(&mut self, is_next: bool, takes: Option<(u64, u64)>) {
        self.left += 1;
        match takes {
            None => self.uncounted += 1,
            Some(takes) if is_next => self.current = Some(takes),
            Some((least, most)) => {
                self.rest = (self.rest.0.saturating_add(least), self.rest.1.saturating_add(most));
            }
        }
    }
}

fn given(step: &Step) -> Option<(u64, u64)> {
    let millis = step.timebox_seconds?.saturating_mul(1_000);
    Some((millis, millis))
}

/// A hundred years are enough for everybody.
fn millis(count: u64) -> TimeDelta {
    const MOST: i64 = 100 * 365 * 86_400_000;
    TimeDelta::milliseconds(i64::try_from(count).unwrap_or(MOST).min(MOST))
}
