//! Where in the log a claim can be looked up: the event that shows it best. A claim that something did not happen has no event.

use super::claims::Claim;
use super::reach::{Reach, reach};
use super::steps::{marked, puts_live};
use crate::gate::GateSnapshot;
use crate::runbook::Step;
use crate::session::{Event, HowDone, Record, RunId, State, TickedBy};

/// An event, of the session or of its rollback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// It is in the rollback's log.
    pub in_rollback: bool,
    pub seq: u64,
}

/// A log with the state that follows from it.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    pub state: &'a State,
    pub records: &'a [Record],
}

impl Evidence<'_> {
    fn last(&self, is: impl Fn(&Event) -> bool) -> Option<u64> {
        let found = self.records.iter().rev().find(|record| is(&record.event));
        found.map(|record| record.seq)
    }

    /// The event that has the run's verdict.
    fn verdict_of(&self, wanted: RunId) -> Option<u64> {
        self.last(|event| match event {
            Event::GateFinished { run, .. } => *run == wanted,
            Event::GateObserved { observation, .. } => *observation == wanted,
            _ => false,
        })
    }

    fn tick_of(&self, wanted: &Step) -> Option<u64> {
        self.last(|event| matches!(event, Event::StepTicked { step, .. } if *step == wanted.id))
    }

    fn top_level(&self, is: fn(&Step) -> bool) -> Option<&Step> {
        let procedure = self.state.procedure.as_deref()?;
        procedure.steps.iter().find(|step| is(step))
    }

    /// The last tick or leaving-out; without one, the start.
    fn progress(&self) -> Option<u64> {
        self.last(|event| matches!(event, Event::StepTicked { .. } | Event::StepSkipped { .. }))
            .or_else(|| self.start())
    }

    fn start(&self) -> Option<u64> {
        self.last(|event| matches!(event, Event::SessionStarted(_)))
    }

    fn closing(&self) -> Option<u64> {
        self.last(|event| matches!(event, Event::SessionClosed { .. }))
    }

    /// The newest decision to go on without a pass that stands, of which the sentences tell.
    fn decision(&self) -> Option<u64> {
        let standing = self.state.cautions.iter().max_by_key(|(_, caution)| caution.at);
        let ((at, by), caution) = standing?;
        self.last(|event| {
            matches!(event, Event::ProceededWithCaution { step, gate, run, .. }
                if (step, gate, run) == (at, by, &caution.run))
        })
    }

    /// The last time that a step was left out that still is.
    fn left_out(&self) -> Option<u64> {
        let is_out = |step: &str| {
            let done = self.state.done.get(step);
            done.is_some_and(|done| matches!(done.how, HowDone::Skipped(_)))
        };
        self.last(|event| matches!(event, Event::StepSkipped { step, .. } if is_out(step)))
    }

    /// The step that changes the database, by the same reading as the sentence.
    fn database(&self) -> Option<&Step> {
        match reach(self.state, self.state.procedure.as_deref()?) {
            Reach::Before { database, .. } => database,
            _ => None,
        }
    }

    fn rollback(&self) -> Option<u64> {
        self.last(|event| matches!(event, Event::RollbackStarted { .. }))
    }

    /// The same, if it is the one that is told: another one may have been started after the closing.
    fn rollback_told(&self, told: Option<Evidence<'_>>) -> Option<u64> {
        let first = told.and_then(|told| told.records.first());
        self.last(|event| match event {
            Event::RollbackStarted { session, .. } => first.is_none_or(|first| first.session == *session),
            _ => false,
        })
    }

    /// The verdict that the oldest hold was placed by.
    fn held(&self) -> Option<u64> {
        let (_, _, hold) = self.state.hold()?;
        self.verdict_of(hold.run)
    }

    /// The verdict of the last run of a gate that sees the release.
    fn sight(&self) -> Option<u64> {
        let sees = |gate: &str| self.state.gate_snapshot(gate).is_some_and(GateSnapshot::sees_release);
        let mut runs = self.state.runs.iter().rev();
        let run = runs.find(|run| run.verdict.is_some() && sees(&run.gate))?;
        self.verdict_of(run.id)
    }

    /// The verdict of the run that ticked the step last.
    fn verified(&self, step: &Step) -> Option<u64> {
        match &self.state.done.get(&step.id)?.how {
            HowDone::Ticked(TickedBy::Gate { run }) => self.verdict_of(*run),
            _ => None,
        }
    }
}

impl Claim {
    /// The event that shows it, in the session's log or in that of its rollback.
    #[must_use]
    pub fn place(self, session: Evidence<'_>, rollback: Option<Evidence<'_>>) -> Option<Place> {
        let own = |seq: u64| Place {
            in_rollback: false,
            seq,
        };
        let other = |seq: u64| Place { in_rollback: true, seq };
        let live = session.top_level(puts_live);
        match self {
            Self::NothingNewLive => None,
            Self::DatabaseStepDone => session.tick_of(session.database()?).map(own),
            Self::LiveStepNext => session.progress().map(own),
            Self::LiveStepDone => session.tick_of(live?).map(own),
            Self::LiveStepVerified => {
                let parts = || {
                    marked(live?)
                        .into_iter()
                        .filter_map(|step| session.verified(step))
                        .max()
                };
                session.verified(live?).or_else(parts).map(own)
            }
            Self::NewVersionSeen | Self::NewVersionWasSeen | Self::OtherVersionSeen => session.sight().map(own),
            Self::CheckNotPassed => session.held().map(own),
            Self::WentOnWithoutPass => session.decision().map(own),
            Self::EveryStepDone
            | Self::EveryStepDoneOrLeftOut
            | Self::ClosedEarly
            | Self::GivenUp
            | Self::ClosedAsRolledBack => session.closing().map(own),
            Self::RollbackStarted => match session.rollback_told(rollback) {
                Some(seq) => Some(own(seq)),
                None => rollback?.start().map(other),
            },
            Self::RollbackOpen => rollback?.progress().map(other),
            Self::RollbackHeld => rollback?.held().map(other),
            Self::RollbackFinished | Self::RollbackEveryStepDone | Self::RollbackGivenUp => {
                rollback?.closing().map(other)
            }
            Self::RollbackLeftOut => rollback?.left_out().map(other),
            Self::RollbackWithoutPass => rollback?.decision().map(other),
            Self::RollbackUndone => rollback?.rollback().map(other),
        }
    }
}
