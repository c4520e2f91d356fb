//! What GitHub Actions did for a session's commit, beside what the runbook says about the pipeline. It is a view: nothing of it is recorded,
//! and nothing is ticked by it.
//!
//! `answers ← github ← ask ← memory`: however many people look, GitHub is asked once for each commit of an environment and then left alone for a
//! while, longer where it says so itself.

mod answers;
mod ask;
mod github;
mod pace;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use holdpoint_domain::pipeline::is_over;
use holdpoint_domain::session::{SessionId, Started};
use holdpoint_domain::wire::{NotAsked, PipelineFound, PipelineGuide, PipelineProblem, PipelineRead};
use holdpoint_gates::config::{Environment, Pipeline};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};
use tokio::task::JoinError;
use tokio::time::Instant;

use crate::clock;
use crate::config::Config;
use crate::library::Library;
use crate::runner::RunnerError;
use crate::runner::outbound::Outbound;
use ask::{Asked, Memory};
use github::AskError;
use pace::{FRESH, FRESH_WHEN_OVER, SLOWEST, until};

/// Sessions whose question is remembered.
const MOST_SESSIONS: usize = 2000;
/// Questions whose answer is remembered.
const MOST_ANSWERS: usize = 100;

/// Asks about pipelines, and remembers what was said.
pub struct Pipelines {
    config: Arc<Config>,
    library: Arc<Library>,
    outbound: Outbound,
    sessions: Mutex<HashMap<SessionId, Question>>,
    slots: Mutex<HashMap<Question, Kept>>,
    /// Which APIs want to be left alone by which token, and until when.
    paused: Mutex<HashMap<Allowance, DateTime<Utc>>>,
}

/// What is asked for a session; sessions with the same question share its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    environment: String,
    git_sha: String,
    rehearsal: bool,
}

impl Question {
    #[must_use]
    pub fn of(started: &Started) -> Self {
        Self {
            environment: started.environment.clone(),
            git_sha: started.git_sha.trim().to_owned(),
            rehearsal: started.rehearsal,
        }
    }
}

/// Whose requests GitHub counts together: the address of the API, and where the token is read.
type Allowance = (String, Option<(Option<String>, Option<String>)>);

/// A question's slot, and when somebody last asked for it.
struct Kept {
    slot: Arc<Turn<Slot>>,
    used: Instant,
}

#[derive(Default)]
struct Slot {
    answer: Option<Arc<PipelineRead>>,
    /// The answer is given as it is until then.
    fresh_until: Option<Instant>,
    memory: Memory,
}

impl Pipelines {
    /// # Errors
    /// There is no HTTP client.
    pub fn new(config: Arc<Config>, library: Arc<Library>) -> Result<Self, RunnerError> {
        Ok(Self {
            config,
            library,
            outbound: Outbound::new()?,
            sessions: Mutex::default(),
            slots: Mutex::default(),
            paused: Mutex::default(),
        })
    }

    /// The question of a session that was asked for before.
    #[must_use]
    pub fn question_of(&self, session: SessionId) -> Option<Question> {
        locked(&self.sessions).get(&session).cloned()
    }

    /// Remembers a session's question, which never changes.
    pub fn remember(&self, session: SessionId, question: &Question) {
        let mut sessions = locked(&self.sessions);
        if sessions.len() >= MOST_SESSIONS {
            sessions.clear();
        }
        sessions.insert(session, question.clone());
    }

    /// The answer, not older than a few seconds. None where the environment declares no pipeline.
    ///
    /// # Errors
    /// What asks panicked, or the runtime ended under it.
    pub async fn read(self: &Arc<Self>, question: &Question) -> Result<Option<Arc<PipelineRead>>, JoinError> {
        if self.declared(question).is_none() {
            return Ok(None);
        }
        // Whoever comes while GitHub is asked waits for the same answer.
        let slot = self.slot(question).lock_owned().await;
        let now = Instant::now();
        if let Some(answer) = slot
            .answer
            .clone()
            .filter(|_| slot.fresh_until.is_some_and(|until| now < until))
        {
            return Ok(Some(answer));
        }
        // Asked to the end, even if whoever came goes away: otherwise each who comes and goes would be one more question.
        tokio::spawn(Arc::clone(self).ask_into(question.clone(), slot)).await?
    }

    async fn ask_into(
        self: Arc<Self>,
        question: Question,
        mut slot: OwnedMutexGuard<Slot>,
    ) -> Result<Option<Arc<PipelineRead>>, JoinError> {
        let Some((environment, pipeline)) = self.declared(&question) else {
            return Ok(None);
        };
        let (answer, fresh) = self.ask(&question, environment, pipeline, &mut slot).await?;
        let answer = Arc::new(answer);
        slot.answer = Some(Arc::clone(&answer));
        slot.fresh_until = Some(Instant::now() + fresh);
        Ok(Some(answer))
    }

    fn declared(&self, question: &Question) -> Option<(&Environment, &Pipeline)> {
        let environment = self.config.gates.environments.get(&question.environment)?;
        Some((environment, environment.pipeline.as_ref()?))
    }

    fn slot(&self, question: &Question) -> Arc<Turn<Slot>> {
        let mut slots = locked(&self.slots);
        if slots.len() >= MOST_ANSWERS && !slots.contains_key(question) {
            // Those that somebody is using stay.
            let unused = slots.iter().filter(|(_, kept)| Arc::strong_count(&kept.slot) == 1);
            let oldest = unused.min_by_key(|(_, kept)| kept.used);
            if let Some(oldest) = oldest.map(|(question, _)| question.clone()) {
                slots.remove(&oldest);
            }
        }
        let used = Instant::now();
        let kept = slots.entry(question.clone()).or_insert_with(|| Kept {
            slot: Arc::default(),
            used,
        });
        kept.used = used;
        Arc::clone(&kept.slot)
    }

    /// How many answers somebody has asked for lately: they share what GitHub allows.
    fn in_use(&self) -> u32 {
        let now = Instant::now();
        let slots = locked(&self.slots);
        let used = slots.values().filter(|kept| now.duration_since(kept.used) <= SLOWEST);
        u32::try_from(used.count()).unwrap_or(u32::MAX).max(1)
    }

    async fn ask(
        &self,
        question: &Question,
        environment: &Environment,
        pipeline: &Pipeline,
        slot: &mut Slot,
    ) -> Result<(PipelineRead, Duration), JoinError> {
        let guide = self.guide(pipeline).await?;
        let repository = pipeline.repository(environment.repository.as_deref());
        let read = |found, as_of, problem, stages| PipelineRead {
            repository: repository
                .as_ref()
                .map_or_else(String::new, |name| format!("{}/{}", name.owner, name.name)),
            workflow: pipeline.workflow.clone(),
            git_sha: question.git_sha.clone(),
            found,
            as_of,
            problem,
            stages,
            guide: guide.clone(),
        };
        if let Some(why) = not_asked(question, environment) {
            let found = PipelineFound::NotAsked { why };
            return Ok((read(found, None, None, Vec::new()), FRESH));
        }
        let last = |problem: PipelineProblem| match &slot.answer {
            Some(last) => PipelineRead {
                problem: Some(problem),
                // With its own guide: its stages have their places in that one.
                ..(**last).clone()
            },
            // Nobody looked, so that nothing is said of any stage.
            None => read(PipelineFound::Unknown, None, Some(problem), Vec::new()),
        };
        let allowance = allowance(pipeline);
        let now = clock::now();
        if let Some(pause) = self.pause_of(&allowance, now) {
            let wait = until(pause, now);
            return Ok((last(ask::paused(now, pause)), wait.max(FRESH)));
        }
        let asker = github::Asker::new(&self.outbound, environment, pipeline, &self.config.dir);
        let asked = ask::ask(asker, &question.git_sha, &mut slot.memory, environment, pipeline).await;
        let now = clock::now();
        Ok(match asked {
            Ok(Asked {
                found,
                jobs,
                whole,
                error,
                rate,
            }) => {
                let base = if is_over(&found) { FRESH_WHEN_OVER } else { FRESH };
                let (mut fresh, pause) = pace::after(&rate, base, self.in_use(), now);
                if let Some(pause) = pause {
                    self.pause(&allowance, pause);
                }
                let problem = error.map(|error| {
                    let (problem, wait) = self.problem(&error, question, &allowance, now);
                    fresh = fresh.max(wait);
                    problem
                });
                let stages = match found {
                    PipelineFound::Run { .. } | PipelineFound::Several { .. } => {
                        holdpoint_domain::pipeline::stages(&guide, &jobs, whole)
                    }
                    _ => Vec::new(),
                };
                (read(found, Some(now), problem, stages), fresh)
            }
            Err(error) => {
                let (problem, wait) = self.problem(&error, question, &allowance, now);
                (last(problem), wait)
            }
        })
    }

    /// What is said of an error, and how long it is until GitHub is asked again.
    fn problem(
        &self,
        error: &AskError,
        question: &Question,
        allowance: &Allowance,
        now: DateTime<Utc>,
    ) -> (PipelineProblem, Duration) {
        let wait = error.retry_after(now).unwrap_or(FRESH).max(FRESH);
        let retry_at = now + chrono::TimeDelta::from_std(wait).unwrap_or_default();
        if error.retry_after(now).is_some() {
            self.pause(allowance, retry_at);
        }
        tracing::warn!(%error, environment = %question.environment, "the pipeline's run is not known");
        let problem = PipelineProblem {
            code: error.code().to_owned(),
            message: error.to_string(),
            at: now,
            retry_at,
        };
        (problem, wait)
    }

    /// What the runbook says. Where there is none, it is empty.
    async fn guide(&self, pipeline: &Pipeline) -> Result<PipelineGuide, JoinError> {
        let Some(name) = pipeline.runbook.clone() else {
            return Ok(PipelineGuide::default());
        };
        let library = Arc::clone(&self.library);
        tokio::task::spawn_blocking(move || {
            let entry = library.get(&name);
            entry.map_or_else(PipelineGuide::default, |entry| {
                holdpoint_reader::pipeline_guide(&name, &entry.runbook)
            })
        })
        .await
    }

    fn pause(&self, allowance: &Allowance, until: DateTime<Utc>) {
        locked(&self.paused).insert(allowance.clone(), until);
    }

    fn pause_of(&self, allowance: &Allowance, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        locked(&self.paused)
            .get(allowance)
            .copied()
            .filter(|until| *until > now)
    }
}

fn allowance(pipeline: &Pipeline) -> Allowance {
    let token = pipeline.token.as_ref();
    let place = token.map(|token| (token.env.clone(), token.file.clone()));
    (pipeline.api().to_owned(), place)
}

fn not_asked(question: &Question, environment: &Environment) -> Option<NotAsked> {
    if question.rehearsal || environment.rehearsal || environment.stand_in.is_some() {
        return Some(NotAsked::Rehearsal);
    }
    if question.git_sha.is_empty() {
        return Some(NotAsked::NoCommit);
    }
    let is_hash =
        (7..=40).contains(&question.git_sha.len()) && question.git_sha.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!is_hash).then_some(NotAsked::NotACommit)
}

/// A panic elsewhere leaves the maps as whole as they were.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
