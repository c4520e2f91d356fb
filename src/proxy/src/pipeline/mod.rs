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
use tokio::sync::Mutex as Turn;
use tokio::time::Instant;

use crate::clock;
use crate::config::Config;
use crate::library::Library;
use crate::runner::RunnerError;
use crate::runner::outbound::Outbound;
use ask::{Asked, Memory};
use pace::{FRESH, FRESH_WHEN_OVER, until};

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
    slots: Mutex<HashMap<Question, Arc<Turn<Slot>>>>,
    /// Environments whose API wants to be left alone, and until when.
    paused: Mutex<HashMap<String, DateTime<Utc>>>,
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
    pub async fn read(&self, question: &Question) -> Option<Arc<PipelineRead>> {
        let environment = self.config.gates.environments.get(&question.environment)?;
        let pipeline = environment.pipeline.as_ref()?;
        let slot = self.slot(question);
        // Whoever comes while GitHub is asked waits for the same answer. If the one who asks goes away, the next one asks.
        let mut slot = slot.lock().await;
        let now = Instant::now();
        if let Some(answer) = slot
            .answer
            .clone()
            .filter(|_| slot.fresh_until.is_some_and(|until| now < until))
        {
            return Some(answer);
        }
        let (answer, fresh) = self.ask(question, environment, pipeline, &mut slot).await;
        let answer = Arc::new(answer);
        slot.answer = Some(Arc::clone(&answer));
        slot.fresh_until = Some(Instant::now() + fresh);
        Some(answer)
    }

    fn slot(&self, question: &Question) -> Arc<Turn<Slot>> {
        let mut slots = locked(&self.slots);
        if slots.len() >= MOST_ANSWERS && !slots.contains_key(question) {
            // Those that somebody is using stay.
            slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        Arc::clone(slots.entry(question.clone()).or_default())
    }

    async fn ask(
        &self,
        question: &Question,
        environment: &Environment,
        pipeline: &Pipeline,
        slot: &mut Slot,
    ) -> (PipelineRead, Duration) {
        let guide = self.guide(pipeline).await;
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
            return (read(found, None, None, Vec::new()), FRESH);
        }
        let last = |problem: PipelineProblem| match &slot.answer {
            Some(last) => PipelineRead {
                problem: Some(problem),
                guide: guide.clone(),
                ..(**last).clone()
            },
            None => {
                let stages = holdpoint_domain::pipeline::stages(&guide, &[], true);
                read(PipelineFound::Unknown, None, Some(problem), stages)
            }
        };
        let now = clock::now();
        if let Some(pause) = self.pause_of(&question.environment, now) {
            let wait = until(pause, now);
            return (last(ask::paused(now, pause)), wait.max(FRESH));
        }
        let asker = github::Asker::new(&self.outbound, environment, pipeline, &self.config.dir);
        let asked = ask::ask(asker, &question.git_sha, &mut slot.memory, environment, pipeline).await;
        let now = clock::now();
        match asked {
            Ok(Asked {
                found,
                jobs,
                whole,
                rate,
            }) => {
                let base = if is_over(&found) { FRESH_WHEN_OVER } else { FRESH };
                let (fresh, pause) = pace::after(&rate, base, now);
                if let Some(pause) = pause {
                    self.pause(&question.environment, pause);
                }
                let stages = holdpoint_domain::pipeline::stages(&guide, &jobs, whole);
                (read(found, Some(now), None, stages), fresh)
            }
            Err(error) => {
                let wait = error.retry_after(now).unwrap_or(FRESH).max(FRESH);
                let retry_at = now + chrono::TimeDelta::from_std(wait).unwrap_or_default();
                if error.retry_after(now).is_some() {
                    self.pause(&question.environment, retry_at);
                }
                tracing::warn!(%error, environment = %question.environment, "the pipeline's run is not known");
                let problem = PipelineProblem {
                    code: error.code().to_owned(),
                    message: error.to_string(),
                    at: now,
                    retry_at,
                };
                (last(problem), wait)
            }
        }
    }

    /// What the runbook says. Where there is none, it is empty.
    async fn guide(&self, pipeline: &Pipeline) -> PipelineGuide {
        let Some(name) = pipeline.runbook.clone() else {
            return PipelineGuide::default();
        };
        let library = Arc::clone(&self.library);
        let read = move || {
            let entry = library.get(&name)?;
            Some(holdpoint_reader::pipeline_guide(&name, &entry.runbook))
        };
        match tokio::task::spawn_blocking(read).await {
            Ok(guide) => guide.unwrap_or_default(),
            Err(error) => {
                tracing::error!(%error, "what the runbook says about the pipeline cannot be read");
                PipelineGuide::default()
            }
        }
    }

    fn pause(&self, environment: &str, until: DateTime<Utc>) {
        locked(&self.paused).insert(environment.to_owned(), until);
    }

    fn pause_of(&self, environment: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        locked(&self.paused)
            .get(environment)
            .copied()
            .filter(|until| *until > now)
    }
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
