//! How a session stands, its rollback included, in a few words within a line of text.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use super::SessionBrief;
use crate::runbook::ProcedureKind;
use crate::session::{Standing, State};

/// The rollback of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollbackStanding {
    /// None was started.
    None,
    /// One was started, and how it stands is not known.
    Unknown,
    Known {
        /// One of which a rollback was started is being rolled back, whether it is closed or not.
        standing: Standing,
        left_out: bool,
        without_pass: bool,
    },
}

/// What the words follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionStanding {
    pub standing: Standing,
    /// Null in what an older version wrote down.
    pub kind: Option<ProcedureKind>,
    pub left_out: bool,
    pub without_pass: bool,
    /// It was given up, and the new version may be live.
    pub maybe_live: bool,
    /// It was completed, and nothing has proved the new version.
    pub unverified: bool,
    pub rollback: RollbackStanding,
}

impl RollbackStanding {
    /// By the rollback's own events, and whether it is undone by another one, which they do not say once it is closed. Unknown before its
    /// first one.
    #[must_use]
    pub fn of_state(rollback: &State, is_undone: bool) -> Self {
        if rollback.started.is_none() {
            return Self::Unknown;
        }
        Self::Known {
            standing: match is_undone || rollback.rollback.is_some() {
                true => Standing::RollingBack,
                false => rollback.standing(),
            },
            left_out: rollback.left_something_out(),
            without_pass: rollback.went_on_without_pass(),
        }
    }
}

/// How a session stands by its entry in the list, and that of its rollback, if it is known.
#[must_use]
pub fn standing_words(session: &SessionBrief, rollback: Option<&SessionBrief>) -> &'static str {
    if session.unreadable {
        return "cannot be read";
    }
    let known = rollback.filter(|rollback| !rollback.unreadable);
    let of = SessionStanding {
        standing: session.standing,
        kind: session.kind,
        left_out: session.left_out,
        without_pass: session.without_pass,
        maybe_live: session.maybe_live,
        unverified: session.unverified,
        rollback: match (session.undone_by, known) {
            (None, _) => RollbackStanding::None,
            (Some(_), None) => RollbackStanding::Unknown,
            (Some(_), Some(known)) => RollbackStanding::Known {
                standing: match known.undone_by {
                    // The log of one that was closed before does not say it.
                    Some(_) => Standing::RollingBack,
                    None => known.standing,
                },
                left_out: known.left_out,
                without_pass: known.without_pass,
            },
        },
    };
    of.words()
}

impl SessionStanding {
    #[must_use]
    pub fn words(self) -> &'static str {
        match self.standing {
            Standing::Go => match self.kind {
                Some(ProcedureKind::Emergency) => "responding",
                Some(ProcedureKind::Rollback) => "rolling back",
                _ if self.without_pass => "under way, with caution",
                _ => "under way",
            },
            Standing::Hold if self.kind == Some(ProcedureKind::Rollback) => "rollback on hold",
            Standing::Hold => "on hold",
            Standing::RollingBack | Standing::RolledBack => self.undone(),
            Standing::Completed | Standing::Abandoned if self.rollback != RollbackStanding::None => self.ended_beside(),
            Standing::Completed if self.without_pass => "completed with caution",
            Standing::Completed if self.unverified => "completed, new version not verified",
            Standing::Completed if self.left_out => "completed, steps left out",
            Standing::Completed => "completed",
            Standing::Abandoned if self.kind == Some(ProcedureKind::Rollback) => "rollback given up",
            Standing::Abandoned if self.maybe_live => "given up, may be live",
            Standing::Abandoned => "given up",
        }
    }

    fn undone(self) -> &'static str {
        let RollbackStanding::Known {
            standing,
            left_out,
            without_pass,
        } = self.rollback
        else {
            return match self.standing {
                Standing::RolledBack => "closed as rolled back",
                _ => "rollback started",
            };
        };
        match standing {
            Standing::Go => "rolling back",
            Standing::RollingBack => "rollback of the rollback started",
            Standing::Hold => "rollback on hold",
            Standing::Abandoned | Standing::RolledBack => "rollback given up",
            Standing::Completed if without_pass => "rollback finished with caution",
            Standing::Completed if left_out => "rollback finished, steps left out",
            Standing::Completed if self.standing == Standing::RollingBack => "rollback finished",
            Standing::Completed => "rolled back",
        }
    }

    /// An emergency is not what its rollback undoes: it ended by itself, beside it. What else is closed is as its rollback is.
    fn ended_beside(self) -> &'static str {
        let is_completed = self.standing == Standing::Completed;
        let rollback = match self.rollback {
            _ if self.kind != Some(ProcedureKind::Emergency) => return self.undone(),
            RollbackStanding::Known {
                standing: Standing::Completed,
                left_out,
                without_pass,
            } if left_out || without_pass => return self.undone(),
            RollbackStanding::Known { standing, .. } => standing,
            RollbackStanding::None | RollbackStanding::Unknown if is_completed => return "completed, rollback started",
            RollbackStanding::None | RollbackStanding::Unknown => return "given up, rollback started",
        };
        match (rollback, is_completed) {
            (Standing::Completed, _) => {
                let rollback = RollbackStanding::None;
                Self { rollback, ..self }.words()
            }
            (Standing::Abandoned | Standing::RolledBack, true) => "completed, rollback given up",
            (Standing::Abandoned | Standing::RolledBack, false) => "given up, rollback given up",
            (Standing::RollingBack, true) => "completed, rollback of the rollback started",
            (Standing::RollingBack, false) => "given up, rollback of the rollback started",
            (_, true) => "completed, rollback not finished",
            (_, false) => "given up, rollback not finished",
        }
    }
}

#[cfg(test)]
mod tests {
    use ProcedureKind::{Emergency, Release, Rollback};
    use RollbackStanding::{Known, None as No, Unknown};
    use Standing::{Abandoned, Completed, Go, Hold, RolledBack, RollingBack};

    use super::*;

    const fn known(standing: Standing) -> RollbackStanding {
        Known {
            standing,
            left_out: false,
            without_pass: false,
        }
    }

    #[test]
    fn a_session_that_was_undone_is_not_said_to_be_completed() {
        let cautious = Known {
            standing: Completed,
            left_out: true,
            without_pass: true,
        };
        for (standing, kind, rollback, words) in [
            (Go, Release, No, "under way"),
            (Go, Emergency, known(Hold), "responding"),
            (Go, Rollback, No, "rolling back"),
            (Hold, Rollback, No, "rollback on hold"),
            (RollingBack, Release, Unknown, "rollback started"),
            (RollingBack, Release, known(Completed), "rollback finished"),
            (RolledBack, Release, Unknown, "closed as rolled back"),
            (RolledBack, Release, known(Abandoned), "rollback given up"),
            (Completed, Release, No, "completed"),
            (Completed, Release, Unknown, "rollback started"),
            (Completed, Release, known(Go), "rolling back"),
            (Completed, Release, known(Completed), "rolled back"),
            (
                Completed,
                Release,
                known(RollingBack),
                "rollback of the rollback started",
            ),
            (Completed, Release, cautious, "rollback finished with caution"),
            (Completed, Emergency, known(Completed), "completed"),
            (Completed, Emergency, cautious, "rollback finished with caution"),
            (Completed, Emergency, known(Go), "completed, rollback not finished"),
            (Abandoned, Release, No, "given up, may be live"),
            (Abandoned, Rollback, No, "rollback given up"),
            (Abandoned, Emergency, Unknown, "given up, rollback started"),
        ] {
            let of = SessionStanding {
                standing,
                kind: Some(kind),
                left_out: false,
                without_pass: false,
                maybe_live: standing == Abandoned,
                unverified: false,
                rollback,
            };
            assert_eq!(of.words(), words, "{of:?}");
        }
    }

    #[test]
    fn a_session_that_went_on_without_a_pass_or_left_something_out_says_so() {
        for (standing, left_out, without_pass, words) in [
            (Go, true, true, "under way, with caution"),
            (Completed, true, false, "completed, steps left out"),
            (Completed, true, true, "completed with caution"),
        ] {
            let of = SessionStanding {
                standing,
                kind: Some(Release),
                left_out,
                without_pass,
                maybe_live: false,
                unverified: false,
                rollback: No,
            };
            assert_eq!(of.words(), words);
        }
    }

    #[test]
    fn a_release_that_nothing_proved_is_not_said_to_be_completed_alone() {
        for (without_pass, left_out, words) in [
            (false, false, "completed, new version not verified"),
            (false, true, "completed, new version not verified"),
            (true, false, "completed with caution"),
        ] {
            let of = SessionStanding {
                standing: Completed,
                kind: Some(Release),
                left_out,
                without_pass,
                maybe_live: false,
                unverified: true,
                rollback: No,
            };
            assert_eq!(of.words(), words);
        }
    }
}
