//! How it goes, in one to four words.

use serde::{Deserialize, Serialize};

use super::RollbackStanding;
use crate::runbook::ProcedureKind;
use crate::session::{Standing, State};

/// How a session goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Headline {
    /// Nothing holds, and nothing was gone on with without a pass.
    GoingWell,
    /// Nothing holds, and a person went on without a pass.
    Caution,
    /// An emergency in which nothing holds.
    Responding,
    /// A rollback in which nothing holds, or a release whose rollback goes so.
    RollingBack,
    /// A gate holds.
    OnHold,
    /// A gate of the rollback holds.
    RollbackOnHold,
    /// A rollback was started, and nothing is known of it yet.
    RollbackStarted,
    RollbackFinished,
    RollbackGivenUp,
    /// Every step is done.
    Finished,
    /// It was closed as rolled back, and every step of its rollback is done.
    RolledBack,
    GivenUp,
}

/// How urgent a headline is. It is never told by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Tone {
    Good,
    /// Work against a problem, or with a known risk.
    Working,
    Hold,
    /// It ended otherwise than planned.
    Ended,
}

impl Headline {
    /// In capitals.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::GoingWell => "GOING WELL",
            Self::Caution => "GOING ON WITH CAUTION",
            Self::Responding => "RESPONDING",
            Self::RollingBack => "ROLLING BACK",
            Self::OnHold => "ON HOLD",
            Self::RollbackOnHold => "ROLLBACK ON HOLD",
            Self::RollbackStarted => "ROLLBACK STARTED",
            Self::RollbackFinished => "ROLLBACK FINISHED",
            Self::RollbackGivenUp => "ROLLBACK GIVEN UP",
            Self::Finished => "FINISHED",
            Self::RolledBack => "ROLLED BACK",
            Self::GivenUp => "GIVEN UP",
        }
    }

    #[must_use]
    pub const fn tone(self) -> Tone {
        match self {
            Self::GoingWell | Self::Finished => Tone::Good,
            Self::Caution | Self::Responding | Self::RollingBack | Self::RollbackStarted => Tone::Working,
            Self::OnHold | Self::RollbackOnHold | Self::RollbackGivenUp => Tone::Hold,
            Self::RollbackFinished | Self::RolledBack | Self::GivenUp => Tone::Ended,
        }
    }
}

pub(super) fn headline(state: &State, kind: ProcedureKind, rollback: Option<RollbackStanding>) -> Headline {
    match (state.standing(), kind) {
        (Standing::Completed, _) => Headline::Finished,
        (Standing::Abandoned, ProcedureKind::Rollback) => Headline::RollbackGivenUp,
        (Standing::Abandoned, _) => Headline::GivenUp,
        (Standing::RollingBack | Standing::RolledBack, _) => match rollback {
            None => Headline::RollbackStarted,
            Some(RollbackStanding::Open { .. } | RollbackStanding::Undone) => Headline::RollingBack,
            Some(RollbackStanding::Held { .. }) => Headline::RollbackOnHold,
            Some(RollbackStanding::Finished) if state.closed.is_some() => Headline::RolledBack,
            Some(RollbackStanding::Finished) => Headline::RollbackFinished,
            Some(RollbackStanding::GivenUp { .. }) => Headline::RollbackGivenUp,
        },
        (Standing::Hold, ProcedureKind::Rollback) => Headline::RollbackOnHold,
        (Standing::Hold, _) => Headline::OnHold,
        (Standing::Go, ProcedureKind::Rollback) => Headline::RollingBack,
        (Standing::Go, ProcedureKind::Emergency) => Headline::Responding,
        (Standing::Go, _) if !state.cautions.is_empty() => Headline::Caution,
        (Standing::Go, _) => Headline::GoingWell,
    }
}
