//! Steps as the outline and the track show them.

use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{State, StepRow, StepStatus};

/// A step's line: how it stands, who did it and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// How the step stands with the commands on their way.
    pub step: StepRow,
    /// It is ticked, left out or taken back here; the proxy has yet to accept it.
    pub sending: bool,
}

/// Every step and sub-step in the outline's order: a step stands before its sub-steps.
pub fn steps_in_outline(state: &State) -> Vec<&Step> {
    fn walk<'a>(steps: &'a [Step], into: &mut Vec<&'a Step>) {
        for step in steps {
            into.push(step);
            walk(&step.children, into);
        }
    }
    let mut all = Vec::new();
    if let Some(procedure) = &state.procedure {
        walk(&procedure.steps, &mut all);
    }
    all
}

/// How a line stands on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowStatus {
    /// Ticked, left out or taken back here; the proxy has yet to accept it.
    Sending,
    /// As the rules say.
    Of(StepStatus),
}

impl Row {
    /// How it stands on screen: what the proxy did not record is not said to be so.
    pub fn status(&self) -> RowStatus {
        match self.step.status {
            status @ (StepStatus::Failed | StepStatus::Running) => RowStatus::Of(status),
            _ if self.sending => RowStatus::Sending,
            status => RowStatus::Of(status),
        }
    }
}

impl RowStatus {
    /// The word that is read out.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sending => "waiting to be sent",
            Self::Of(StepStatus::Done) => "done",
            Self::Of(StepStatus::Skipped) => "skipped",
            Self::Of(StepStatus::Failed) => "failed",
            Self::Of(StepStatus::Running) => "current, gate running",
            Self::Of(StepStatus::Current) => "current",
            Self::Of(StepStatus::Later) => "later",
        }
    }
}
