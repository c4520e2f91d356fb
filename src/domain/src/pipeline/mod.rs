//! A pipeline's run beside the stages that a runbook explains. Nothing here asks anybody, and nothing is ticked by it.
//!
//! Only what was seen is said: a stage is green when everything in which it was recognised is completed with success, and a stage that
//! was recognised in nothing is never green.

mod recognise;
mod stems;
mod tell;

use crate::wire::{PipelineGuide, PipelineStage, PipelineStanding, SeenPart};

pub use recognise::Recogniser;
pub use tell::{Told, is_over, stage_remark, stage_words, told};

/// A job of a run, as GitHub tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// As GitHub names it.
    pub name: String,
    /// How it stands as a whole.
    pub standing: PipelineStanding,
    /// Its steps, in order; none before it has begun.
    pub steps: Vec<SeenPart>,
}

impl PipelineStanding {
    /// Every one.
    pub const ALL: [Self; 13] = [
        Self::Waiting,
        Self::Running,
        Self::Succeeded,
        Self::Failed,
        Self::TimedOut,
        Self::Cancelled,
        Self::Skipped,
        Self::ActionRequired,
        Self::Neutral,
        Self::Stale,
        Self::Partly,
        Self::NotSeen,
        Self::Unclear,
    ];

    /// GitHub's two words. Only `completed` with `success` is a success.
    #[must_use]
    pub fn of(status: &str, conclusion: Option<&str>) -> Self {
        match (status, conclusion) {
            ("queued" | "pending" | "requested", _) => Self::Waiting,
            // For a rule of its environment, such as an approval.
            ("waiting", _) => Self::ActionRequired,
            ("in_progress", _) => Self::Running,
            ("completed", Some("success")) => Self::Succeeded,
            ("completed", Some("failure" | "startup_failure")) => Self::Failed,
            ("completed", Some("timed_out")) => Self::TimedOut,
            ("completed", Some("cancelled")) => Self::Cancelled,
            ("completed", Some("skipped")) => Self::Skipped,
            ("completed", Some("action_required")) | ("action_required", _) => Self::ActionRequired,
            ("completed", Some("neutral")) => Self::Neutral,
            ("completed", Some("stale")) => Self::Stale,
            _ => Self::Unclear,
        }
    }

    /// It ended otherwise than it should, and somebody has to look.
    #[must_use]
    pub fn has_failed(self) -> bool {
        matches!(self, Self::Failed | Self::TimedOut)
    }

    /// For people, on their own or after a name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::TimedOut => "Timed out",
            Self::Cancelled => "Cancelled",
            Self::Skipped => "Left out",
            Self::ActionRequired => "Waits for an approval",
            Self::Neutral => "Neutral",
            Self::Stale => "Given up by GitHub",
            Self::Partly => "Done in part, the rest left out",
            Self::NotSeen => "Not seen in the run",
            Self::Unclear => "Unclear",
        }
    }

    /// The worst of two that belong together. A success is one only beside successes.
    fn with(self, other: Self) -> Self {
        if self == other {
            return self;
        }
        let both = [self, other];
        let order = [
            Self::Failed,
            Self::TimedOut,
            Self::Cancelled,
            Self::ActionRequired,
            Self::Stale,
            Self::Unclear,
            Self::Running,
        ];
        if let Some(worst) = order.into_iter().find(|one| both.contains(one)) {
            return worst;
        }
        match both.contains(&Self::Waiting) {
            // Some of it is over, and some has not begun.
            true if both.contains(&Self::Succeeded) || both.contains(&Self::Partly) => Self::Running,
            true => Self::Waiting,
            false => Self::Partly,
        }
    }
}

/// What a run shows of each stage of the guide. `whole` is false where not all of the run's jobs were read: then nothing is green, and nothing is
/// said to wait, to be left out or not to be there.
#[must_use]
pub fn stages(guide: &PipelineGuide, jobs: &[Job], whole: bool) -> Vec<PipelineStage> {
    let recogniser = Recogniser::new(guide);
    let mut seen: Vec<Vec<SeenPart>> = vec![Vec::new(); guide.stages.len()];
    for job in jobs {
        let part = SeenPart {
            name: job.name.clone(),
            standing: job.standing,
        };
        for part in std::iter::once(part).chain(job.steps.iter().cloned()) {
            if let Some(stage) = recogniser.stage_of(&part.name) {
                seen[stage].push(part);
            }
        }
    }
    seen.into_iter().map(|seen| stage(seen, whole)).collect()
}

/// Jobs and steps of a stage that are named.
const NAMED: usize = 20;

fn stage(mut seen: Vec<SeenPart>, whole: bool) -> PipelineStage {
    let standing = seen.iter().map(|part| part.standing).reduce(PipelineStanding::with);
    let standing = match standing.unwrap_or(PipelineStanding::NotSeen) {
        PipelineStanding::Succeeded
        | PipelineStanding::Partly
        | PipelineStanding::NotSeen
        | PipelineStanding::Skipped
        | PipelineStanding::Waiting
            if !whole =>
        {
            PipelineStanding::Unclear
        }
        standing => standing,
    };
    seen.truncate(NAMED);
    PipelineStage { standing, seen }
}

#[cfg(test)]
mod tests;
