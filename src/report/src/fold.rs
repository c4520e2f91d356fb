//! What a whole log comes to: folded event by event, so that none is kept.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::drill_fold::DrillFold;
use crate::error::ExportError;
use crate::holds::{Holds, HoldsFold};
use crate::kept::without_evidence;
use crate::log::Log;
use crate::not_passed::{NotPassed, NotPassedFold};
use crate::severity::Trouble;
use crate::without_pass::{WithoutPass, WithoutPassFold};
use holdpoint_domain::drill::DrillScore;
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{Annotations, Event, Record, SessionId, State};

/// The last event of a log. Whoever keeps its hash elsewhere can tell whether anything up to it was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Head {
    /// Its place, which is also how many events there are.
    pub seq: u64,
    /// As it carries it.
    pub hash: String,
}

/// What a whole log comes to.
#[derive(Debug)]
pub struct Folded {
    /// Without the texts of notes and without what verdicts saw, which no rule asks for.
    pub(super) state: State,
    pub(super) session: SessionId,
    pub(super) head: Head,
    pub(super) trouble: Trouble,
    pub(super) holds: Holds,
    pub(super) without_pass: Vec<WithoutPass>,
    pub(super) drill: DrillFold,
    pub(super) not_passed: Vec<NotPassed>,
    /// Observations of the browser that passed, failed and were inconclusive.
    pub(super) seen: [usize; 3],
    /// Verdicts of runs and of the browser.
    pub(super) verdicts: usize,
    /// Events in which people wrote beside the steps.
    pub(super) annotated: u64,
    /// The events that name other sessions, the last of each.
    pub(super) naming: BTreeMap<SessionId, u64>,
}

impl Folded {
    /// Reads a log to its end.
    ///
    /// # Errors
    /// It cannot be read, or does not begin with a session's start.
    pub fn of(log: &dyn Log) -> Result<Self, ExportError> {
        let mut fold = Fold::default();
        for record in log.records() {
            fold.add(&record.map_err(ExportError::Log)?);
        }
        fold.finish().ok_or(ExportError::NoStart)
    }

    /// Its last event.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// When the session began.
    #[must_use]
    pub fn started_at(&self) -> DateTime<Utc> {
        self.state.started_at.unwrap_or_default()
    }

    /// The session that this one undoes.
    #[must_use]
    pub fn undoes(&self) -> Option<SessionId> {
        self.state.started.as_deref()?.undoes
    }

    /// The rollback that was started from it last.
    #[must_use]
    pub fn undone_by(&self) -> Option<SessionId> {
        self.state.rollback
    }

    /// What people wrote beside the steps.
    #[must_use]
    pub fn annotations(&self) -> &Annotations {
        &self.state.annotations
    }

    /// The score of its drill; `rollback` is what the log of its rollback comes to, where that is at hand.
    pub(super) fn score_with(&self, rollback: Option<&Self>) -> Option<DrillScore> {
        self.drill.score(rollback.map(|one| (one.session, &one.state)))
    }

    /// Whether the session was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.state.closed.is_some()
    }
}

/// Folds a log event by event. What it keeps grows with the steps of the procedure, with the runs of gates and with the holds, and
/// not with what was written or answered. Of a drill alone it keeps notes.
#[derive(Debug, Default)]
pub(super) struct Fold {
    state: State,
    head: Option<(SessionId, Head)>,
    trouble: Trouble,
    holds: HoldsFold,
    without_pass: WithoutPassFold,
    drill: DrillFold,
    not_passed: NotPassedFold,
    seen: [usize; 3],
    verdicts: usize,
    annotated: u64,
    naming: BTreeMap<SessionId, u64>,
}

impl Fold {
    pub(super) fn add(&mut self, record: &Record) {
        apply(&mut self.state, record);
        self.trouble.add(&self.state, record);
        self.holds.add(&self.state, record);
        self.without_pass.add(&self.state, record);
        self.drill.add(record);
        self.not_passed.add(record);
        match &record.event {
            Event::SessionStarted(started) => {
                self.naming.extend(started.undoes.map(|undone| (undone, record.seq)));
            }
            Event::RollbackStarted { session, .. } => {
                self.naming.insert(*session, record.seq);
            }
            Event::Annotated { .. } => self.annotated += 1,
            Event::GateFinished { .. } => self.verdicts += 1,
            Event::GateObserved { verdict, .. } => {
                self.verdicts += 1;
                self.seen[place(verdict.outcome)] += 1;
            }
            _ => {}
        }
        match &mut self.head {
            Some((_, head)) => {
                head.seq = record.seq;
                head.hash.clone_from(&record.hash);
            }
            None => {
                let (seq, hash) = (record.seq, record.hash.clone());
                self.head = Some((record.session, Head { seq, hash }));
            }
        }
    }

    /// None for a log without a start.
    pub(super) fn finish(self) -> Option<Folded> {
        self.state.started.as_ref()?;
        let (session, head) = self.head?;
        Some(Folded {
            session,
            head,
            trouble: self.trouble,
            holds: self.holds.finish(&self.state),
            without_pass: self.without_pass.finish(&self.state),
            drill: self.drill,
            not_passed: self.not_passed.finish(&self.state),
            seen: self.seen,
            verdicts: self.verdicts,
            annotated: self.annotated,
            naming: self.naming,
            state: self.state,
        })
    }
}

/// The place of an outcome in a count of all three.
pub(super) fn place(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Pass => 0,
        Outcome::Fail => 1,
        Outcome::Inconclusive => 2,
    }
}

/// Folds an event into a state without what the rules do not ask for: every question that they have is answered as by
/// [`State::apply`], and what people wrote and gates answered is not kept.
fn apply(state: &mut State, record: &Record) {
    let (at, actor) = (record.at, &record.actor);
    match &record.event {
        Event::NoteAdded { .. } => {
            state.apply_event(&record.event, at, actor);
            state.notes.clear();
        }
        Event::GateFinished {
            run,
            step,
            gate,
            verdict,
        } => {
            let (run, step, gate) = (*run, step.clone(), gate.clone());
            let verdict = without_evidence(verdict);
            let event = Event::GateFinished {
                run,
                step,
                gate,
                verdict,
            };
            state.apply_event(&event, at, actor);
        }
        event => {
            state.apply_event(event, at, actor);
        }
    }
}
