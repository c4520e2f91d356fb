//! The plain-language summary of a session, for people who watch it: what it does, how it goes, what is known of production, what
//! it waits for. When it is likely to end is in `history`.
//!
//! It says what is known and nothing beyond it: where the steps do not tell what is live, neither does the summary. What each
//! sentence claims is in [`Claim`], with the events that it needs.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

mod claims;
mod decides;
mod ending;
mod evidence;
mod headline;
mod mark;
mod own;
mod quotes;
mod reach;
mod rollback;
mod sentence;
mod stages;
mod status;
mod steps;
mod told;
mod undone;
mod waiting;

use chrono::{DateTime, Utc};

use crate::runbook::ProcedureKind;
use crate::session::{Standing, Started, State};
pub use claims::Claim;
pub use ending::Ending;
pub use evidence::{Evidence, Place};
pub use headline::{Headline, Tone};
pub use mark::Mark;
pub use quotes::Quote;
use rollback::Rollback;
pub use rollback::{RollbackStanding, Undoing};
pub use sentence::{Said, Sentence};
pub use stages::{Stage, StageStatus};
pub use status::{EstimateBasis, RollbackLog, SessionStatus, StatusEstimate, StatusOfRollback};

/// The rules by which a summary is made. It is another number wherever they make something else of the same events, and is part of what
/// an export says that it was made by.
pub const RULES: u32 = 1;

/// A session in plain language.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// `Release v1.4.2 to Production`.
    pub title: String,
    /// The environment, as people call it.
    pub environment: String,
    /// It is production, and the session is no rehearsal.
    pub production: bool,
    pub rehearsal: bool,
    /// The rehearsal is a drill: its faults are wanted.
    pub drill: bool,
    pub headline: Headline,
    /// What is known of production, in a few sentences.
    pub sentence: Sentence,
    /// What the session waits for; once it is closed, only a rollback that goes on.
    pub waiting_for: Option<String>,
    /// Since when it waits, or when it was closed. Absent while nothing is known of its rollback.
    pub since: Option<DateTime<Utc>>,
    /// Who leads the session.
    pub captain: String,
    /// Who decides. Whoever leads the rollback does while that goes on; once all is over, the captain, and whoever decided to go on without
    /// a pass or closed the session, each once.
    pub decides: String,
    /// Nothing is to be decided any more: they decided.
    pub decided: bool,
    /// What people wrote: what customers notice, how severe it is, why they went on without a pass, and how they summed the session up when
    /// they closed it.
    pub quotes: Vec<Quote>,
    /// Something is wrong, and nobody has written here what customers notice. Of a rollback that stands with what it undoes.
    pub impact_unknown: bool,
    pub closed: bool,
    /// The top-level steps.
    pub stages: Vec<Stage>,
}

/// Whether the session was given up and the new version may be live: by its steps, where they say with which of them it goes live, or
/// because a gate has seen it.
#[must_use]
pub fn given_up_maybe_live(state: &State) -> bool {
    let release = state
        .started
        .as_deref()
        .filter(|started| started.acts_as() == ProcedureKind::Release);
    state.standing() == Standing::Abandoned && release.is_some_and(|started| reach::may_be_live(state, started))
}

/// Whether a release was completed, and nothing has proved the new version, although its steps say that it went live or a gate has compared
/// it.
#[must_use]
pub fn completed_unverified(state: &State) -> bool {
    let release = state
        .started
        .as_deref()
        .filter(|started| started.acts_as() == ProcedureKind::Release);
    state.standing() == Standing::Completed && release.is_some_and(|started| reach::is_unverified(state, started))
}

impl Summary {
    /// Sums a session up, together with its rollback, as far as that one is known. None before its first event.
    #[must_use]
    pub fn of<'a>(state: &State, rollback: impl Into<Undoing<'a>>) -> Option<Self> {
        let started = state.started.as_deref()?;
        let rollback = Rollback::of(state, rollback.into());
        let standing = rollback.map(|rollback| rollback.standing);
        let headline = headline::headline(state, started, standing);
        let (decides, decided) = decides::decides(started, state, rollback);
        let (waiting_for, since) = waiting::waiting_for(state, started, rollback);
        Some(Self {
            title: title(started),
            environment: started.environment_title.clone(),
            production: started.production && !started.rehearsal,
            rehearsal: started.rehearsal,
            drill: started.drill.is_some(),
            headline,
            sentence: told::sentence(started, state, rollback),
            waiting_for,
            since,
            captain: started.captain.clone(),
            decides,
            decided,
            quotes: quotes::quotes(state, rollback),
            impact_unknown: started.undoes.is_none() && headline.is_trouble() && !quotes::tells_impact(state, rollback),
            closed: state.closed.is_some(),
            stages: stages::stages(state, &started.procedure, standing),
        })
    }

    /// Stages that were done or left out, and all stages. One that is undone counts no more.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        let undone = self.stages.iter().any(|stage| stage.status == StageStatus::Undone);
        let over = self.stages.iter().filter(|stage| match stage.status {
            StageStatus::Done | StageStatus::LeftOut => true,
            StageStatus::WithoutPass | StageStatus::DoneBefore => !undone,
            _ => false,
        });
        (over.count(), self.stages.len())
    }

    /// How many stages are done, and what came of those that are not done as planned: `2 of 5, 1 left out, 1 without a pass`. One that was
    /// left out is not done, and once a rollback was started, nothing is known to be.
    #[must_use]
    pub fn done_words(&self) -> String {
        let count = |wanted: &[StageStatus]| {
            let stages = self.stages.iter();
            stages.filter(|stage| wanted.contains(&stage.status)).count()
        };
        let before = count(&[StageStatus::DoneBefore, StageStatus::Undone]);
        let without = count(&[StageStatus::WithoutPass]);
        let done = count(&[StageStatus::Done]) + if before == 0 { without } else { 0 };
        let beside = [
            (count(&[StageStatus::LeftOut]), "left out"),
            (without, "without a pass"),
            (before, "done before the rollback"),
        ];
        let beside = beside.into_iter().filter(|(stages, _)| *stages > 0);
        let told: Vec<_> = beside.map(|(stages, words)| format!(", {stages} {words}")).collect();
        format!("{done} of {}{}", self.stages.len(), told.concat())
    }
}

fn title(started: &Started) -> String {
    let Started {
        version,
        environment_title: place,
        procedure,
        drill,
        ..
    } = started;
    let title = match started.acts_as() {
        ProcedureKind::Release if !version.is_empty() => format!("Release {version} to {place}"),
        ProcedureKind::Rollback if !version.is_empty() => format!("Rollback of {version} on {place}"),
        _ => format!("{} · {place}", procedure.title),
    };
    match drill {
        Some(_) => format!("Drill: {title}"),
        None => title,
    }
}
