//! Drills, as they are chosen and as they are looked back on.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::drill::{FaultScore, Unfollowed};
use crate::session::{SessionId, SessionOutcome};

/// Characters that a seed may have.
pub const SEED_LIMIT: usize = 64;

/// Which drill a rehearsal is to be, in [`super::StartSession`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChooseDrill {
    /// Its id in `rehearsal.toml`; null or absent to have one drawn of those that can be had here, which nobody is told.
    #[serde(default)]
    pub id: Option<String>,
    /// The same drill with the same seed repeats it: 1 to 64 characters. Null or absent to have one drawn.
    #[serde(default)]
    pub seed: Option<String>,
}

/// `GET /api/rehearsal/drills`: a drill that can be chosen. Nothing here says which faults strike, nor when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillOffer {
    pub id: String,
    pub title: String,
    pub description: String,
}

/// `GET /api/runbooks/{name}/drills`: the drills of a runbook that are over, newest first, and what its rehearsals could not follow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillHistory {
    /// At most 20.
    pub drills: Vec<DrillEntry>,
    /// Of the latest 20 rehearsals that said so of a step, newest first.
    pub not_followed: Vec<Unfollowed>,
}

/// One drill of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillEntry {
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub session: SessionId,
    pub started: DateTime<Utc>,
    pub captain: String,
    pub procedure_title: String,
    /// The environment's name in `gates.toml` when it was started.
    #[serde(default)]
    pub environment: String,
    pub outcome: Option<SessionOutcome>,
    /// The drill's id; null where its plan was lost.
    pub drill: Option<String>,
    pub title: Option<String>,
    pub seed: Option<String>,
    pub faults: Vec<FaultScore>,
    /// Wrong turns.
    pub turns: u32,
}

impl DrillEntry {
    /// Faults that struck, and those of them that were noticed.
    #[must_use]
    pub fn struck_and_noticed(&self) -> (usize, usize) {
        let struck = self.faults.iter().filter(|fault| fault.struck.is_some());
        let noticed = struck.clone().filter(|fault| fault.noticed.is_some());
        (struck.count(), noticed.count())
    }

    /// The longest time to notice a fault, where every fault that struck was noticed.
    #[must_use]
    pub fn notice_seconds(&self) -> Option<u64> {
        let (struck, noticed) = self.struck_and_noticed();
        let times = self
            .faults
            .iter()
            .filter_map(|fault| Some(fault.noticed.as_ref()?.seconds));
        times.max().filter(|_| struck == noticed)
    }

    /// The longest time to decide.
    #[must_use]
    pub fn decide_seconds(&self) -> Option<u64> {
        let times = self
            .faults
            .iter()
            .filter_map(|fault| Some(fault.decided.as_ref()?.seconds));
        times.max()
    }

    /// The time to roll back.
    #[must_use]
    pub fn roll_back_seconds(&self) -> Option<u64> {
        self.faults.iter().filter_map(|fault| fault.roll_back_seconds).max()
    }
}

impl DrillHistory {
    /// The one before an entry that was the same drill.
    #[must_use]
    pub fn before(&self, at: usize) -> Option<&DrillEntry> {
        let drill = self.drills.get(at)?.drill.as_ref()?;
        self.drills
            .get(at + 1..)?
            .iter()
            .find(|one| one.drill.as_ref() == Some(drill))
    }
}
