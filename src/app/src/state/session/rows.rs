//! Steps as the outline and the track show them: derived from the state, never stored.

use chrono::{DateTime, Utc};
use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{HowDone, State, TickedBy};

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepStatus {
    /// Ticked or left out here; the proxy has yet to accept it.
    Sending,
    /// Ticked.
    Done,
    /// Left out.
    Skipped,
    /// A gate of it holds.
    Failed,
    /// A gate of it is running.
    Running,
    /// The next one to be done.
    Current,
    /// Not yet.
    Later,
}

impl StepStatus {
    /// The word that is read out.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sending => "waiting to be sent",
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::Running => "current, gate running",
            Self::Current => "current",
            Self::Later => "later",
        }
    }
}

/// One line of the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// How it stands.
    pub status: StepStatus,
    /// It is the one to be done next.
    pub current: bool,
    /// When it was done.
    pub at: Option<DateTime<Utc>>,
    /// Who did it; `gate` where a gate did.
    pub who: Option<String>,
}

impl StepStatus {
    /// The same, where what the proxy recorded does not have the step done: then it is not said to be done.
    pub fn as_recorded(self, confirmed: &State, step: &str) -> Self {
        match self {
            Self::Done | Self::Skipped if !confirmed.is_done(step) => Self::Sending,
            other => other,
        }
    }
}

/// How each step stands, in the outline's order: a step before its sub-steps.
pub fn step_rows(state: &State) -> Vec<(String, StepRow)> {
    fn walk(state: &State, next: Option<&str>, steps: &[Step], into: &mut Vec<(String, StepRow)>) {
        for step in steps {
            into.push((step.id.clone(), step_row(state, next, step)));
            walk(state, next, &step.children, into);
        }
    }
    let mut rows = Vec::new();
    let next = state.next_step().map(|step| step.id.clone());
    if let Some(procedure) = &state.procedure {
        walk(state, next.as_deref(), &procedure.steps, &mut rows);
    }
    rows
}

/// How one step stands, where this is the next one to be done.
pub fn step_row(state: &State, next: Option<&str>, step: &Step) -> StepRow {
    let done = state.done.get(&step.id);
    let current = next == Some(step.id.as_str()) && state.closed.is_none();
    // A gate that holds comes first: a step that was done and fails now is not shown as done.
    let held = state.holds.keys().any(|(held, _)| *held == step.id);
    let status = match done.map(|done| &done.how) {
        _ if held => StepStatus::Failed,
        Some(HowDone::Ticked(_)) => StepStatus::Done,
        Some(HowDone::Skipped(_)) => StepStatus::Skipped,
        None if state.open_runs().any(|run| run.step == step.id) => StepStatus::Running,
        None if current => StepStatus::Current,
        None => StepStatus::Later,
    };
    let who = done.map(|done| match &done.how {
        HowDone::Ticked(TickedBy::Gate { .. }) => "gate".to_owned(),
        HowDone::Ticked(TickedBy::Children) => "sub-steps".to_owned(),
        HowDone::Ticked(TickedBy::Person) => done.actor.name().to_owned(),
        HowDone::Skipped(_) => format!("skipped by {}", done.actor.name()),
    });
    StepRow {
        status,
        current,
        at: done.map(|done| done.at),
        who,
    }
}
