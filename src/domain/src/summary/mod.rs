//! The plain-language summary of a session, for people who watch it: what it does, how it goes, what is known of production, what
//! it waits for and when it is likely to end.
//!
//! It says what is known and nothing beyond it: where the steps do not tell what is live, neither does the summary. What each
//! sentence claims is in [`Claim`], with the events that it needs.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

mod claims;
mod headline;
mod reach;
mod rollback;
mod sentence;
mod stages;
mod status;
mod steps;
mod waiting;

use chrono::{DateTime, TimeDelta, Utc};

use crate::runbook::ProcedureKind;
use crate::session::{Standing, Started, State};
use crate::wire::Usual;
pub use claims::Claim;
pub use headline::{Headline, Tone};
pub use rollback::RollbackStanding;
pub use sentence::Sentence;
pub use stages::{Stage, StageStatus};
pub use status::SessionStatus;

/// A session in plain language.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// `Release v1.4.2 to Production`.
    pub title: String,
    pub rehearsal: bool,
    pub headline: Headline,
    /// What is known of production, in one to three sentences.
    pub sentence: Sentence,
    /// What the session waits for; absent once it is closed.
    pub waiting_for: Option<String>,
    /// Since when it waits, or when it was closed. Absent while nothing is known of its rollback.
    pub since: Option<DateTime<Utc>>,
    /// When the session was started; present only while its standing is [`Standing::Go`].
    pub going_since: Option<DateTime<Utc>>,
    pub captain: String,
    pub closed: bool,
    /// The top-level steps.
    pub stages: Vec<Stage>,
}

/// When a session is likely to end, going by earlier sessions of the same procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LikelyEnd {
    Between(DateTime<Utc>, DateTime<Utc>),
    /// Most of the earlier sessions took less time than this one has taken.
    LaterThanUsual,
}

impl Summary {
    /// Sums a session up, together with the rollback that was started from it, as far as that one's events are known. None before
    /// its first event.
    #[must_use]
    pub fn of(state: &State, rollback: Option<&State>) -> Option<Self> {
        let started = state.started.as_deref()?;
        let kind = started.procedure.kind;
        let standing = rollback.and_then(RollbackStanding::of);
        let (waiting_for, since) = waiting::waiting_for(state, started, rollback);
        Some(Self {
            title: title(started),
            rehearsal: started.rehearsal,
            headline: headline::headline(state, kind, standing),
            sentence: sentence::sentence(started, state, standing),
            waiting_for,
            since,
            going_since: state.started_at.filter(|_| state.standing() == Standing::Go),
            captain: started.captain.clone(),
            closed: state.closed.is_some(),
            stages: stages::stages(state, &started.procedure),
        })
    }

    /// When the session is likely to end. None unless it is going, because nobody knows how long a hold lasts, and none
    /// where sessions usually take less than a minute, because the answer is shown in minutes.
    #[must_use]
    pub fn likely_end(&self, usual: Option<Usual>, now: DateTime<Utc>) -> Option<LikelyEnd> {
        let (began, usual) = (self.going_since?, usual.filter(|usual| usual.to_seconds >= 60)?);
        let after = |seconds: u64| began + TimeDelta::seconds(i64::try_from(seconds).unwrap_or(i64::from(i32::MAX)));
        let (from, to) = (after(usual.from_seconds), after(usual.to_seconds));
        Some(if now > to {
            LikelyEnd::LaterThanUsual
        } else {
            LikelyEnd::Between(from.max(now), to)
        })
    }

    /// Stages that are done or left out, and all stages.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        let over = self
            .stages
            .iter()
            .filter(|stage| {
                matches!(
                    stage.status,
                    StageStatus::Done | StageStatus::LeftOut | StageStatus::WithoutPass
                )
            })
            .count();
        (over, self.stages.len())
    }
}

fn title(started: &Started) -> String {
    let Started {
        version,
        environment_title: place,
        procedure,
        ..
    } = started;
    match procedure.kind {
        ProcedureKind::Release => format!("Release {version} to {place}"),
        ProcedureKind::Rollback if !version.is_empty() => format!("Rollback of {version} on {place}"),
        _ => format!("{} on {place}", procedure.title),
    }
}
