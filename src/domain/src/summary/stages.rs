//! The top-level steps of a session, in plain words.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ending::Ending;
use super::rollback::RollbackStanding;
use crate::runbook::{Order, Procedure, ProcedureKind, Step};
use crate::session::{HowDone, State};

/// A top-level step, in plain words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stage {
    pub title: String,
    pub status: StageStatus,
    /// When it was done, or when its gate began to hold.
    pub at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum StageStatus {
    Done,
    LeftOut,
    /// It is done, and a person decided to go on although a gate of it or of a sub-step did not pass, which has not passed since.
    WithoutPass,
    /// A gate of the step or of a sub-step holds, or held when a rollback was started, whether or not the step was done before.
    Held,
    Now,
    Later,
    /// It was done before a rollback was started, and whether that is undone is not known.
    DoneBefore,
    /// It was done, and every step of the rollback is done. That this undid it is the runbook's word, and is not told.
    Undone,
    /// It is not done, and will not be.
    NotDone,
}

impl StageStatus {
    /// Shown with each stage, so that what is not reached is not read as if it were so.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::LeftOut => "Left out",
            Self::WithoutPass => "Gone on with, without a pass",
            Self::Held => "Stopped here",
            Self::Now => "Now",
            Self::Later => "Later",
            Self::DoneBefore | Self::Undone => "Done before the rollback",
            Self::NotDone => "Not done",
        }
    }
}

/// The stages of the procedure, in its order.
pub(super) fn stages(state: &State, procedure: &Procedure, rollback: Option<RollbackStanding>) -> Vec<Stage> {
    // An emergency is not what its rollback undoes.
    let rollback = rollback.filter(|_| procedure.kind != ProcedureKind::Emergency);
    let done_word = match rollback {
        None => StageStatus::Done,
        Some(RollbackStanding::Finished(Ending::Done)) => StageStatus::Undone,
        Some(_) => StageStatus::DoneBefore,
    };
    let next = procedure.steps.iter().position(|step| !state.is_done(&step.id));
    let any_order = procedure.order == Order::Any;
    let stage = |(index, step): (usize, &Step)| {
        let done = state.done.get(&step.id);
        let held = state
            .unmet()
            .filter(|((held, _), _)| step.contains(held))
            .map(|(_, hold)| hold.since)
            .min();
        let (status, at) = match (done.map(|done| &done.how), held) {
            // A gate that holds comes first: a stage that was done and fails now is not told as done.
            (_, Some(since)) => (StageStatus::Held, Some(since)),
            (Some(HowDone::Ticked(_)), None) if state.has_part_without_pass(step) => {
                (StageStatus::WithoutPass, done.map(|done| done.at))
            }
            (Some(HowDone::Ticked(_)), None) => (done_word, done.map(|done| done.at)),
            (Some(HowDone::Skipped(_)), None) => (StageStatus::LeftOut, done.map(|done| done.at)),
            (None, None) if state.closed.is_some() || state.is_being_undone() => (StageStatus::NotDone, None),
            (None, None) if any_order && state.open_runs().any(|run| step.contains(&run.step)) => {
                (StageStatus::Now, None)
            }
            (None, None) if !any_order && next == Some(index) => (StageStatus::Now, None),
            (None, None) => (StageStatus::Later, None),
        };
        Stage {
            title: step.plain_title().to_owned(),
            status,
            at,
        }
    };
    procedure.steps.iter().enumerate().map(stage).collect()
}
