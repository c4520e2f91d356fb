//! When the faults of a plan are on.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::runbook::{Procedure, Step};
use crate::session::{DrillPlan, DrillTrigger, Event, Record, StepId};

/// When a fault of a plan is on: from its strike until, and not at, its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultWindow {
    /// The fault's id.
    pub fault: String,
    /// When it strikes.
    pub from: DateTime<Utc>,
    /// Absent as long as nothing is known to end it.
    pub until: Option<DateTime<Utc>>,
}

impl FaultWindow {
    /// Whether the fault is on at a moment.
    #[must_use]
    pub fn is_on(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// Whether the fault was on at some moment of a span.
    pub(super) fn meets(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        self.from <= to && self.until.is_none_or(|until| from < until)
    }
}

/// What happened in a session that a plan's faults count from: a fold of its events.
#[derive(Clone, Debug, Default)]
pub struct DrillClock {
    /// The steps of the procedure in the order of work, each with what it is waited for by.
    steps: Vec<Awaited>,
    done: BTreeSet<StepId>,
    /// What happened first, in the order of its happening.
    seen: Vec<(Mark, DateTime<Utc>)>,
    ended: Option<DateTime<Utc>>,
}

/// A step, and what can be waited for until it is its turn.
#[derive(Clone, Debug)]
struct Awaited {
    step: StepId,
    live: bool,
    gates: Vec<String>,
}

/// Something that a trigger waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    Start,
    Live,
    Reached(String),
    Asked(String),
}

impl DrillClock {
    /// Takes the next event.
    pub fn add(&mut self, record: &Record) {
        let at = record.at;
        match &record.event {
            Event::SessionStarted(started) if self.steps.is_empty() => {
                self.steps = awaited(&started.procedure);
                self.note(Mark::Start, at);
            }
            Event::StepTicked { step, .. } | Event::StepSkipped { step, .. } => {
                self.reached(step, at);
                self.done.insert(step.clone());
            }
            Event::StepUnticked { step, .. } => {
                self.done.remove(step);
            }
            Event::GateStarted { step, gate, .. } | Event::GateObserved { step, gate, .. } => {
                self.reached(step, at);
                self.note(Mark::Asked(gate.clone()), at);
            }
            Event::WorkConfirmed { step } => self.reached(step, at),
            Event::RollbackStarted { .. } | Event::SessionClosed { .. } => {
                self.ended.get_or_insert(at);
            }
            _ => return,
        }
        let next = self.steps.iter().find(|one| !self.done.contains(&one.step));
        if let Some(step) = next.map(|one| one.step.clone()) {
            self.reached(&step, at);
        }
    }

    /// When each fault of a plan is on, in the plan's order, by what happened so far. Nothing for one that has not struck and, by
    /// what is known, will not.
    #[must_use]
    pub fn windows(&self, plan: &DrillPlan) -> Vec<Option<FaultWindow>> {
        let window = |fault: &crate::session::PlannedFault| {
            let mark = match &fault.from {
                DrillTrigger::Start => Mark::Start,
                DrillTrigger::BeforeLive => Mark::Live,
                DrillTrigger::BeforeGate { gate } => Mark::Reached(gate.clone()),
                DrillTrigger::Asked { gate } => Mark::Asked(gate.clone()),
            };
            let since = self.seen.iter().find(|(seen, _)| *seen == mark).map(|(_, at)| *at)?;
            let from = later(since, fault.after_seconds)?;
            let lasts = fault.lasts_seconds.and_then(|seconds| later(from, seconds));
            let until = [lasts, self.ended].into_iter().flatten().min();
            // A fault that would strike after the end strikes never.
            until.is_none_or(|until| from < until).then(|| FaultWindow {
                fault: fault.fault.clone(),
                from,
                until,
            })
        };
        plan.faults.iter().map(window).collect()
    }

    fn reached(&mut self, step: &str, at: DateTime<Utc>) {
        let Some(awaited) = self.steps.iter().find(|one| one.step == step) else {
            return;
        };
        let Awaited { live, gates, .. } = awaited.clone();
        if live {
            self.note(Mark::Live, at);
        }
        for gate in gates {
            self.note(Mark::Reached(gate), at);
        }
    }

    fn note(&mut self, mark: Mark, at: DateTime<Utc>) {
        if !self.seen.iter().any(|(seen, _)| *seen == mark) {
            self.seen.push((mark, at));
        }
    }
}

fn later(at: DateTime<Utc>, seconds: u64) -> Option<DateTime<Utc>> {
    at.checked_add_signed(TimeDelta::try_seconds(i64::try_from(seconds).ok()?)?)
}

/// A sub-step is worked on before the step that it belongs to, so that it is waited for by what that one has.
fn awaited(procedure: &Procedure) -> Vec<Awaited> {
    fn walk(step: &Step, live: bool, gates: &[String], into: &mut Vec<Awaited>) {
        let live = live || step.live;
        let gates: Vec<String> = gates.iter().chain(&step.gates).cloned().collect();
        for child in &step.children {
            walk(child, live, &gates, into);
        }
        into.push(Awaited {
            step: step.id.clone(),
            live,
            gates,
        });
    }
    let mut all = Vec::new();
    for step in &procedure.steps {
        walk(step, false, &[], &mut all);
    }
    all
}
