//! What is to be done about a hold, whose word that is, and which way back there is.

use super::entries::{Hold, HowDone};
use super::event::{Event, Started, StepId};
use super::state::State;
use crate::gate::Outcome;
use crate::runbook::{OnFail, ProcedureKind, Step};

/// Whose word it is what to do about a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdviceBy {
    /// The runbook's, at the step: its text, or its `on_fail`.
    Runbook,
    /// The gate's own `on_fail`.
    Gate,
    /// Neither says anything else than to stop.
    Default,
}

/// Which way back a session that holds has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// A rollback of it can be started.
    Rollback,
    /// It is a rollback itself, and names none of its own.
    IsRollback,
    /// A rollback was started, and the session goes on beside it.
    Started,
}

/// What is to be done about a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// Whose word it is, with the space after it: `The runbook says: `.
    pub lead: &'static str,
    /// What is to be done, without the full stop.
    pub what: &'static str,
    /// To start the rollback is what it says.
    pub is_rollback: bool,
    /// A rollback may be started.
    pub offers_rollback: bool,
    /// A person may decide to go on without a pass.
    pub may_go_on: bool,
}

/// What is to be done about a hold, by the word that was recorded with it.
#[must_use]
pub fn recommendation(by: AdviceBy, advice: OnFail, outcome: Outcome, back: WayBack) -> Recommendation {
    let lead = match by {
        AdviceBy::Runbook => "The runbook says: ",
        AdviceBy::Gate => "Set for this gate: ",
        AdviceBy::Default => "Nothing else is set for this gate, so: ",
    };
    let (lead, what) = match (advice, outcome, back) {
        (OnFail::Stop, ..) => (lead, "stop, mend the cause, and run the gate again"),
        (OnFail::Rollback, _, WayBack::Rollback) => (lead, "roll back"),
        (OnFail::Rollback, _, WayBack::Started) => (lead, "roll back. A rollback was started already"),
        (OnFail::Rollback, _, WayBack::IsRollback) => (
            "The rollback itself does not verify. ",
            "Mend the cause and run the gate again; if that does not work, get help",
        ),
        (OnFail::Caution, Outcome::Fail, WayBack::IsRollback) => {
            (lead, "proceed with caution, or mend the cause and run the gate again")
        }
        (OnFail::Caution, Outcome::Fail, _) => (lead, "proceed with caution, or roll back"),
        (OnFail::Caution, _, WayBack::IsRollback) => ("It ", "could not be decided: run it again"),
        (OnFail::Caution, ..) => ("It ", "could not be decided: run it again, or roll back"),
    };
    let offers_rollback = back == WayBack::Rollback;
    Recommendation {
        lead,
        what,
        is_rollback: advice == OnFail::Rollback && offers_rollback,
        offers_rollback,
        may_go_on: advice == OnFail::Caution && outcome == Outcome::Fail,
    }
}

impl AdviceBy {
    /// Whose word it was that was recorded with a hold at the step.
    #[must_use]
    pub fn of(step: Option<&Step>, advice: OnFail) -> Self {
        match step.and_then(|step| step.on_fail) {
            Some(said) if said == advice => Self::Runbook,
            _ if advice == OnFail::Stop => Self::Default,
            _ => Self::Gate,
        }
    }
}

impl State {
    /// What is to be done about a hold at a step.
    #[must_use]
    pub fn recommendation(&self, step: &str, hold: &Hold) -> Recommendation {
        let by = AdviceBy::of(self.step(step), hold.advice);
        let back = self.way_back();
        let said = recommendation(by, hold.advice, self.outcome_of_hold(hold), back);
        if !(hold.corrected && said.may_go_on) {
            return said;
        }
        // Going on is for what failed by the declaration that the session goes by.
        Recommendation {
            lead: "The gate was corrected since: ",
            what: match back {
                WayBack::IsRollback => "run it anew",
                WayBack::Rollback | WayBack::Started => "run it anew, or roll back",
            },
            may_go_on: false,
            ..said
        }
    }

    /// Which way back it has while it is open.
    #[must_use]
    pub fn way_back(&self) -> WayBack {
        let started = self.started.as_deref();
        match started {
            _ if self.rollback.is_some() => WayBack::Started,
            Some(started) if started.is_rollback() && started.procedure.rollback.is_none() => WayBack::IsRollback,
            _ => WayBack::Rollback,
        }
    }

    /// A rollback of it can be started, as far as its own log says.
    #[must_use]
    pub fn can_be_rolled_back(&self) -> bool {
        let started = self.started.as_deref();
        self.way_back() == WayBack::Rollback && started.is_some_and(|started| started.no_rollback().is_none())
    }

    /// Steps that were left out; what was left out within such a step is not counted again.
    #[must_use]
    pub fn left_out(&self) -> usize {
        fn count(state: &State, steps: &[Step]) -> usize {
            let one = |step: &Step| match state.done.get(&step.id).map(|done| &done.how) {
                Some(HowDone::Skipped(_)) => 1,
                _ => count(state, &step.children),
            };
            steps.iter().map(one).sum()
        }
        self.procedure
            .as_deref()
            .map_or(0, |procedure| count(self, &procedure.steps))
    }

    /// Whether a gate of this very step was gone on with and has not passed since.
    #[must_use]
    pub fn is_without_pass(&self, step: &str) -> bool {
        self.gone_on_with().any(|of| of == step)
    }

    /// Whether that is so of the step or of one of its sub-steps.
    #[must_use]
    pub fn has_part_without_pass(&self, step: &Step) -> bool {
        self.gone_on_with().any(|of| step.contains(of))
    }

    /// The steps of the gates that were gone on with and have not passed since, also where one failed again afterwards.
    fn gone_on_with(&self) -> impl Iterator<Item = &StepId> {
        let keys = self.cautions.keys().chain(&self.never_passed);
        keys.map(|(step, _)| step)
    }

    /// Whether a gate ticked the step or one of its sub-steps by a declaration that another one was taken for, and has not passed
    /// since.
    #[must_use]
    pub fn has_part_by_old_declaration(&self, step: &Step) -> bool {
        self.old_ticks.keys().any(|(of, _)| step.contains(of))
    }

    /// Steps of which a gate was gone on with and has not passed since.
    #[must_use]
    pub fn without_pass(&self) -> usize {
        let mut steps: Vec<&StepId> = self.cautions.keys().map(|(step, _)| step).collect();
        steps.dedup();
        steps.len()
    }
}

/// Why a session has no rollback that could be started from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRollback {
    /// It is a rollback itself, and its runbook has no other one.
    IsRollback,
    /// Its runbook has no rollback procedure.
    NoneInRunbook,
    /// Its procedure names one that the session did not find in its runbook.
    NotFound,
}

impl Started {
    /// Whether it undoes another session, or is of the kind that does.
    #[must_use]
    pub fn is_rollback(&self) -> bool {
        self.undoes.is_some() || self.procedure.kind == ProcedureKind::Rollback
    }

    /// What it does: whatever undoes another session is a rollback, of whatever kind its procedure is.
    #[must_use]
    pub fn acts_as(&self) -> ProcedureKind {
        match self.undoes {
            Some(_) => ProcedureKind::Rollback,
            None => self.procedure.kind,
        }
    }

    /// Why nothing is offered to undo it; none where something is.
    #[must_use]
    pub fn no_rollback(&self) -> Option<NoRollback> {
        if !self.rollback_choices().is_empty() {
            return None;
        }
        Some(match self.procedure.rollback {
            Some(_) => NoRollback::NotFound,
            None if self.is_rollback() => NoRollback::IsRollback,
            None => NoRollback::NoneInRunbook,
        })
    }

    /// What people call a session that was started so: `Golden release v1.4.2`.
    #[must_use]
    pub fn name(&self) -> String {
        let name = format!("{} {}", self.procedure.title, self.version);
        name.trim_end().to_owned()
    }
}

/// In what a hold's event says: `holds; the runbook says: stop`.
pub(super) fn advice_in_words(state: &State, event: &Event) -> Option<&'static str> {
    let Event::HoldPlaced { step, run, advice, .. } = event else {
        return None;
    };
    let outcome = state.outcome_that_holds(*run);
    Some(match (AdviceBy::of(state.step(step), *advice), advice) {
        (_, OnFail::Caution) if outcome != Outcome::Fail => "holds; could not be decided: run it again, or roll back",
        (AdviceBy::Runbook, OnFail::Stop) => "holds; the runbook says: stop",
        (AdviceBy::Runbook, OnFail::Rollback) => "holds; the runbook says: roll back",
        (AdviceBy::Runbook, OnFail::Caution) => "holds; the runbook says: proceed with caution or roll back",
        (_, OnFail::Stop) => "holds; nothing else is set for this gate, so: stop",
        (_, OnFail::Rollback) => "holds; set for this gate: roll back",
        (_, OnFail::Caution) => "holds; set for this gate: proceed with caution or roll back",
    })
}
