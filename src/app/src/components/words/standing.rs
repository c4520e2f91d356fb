//! How a session stands in one word, its rollback included: the same in its head, in the list and in the browser's tab.

use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{Standing, State};
use holdpoint_domain::summary::RollbackStanding;
use holdpoint_domain::wire::SessionBrief;

use super::Word;
use crate::format::count;

/// The rollback of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rollback {
    /// None was started.
    None,
    /// One was started, and how it stands is not known here.
    Unknown,
    Known(RollbackStanding),
}

impl Rollback {
    /// By whether one was started, and what is known of it.
    #[must_use]
    pub fn new(started: bool, known: Option<RollbackStanding>) -> Self {
        match known.filter(|_| started) {
            Some(known) => Self::Known(known),
            None if started => Self::Unknown,
            None => Self::None,
        }
    }

    /// One was started, and nobody has said here that it is finished.
    #[must_use]
    pub fn is_unfinished(self) -> bool {
        !matches!(self, Self::None | Self::Known(RollbackStanding::Finished))
    }
}

/// What the word for a session follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    pub standing: Standing,
    /// Null in what an older version wrote down.
    pub kind: Option<ProcedureKind>,
    /// Steps of which a gate was gone on with and has not passed since.
    pub without_pass: usize,
    pub rollback: Rollback,
}

impl Stands {
    /// By the session's own events, and what is known of its rollback.
    #[must_use]
    pub fn of_state(state: &State, rollback: Option<RollbackStanding>) -> Self {
        Self {
            standing: state.standing(),
            kind: state.procedure.as_ref().map(|procedure| procedure.kind),
            without_pass: state.without_pass(),
            rollback: Rollback::new(state.rollback.is_some(), rollback),
        }
    }

    /// By its entry in the list, and that of its rollback.
    #[must_use]
    pub fn of_brief(session: &SessionBrief, rollback: Option<&SessionBrief>) -> Self {
        Self {
            standing: session.standing,
            kind: session.kind,
            without_pass: session.without_pass as usize,
            rollback: Rollback::new(session.undone_by.is_some(), rollback.and_then(standing_of_brief)),
        }
    }

    #[must_use]
    pub fn word(self) -> (Word, String) {
        let plain = |word: Word, text: &str| (word, text.to_owned());
        match self.standing {
            Standing::Go => match self.kind {
                Some(ProcedureKind::Emergency) => plain(Word::Alert, "RESPONDING"),
                Some(ProcedureKind::Rollback) => plain(Word::Back, "ROLLING BACK"),
                _ if self.without_pass > 0 => plain(Word::Alert, "GO ON WITH CAUTION"),
                _ => plain(Word::Go, "GO"),
            },
            Standing::Hold if self.kind == Some(ProcedureKind::Rollback) => plain(Word::Hold, "ROLLBACK ON HOLD"),
            Standing::Hold => plain(Word::Hold, "HOLD"),
            Standing::RollingBack | Standing::RolledBack => self.undone(),
            Standing::Completed => match (self.after_the_end(), self.without_pass) {
                (Some(rollback), _) => (Word::Alert, format!("COMPLETED, {rollback}")),
                (None, 0) => plain(Word::Go, "COMPLETED"),
                (None, steps) => {
                    let text = format!("COMPLETED, {} WITHOUT A PASS", count(steps, "STEP").to_uppercase());
                    (Word::Alert, text)
                }
            },
            Standing::Abandoned => match self.after_the_end() {
                Some(rollback) => (Word::Alert, format!("ABANDONED, {rollback}")),
                None => plain(Word::Wait, "ABANDONED"),
            },
        }
    }

    fn undone(self) -> (Word, String) {
        use RollbackStanding::{Finished, GivenUp, Held, Open, Undone};
        let is_closed = self.standing == Standing::RolledBack;
        let (word, text) = match self.rollback {
            Rollback::None | Rollback::Unknown if is_closed => (Word::Back, "CLOSED AS ROLLED BACK"),
            Rollback::None | Rollback::Unknown => (Word::Back, "ROLLBACK STARTED"),
            Rollback::Known(Finished) if is_closed => (Word::Back, "ROLLED BACK"),
            Rollback::Known(Finished) => (Word::Back, "ROLLBACK FINISHED"),
            Rollback::Known(Open { .. } | Undone) => (Word::Back, "ROLLING BACK"),
            Rollback::Known(Held { .. }) => (Word::Hold, "ROLLBACK ON HOLD"),
            Rollback::Known(GivenUp { .. }) => (Word::Hold, "ROLLBACK GIVEN UP"),
        };
        (word, text.to_owned())
    }

    /// What has to be said of its rollback beside how it ended.
    fn after_the_end(self) -> Option<&'static str> {
        match self.rollback {
            Rollback::None | Rollback::Known(RollbackStanding::Finished) => None,
            Rollback::Unknown => Some("ROLLBACK STARTED"),
            Rollback::Known(RollbackStanding::GivenUp { .. }) => Some("ROLLBACK GIVEN UP"),
            Rollback::Known(_) => Some("ROLLBACK NOT FINISHED"),
        }
    }
}

/// How a rollback stands by its entry in the list; none where that cannot be read.
#[must_use]
pub fn standing_of_brief(rollback: &SessionBrief) -> Option<RollbackStanding> {
    let progress = (rollback.done as usize, rollback.steps as usize);
    (!rollback.unreadable).then(|| RollbackStanding::told(rollback.standing, progress))
}

/// How a rollback stands, in a sentence without a beginning: `is under way: 0 of 5 steps done`.
#[must_use]
pub fn rollback_words(rollback: Option<RollbackStanding>) -> String {
    match rollback {
        None => "was started; how it stands is not known here".to_owned(),
        Some(RollbackStanding::Open { done, steps }) => format!("is under way: {done} of {steps} steps done"),
        Some(RollbackStanding::Held { done, steps }) => format!("is on hold: {done} of {steps} steps done"),
        Some(RollbackStanding::Finished) => "is finished: it was closed with every step done".to_owned(),
        Some(RollbackStanding::GivenUp { done, steps }) => format!("was given up with {done} of {steps} steps done"),
        Some(RollbackStanding::Undone) => "is being undone itself".to_owned(),
    }
}

/// `Its rollback, Perfect rollback v1.4.2, is under way: 0 of 5 steps done.`
#[must_use]
pub fn rollback_sentence(name: Option<&str>, rollback: Option<RollbackStanding>) -> String {
    let words = rollback_words(rollback);
    match name {
        Some(name) => format!("Its rollback, {name}, {words}."),
        None => format!("Its rollback {words}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: RollbackStanding = RollbackStanding::Open { done: 0, steps: 5 };
    const HELD: RollbackStanding = RollbackStanding::Held { done: 3, steps: 5 };
    const GIVEN_UP: RollbackStanding = RollbackStanding::GivenUp { done: 1, steps: 5 };

    fn word(standing: Standing, kind: ProcedureKind, without_pass: usize, rollback: Rollback) -> (Word, String) {
        let kind = Some(kind);
        Stands {
            standing,
            kind,
            without_pass,
            rollback,
        }
        .word()
    }

    #[test]
    fn a_session_stands_as_its_events_and_its_rollback_say() {
        use ProcedureKind::{Emergency, Release, Rollback as Back};
        use Rollback::{Known, None, Unknown};
        use Standing::{Abandoned, Completed, Go, Hold, RolledBack, RollingBack};
        let finished = Known(RollbackStanding::Finished);
        let table = [
            (Go, Release, 0, None, Word::Go, "GO"),
            (Go, Release, 1, None, Word::Alert, "GO ON WITH CAUTION"),
            (Go, Emergency, 0, None, Word::Alert, "RESPONDING"),
            (Go, Emergency, 0, Known(HELD), Word::Alert, "RESPONDING"),
            (Go, Back, 0, None, Word::Back, "ROLLING BACK"),
            (Hold, Release, 0, None, Word::Hold, "HOLD"),
            (Hold, Back, 0, None, Word::Hold, "ROLLBACK ON HOLD"),
            (RollingBack, Release, 0, Unknown, Word::Back, "ROLLBACK STARTED"),
            (RollingBack, Release, 0, Known(OPEN), Word::Back, "ROLLING BACK"),
            (RollingBack, Release, 0, Known(HELD), Word::Hold, "ROLLBACK ON HOLD"),
            (RollingBack, Release, 0, finished, Word::Back, "ROLLBACK FINISHED"),
            (
                RollingBack,
                Release,
                0,
                Known(GIVEN_UP),
                Word::Hold,
                "ROLLBACK GIVEN UP",
            ),
            (RolledBack, Release, 0, finished, Word::Back, "ROLLED BACK"),
            (RolledBack, Release, 0, Known(OPEN), Word::Back, "ROLLING BACK"),
            (RolledBack, Release, 0, Known(GIVEN_UP), Word::Hold, "ROLLBACK GIVEN UP"),
            (RolledBack, Release, 0, Unknown, Word::Back, "CLOSED AS ROLLED BACK"),
            (Completed, Release, 0, None, Word::Go, "COMPLETED"),
            (
                Completed,
                Release,
                1,
                None,
                Word::Alert,
                "COMPLETED, 1 STEP WITHOUT A PASS",
            ),
            (
                Completed,
                Release,
                2,
                None,
                Word::Alert,
                "COMPLETED, 2 STEPS WITHOUT A PASS",
            ),
            (Completed, Emergency, 0, finished, Word::Go, "COMPLETED"),
            (
                Completed,
                Emergency,
                0,
                Known(OPEN),
                Word::Alert,
                "COMPLETED, ROLLBACK NOT FINISHED",
            ),
            (
                Completed,
                Emergency,
                0,
                Known(HELD),
                Word::Alert,
                "COMPLETED, ROLLBACK NOT FINISHED",
            ),
            (
                Completed,
                Emergency,
                0,
                Known(GIVEN_UP),
                Word::Alert,
                "COMPLETED, ROLLBACK GIVEN UP",
            ),
            (
                Completed,
                Emergency,
                0,
                Unknown,
                Word::Alert,
                "COMPLETED, ROLLBACK STARTED",
            ),
            (Abandoned, Release, 0, None, Word::Wait, "ABANDONED"),
            (
                Abandoned,
                Release,
                0,
                Known(OPEN),
                Word::Alert,
                "ABANDONED, ROLLBACK NOT FINISHED",
            ),
        ];
        for (standing, kind, without_pass, rollback, expected, text) in table {
            let said = word(standing, kind, without_pass, rollback);
            assert_eq!(said, (expected, text.to_owned()), "{standing:?} {kind:?} {rollback:?}");
        }
    }

    #[test]
    fn green_is_what_went_as_planned_and_nothing_else() {
        let all = [
            Some(OPEN),
            Some(HELD),
            Some(GIVEN_UP),
            Some(RollbackStanding::Undone),
            None,
        ];
        for rollback in all.map(|known| Rollback::new(true, known)) {
            assert!(rollback.is_unfinished(), "{rollback:?}");
            for standing in [Standing::Completed, Standing::RolledBack, Standing::Abandoned] {
                let (word, text) = word(standing, ProcedureKind::Emergency, 0, rollback);
                assert_ne!(word, Word::Go, "{text}");
            }
        }
        let finished = Rollback::new(true, Some(RollbackStanding::Finished));
        assert!(!finished.is_unfinished() && !Rollback::new(false, Some(OPEN)).is_unfinished());
    }

    #[test]
    fn a_rollback_is_told_by_its_name_and_how_it_stands() {
        let table = [
            (Some(OPEN), "is under way: 0 of 5 steps done"),
            (Some(HELD), "is on hold: 3 of 5 steps done"),
            (Some(GIVEN_UP), "was given up with 1 of 5 steps done"),
            (Some(RollbackStanding::Undone), "is being undone itself"),
            (
                Some(RollbackStanding::Finished),
                "is finished: it was closed with every step done",
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
            rollback_sentence(None, Some(OPEN)),
            "Its rollback is under way: 0 of 5 steps done."
        );
    }
}
