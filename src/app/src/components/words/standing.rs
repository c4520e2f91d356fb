//! How a session stands in one word, its rollback included: the same in its head, in the list and in the browser's tab.

use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{Standing, Started, State};
use holdpoint_domain::summary::{completed_unverified, given_up_maybe_live};
use holdpoint_domain::wire::SessionBrief;

use super::Word;

/// What came of the steps of a session that was completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Each was done.
    Done,
    /// Each was done or left out, and nothing has proved the new version.
    Unverified,
    /// Some were left out.
    LeftOut,
    /// Some were gone on with without a pass, and have none since.
    WithoutPass,
}

impl Ending {
    fn of(left_out: bool, without_pass: bool, unverified: bool) -> Self {
        match (left_out, without_pass) {
            (_, true) => Self::WithoutPass,
            _ if unverified => Self::Unverified,
            (true, false) => Self::LeftOut,
            (false, false) => Self::Done,
        }
    }
}

/// How a rollback stands, by its own events or by its entry in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollbackFacts {
    /// One of which a rollback was started is being rolled back, whether it is closed or not.
    pub standing: Standing,
    /// Top-level steps that are done. One that was left out is not.
    pub done: usize,
    /// Top-level steps.
    pub steps: usize,
    pub ending: Ending,
}

impl RollbackFacts {
    /// By its events, and whether another rollback undoes it, which they do not say once it is closed. None before the first one.
    #[must_use]
    pub fn of_state(rollback: &State, is_undone: bool) -> Option<Self> {
        rollback.started.as_ref()?;
        let (_, steps) = rollback.progress();
        Some(Self {
            standing: match is_undone || rollback.rollback.is_some() {
                true => Standing::RollingBack,
                false => rollback.standing(),
            },
            done: rollback.ticked_on_top(),
            steps,
            ending: Ending::of(rollback.left_something_out(), rollback.went_on_without_pass(), false),
        })
    }

    /// None where its entry cannot be read.
    #[must_use]
    pub fn of_brief(rollback: &SessionBrief) -> Option<Self> {
        (!rollback.unreadable).then(|| Self {
            standing: match rollback.undone_by {
                Some(_) => Standing::RollingBack,
                None => rollback.standing,
            },
            done: rollback.done as usize,
            steps: rollback.steps as usize,
            ending: Ending::of(rollback.left_out, rollback.without_pass, false),
        })
    }
}

/// The rollback of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rollback {
    /// None was started.
    None,
    /// One was started, and how it stands is not known here.
    Unknown,
    Known(RollbackFacts),
}

impl Rollback {
    /// By whether one was started, and what is known of it.
    #[must_use]
    pub fn new(started: bool, known: Option<RollbackFacts>) -> Self {
        match known.filter(|_| started) {
            Some(known) => Self::Known(known),
            None if started => Self::Unknown,
            None => Self::None,
        }
    }

    /// One was started, and nobody has said here that it is finished.
    #[must_use]
    pub fn is_unfinished(self) -> bool {
        match self {
            Self::None => false,
            Self::Unknown => true,
            Self::Known(known) => known.standing != Standing::Completed,
        }
    }
}

/// What the word for a session follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    pub standing: Standing,
    /// Null in what an older version wrote down.
    pub kind: Option<ProcedureKind>,
    pub ending: Ending,
    /// It was given up, and the new version may be live.
    pub maybe_live: bool,
    pub rollback: Rollback,
}

impl Stands {
    /// By the session's own events, and what is known of its rollback: whether one was started, and how it stands.
    #[must_use]
    pub fn of_state(state: &State, started: bool, rollback: Option<RollbackFacts>) -> Self {
        Self {
            standing: state.standing(),
            kind: state.started.as_deref().map(Started::acts_as),
            ending: Ending::of(
                state.left_something_out(),
                state.went_on_without_pass(),
                completed_unverified(state),
            ),
            maybe_live: given_up_maybe_live(state),
            rollback: Rollback::new(state.rollback.is_some() || started, rollback),
        }
    }

    /// By its entry in the list, and that of its rollback.
    #[must_use]
    pub fn of_brief(session: &SessionBrief, rollback: Option<&SessionBrief>) -> Self {
        Self {
            standing: session.standing,
            kind: session.kind,
            ending: Ending::of(session.left_out, session.without_pass, session.unverified),
            maybe_live: session.maybe_live,
            rollback: Rollback::new(session.undone_by.is_some(), rollback.and_then(RollbackFacts::of_brief)),
        }
    }

    #[must_use]
    pub fn word(self) -> (Word, &'static str) {
        match self.standing {
            Standing::Go => match self.kind {
                Some(ProcedureKind::Emergency) => (Word::Alert, "RESPONDING"),
                Some(ProcedureKind::Rollback) => (Word::Back, "ROLLING BACK"),
                _ if self.ending == Ending::WithoutPass => (Word::Alert, "GO ON WITH CAUTION"),
                _ => (Word::Go, "GO"),
            },
            Standing::Hold if self.kind == Some(ProcedureKind::Rollback) => (Word::Hold, "ROLLBACK ON HOLD"),
            Standing::Hold => (Word::Hold, "HOLD"),
            Standing::RollingBack | Standing::RolledBack => self.undone(),
            Standing::Completed | Standing::Abandoned if self.rollback != Rollback::None => self.ended_beside(),
            Standing::Completed => match self.ending {
                Ending::Done => (Word::Go, "COMPLETED"),
                Ending::Unverified => (Word::Alert, "COMPLETED, NEW VERSION NOT VERIFIED"),
                Ending::LeftOut => (Word::Wait, "COMPLETED, STEPS LEFT OUT"),
                Ending::WithoutPass => (Word::Alert, "COMPLETED WITH CAUTION"),
            },
            Standing::Abandoned if self.kind == Some(ProcedureKind::Rollback) => (Word::Hold, "ROLLBACK GIVEN UP"),
            Standing::Abandoned if self.maybe_live => (Word::Hold, "GIVEN UP"),
            Standing::Abandoned => (Word::Wait, "GIVEN UP"),
        }
    }

    fn undone(self) -> (Word, &'static str) {
        let is_open = self.standing == Standing::RollingBack;
        let known = match self.rollback {
            Rollback::Known(known) => known,
            Rollback::None | Rollback::Unknown if self.standing == Standing::RolledBack => {
                return (Word::Back, "CLOSED AS ROLLED BACK");
            }
            Rollback::None | Rollback::Unknown => return (Word::Back, "ROLLBACK STARTED"),
        };
        match (known.standing, known.ending) {
            (Standing::Go, _) => (Word::Back, "ROLLING BACK"),
            (Standing::RollingBack, _) => (Word::Hold, "ROLLBACK OF THE ROLLBACK STARTED"),
            (Standing::Hold, _) => (Word::Hold, "ROLLBACK ON HOLD"),
            (Standing::Abandoned | Standing::RolledBack, _) => (Word::Hold, "ROLLBACK GIVEN UP"),
            (Standing::Completed, Ending::WithoutPass) => (Word::Alert, "ROLLBACK FINISHED WITH CAUTION"),
            (Standing::Completed, Ending::LeftOut) => (Word::Alert, "ROLLBACK FINISHED, STEPS LEFT OUT"),
            (Standing::Completed, Ending::Done | Ending::Unverified) if is_open => (Word::Back, "ROLLBACK FINISHED"),
            (Standing::Completed, Ending::Done | Ending::Unverified) => (Word::Back, "ROLLED BACK"),
        }
    }

    /// An emergency is not what its rollback undoes: it ended by itself, beside it. What else is closed is as its rollback is.
    fn ended_beside(self) -> (Word, &'static str) {
        let is_completed = self.standing == Standing::Completed;
        let known = match self.rollback {
            _ if self.kind != Some(ProcedureKind::Emergency) => return self.undone(),
            // One that is finished, though not with every step done, is told as that of anything else.
            Rollback::Known(known) if known.standing == Standing::Completed && known.ending != Ending::Done => {
                return self.undone();
            }
            Rollback::Known(known) => known.standing,
            Rollback::None | Rollback::Unknown if is_completed => return (Word::Alert, "COMPLETED, ROLLBACK STARTED"),
            Rollback::None | Rollback::Unknown => return (Word::Alert, "GIVEN UP, ROLLBACK STARTED"),
        };
        match (known, is_completed) {
            (Standing::Completed, _) => {
                let rollback = Rollback::None;
                Self { rollback, ..self }.word()
            }
            (Standing::Abandoned | Standing::RolledBack, true) => (Word::Alert, "COMPLETED, ROLLBACK GIVEN UP"),
            (Standing::Abandoned | Standing::RolledBack, false) => (Word::Alert, "GIVEN UP, ROLLBACK GIVEN UP"),
            (Standing::RollingBack, true) => (Word::Alert, "COMPLETED, ROLLBACK OF THE ROLLBACK STARTED"),
            (Standing::RollingBack, false) => (Word::Alert, "GIVEN UP, ROLLBACK OF THE ROLLBACK STARTED"),
            (_, true) => (Word::Alert, "COMPLETED, ROLLBACK NOT FINISHED"),
            (_, false) => (Word::Alert, "GIVEN UP, ROLLBACK NOT FINISHED"),
        }
    }
}

/// How a rollback stands, in a sentence without a beginning: `is under way: 0 of 5 steps done`.
#[must_use]
pub fn rollback_words(rollback: Option<RollbackFacts>) -> String {
    let Some(RollbackFacts {
        standing,
        done,
        steps,
        ending,
    }) = rollback
    else {
        return "was started; how it stands is not known here".to_owned();
    };
    match standing {
        Standing::Go => format!("is under way: {done} of {steps} steps done"),
        Standing::Hold => format!("is on hold: {done} of {steps} steps done"),
        Standing::Completed => match ending {
            Ending::Done | Ending::Unverified => "is finished: it was closed with every step done".to_owned(),
            Ending::LeftOut => "is finished: it was closed with every step done or left out".to_owned(),
            Ending::WithoutPass => "is finished, with steps that were gone on with without a pass".to_owned(),
        },
        Standing::Abandoned | Standing::RolledBack => format!("was given up with {done} of {steps} steps done"),
        Standing::RollingBack => "has a rollback of its own, so that what it did may be undone".to_owned(),
    }
}

/// `Its rollback, Perfect rollback v1.4.2, is under way: 0 of 5 steps done.`
#[must_use]
pub fn rollback_sentence(name: Option<&str>, rollback: Option<RollbackFacts>) -> String {
    let words = rollback_words(rollback);
    match name {
        Some(name) => format!("Its rollback, {name}, {words}."),
        None => format!("Its rollback {words}."),
    }
}

#[cfg(test)]
mod tests;
