//! What an executive may be told, derived from a session's state. It says what is known and nothing beyond it: where the
//! procedure does not tell what is live, neither does this page.

mod sentence;

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::{Order, Procedure, ProcedureKind, Step};
use holdpoint_domain::session::{HowDone, Standing, Started, State};
use holdpoint_domain::wire::Usual;

use crate::components::words::Word;
use sentence::sentence;

/// The five-second answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Glance {
    /// What is going on: `Release v1.4.2 to Production`.
    pub title: String,
    /// Nothing real is touched.
    pub rehearsal: bool,
    /// Colour and mark.
    pub word: Word,
    /// How it goes, in two words.
    pub headline: &'static str,
    /// Whether production is safe, as far as that is known.
    pub sentence: String,
    /// What it waits for; absent when it is over.
    pub waiting: Option<String>,
    /// Since when it waits, or when it ended.
    pub since: Option<DateTime<Utc>>,
    /// When it began, while it is going.
    pub going_since: Option<DateTime<Utc>>,
    pub captain: String,
    /// It is over.
    pub closed: bool,
    pub stages: Vec<Stage>,
}

/// When a session is likely to be finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likely {
    /// From then to then.
    Between(DateTime<Utc>, DateTime<Utc>),
    /// Most were finished by now.
    Late,
}

/// One top-level step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stage {
    pub title: String,
    pub stands: Stands,
    /// When it was done, or when its gate began to hold.
    pub at: Option<DateTime<Utc>>,
}

/// How a stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    Done,
    LeftOut,
    Held,
    Now,
    Later,
}

impl Glance {
    /// Looks at a session. None before its first event.
    pub fn at(state: &State) -> Option<Self> {
        let started = state.started.as_deref()?;
        let standing = state.standing();
        let (word, headline) = words(standing);
        let (waiting, since) = waiting(state, started);
        Some(Self {
            title: title(started),
            rehearsal: started.rehearsal,
            word,
            headline,
            sentence: sentence(started, state, standing),
            waiting,
            since,
            going_since: state.started_at.filter(|_| standing == Standing::Go),
            captain: started.captain.clone(),
            closed: state.closed.is_some(),
            stages: stages(state, &started.procedure),
        })
    }

    /// When it is likely to be finished, by what is usual. Nothing unless it is going: how long a hold lasts, nobody knows.
    pub fn likely(&self, usual: Option<Usual>, now: DateTime<Utc>) -> Option<Likely> {
        // What took less than a minute says nothing in hours and minutes.
        let (began, usual) = (self.going_since?, usual.filter(|usual| usual.to_seconds >= 60)?);
        let after = |seconds: u64| began + TimeDelta::seconds(i64::try_from(seconds).unwrap_or(i64::from(i32::MAX)));
        let (from, to) = (after(usual.from_seconds), after(usual.to_seconds));
        Some(if now > to {
            Likely::Late
        } else {
            Likely::Between(from.max(now), to)
        })
    }

    /// Stages that are over, and all of them.
    pub fn progress(&self) -> (usize, usize) {
        let over = self
            .stages
            .iter()
            .filter(|stage| matches!(stage.stands, Stands::Done | Stands::LeftOut))
            .count();
        (over, self.stages.len())
    }
}

fn words(standing: Standing) -> (Word, &'static str) {
    match standing {
        Standing::Go => (Word::Go, "GOING WELL"),
        Standing::Hold => (Word::Hold, "ON HOLD"),
        Standing::RollingBack => (Word::Back, "BEING ROLLED BACK"),
        Standing::Completed => (Word::Go, "FINISHED"),
        Standing::RolledBack => (Word::Back, "ROLLED BACK"),
        Standing::Abandoned => (Word::Wait, "GIVEN UP"),
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

fn waiting(state: &State, started: &Started) -> (Option<String>, Option<DateTime<Utc>>) {
    if let Some(closed) = &state.closed {
        return (None, Some(closed.at));
    }
    if state.rollback.is_some() {
        return (Some("The rollback to finish".to_owned()), None);
    }
    if let Some((step, gate, hold)) = state.hold() {
        let how = match state.last_verdict(step, gate).map(|verdict| verdict.outcome) {
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
        Some(step) => (Some(format!("The next step: {}", plain(step))), last),
        None => (Some(format!("{} to close the run", started.captain)), last),
    }
}

fn gate_name<'a>(state: &'a State, gate: &'a str) -> &'a str {
    state.gate_snapshot(gate).map_or(gate, |brief| brief.plain.as_str())
}

fn plain(step: &Step) -> String {
    step.plain_title().to_owned()
}

fn stages(state: &State, procedure: &Procedure) -> Vec<Stage> {
    let next = procedure.steps.iter().position(|step| !state.is_done(&step.id));
    let any_order = procedure.order == Order::Any;
    let stage = |(index, step): (usize, &Step)| {
        let done = state.done.get(&step.id);
        let held = state
            .holds
            .iter()
            .filter(|((held, _), _)| belongs(step, held))
            .map(|(_, hold)| hold.since)
            .min();
        let (stands, at) = match (done.map(|done| &done.how), held) {
            // A gate that holds comes first: a stage that was done and fails now is not told as done.
            (_, Some(since)) => (Stands::Held, Some(since)),
            (Some(HowDone::Ticked(_)), None) => (Stands::Done, done.map(|done| done.at)),
            (Some(HowDone::Skipped(_)), None) => (Stands::LeftOut, done.map(|done| done.at)),
            (None, None) if state.closed.is_some() || state.rollback.is_some() => (Stands::Later, None),
            (None, None) if any_order && state.open_runs().any(|run| belongs(step, &run.step)) => (Stands::Now, None),
            (None, None) if !any_order && next == Some(index) => (Stands::Now, None),
            (None, None) => (Stands::Later, None),
        };
        Stage {
            title: plain(step),
            stands,
            at,
        }
    };
    procedure.steps.iter().enumerate().map(stage).collect()
}

/// Whether an id is a step's own or that of one of its sub-steps.
fn belongs(step: &Step, id: &str) -> bool {
    step.id == id || step.children.iter().any(|child| belongs(child, id))
}

#[cfg(test)]
mod tests;
