//! A session's state: the fold of its events.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::event::*;
use super::gates::is_current;
use crate::gate::Verdict;
use crate::runbook::{OnFail, Order, Procedure, Step};

/// The state of a session. Everything in it follows from its events; nothing else may change it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// What the session keeps from its start; absent before the first event.
    pub started: Option<Arc<Started>>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// The procedure that is run: that of `started`, shared.
    pub procedure: Option<Arc<Procedure>>,
    /// Ticks and skips, by step.
    pub done: BTreeMap<StepId, Done>,
    /// Runs of gates, in the order of their start.
    pub runs: Vec<Run>,
    /// The last thing that the captain's browser saw, by step and gate.
    pub observed: BTreeMap<(StepId, GateId), Observed>,
    /// How many of the runs are from before the step had to be done anew, by step: they are no evidence for it any more.
    pub outdated: BTreeMap<StepId, usize>,
    /// What holds; nothing when empty.
    pub holds: BTreeMap<(StepId, GateId), Hold>,
    /// Notes, in order.
    pub notes: Vec<Note>,
    /// Filled-in values, by step and field.
    pub values: BTreeMap<(StepId, String), Filled>,
    /// The last timer of each step.
    pub timers: BTreeMap<StepId, Timer>,
    /// The rollback session, once one was started.
    pub rollback: Option<SessionId>,
    /// How and when it ended.
    pub closed: Option<Closed>,
}

/// How a session stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Standing {
    /// Work goes on.
    Go,
    /// Nothing further may be ticked.
    Hold,
    /// A rollback was started from it.
    RollingBack,
    /// It ended with every step done.
    Completed,
    /// It ended undone.
    RolledBack,
    /// It was given up.
    Abandoned,
}

/// A step that is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// How.
    pub how: HowDone,
}

/// How a step came to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum HowDone {
    /// It was ticked.
    Ticked(TickedBy),
    /// It was left out, for this reason.
    Skipped(String),
}

/// One run of a gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The step.
    pub step: StepId,
    /// The gate.
    pub gate: GateId,
    /// It started by itself.
    pub auto: bool,
    /// When it was started.
    pub started: DateTime<Utc>,
    /// Who started it.
    pub actor: Actor,
    /// It was the step's turn when it started, or the step was done. A run that was started out of turn, to lift a hold, can
    /// lift it and nothing more.
    pub in_turn: bool,
    /// Its verdict, once there is one.
    pub verdict: Option<Verdict>,
}

/// What the captain's browser saw, as the proxy judged it.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// The observation's id.
    pub id: RunId,
    /// What came of it.
    pub verdict: Verdict,
}

/// What holds, and since when.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    /// The run whose verdict holds.
    pub run: RunId,
    /// When the hold was placed.
    pub since: DateTime<Utc>,
    /// What failed.
    pub reason: String,
    /// What the runbook says to do.
    pub advice: OnFail,
}

/// A note.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// About which step.
    pub step: Option<StepId>,
    /// What.
    pub text: String,
}

/// A filled-in value.
#[derive(Clone, Debug, PartialEq)]
pub struct Filled {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// What.
    pub value: String,
}

/// A timer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timer {
    /// When it was started.
    pub started: DateTime<Utc>,
    /// Its length.
    pub seconds: u64,
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Closed {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// How.
    pub outcome: SessionOutcome,
    /// What is to be remembered.
    pub summary: String,
}

impl State {
    /// Folds events into a state.
    pub fn fold<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut state = Self::default();
        for record in records {
            state.apply(record);
        }
        state
    }

    /// Folds one event.
    pub fn apply(&mut self, record: &Record) {
        self.apply_event(&record.event, record.at, &record.actor);
    }

    /// Folds one event that may not have been recorded yet, as the page does to be instant.
    pub fn apply_event(&mut self, event: &Event, at: DateTime<Utc>, actor: &Actor) {
        match event {
            Event::SessionStarted(started) => {
                self.procedure = Some(Arc::clone(&started.procedure));
                self.started_at = Some(at);
                self.started = Some(Arc::new((**started).clone()));
            }
            Event::StepTicked { step, by } => {
                self.done.insert(
                    step.clone(),
                    Done {
                        at,
                        actor: actor.clone(),
                        how: HowDone::Ticked(by.clone()),
                    },
                );
            }
            Event::StepUnticked { step, .. } => {
                self.done.remove(step);
                self.outdate_after(step);
            }
            Event::StepSkipped { step, reason } => {
                self.done.insert(
                    step.clone(),
                    Done {
                        at,
                        actor: actor.clone(),
                        how: HowDone::Skipped(reason.clone()),
                    },
                );
            }
            Event::GateStarted { run, step, gate, auto } => {
                let in_turn = self.procedure.as_ref().and_then(|procedure| procedure.step(step));
                let in_turn = in_turn.is_some_and(|step| self.is_done(&step.id) || is_current(self, step));
                self.runs.push(Run {
                    id: *run,
                    step: step.clone(),
                    gate: gate.clone(),
                    auto: *auto,
                    started: at,
                    actor: actor.clone(),
                    in_turn,
                    verdict: None,
                });
            }
            Event::GateFinished {
                run,
                step,
                gate,
                verdict,
            } => {
                if let Some(open) = self.runs.iter_mut().find(|one| one.id == *run) {
                    open.verdict = Some(verdict.clone());
                }
                if verdict.passes() && self.gate_brief(gate).is_some() {
                    self.holds.remove(&(step.clone(), gate.clone()));
                }
            }
            Event::GateObserved {
                observation,
                step,
                gate,
                verdict,
            } => {
                let seen = Observed {
                    id: *observation,
                    verdict: verdict.clone(),
                };
                self.observed.insert((step.clone(), gate.clone()), seen);
            }
            Event::HoldPlaced {
                step,
                gate,
                run,
                reason,
                advice,
            } => {
                let since = self
                    .holds
                    .get(&(step.clone(), gate.clone()))
                    .map_or(at, |hold| hold.since);
                let hold = Hold {
                    run: *run,
                    since,
                    reason: reason.clone(),
                    advice: *advice,
                };
                self.holds.insert((step.clone(), gate.clone()), hold);
            }
            Event::HoldLifted { .. } => self.holds.clear(),
            Event::NoteAdded { step, text } => {
                self.notes.push(Note {
                    at,
                    actor: actor.clone(),
                    step: step.clone(),
                    text: text.clone(),
                });
            }
            Event::ValueFilled { step, field, value } => {
                self.values.insert(
                    (step.clone(), field.clone()),
                    Filled {
                        at,
                        actor: actor.clone(),
                        value: value.clone(),
                    },
                );
            }
            Event::TimerStarted { step, seconds } => {
                self.timers.insert(
                    step.clone(),
                    Timer {
                        started: at,
                        seconds: *seconds,
                    },
                );
            }
            Event::RollbackStarted { session, .. } => self.rollback = Some(*session),
            Event::SessionClosed { outcome, summary } => {
                self.closed = Some(Closed {
                    at,
                    actor: actor.clone(),
                    outcome: *outcome,
                    summary: summary.clone(),
                });
            }
        }
    }

    /// What was seen of a step before the work that comes ahead of it was taken back is no evidence for it any more.
    fn outdate_after(&mut self, taken_back: &str) {
        let Some(procedure) = self.procedure.clone() else {
            return;
        };
        let order = procedure.in_order();
        let later = order.iter().skip_while(|step| step.id != taken_back);
        for step in later.filter(|step| procedure.order == Order::Sequential || step.contains(taken_back)) {
            self.outdated.insert(step.id.clone(), self.runs.len());
            self.observed.retain(|(of, _), _| *of != step.id);
        }
    }

    /// Whether a run that has its verdict may count for its step: it was started in the step's turn, and the work before it
    /// still stands.
    pub(super) fn counts(&self, at: usize, run: &Run) -> bool {
        run.in_turn && self.outdated.get(&run.step).is_none_or(|before| at >= *before)
    }

    /// How it stands, in one word.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match &self.closed {
            Some(closed) => match closed.outcome {
                SessionOutcome::Completed => Standing::Completed,
                SessionOutcome::RolledBack => Standing::RolledBack,
                SessionOutcome::Abandoned => Standing::Abandoned,
            },
            None if self.rollback.is_some() => Standing::RollingBack,
            None if !self.holds.is_empty() => Standing::Hold,
            None => Standing::Go,
        }
    }

    /// The hold that has lasted longest, with its step and gate.
    #[must_use]
    pub fn hold(&self) -> Option<(&StepId, &GateId, &Hold)> {
        let oldest = self.holds.iter().min_by_key(|(_, hold)| hold.since);
        oldest.map(|((step, gate), hold)| (step, gate, hold))
    }

    /// Whether a step is ticked or was left out.
    #[must_use]
    pub fn is_done(&self, step: &str) -> bool {
        self.done.contains_key(step)
    }

    /// The first step or sub-step that is not done, in the order in which they are done. None when all are.
    #[must_use]
    pub fn next_step(&self) -> Option<&Step> {
        fn first<'a>(state: &State, steps: &'a [Step]) -> Option<&'a Step> {
            steps.iter().find_map(|step| {
                let inner = first(state, &step.children);
                inner.or_else(|| (!state.is_done(&step.id)).then_some(step))
            })
        }
        first(self, &self.procedure.as_ref()?.steps)
    }

    /// Top-level steps that are done, and all of them.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        self.procedure.as_ref().map_or((0, 0), |procedure| {
            let done = procedure.steps.iter().filter(|step| self.is_done(&step.id)).count();
            (done, procedure.steps.len())
        })
    }

    /// The run of this gate at this step that has no verdict yet.
    #[must_use]
    pub fn open_run(&self, step: &str, gate: &str) -> Option<&Run> {
        self.runs
            .iter()
            .rev()
            .find(|run| run.step == step && run.gate == gate && run.verdict.is_none())
    }

    /// Every run without a verdict.
    pub fn open_runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(|run| run.verdict.is_none())
    }

    /// The last run of this gate at this step that has a verdict.
    #[must_use]
    pub fn last_verdict(&self, step: &str, gate: &str) -> Option<&Verdict> {
        let run = self
            .runs
            .iter()
            .rev()
            .find(|run| run.step == step && run.gate == gate && run.verdict.is_some());
        run.and_then(|run| run.verdict.as_ref())
    }

    /// Variables for placeholders: the environment's, those of the start, and `version`, `git_sha`, `environment`.
    #[must_use]
    pub fn values_for_placeholders(&self) -> BTreeMap<String, String> {
        let Some(started) = &self.started else {
            return BTreeMap::new();
        };
        let mut values = started.variables.clone();
        values.insert("version".to_owned(), started.version.clone());
        values.insert("git_sha".to_owned(), started.git_sha.clone());
        values.insert("environment".to_owned(), started.environment.clone());
        values
    }
}
