//! How a session ended, what was undone of it afterwards included.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use crate::escape::escape;
use crate::evidence::time_utc;
use crate::linked::LinkedSessions;
use crate::told::Told;
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{Standing, State};
use holdpoint_domain::wire::{RollbackStanding, SessionStanding};

/// What a session's end comes to with its rollback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ending {
    /// When a rollback with every step done was closed, in which nobody went on without a pass and which was not undone itself.
    pub rolled_back: Option<DateTime<Utc>>,
    /// What became of it after it was closed, by a rollback that was started then; none where none was.
    afterwards: Option<&'static str>,
}

impl Ending {
    pub(super) fn of(state: &State, linked: &LinkedSessions) -> Self {
        let rollback = linked.undone_by.as_ref();
        let known = rollback.and_then(|one| Some((one.known.as_ref()?, one.standing()?)));
        let kind = state.procedure.as_deref().map(|procedure| procedure.kind);
        let ended = matches!(state.standing(), Standing::Completed | Standing::Abandoned);
        // A session that is closed takes no other event of its course: a rollback that its own log does not name began later. An
        // emergency ends beside what its rollback undoes.
        let later = ended && state.rollback.is_none() && kind != Some(ProcedureKind::Emergency);
        let words = |_| {
            let standing = SessionStanding {
                standing: state.standing(),
                kind,
                left_out: false,
                without_pass: false,
                maybe_live: false,
                unverified: false,
                rollback: known.map_or(RollbackStanding::Unknown, |(known, standing)| RollbackStanding::Known {
                    standing,
                    left_out: !known.left_out.is_empty(),
                    without_pass: !known.without_pass.is_empty(),
                }),
            };
            standing.words()
        };
        Self {
            rolled_back: known
                .filter(|(known, standing)| {
                    let whole = known.left_out.is_empty() && known.without_pass.is_empty();
                    *standing == Standing::Completed && whole && kind != Some(ProcedureKind::Emergency)
                })
                .and_then(|(known, _)| known.closed),
            afterwards: rollback.filter(|_| later).map(words),
        }
    }

    /// `completed; afterwards: rolled back`.
    pub(super) fn status(self, standing: Standing) -> String {
        let own = match standing {
            Standing::Go => "under way",
            Standing::Hold => "on hold",
            Standing::RollingBack => "rollback started",
            Standing::Completed => "completed",
            Standing::RolledBack => "closed as rolled back",
            Standing::Abandoned => "given up",
        };
        match self.afterwards {
            None => own.to_owned(),
            Some("rolled back") => format!("{own}; rolled back afterwards"),
            Some(words) => format!("{own}; afterwards: {words}"),
        }
    }

    /// What goes on a sentence that tells how it ended.
    pub(super) fn afterwards(self) -> &'static str {
        match self.afterwards {
            None => "",
            Some("rolled back") => " and rolled back afterwards",
            Some(_) => ", and a rollback was started afterwards",
        }
    }
}

/// What was said at the closing, as the words of whoever closed it.
pub(super) fn closing_words(text: &mut String, state: &State) -> std::fmt::Result {
    let Some(closed) = state.closed.as_ref().filter(|closed| !closed.summary.trim().is_empty()) else {
        return Ok(());
    };
    writeln!(
        text,
        "{} wrote at the closing, {}: “{}”\n",
        escape(closed.actor.name()),
        time_utc(closed.at),
        escape(&closed.summary)
    )
}

/// How it stands, for whoever reads a report that may not say it.
pub(super) fn standing_notice(text: &mut String, told: &Told<'_>) -> std::fmt::Result {
    let (header, ending) = (told.header, Ending::of(&told.folded.state, told.linked));
    let status = ending.status(header.standing);
    let title = match header.standing {
        Standing::Completed if ending.afterwards.is_some() => Some("ROLLBACK AFTERWARDS."),
        Standing::Completed => None,
        Standing::Hold => Some("ON HOLD."),
        Standing::Go | Standing::RollingBack => Some("NOT CLOSED."),
        Standing::RolledBack => Some("CLOSED AS ROLLED BACK."),
        Standing::Abandoned => Some("GIVEN UP."),
    };
    if let Some(title) = title {
        let (done, steps) = (header.done, header.steps);
        writeln!(
            text,
            "> **{title}** Status: {status}, with {done} of {steps} steps done.\n"
        )?;
    }
    if !header.left_out.is_empty() {
        let steps: Vec<String> = header.left_out.iter().map(|one| escape(&one.step)).collect();
        writeln!(text, "> **STEPS LEFT OUT.** {}.\n", steps.join("; "))?;
    }
    Ok(())
}
