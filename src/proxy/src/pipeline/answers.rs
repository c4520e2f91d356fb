//! GitHub's answers, as much of them as is used.

use chrono::{DateTime, Utc};
use holdpoint_domain::pipeline::Job as SeenJob;
use holdpoint_domain::runbook::shown;
use holdpoint_domain::wire::{PipelineRun, PipelineStanding, SeenPart};
use serde::Deserialize;

use crate::runner::Redaction;

/// Characters of a name that are shown.
const LONGEST: usize = 120;

/// `GET /repos/{owner}/{repo}/actions/runs` and those of one workflow.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Runs {
    pub(super) total_count: u64,
    pub(super) workflow_runs: Vec<Run>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Run {
    pub(super) id: u64,
    name: Option<String>,
    pub(super) head_sha: String,
    status: Option<String>,
    conclusion: Option<String>,
    pub(super) workflow_id: u64,
    run_number: u64,
    run_attempt: Option<u64>,
    event: Option<String>,
    created_at: Option<DateTime<Utc>>,
    updated_at: Option<DateTime<Utc>>,
    run_started_at: Option<DateTime<Utc>>,
    actor: Option<Login>,
    triggering_actor: Option<Login>,
    head_commit: Option<HeadCommit>,
}

#[derive(Clone, Debug, Deserialize)]
struct Login {
    login: String,
}

#[derive(Clone, Debug, Deserialize)]
struct HeadCommit {
    author: Option<Author>,
}

#[derive(Clone, Debug, Deserialize)]
struct Author {
    name: Option<String>,
}

/// `GET /repos/{owner}/{repo}/actions/runs/{id}/jobs`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Jobs {
    total_count: u64,
    jobs: Vec<Job>,
}

#[derive(Clone, Debug, Deserialize)]
struct Job {
    run_id: u64,
    head_sha: String,
    name: String,
    status: String,
    conclusion: Option<String>,
    #[serde(default)]
    steps: Option<Vec<Step>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Step {
    name: String,
    status: String,
    conclusion: Option<String>,
}

/// Makes text of GitHub's into text that may be shown.
pub(super) struct Clean(pub(super) Redaction);

impl Clean {
    fn text(&self, text: &str) -> String {
        let text: String = self.0.text(text).split_whitespace().collect::<Vec<_>>().join(" ");
        let seen: String = shown(&text).chars().filter(|one| !one.is_control()).collect();
        match seen.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &seen[..end]),
            None => seen,
        }
    }

    fn name(&self, text: Option<&str>) -> Option<String> {
        text.map(|text| self.text(text)).filter(|text| !text.is_empty())
    }
}

impl Run {
    /// By which the newest of several is found: a run that was run again is as new as that.
    pub(super) fn age(&self) -> (Option<DateTime<Utc>>, u64, u64) {
        (self.run_started_at.or(self.created_at), self.run_number, self.id)
    }

    /// `page` is the repository's page.
    pub(super) fn told(&self, clean: &Clean, page: &str, older: u32) -> PipelineRun {
        let status = self.status.as_deref().unwrap_or_default();
        let login = |who: &Option<Login>| who.as_ref().and_then(|who| clean.name(Some(&who.login)));
        let author = self.head_commit.as_ref().and_then(|commit| commit.author.as_ref());
        PipelineRun {
            id: self.id,
            name: clean
                .name(self.name.as_deref())
                .unwrap_or_else(|| "Workflow".to_owned()),
            number: self.run_number,
            attempt: self.run_attempt.unwrap_or(1),
            standing: PipelineStanding::of(status, self.conclusion.as_deref()),
            head_sha: self.head_sha.clone(),
            url: format!("{page}/actions/runs/{}", self.id),
            event: clean.name(self.event.as_deref()).unwrap_or_default(),
            actor: login(&self.triggering_actor).or_else(|| login(&self.actor)),
            author: author.and_then(|author| clean.name(author.name.as_deref())),
            started: self.run_started_at.or(self.created_at),
            updated: self.updated_at,
            older,
        }
    }
}

impl Jobs {
    /// The jobs of this run, and whether these are all that it has.
    pub(super) fn of(&self, run: &Run, clean: &Clean) -> (Vec<SeenJob>, bool) {
        let own = |job: &&Job| job.run_id == run.id && job.head_sha.eq_ignore_ascii_case(&run.head_sha);
        let jobs: Vec<SeenJob> = self.jobs.iter().filter(own).map(|job| job.seen(clean)).collect();
        let whole = usize::try_from(self.total_count).is_ok_and(|count| jobs.len() >= count);
        (jobs, whole)
    }
}

impl Job {
    fn seen(&self, clean: &Clean) -> SeenJob {
        let steps = self.steps.iter().flatten().map(|step| SeenPart {
            name: clean.text(&step.name),
            standing: PipelineStanding::of(&step.status, step.conclusion.as_deref()),
        });
        SeenJob {
            name: clean.text(&self.name),
            standing: PipelineStanding::of(&self.status, self.conclusion.as_deref()),
            steps: steps.collect(),
        }
    }
}
