//! When a session that goes on is likely to end.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, TimeDelta, Utc};

use super::minutes::minutes_up;
use super::usual::Usual;
use crate::runbook::{Order, ProcedureKind, Step};
use crate::session::{State, StepId};

/// What a time, or the times of a session, are from.
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
    /// Steps after the one at hand whose time is the runbook's, where the others' are from earlier sessions.
    by_runbook: u32,
    on_hold: bool,
    /// Up to when the time at the step at hand is counted.
    until: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
struct Current {
    label: String,
    worked: TimeDelta,
    takes: (u64, u64),
    source: Basis,
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
    pub now: DateTime<Utc>,
    /// What is left from now on: at each step as long as half of the earlier sessions took at most. Without the step that is overdue.
    pub least: TimeDelta,
    /// The same, with as long as nine of ten took at most. By the runbook, both are the same.
    pub most: TimeDelta,
    /// Steps that are left.
    pub left: u32,
    /// Those of them of which nothing is known, so that they are in neither.
    pub uncounted: u32,
    /// Those of them that are counted by the runbook's time, where the others are by earlier sessions.
    pub by_runbook: u32,
}

/// A step that takes longer than it should.
#[derive(Clone, Debug, PartialEq)]
pub struct Overdue {
    /// Its plain title.
    pub step: String,
    /// Without the time on hold.
    pub taken: TimeDelta,
    /// What nine of ten earlier sessions took at most, or what the runbook says.
    pub most: TimeDelta,
    /// Which of the two: of earlier sessions, those that ticked this step.
    pub source: Basis,
}

impl Remaining {
    /// What is left of a session, by earlier sessions or else by the runbook's own times. None where nothing is known, before the
    /// start, after the last step, once a rollback has taken over and once it is closed. Of a rehearsal, earlier sessions say nothing,
    /// and of a procedure whose steps are done in any order, nobody knows at which one the work is.
    #[must_use]
    pub fn of(state: &State, usual: Option<&Usual>) -> Option<Self> {
        let started = state.started.as_deref()?;
        let next = state.next_step()?;
        let in_order = started.procedure.order == Order::Sequential;
        if !in_order || state.closed.is_some() || state.is_being_undone() {
            return None;
        }
        let usual = usual.filter(|_| !started.rehearsal);
        let by_usual = usual.and_then(|usual| {
            let sum = Sum::of(state, &next.id, &started.procedure.steps, Some(usual));
            (sum.by_earlier > 0).then_some((usual.sessions, sum))
        });
        let (basis, sum) = match by_usual {
            Some((sessions, sum)) => (Basis::Earlier { sessions }, sum),
            None => (Basis::Runbook, Sum::of(state, &next.id, &started.procedure.steps, None)),
        };
        if sum.left == sum.uncounted {
            return None;
        }
        Some(Self {
            basis,
            kind: started.procedure.kind,
            current: sum.current,
            rest: sum.rest,
            left: sum.left,
            uncounted: sum.uncounted,
            by_runbook: match basis {
                Basis::Earlier { .. } => sum.by_runbook,
                Basis::Runbook => 0,
            },
            on_hold: !state.holds.is_empty(),
            until: state.counted_until()?,
        })
    }

    /// The same at a moment, which is not before the last event.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>) -> Estimate {
        let (mut least, mut most) = (millis(self.rest.0), millis(self.rest.1));
        let (mut overdue, mut by_runbook) = (None, self.by_runbook);
        if let Some(Current {
            label,
            worked,
            takes,
            source,
        }) = &self.current
        {
            let since = match self.on_hold {
                true => TimeDelta::zero(),
                false => (now - self.until).max(TimeDelta::zero()),
            };
            let taken = *worked + since;
            let takes = (millis(takes.0), millis(takes.1));
            // As the words count: what it has taken is a minute more than what it takes.
            if taken.num_minutes() > minutes_up(takes.1) {
                let step = label.clone();
                overdue = Some(Overdue {
                    step,
                    taken,
                    most: takes.1,
                    source: *source,
                });
            } else {
                by_runbook += u32::from(self.basis != Basis::Runbook && *source == Basis::Runbook);
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
            by_runbook,
        }
    }
}

/// The times of the steps that are left.
#[derive(Default)]
struct Sum {
    current: Option<Current>,
    rest: (u64, u64),
    left: u32,
    uncounted: u32,
    /// Steps whose time is from earlier sessions.
    by_earlier: u32,
    /// Steps after the one at hand whose time is the runbook's.
    by_runbook: u32,
}

/// How long a step takes, half and nine of ten, and by what.
type Known = ((u64, u64), Basis);

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
            let earlier = usual.steps.get(&step.id).map(|known| {
                let sessions = match known.sessions {
                    0 => usual.sessions,
                    sessions => sessions,
                };
                ((known.median_ms, known.p90_ms), Basis::Earlier { sessions })
            });
            self.by_earlier += u32::from(earlier.is_some());
            // What the runbook gives a step with sub-steps is for them, too, and they are counted by themselves.
            let given = || given(step).filter(|_| step.children.is_empty());
            let current = (step.id == *next).then(|| (step.plain_title().to_owned(), time_of(state, step, false)));
            self.add(current, earlier.or_else(given));
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
            let (is_current, with_sub_steps) = match given {
                Some(_) => (step.contains(next), true),
                None => (step.id == *next, false),
            };
            let current = is_current.then(|| (step.plain_title().to_owned(), time_of(state, step, with_sub_steps)));
            self.add(current, given);
        }
    }

    /// Adds a step; of the one at hand, its plain title and how long it has been worked on.
    fn add(&mut self, current: Option<(String, TimeDelta)>, known: Option<Known>) {
        self.left += 1;
        match (known, current) {
            (None, _) => self.uncounted += 1,
            (Some((takes, source)), Some((label, worked))) => {
                self.current = Some(Current {
                    label,
                    worked,
                    takes,
                    source,
                });
            }
            (Some(((least, most), source)), None) => {
                self.by_runbook += u32::from(source == Basis::Runbook);
                self.rest = (self.rest.0.saturating_add(least), self.rest.1.saturating_add(most));
            }
        }
    }
}

fn given(step: &Step) -> Option<Known> {
    let millis = step.timebox_seconds?.saturating_mul(1_000);
    Some(((millis, millis), Basis::Runbook))
}

/// How long a step has been worked on so far, alone or with its sub-steps.
fn time_of(state: &State, step: &Step, with_sub_steps: bool) -> TimeDelta {
    let own = state
        .step_times()
        .get(&step.id)
        .map_or(TimeDelta::zero(), |time| time.worked);
    let within = step.children.iter().filter(|_| with_sub_steps);
    within.fold(own, |sum, child| sum + time_of(state, child, true))
}

/// A hundred years are enough for everybody.
fn millis(count: u64) -> TimeDelta {
    const MOST: i64 = 100 * 365 * 86_400_000;
    TimeDelta::milliseconds(i64::try_from(count).unwrap_or(MOST).min(MOST))
}
