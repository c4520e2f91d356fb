//! The plain-language summary of a session, for people who watch it: what it does, how it goes, whether production is safe,
//! what it waits for and when it is likely to end.
//!
//! It says what is known and nothing beyond it: where the steps do not tell what is live, neither does the summary.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

mod sentence;
mod stages;

use chrono::{DateTime, TimeDelta, Utc};

use crate::gate::Outcome;
use crate::runbook::ProcedureKind;
use crate::session::{Standing, Started, State};
use crate::wire::Usual;
use sentence::sentence;
use stages::stages;
pub use stages::{Stage, StageStatus};

/// A session in plain language.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// `Release v1.4.2 to Production`.
    pub title: String,
    pub rehearsal: bool,
    pub standing: Standing,
    /// Whether production is safe, as far as that is known, in one sentence.
    pub sentence: String,
    /// What the session waits for; absent once it is closed.
    pub waiting_for: Option<String>,
    /// Since when it waits, or when it was closed. Absent while a rollback runs.
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
    /// Sums a session up. None before its first event.
    #[must_use]
    pub fn of(state: &State) -> Option<Self> {
        let started = state.started.as_deref()?;
        let standing = state.standing();
        let (waiting_for, since) = waiting_for(state, started);
        Some(Self {
            title: title(started),
            rehearsal: started.rehearsal,
            standing,
            sentence: sentence(started, state, standing),
            waiting_for,
            since,
            going_since: state.started_at.filter(|_| standing == Standing::Go),
            captain: started.captain.clone(),
            closed: state.closed.is_some(),
            stages: stages(state, &started.procedure),
        })
    }

    /// The standing in one or two words, in capitals.
    #[must_use]
    pub fn headline(&self) -> &'static str {
        match self.standing {
            Standing::Go => "GOING WELL",
            Standing::Hold => "ON HOLD",
            Standing::RollingBack => "BEING ROLLED BACK",
            Standing::Completed => "FINISHED",
            Standing::RolledBack => "ROLLED BACK",
            Standing::Abandoned => "GIVEN UP",
        }
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
            .filter(|stage| matches!(stage.status, StageStatus::Done | StageStatus::LeftOut))
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
        ProcedureKind::Rollback => format!("Rollback of {version} on {place}"),
        _ => format!("{} on {place}", procedure.title),
    }
}

fn waiting_for(state: &State, started: &Started) -> (Option<String>, Option<DateTime<Utc>>) {
    if let Some(closed) = &state.closed {
        return (None, Some(closed.at));
    }
    if state.rollback.is_some() {
        return (Some("The rollback to finish".to_owned()), None);
    }
    if let Some((step, gate, hold)) = state.hold() {
        let how = match state.last_verdict(step, gate).map(|verdict| verdict.outcome) {
            _ if state.is_to_run_anew(step, gate) => "which was corrected and has to be made anew",
            Some(Outcome::Fail) => "which failed",
            _ => "which could not be completed",
        };
        return (
            Some(format!("The check “{}”, {how}", gate_name(state, gate))),
            Some(hold.since),
        );
    }
    if let Some(run) = state.open_runs().next() {
        return (
            Some(format!("The check “{}”, which is running", gate_name(state, &run.gate))),
            Some(run.started),
        );
    }
    let last = state.done.values().map(|done| done.at).max().or(state.started_at);
    match started.procedure.steps.iter().find(|step| !state.is_done(&step.id)) {
        Some(step) => (Some(format!("The next step: {}", step.plain_title())), last),
        None => (Some(format!("{} to close the run", started.captain)), last),
    }
}

fn gate_name<'a>(state: &'a State, gate: &'a str) -> &'a str {
    state
        .gate_snapshot(gate)
        .map_or(gate, |snapshot| snapshot.plain.as_str())
}
