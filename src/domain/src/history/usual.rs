//! How long the steps of earlier sessions took.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::digest::SessionDigest;
use super::percentile::{FEWEST, percentile};
use crate::session::{SessionOutcome, StepId};

/// How long each step took in the latest completed, real sessions of the same procedure in the same environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Usual {
    /// The sessions that this is from; three at least.
    pub sessions: u32,
    /// By step. A step that was ticked in fewer than three of them is not among them.
    pub steps: BTreeMap<StepId, UsualStep>,
}

/// How long a step was the next one, without the time on hold, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsualStep {
    /// Half of them took no longer.
    pub median_ms: u64,
    /// Nine of ten took no longer.
    pub p90_ms: u64,
    /// How many of them ticked the step; three at least. 0 where an earlier version of the proxy says it.
    #[serde(default)]
    pub sessions: u32,
}

impl Usual {
    /// What was long ago says little: so many of the latest sessions are taken.
    pub const LATEST: usize = 20;

    /// By the digests of sessions of one procedure in one environment, newest first. Rehearsals, and what was not completed, are left
    /// out. None with fewer than three.
    #[must_use]
    pub fn of<'a>(digests: impl IntoIterator<Item = &'a SessionDigest>) -> Option<Self> {
        let counts = |one: &&SessionDigest| !one.rehearsal && one.outcome == SessionOutcome::Completed;
        let mut sessions = 0;
        let mut times: BTreeMap<&StepId, Vec<u64>> = BTreeMap::new();
        for digest in digests.into_iter().filter(counts).take(Self::LATEST) {
            sessions += 1;
            for step in &digest.steps {
                times.entry(&step.step).or_default().push(step.worked_ms);
            }
        }
        if sessions < FEWEST {
            return None;
        }
        let steps = times.into_iter().filter_map(|(step, mut times)| {
            times.sort_unstable();
            let (median_ms, p90_ms) = (percentile(&times, 50)?, percentile(&times, 90)?);
            let sessions = u32::try_from(times.len()).unwrap_or(u32::MAX);
            let usual = UsualStep {
                median_ms,
                p90_ms,
                sessions,
            };
            Some((step.clone(), usual))
        });
        Some(Self {
            sessions: u32::try_from(sessions).unwrap_or(u32::MAX),
            steps: steps.collect(),
        })
    }
}
