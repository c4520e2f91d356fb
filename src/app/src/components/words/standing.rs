//! How a session stands in one word, its rollback included: the same in its head, in the list and in the browser's tab.

use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{Standing, State};
use holdpoint_domain::summary::given_up_maybe_live;
use holdpoint_domain::wire::SessionBrief;

use super::Word;

/// What came of the steps of a session that was completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Each was done.
    Done,
    /// Some were left out.
    LeftOut,
    /// Some were gone on with without a pass, and have none since.
    WithoutPass,
}

impl Ending {
    fn of(left_out: bool, without_pass: bool) -> Self {
        match (left_out, without_pass) {
            (_, true) => Self::WithoutPass,
            (true, false) => Self::LeftOut,
            (false, false) => Self::Done,
        }
    }
}

/// How a rollback stands, by its own events or by its entry in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollbackFacts {
    pub standing: Standing,
    /// Top-level steps that are done or were left out.
    pub done: usize,
    /// Top-level steps.
    pub steps: usize,
    pub ending: Ending,
}

impl RollbackFacts {
    /// None before its first event.
    #[must_use]
    pub fn of_state(rollback: &State) -> Option<Self> {
        rollback.started.as_ref()?;
        let (done, steps) = rollback.progress();
        Some(Self {
            standing: rollback.standing(),
            done,
            steps,
            ending: Ending::of(rollback.left_something_out(), rollback.went_on_without_pass()),
        })
    }

    /// None where its entry cannot be read.
    #[must_use]
    pub fn of_brief(rollback: &SessionBrief) -> Option<Self> {
        (!rollback.unreadable).then(|| Self {
            standing: rollback.standing,
            done: rollback.done as usize,
            steps: rollback.steps as usize,
            ending: Ending::of(rollback.left_out, rollback.without_pass),
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

    /// It is known to be over without having undone the session, so that another one can be started in its place.
    #[must_use]
    pub fn is_given_up(self) -> bool {
        matches!(self, Self::Known(known) if matches!(known.standing, Standing::Abandoned | Standing::RolledBack))
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
            kind: state.procedure.as_ref().map(|procedure| procedure.kind),
            ending: Ending::of(state.left_something_out(), state.went_on_without_pass()),
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
            ending: Ending::of(session.left_out, session.without_pass),
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
            (Standing::Go | Standing::RollingBack, _) => (Word::Back, "ROLLING BACK"),
            (Standing::Hold, _) => (Word::Hold, "ROLLBACK ON HOLD"),
            (Standing::Abandoned | Standing::RolledBack, _) => (Word::Hold, "ROLLBACK GIVEN UP"),
            (Standing::Completed, Ending::WithoutPass) => (Word::Alert, "ROLLBACK FINISHED WITH CAUTION"),
            (Standing::Completed, Ending::LeftOut) => (Word::Alert, "ROLLBACK FINISHED, STEPS LEFT OUT"),
            (Standing::Completed, Ending::Done) if is_open => (Word::Back, "ROLLBACK FINISHED"),
            (Standing::Completed, Ending::Done) => (Word::Back, "ROLLED BACK"),
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
            Ending::Done => "is finished: it was closed with every step done".to_owned(),
            Ending::LeftOut => "is finished: it was closed with every step done or left out".to_owned(),
            Ending::WithoutPass => "is finished, with steps that were gone on with without a pass".to_owned(),
        },
        Standing::Abandoned | Standing::RolledBack => format!("was given up with {done} of {steps} steps done"),
        Standing::RollingBack => "is being undone itself".to_owned(),
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
mod tests {
    use ProcedureKind::{Emergency, Release, Rollback as Back};
    use Rollback::{Known, None as No, Unknown};
    use Standing::{Abandoned, Completed, Go, Hold, RolledBack, RollingBack};

    use super::*;

    const fn facts(standing: Standing, ending: Ending) -> RollbackFacts {
        RollbackFacts {
            standing,
            done: 1,
            steps: 5,
            ending,
        }
    }

    const fn known(standing: Standing) -> Rollback {
        Known(facts(standing, Ending::Done))
    }

    #[test]
    fn another_rollback_takes_the_place_of_one_that_is_known_to_be_given_up_and_of_no_other() {
        for standing in [Abandoned, RolledBack] {
            assert!(known(standing).is_given_up(), "{standing:?}");
        }
        for standing in [Go, Hold, RollingBack, Completed] {
            assert!(!known(standing).is_given_up(), "{standing:?}");
        }
        assert!(!No.is_given_up() && !Unknown.is_given_up());
    }

    #[test]
    fn a_session_stands_as_its_events_and_its_rollback_say() {
        let without = Known(facts(Completed, Ending::WithoutPass));
        let left_out = Known(facts(Completed, Ending::LeftOut));
        let table = [
            (Go, Release, No, Word::Go, "GO"),
            (Go, Emergency, No, Word::Alert, "RESPONDING"),
            (Go, Emergency, known(Hold), Word::Alert, "RESPONDING"),
            (Go, Back, No, Word::Back, "ROLLING BACK"),
            (Hold, Release, No, Word::Hold, "HOLD"),
            (Hold, Back, No, Word::Hold, "ROLLBACK ON HOLD"),
            (RollingBack, Release, Unknown, Word::Back, "ROLLBACK STARTED"),
            (RollingBack, Release, known(Go), Word::Back, "ROLLING BACK"),
            (RollingBack, Release, known(Hold), Word::Hold, "ROLLBACK ON HOLD"),
            (RollingBack, Release, known(Completed), Word::Back, "ROLLBACK FINISHED"),
            (RollingBack, Release, known(Abandoned), Word::Hold, "ROLLBACK GIVEN UP"),
            (
                RollingBack,
                Release,
                without,
                Word::Alert,
                "ROLLBACK FINISHED WITH CAUTION",
            ),
            (
                RolledBack,
                Release,
                left_out,
                Word::Alert,
                "ROLLBACK FINISHED, STEPS LEFT OUT",
            ),
            (RolledBack, Release, known(Completed), Word::Back, "ROLLED BACK"),
            (RolledBack, Release, known(Go), Word::Back, "ROLLING BACK"),
            (RolledBack, Release, known(Abandoned), Word::Hold, "ROLLBACK GIVEN UP"),
            (RolledBack, Release, Unknown, Word::Back, "CLOSED AS ROLLED BACK"),
            (RolledBack, Emergency, known(Go), Word::Back, "ROLLING BACK"),
            (Completed, Release, No, Word::Go, "COMPLETED"),
            (Completed, Release, known(Go), Word::Back, "ROLLING BACK"),
            (Completed, Release, known(Completed), Word::Back, "ROLLED BACK"),
            (Completed, Release, Unknown, Word::Back, "ROLLBACK STARTED"),
            (Completed, Emergency, known(Completed), Word::Go, "COMPLETED"),
            (
                Completed,
                Emergency,
                known(Go),
                Word::Alert,
                "COMPLETED, ROLLBACK NOT FINISHED",
            ),
            (
                Completed,
                Emergency,
                known(Hold),
                Word::Alert,
                "COMPLETED, ROLLBACK NOT FINISHED",
            ),
            (
                Completed,
                Emergency,
                known(Abandoned),
                Word::Alert,
                "COMPLETED, ROLLBACK GIVEN UP",
            ),
            (
                Completed,
                Emergency,
                Unknown,
                Word::Alert,
                "COMPLETED, ROLLBACK STARTED",
            ),
            (Abandoned, Release, No, Word::Wait, "GIVEN UP"),
            (Abandoned, Back, No, Word::Hold, "ROLLBACK GIVEN UP"),
            (
                Completed,
                Emergency,
                left_out,
                Word::Alert,
                "ROLLBACK FINISHED, STEPS LEFT OUT",
            ),
            (
                Completed,
                Emergency,
                without,
                Word::Alert,
                "ROLLBACK FINISHED WITH CAUTION",
            ),
            (Abandoned, Release, known(Go), Word::Back, "ROLLING BACK"),
            (
                Abandoned,
                Emergency,
                known(Go),
                Word::Alert,
                "GIVEN UP, ROLLBACK NOT FINISHED",
            ),
        ];
        for (standing, kind, rollback, word, text) in table {
            let stands = Stands {
                standing,
                kind: Some(kind),
                ending: Ending::Done,
                maybe_live: false,
                rollback,
            };
            assert_eq!(stands.word(), (word, text), "{stands:?}");
        }
    }

    #[test]
    fn a_release_that_was_given_up_and_may_be_live_is_amber() {
        let given_up = Stands {
            standing: Abandoned,
            kind: Some(Release),
            ending: Ending::Done,
            maybe_live: true,
            rollback: No,
        };
        assert_eq!(given_up.word(), (Word::Hold, "GIVEN UP"));
        let undone = Stands {
            rollback: known(Completed),
            ..given_up
        };
        assert_eq!(undone.word(), (Word::Back, "ROLLED BACK"));
    }

    #[test]
    fn what_was_left_out_or_has_no_pass_is_not_green() {
        let table = [
            (Go, Ending::LeftOut, Word::Go, "GO"),
            (Go, Ending::WithoutPass, Word::Alert, "GO ON WITH CAUTION"),
            (Completed, Ending::LeftOut, Word::Wait, "COMPLETED, STEPS LEFT OUT"),
            (Completed, Ending::WithoutPass, Word::Alert, "COMPLETED WITH CAUTION"),
        ];
        for (standing, ending, word, text) in table {
            let kind = Some(Release);
            let rollback = No;
            let stands = Stands {
                standing,
                kind,
                ending,
                maybe_live: false,
                rollback,
            };
            assert_eq!(stands.word(), (word, text));
        }
    }

    #[test]
    fn no_end_beside_an_unfinished_rollback_is_green() {
        let all = [known(Go), known(Hold), known(Abandoned), known(RollingBack), Unknown];
        for rollback in all {
            assert!(rollback.is_unfinished(), "{rollback:?}");
            for (standing, kind) in [Completed, RolledBack, Abandoned]
                .into_iter()
                .flat_map(|one| [(one, Release), (one, Emergency)])
            {
                let stands = Stands {
                    standing,
                    kind: Some(kind),
                    ending: Ending::Done,
                    maybe_live: true,
                    rollback,
                };
                assert_ne!(stands.word().0, Word::Go, "{stands:?}");
            }
        }
        assert!(!known(Completed).is_unfinished() && !No.is_unfinished());
        assert_eq!(Rollback::new(false, Some(facts(Go, Ending::Done))), No);
    }

    #[test]
    fn a_rollback_is_told_by_its_name_and_how_it_stands() {
        let done = |standing| Some(facts(standing, Ending::Done));
        let table = [
            (done(Go), "is under way: 1 of 5 steps done"),
            (done(Hold), "is on hold: 1 of 5 steps done"),
            (done(Abandoned), "was given up with 1 of 5 steps done"),
            (done(RollingBack), "is being undone itself"),
            (done(Completed), "is finished: it was closed with every step done"),
            (
                Some(facts(Completed, Ending::LeftOut)),
                "is finished: it was closed with every step done or left out",
            ),
            (
                Some(facts(Completed, Ending::WithoutPass)),
                "is finished, with steps that were gone on with without a pass",
            ),
            (None, "was started; how it stands is not known here"),
        ];
        for (standing, words) in table {
            assert_eq!(
                rollback_sentence(Some("Perfect rollback v2"), standing),
                format!("Its rollback, Perfect rollback v2, {words}.")
            );
        }
        assert_eq!(
            rollback_sentence(None, done(Go)),
            "Its rollback is under way: 1 of 5 steps done."
        );
    }
}
