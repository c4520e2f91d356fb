//! How it goes, in one to five words.

use serde::{Deserialize, Serialize};

use super::ending::Ending;
use super::reach::{is_unverified, may_be_live};
use super::rollback::RollbackStanding;
use crate::runbook::ProcedureKind;
use crate::session::{Standing, Started, State};

/// How a session goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Headline {
    /// Nothing holds, and nothing was gone on with without a pass.
    GoingWell,
    /// Nothing holds, and a person went on without a pass.
    Caution,
    /// An emergency in which nothing holds.
    Responding,
    /// A rollback in which nothing holds, or a session whose rollback goes so.
    RollingBack,
    /// A gate holds.
    OnHold,
    /// A gate of the rollback holds.
    RollbackOnHold,
    /// A rollback was started, and nothing is known of it yet.
    RollbackStarted,
    /// Every step of the rollback is done, and the session is not closed.
    RollbackFinished,
    /// The rollback was completed, and a step of it was left out.
    RollbackLeftOut,
    /// The rollback was completed, and a person went on in it without a pass.
    RollbackCaution,
    RollbackGivenUp,
    /// A rollback of the rollback was started, so that what it did may be undone.
    RollbackUndone,
    /// Every step is done.
    Finished,
    /// A release was completed, and nothing has proved the new version, although its steps say that it went live.
    Unverified,
    /// It was completed, and a step of it was left out.
    LeftOut,
    /// It was completed, and a person went on without a pass.
    FinishedCaution,
    /// It is closed, and every step of its rollback is done.
    RolledBack,
    GivenUp,
    /// It was given up, and the new version may be live.
    GivenUpMaybeLive,
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
            Self::RollbackLeftOut => "ROLLBACK FINISHED, STEPS LEFT OUT",
            Self::RollbackCaution => "ROLLBACK FINISHED WITH CAUTION",
            Self::RollbackGivenUp => "ROLLBACK GIVEN UP",
            Self::RollbackUndone => "ROLLBACK OF THE ROLLBACK STARTED",
            Self::Finished => "FINISHED",
            Self::Unverified => "FINISHED, NEW VERSION NOT VERIFIED",
            Self::LeftOut => "FINISHED, STEPS LEFT OUT",
            Self::FinishedCaution => "FINISHED WITH CAUTION",
            Self::RolledBack => "ROLLED BACK",
            Self::GivenUp | Self::GivenUpMaybeLive => "GIVEN UP",
        }
    }

    #[must_use]
    pub const fn tone(self) -> Tone {
        match self {
            Self::GoingWell | Self::Finished => Tone::Good,
            Self::Caution
            | Self::Responding
            | Self::RollingBack
            | Self::RollbackStarted
            | Self::RollbackLeftOut
            | Self::RollbackCaution
            | Self::Unverified
            | Self::FinishedCaution => Tone::Working,
            Self::OnHold
            | Self::RollbackOnHold
            | Self::RollbackGivenUp
            | Self::RollbackUndone
            | Self::GivenUpMaybeLive => Tone::Hold,
            Self::RollbackFinished | Self::RolledBack | Self::LeftOut | Self::GivenUp => Tone::Ended,
        }
    }

    /// Whether something is wrong that customers may notice, and is not over.
    pub(super) const fn is_trouble(self) -> bool {
        matches!(
            self,
            Self::Responding
                | Self::RollingBack
                | Self::OnHold
                | Self::RollbackOnHold
                | Self::RollbackStarted
                | Self::RollbackGivenUp
                | Self::RollbackUndone
        )
    }
}

pub(super) fn headline(state: &State, started: &Started, rollback: Option<RollbackStanding>) -> Headline {
    let kind = started.acts_as();
    if let Some(headline) = rollback.and_then(|rollback| of_rollback(state, kind, rollback)) {
        return headline;
    }
    match (state.standing(), kind) {
        (Standing::Completed, _) => match Ending::of(state) {
            Ending::WithoutPass => Headline::FinishedCaution,
            _ if kind == ProcedureKind::Release && is_unverified(state, started) => Headline::Unverified,
            Ending::Done => Headline::Finished,
            Ending::LeftOut => Headline::LeftOut,
        },
        (Standing::Abandoned, ProcedureKind::Rollback) => Headline::RollbackGivenUp,
        (Standing::Abandoned, ProcedureKind::Release) if may_be_live(state, started) => Headline::GivenUpMaybeLive,
        (Standing::Abandoned, _) => Headline::GivenUp,
        // Only a log that was not made by the rules has no rollback here.
        (Standing::RollingBack | Standing::RolledBack, _) => Headline::RollbackStarted,
        (Standing::Hold, ProcedureKind::Rollback) => Headline::RollbackOnHold,
        (Standing::Hold, _) => Headline::OnHold,
        (Standing::Go, ProcedureKind::Rollback) => Headline::RollingBack,
        (Standing::Go, ProcedureKind::Emergency) => Headline::Responding,
        (Standing::Go, _) if !state.cautions.is_empty() => Headline::Caution,
        (Standing::Go, _) => Headline::GoingWell,
    }
}

/// What the rollback makes of the headline, however and whenever it was started. An emergency goes on beside its rollback, and has its
/// own headline again when both are over well.
fn of_rollback(state: &State, kind: ProcedureKind, rollback: RollbackStanding) -> Option<Headline> {
    let standing = state.standing();
    let own = match standing {
        Standing::Go | Standing::Hold => true,
        Standing::Completed | Standing::Abandoned => {
            kind == ProcedureKind::Emergency && rollback == RollbackStanding::Finished(Ending::Done)
        }
        Standing::RollingBack | Standing::RolledBack => false,
    };
    if own {
        return None;
    }
    Some(match rollback {
        RollbackStanding::Unknown => Headline::RollbackStarted,
        RollbackStanding::Open => Headline::RollingBack,
        RollbackStanding::Undone => Headline::RollbackUndone,
        RollbackStanding::Held => Headline::RollbackOnHold,
        RollbackStanding::Finished(Ending::Done) if state.closed.is_some() => Headline::RolledBack,
        RollbackStanding::Finished(Ending::Done) => Headline::RollbackFinished,
        RollbackStanding::Finished(Ending::LeftOut) => Headline::RollbackLeftOut,
        RollbackStanding::Finished(Ending::WithoutPass) => Headline::RollbackCaution,
        RollbackStanding::GivenUp => Headline::RollbackGivenUp,
    })
}
