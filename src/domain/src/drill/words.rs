//! A score in words: the same on the page and in exports.

use super::told::{Decided, DecidedBy, FaultScore, Noticed, NoticedBy, RollbackEnd, RollbackScore, TurnKind};
use crate::session::span_in_words;

/// A length in words, or that there is none to measure.
fn measured(seconds: Option<u64>) -> String {
    seconds.map_or_else(|| "n.a.".to_owned(), span_in_words)
}

impl FaultScore {
    /// `NOTICED`, or what there is instead.
    #[must_use]
    pub fn standing(&self) -> &'static str {
        match (&self.struck, &self.noticed) {
            (None, _) => "DID NOT STRIKE",
            (Some(_), Some(_)) => "NOTICED",
            (Some(_), None) => "NEVER NOTICED",
        }
    }

    /// How long it took to notice, and what showed it; or why that is not known.
    #[must_use]
    pub fn noticed_in_words(&self) -> String {
        match (&self.struck, &self.noticed) {
            (None, _) => measured(None),
            (Some(_), Some(Noticed { seconds, by, .. })) => {
                let by = match by {
                    NoticedBy::Gate { title, .. } => format!("{title} did not pass"),
                    NoticedBy::Note { who, text } => format!("{who} noted “{text}”"),
                };
                format!("{}: {by}", measured(Some(*seconds)))
            }
            (Some(_), None) => match self.asked {
                0 => "n.a.: no gate of it answered while it was on".to_owned(),
                1 => "n.a.: 1 answer of its gates while it was on showed nothing".to_owned(),
                asked => format!("n.a.: {asked} answers of its gates while it was on showed nothing"),
            },
        }
    }

    /// How long it took to decide, and what; or why that is not known.
    #[must_use]
    pub fn decided_in_words(&self) -> String {
        match (&self.decided, self.held) {
            (Some(Decided { seconds, by, who, .. }), _) => {
                let how = match by {
                    DecidedBy::RollBack => "roll back",
                    DecidedBy::ProceedWithCaution => "proceed with caution",
                    DecidedBy::RunAgain => "run again until it passed",
                    DecidedBy::Close => "close the session while it held",
                };
                format!("{}: {how}, by {who}", measured(Some(*seconds)))
            }
            (None, Some(_)) => "n.a.: it held, and nothing was decided".to_owned(),
            (None, None) => "n.a.: no gate of it held".to_owned(),
        }
    }

    /// How long the rollback took; or why that is not known.
    #[must_use]
    pub fn roll_back_in_words(&self) -> String {
        let decided_so = self.decided.as_ref().is_some_and(|one| one.by == DecidedBy::RollBack);
        match self.roll_back_seconds {
            Some(seconds) => measured(Some(seconds)),
            None if decided_so => "n.a.: the rollback is not known to be completed".to_owned(),
            None => "n.a.: it was not what was decided".to_owned(),
        }
    }
}

impl RollbackScore {
    /// A sentence.
    #[must_use]
    pub fn in_words(&self) -> String {
        let took = measured(self.seconds);
        match self.end {
            RollbackEnd::Completed => format!("The rollback was completed in {took}."),
            RollbackEnd::GivenUp => format!("The rollback was given up after {took}."),
            RollbackEnd::RolledBack => format!("The rollback was itself rolled back after {took}."),
            RollbackEnd::UnderWay => "The rollback is not finished.".to_owned(),
            RollbackEnd::Unknown => "How the rollback went is not known, because its log cannot be read.".to_owned(),
        }
    }
}

impl TurnKind {
    /// What was done.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::WentOnWithoutPass => "Went on without a pass while a fault was on",
            Self::TakenBack => "A tick was taken back",
            Self::RetryWithoutEffect => "Run again without effect while a fault was on",
            Self::RollbackGivenUp => "The rollback was given up",
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::session::{DrillTrigger, PlannedFault};

    fn fault() -> FaultScore {
        FaultScore {
            planned: PlannedFault {
                fault: "api_down".to_owned(),
                title: "API down".to_owned(),
                gates: vec!["api-health".to_owned()],
                from: DrillTrigger::Start,
                after_seconds: 60,
                lasts_seconds: None,
            },
            struck: None,
            ended: None,
            asked: 0,
            noticed: None,
            held: None,
            decided: None,
            roll_back_seconds: None,
        }
    }

    #[test]
    fn what_was_not_measured_is_not_available_and_says_why() {
        let never = fault();
        assert_eq!(never.standing(), "DID NOT STRIKE");
        assert_eq!(never.noticed_in_words(), "n.a.");
        let struck = FaultScore {
            struck: DateTime::from_timestamp(0, 0),
            ..fault()
        };
        assert_eq!(struck.standing(), "NEVER NOTICED");
        assert_eq!(
            struck.noticed_in_words(),
            "n.a.: no gate of it answered while it was on"
        );
        let unseen = FaultScore { asked: 2, ..struck };
        assert_eq!(
            unseen.noticed_in_words(),
            "n.a.: 2 answers of its gates while it was on showed nothing"
        );
        assert_eq!(unseen.decided_in_words(), "n.a.: no gate of it held");
        assert_eq!(unseen.roll_back_in_words(), "n.a.: it was not what was decided");
    }
}
