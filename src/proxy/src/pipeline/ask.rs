//! The questions for one answer: the commit's whole hash, its runs, and the jobs of the newest one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use holdpoint_domain::pipeline::Job;
use holdpoint_domain::wire::{PipelineFound, PipelineProblem};
use holdpoint_gates::config::{Environment, Pipeline, RepositoryName};
use reqwest::header::HeaderValue;
use secrecy::SecretString;
use serde::de::DeserializeOwned;

use super::answers::{Clean, Jobs, Run, Runs};
use super::github::{AskError, Asker, Got, JSON, SHA, redaction};
use super::pace::Rate;

/// Runs that are asked for: the newest.
const RUNS: &str = "20";
/// Jobs of a run that are asked for, which is the most that GitHub gives at once.
const JOBS: &str = "100";
const WHOLE: usize = 40;

/// What was said before, so that only what changed is said again.
#[derive(Default)]
pub(super) struct Memory {
    /// The commit's whole hash.
    sha: Option<String>,
    runs: Option<Kept<Runs>>,
    jobs: Option<(u64, Kept<Jobs>)>,
}

struct Kept<T> {
    etag: HeaderValue,
    value: T,
}

pub(super) struct Asked {
    pub(super) found: PipelineFound,
    pub(super) jobs: Vec<Job>,
    /// These are all jobs of the run.
    pub(super) whole: bool,
    /// Why the jobs of the run are not known.
    pub(super) error: Option<AskError>,
    pub(super) rate: Rate,
}

struct Questions<'a> {
    asker: Asker<'a>,
    token: Option<SecretString>,
    repository: RepositoryName,
    workflow: Option<&'a str>,
    page: String,
}

/// Said while nothing is asked.
pub(super) fn paused(now: DateTime<Utc>, until: DateTime<Utc>) -> PipelineProblem {
    PipelineProblem {
        code: "rate_limited".to_owned(),
        message: "GitHub asked to be left alone for a while, because it was asked too often.".to_owned(),
        at: now,
        retry_at: until,
    }
}

pub(super) async fn ask(
    asker: Asker<'_>,
    git_sha: &str,
    memory: &mut Memory,
    environment: &Environment,
    pipeline: &Pipeline,
) -> Result<Asked, AskError> {
    let link = environment.repository.as_deref();
    let (Some(repository), Some(page)) = (pipeline.repository(link), pipeline.page(link)) else {
        return Err(AskError::NotFound);
    };
    let questions = Questions {
        token: asker.token()?,
        asker,
        repository,
        workflow: pipeline.workflow.as_deref(),
        page,
    };
    let sha = match &memory.sha {
        Some(sha) => sha.clone(),
        None => questions.whole_hash(&git_sha.to_ascii_lowercase()).await?,
    };
    memory.sha = Some(sha.clone());
    let (runs, rate) = questions.runs(&sha, &mut memory.runs).await?;
    let newest = newest(&runs, &sha)?;
    let clean = Clean(redaction(questions.token.as_ref()));
    let told = |run: &Run, older| run.told(&clean, &questions.page, older);
    let (run, older) = match newest[..] {
        [] => return Ok(without_jobs(PipelineFound::NoRun, rate)),
        [one] => one,
        _ => {
            let runs = newest.into_iter().map(|(run, older)| told(run, older)).collect();
            return Ok(without_jobs(PipelineFound::Several { runs }, rate));
        }
    };
    let older = match questions.workflow {
        // All of them are of one workflow, those that were not given among them.
        Some(_) => u32::try_from(runs.total_count.saturating_sub(1))
            .unwrap_or(u32::MAX)
            .max(older),
        None => older,
    };
    let asked = questions.jobs(run.id, &mut memory.jobs).await;
    let found = PipelineFound::Run {
        run: Box::new(told(run, older)),
    };
    Ok(match asked {
        Ok((jobs, rate)) => {
            let (jobs, whole) = jobs.of(run, &clean);
            Asked {
                found,
                jobs,
                whole,
                error: None,
                rate,
            }
        }
        Err(error) => Asked {
            found,
            jobs: Vec::new(),
            whole: false,
            error: Some(error),
            rate,
        },
    })
}

fn without_jobs(found: PipelineFound, rate: Rate) -> Asked {
    Asked {
        found,
        jobs: Vec::new(),
        whole: false,
        error: None,
        rate,
    }
}

/// The newest run of each workflow for this very commit, with how many are older.
fn newest<'a>(runs: &'a Runs, sha: &str) -> Result<Vec<(&'a Run, u32)>, AskError> {
    let mut by_workflow: BTreeMap<u64, (&Run, u32)> = BTreeMap::new();
    for run in runs
        .workflow_runs
        .iter()
        .filter(|run| run.head_sha.eq_ignore_ascii_case(sha))
    {
        by_workflow
            .entry(run.workflow_id)
            .and_modify(|(newest, older)| {
                *older += 1;
                if run.age() > newest.age() {
                    *newest = run;
                }
            })
            .or_insert((run, 0));
    }
    if by_workflow.is_empty() && !runs.workflow_runs.is_empty() {
        return Err(AskError::OtherCommit);
    }
    Ok(by_workflow.into_values().collect())
}

impl Questions<'_> {
    /// GitHub finds runs by whole hashes only. What it gives must begin with what was asked: a branch may have the name of a hash.
    async fn whole_hash(&self, git_sha: &str) -> Result<String, AskError> {
        if git_sha.len() == WHOLE {
            return Ok(git_sha.to_owned());
        }
        let path = [
            "repos",
            &self.repository.owner,
            &self.repository.name,
            "commits",
            git_sha,
        ];
        let got = self.asker.get(self.token.as_ref(), &path, &[], SHA, None).await?;
        let Got::Body { bytes, .. } = got else {
            return Err(unreadable());
        };
        let sha = String::from_utf8_lossy(&bytes).trim().to_ascii_lowercase();
        if sha.len() != WHOLE || !sha.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(unreadable());
        }
        sha.starts_with(git_sha).then_some(sha).ok_or(AskError::Commit)
    }

    async fn runs(&self, sha: &str, kept: &mut Option<Kept<Runs>>) -> Result<(Runs, Rate), AskError> {
        let (owner, name) = (self.repository.owner.as_str(), self.repository.name.as_str());
        let query = [("head_sha", sha), ("per_page", RUNS)];
        let path = match self.workflow {
            Some(workflow) => vec!["repos", owner, name, "actions", "workflows", workflow, "runs"],
            None => vec!["repos", owner, name, "actions", "runs"],
        };
        self.asked(&path, &query, kept).await
    }

    async fn jobs(&self, run: u64, kept: &mut Option<(u64, Kept<Jobs>)>) -> Result<(Jobs, Rate), AskError> {
        let id = run.to_string();
        let path = [
            "repos",
            &self.repository.owner,
            &self.repository.name,
            "actions",
            "runs",
            &id,
            "jobs",
        ];
        let mut own = kept.take().filter(|(of, _)| *of == run).map(|(_, kept)| kept);
        let asked = self
            .asked(&path, &[("filter", "latest"), ("per_page", JOBS)], &mut own)
            .await;
        *kept = own.map(|own| (run, own));
        asked
    }

    /// An answer, or the one before where it is still the same.
    async fn asked<T: DeserializeOwned + Clone>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        kept: &mut Option<Kept<T>>,
    ) -> Result<(T, Rate), AskError> {
        let etag = kept.as_ref().map(|kept| &kept.etag);
        match self.asker.get(self.token.as_ref(), path, query, JSON, etag).await? {
            Got::Unchanged { rate } => match kept {
                Some(kept) => Ok((kept.value.clone(), rate)),
                None => Err(unreadable()),
            },
            Got::Body { bytes, etag, rate } => {
                let value: T = serde_json::from_slice(&bytes).map_err(|_| AskError::Unreadable {
                    reason: "it is not the JSON that was asked for",
                })?;
                *kept = etag.map(|etag| Kept {
                    etag,
                    value: value.clone(),
                });
                Ok((value, rate))
            }
        }
    }
}

fn unreadable() -> AskError {
    AskError::Unreadable {
        reason: "it is not what was asked for",
    }
}
