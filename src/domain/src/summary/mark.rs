//! The mark beside a headline. Page, picture and first answer draw the same one, in the same colour.

use serde::{Deserialize, Serialize};

use super::headline::{Headline, Tone};

/// What is drawn beside a headline. Its colour follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Mark {
    /// A disc, green: nothing is wrong, or it ended well.
    Go,
    /// Two bars, amber: on hold.
    Hold,
    /// An arrow back, amber: it is being undone, or was.
    Back,
    /// A triangle, amber: work against a problem, or with a known risk.
    Alert,
    /// An open ring, grey: it ended otherwise than planned.
    Wait,
}

impl Mark {
    /// As in JSON, and in the page's styles.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Hold => "hold",
            Self::Back => "back",
            Self::Alert => "alert",
            Self::Wait => "wait",
        }
    }
}

impl Headline {
    /// Only what is good is green.
    #[must_use]
    pub const fn mark(self) -> Mark {
        match (self.tone(), self) {
            (Tone::Good, _) => Mark::Go,
            (Tone::Hold, _) => Mark::Hold,
            (Tone::Working, Self::RollingBack | Self::RollbackStarted) => Mark::Back,
            (Tone::Working, _) => Mark::Alert,
            (Tone::Ended, Self::RolledBack | Self::RollbackFinished) => Mark::Back,
            (Tone::Ended, _) => Mark::Wait,
        }
    }
}
