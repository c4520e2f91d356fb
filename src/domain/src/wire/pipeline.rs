//! The pipeline panel of the watch page: what GitHub Actions did for the released commit, and what the runbook says about it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// `GET /api/sessions/{id}/pipeline`. It is a view: nothing of it is in the log, and nothing is ticked by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PipelineRead {
    /// `owner/name`.
    pub repository: String,
    /// The workflow's file name or number; null where `gates.toml` names none.
    pub workflow: Option<String>,
    /// The commit, as the session has it.
    pub git_sha: String,
    pub found: PipelineFound,
    /// When GitHub said it. Null where it was not asked, or has said nothing yet.
    pub as_of: Option<DateTime<Utc>>,
    /// Why nothing newer is known.
    pub problem: Option<PipelineProblem>,
    /// The runbook's stages, in its order, with what the run shows of each.
    pub stages: Vec<PipelineStage>,
    pub guide: PipelineGuide,
}

/// What is known of the run for the commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PipelineFound {
    /// GitHub is not asked for this session.
    NotAsked {
        why: NotAsked,
    },
    /// GitHub has said nothing yet that can be used; `problem` says why.
    Unknown,
    /// GitHub knows no run for this commit.
    NoRun,
    /// Several workflows ran for this commit, and `gates.toml` does not say which of them is the pipeline.
    Several {
        runs: Vec<PipelineRun>,
    },
    Run {
        run: Box<PipelineRun>,
    },
}

/// Why GitHub is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NotAsked {
    /// A rehearsal asks nothing outside.
    Rehearsal,
    /// The session names no commit.
    NoCommit,
    /// What the session names is no commit's hash of 7 to 40 hexadecimal digits.
    NotACommit,
}

/// Why GitHub's word is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PipelineProblem {
    /// For programs: `rate_limited`, `unauthorized`, `forbidden`, `not_found`, `commit`, `other_commit`, `redirect`, `timed_out`, `unreachable`,
    /// `unavailable`, `unreadable`, `too_large`, `token`.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// GitHub is not asked again before.
    pub retry_at: DateTime<Utc>,
}

/// A run of GitHub Actions for the released commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PipelineRun {
    pub id: u64,
    /// The workflow's name.
    pub name: String,
    pub number: u64,
    /// From 1; more than that where it was run again.
    pub attempt: u64,
    pub standing: PipelineStanding,
    /// The full hash that it ran for.
    pub head_sha: String,
    /// Its page, made of the declared repository and the run's number, and of nothing that GitHub answered.
    pub url: String,
    /// What set it off, in GitHub's word: `push`, `workflow_dispatch`, `pull_request`.
    pub event: String,
    /// Who set this attempt off.
    pub actor: Option<String>,
    /// The commit's author.
    pub author: Option<String>,
    pub started: Option<DateTime<Utc>>,
    pub updated: Option<DateTime<Utc>>,
    /// Further runs of the same workflow for the same commit, all older.
    pub older: u32,
}

/// How a run, a job, a step or a stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PipelineStanding {
    Waiting,
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Cancelled,
    Skipped,
    /// Somebody has to approve it.
    ActionRequired,
    Neutral,
    /// GitHub gave it up.
    Stale,
    /// Of what was seen, a part succeeded and the rest was left out.
    Partly,
    /// Nothing in the run has the stage's words.
    NotSeen,
    /// GitHub answered with a word that is not known here, or not with all of it.
    Unclear,
}

/// A stage of the runbook, and what the run shows of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PipelineStage {
    pub standing: PipelineStanding,
    /// The jobs and steps in which it was recognised.
    pub seen: Vec<SeenPart>,
}

/// A job or a step of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeenPart {
    pub name: String,
    pub standing: PipelineStanding,
}

/// What a runbook says about the pipeline, in its own words. What it does not say is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PipelineGuide {
    /// The runbook that `gates.toml` names; null where it names none, or there is no such runbook.
    pub runbook: Option<GuideSource>,
    /// The rows of its table of stages.
    pub stages: Vec<StageGuide>,
    /// What the colours mean.
    pub colours: Vec<ColourGuide>,
    /// What can go wrong.
    pub scenarios: Vec<ScenarioGuide>,
    pub contacts: Vec<ContactGuide>,
    /// What nobody is to do.
    pub never: Vec<String>,
    /// More is in the runbook than is told here.
    pub cut: bool,
}

/// The runbook that explains the pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GuideSource {
    /// The file's name without `.md`.
    pub name: String,
    pub title: String,
}

/// A row of the table of stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StageGuide {
    pub number: Option<String>,
    pub title: String,
    /// The title for people who do not know the words of releases, where the author gave one.
    pub plain: Option<String>,
    /// What it does.
    pub does: String,
    /// What a failure does, in the runbook's words; empty where it does not say.
    pub fails: String,
    pub effect: StageEffect,
    /// The scenario that explains its failure, by its place in [`PipelineGuide::scenarios`].
    pub scenario: Option<u32>,
    /// Whom to contact, by places in [`PipelineGuide::contacts`].
    pub contacts: Vec<u32>,
}

/// What a stage's failure does, as the words of the runbook's column say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum StageEffect {
    /// The pipeline ends.
    Stops,
    /// The pipeline goes on.
    Warns,
    /// The runbook does not say.
    Unsaid,
}

/// A mark, and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ColourGuide {
    pub mark: String,
    pub meaning: String,
}

/// Something that can go wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScenarioGuide {
    pub title: String,
    /// The fragment of its heading in the runbook.
    pub anchor: String,
    /// What one sees.
    pub see: Vec<String>,
    /// What it means.
    pub means: Vec<String>,
    /// What to do, in order.
    pub act: Vec<String>,
    /// How long it takes.
    pub takes: Vec<String>,
}

/// Whom to contact about something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactGuide {
    /// What happened.
    pub about: String,
    /// The other columns with their heads, in order.
    pub whom: Vec<ContactWord>,
}

/// What a column of the table of contacts says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactWord {
    /// `Contact first`.
    pub label: String,
    pub text: String,
}
