//! Steps as the outline and the track show them.

use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{State, StepBy, StepRow, StepStatus};

/// A step's row: its status, who did it and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// With the commands in flight carried out.
    pub step: StepRow,
    /// It was ticked, skipped or taken back here; the proxy has yet to accept it.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowStatus {
    /// [`Row::sending`].
    Sending,
    Of(StepStatus),
}

impl Row {
    /// What the proxy has not recorded is not shown as done.
    pub fn status(&self) -> RowStatus {
        match self.step.status {
            status @ (StepStatus::Failed | StepStatus::Inconclusive | StepStatus::Running) => RowStatus::Of(status),
            _ if self.sending => RowStatus::Sending,
            status => RowStatus::Of(status),
        }
    }

    /// The word for screen readers. What was gone on with says so.
    pub fn word(&self) -> &'static str {
        match (self.status(), &self.step.by) {
            (RowStatus::Of(StepStatus::Done), Some(StepBy::Caution)) => "done without a pass",
            (status, _) => status.word(),
        }
    }
}

impl RowStatus {
    /// The word for a status, whatever it came by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sending => "waiting to be sent",
            Self::Of(StepStatus::Done) => "done",
            Self::Of(StepStatus::Skipped) => "left out",
            Self::Of(StepStatus::Failed) => "failed",
            Self::Of(StepStatus::Inconclusive) => "inconclusive",
            Self::Of(StepStatus::Running) => "current, gate running",
            Self::Of(StepStatus::Current) => "current",
            Self::Of(StepStatus::Later) => "later",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_gone_on_with_is_not_told_as_done() {
        let row = |status, by| Row {
            step: StepRow {
                status,
                current: false,
                here: false,
                held_since: None,
                held_as: None,
                at: None,
                by,
                by_old_declaration: false,
                began: None,
            },
            sending: false,
        };
        let table = [
            (StepStatus::Done, Some(StepBy::Caution), "done without a pass"),
            (StepStatus::Done, Some(StepBy::Gate), "done"),
            (StepStatus::Failed, Some(StepBy::Caution), "failed"),
            (
                StepStatus::Skipped,
                Some(StepBy::SkippedBy("Ada".to_owned())),
                "left out",
            ),
        ];
        for (status, by, word) in table {
            assert_eq!(row(status, by).word(), word);
        }
    }
}
