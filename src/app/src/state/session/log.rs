//! The log as people read it: one line per event.

use chrono::{DateTime, Utc};
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{
    Actor, Event, LiftedBy, Record, SessionId, SessionOutcome, State, TickedBy, describe_event,
};

use crate::format::{duration_ms, duration_s, near_seconds};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogMark {
    Outcome(Outcome),
    Hold,
    Lifted,
    Back,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The event's number, from 1.
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub mark: Option<LogMark>,
    /// The subject: a step, a gate, the session.
    pub what: String,
    pub text: String,
    /// Who did it, and more: a reason, a summary, how long it took.
    pub by: String,
    /// It is a verdict, whose evidence can be looked at.
    pub evidence: bool,
    /// It is about another session.
    pub other: Option<OtherSession>,
}

/// The session that an entry of the log leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherSession {
    /// The one that this one undoes.
    Undone,
    /// This rollback of it.
    Rollback(SessionId),
}

pub fn log_line(state: &State, record: &Record) -> LogLine {
    let (mark, what, text, mut by) = describe(state, record);
    if let Some(asked) = record.asked_before() {
        by = format!("{by} · asked for at {}", earlier(asked, record.at));
    }
    LogLine {
        seq: record.seq,
        at: record.at,
        mark,
        what,
        text,
        by,
        evidence: matches!(record.event, Event::GateFinished { .. } | Event::GateObserved { .. }),
        other: match &record.event {
            Event::SessionStarted(started) => started.undoes.map(|_| OtherSession::Undone),
            Event::RollbackStarted { session, .. } => Some(OtherSession::Rollback(*session)),
            _ => None,
        },
    }
}

/// When something was asked for that was recorded later: with the day where that is another day's.
fn earlier(asked: DateTime<Utc>, recorded: DateTime<Utc>) -> String {
    near_seconds(asked, recorded)
}

fn describe(state: &State, record: &Record) -> (Option<LogMark>, String, String, String) {
    let who = || match &record.actor {
        Actor::Person { name } => name.clone(),
        Actor::Proxy => "automatic".to_owned(),
    };
    let of = |id: &str| step_name(state, id);
    let gate_name = |id: &str| state.gate_title(id);
    let plain = |what: String, text: &str, by: String| (None, what, text.to_owned(), by);
    match &record.event {
        Event::SessionStarted(started) => plain(
            "Session started".to_owned(),
            "",
            format!(
                "{} · runbook {}…",
                started.captain,
                &started.digest[..8.min(started.digest.len())]
            ),
        ),
        Event::StepTicked { step, by } => {
            let right = match by {
                TickedBy::Person => who(),
                TickedBy::Gate { .. } => "gate".to_owned(),
                TickedBy::Children => "sub-steps".to_owned(),
                TickedBy::Caution { .. } => return plain(of(step), "gone on with, without a pass", who()),
            };
            plain(of(step), "ticked", right)
        }
        Event::StepUnticked { step, reason } => plain(of(step), "taken back", format!("{} · {reason}", who())),
        Event::StepSkipped { step, reason } => plain(of(step), "left out", format!("{} · {reason}", who())),
        Event::WorkConfirmed { step } => plain(of(step), "work done, now to be checked", who()),
        Event::GateStarted { gate, auto, .. } => plain(
            "Gate started".to_owned(),
            &gate_name(gate),
            if *auto { "automatic".to_owned() } else { who() },
        ),
        Event::GateFinished { gate, verdict, .. } => {
            let took = duration_ms((verdict.finished - verdict.started).num_milliseconds());
            let by = format!("{} · {took}", verdict.summary);
            (
                Some(LogMark::Outcome(verdict.outcome)),
                gate_name(gate),
                String::new(),
                by,
            )
        }
        Event::GateObserved { gate, verdict, .. } => {
            let by = format!("seen from the browser · {}", verdict.summary);
            (
                Some(LogMark::Outcome(verdict.outcome)),
                gate_name(gate),
                String::new(),
                by,
            )
        }
        Event::HoldPlaced { step, reason, .. } => (Some(LogMark::Hold), of(step), String::new(), reason.clone()),
        Event::ProceededWithCaution { gate, reason, .. } => (
            Some(LogMark::Hold),
            gate_name(gate),
            "decided: proceed with caution".to_owned(),
            format!("{} · {reason}", who()),
        ),
        Event::DeclarationTaken { new, reason, .. } => plain(
            new.title.clone(),
            "corrected declaration taken",
            format!("{} · {reason}", who()),
        ),
        Event::HoldLifted { by } => {
            let (mark, what, right) = match by {
                LiftedBy::Pass { .. } => (LogMark::Lifted, "Hold lifted", "the gates that held passed".to_owned()),
                LiftedBy::Caution { .. } => (LogMark::Hold, "Hold lifted without a pass", who()),
                LiftedBy::Rollback { .. } => (
                    LogMark::Hold,
                    "Hold not lifted",
                    "a rollback was started in its place".to_owned(),
                ),
            };
            (Some(mark), what.to_owned(), String::new(), right)
        }
        Event::NoteAdded { step, text, written } => {
            let about = step
                .as_deref()
                .map_or_else(|| "Note".to_owned(), |step| format!("Note on {}", of(step)));
            let by = match written {
                Some(written) => format!("{} · written at {}", who(), earlier(*written, record.at)),
                None => who(),
            };
            plain(about, &format!("“{text}”"), by)
        }
        Event::StepNotFollowed { step, reason } => {
            plain(of(step), "could not be followed", format!("{} · {reason}", who()))
        }
        Event::DrillRevealed { drill } => plain(
            "Drill revealed".to_owned(),
            &drill.plan.title,
            format!("seed {}", drill.plan.seed),
        ),
        Event::ValueFilled { step, field, value } => {
            plain(of(step), &format!("{} = {value}", label(state, step, field)), who())
        }
        Event::TimerStarted { step, seconds: length } => plain(
            "Timer started".to_owned(),
            &of(step),
            format!("{} · {}", who(), duration_s(*length)),
        ),
        Event::RollbackStarted { procedure, .. } => (
            Some(LogMark::Back),
            state.rollback_label(),
            "started".to_owned(),
            format!("{} · {}", who(), state.procedure_title(procedure)),
        ),
        Event::Annotated { .. } => {
            let told = describe_event(state, &record.event);
            let more = if told.detail.is_empty() {
                String::new()
            } else {
                format!(" · {}", told.detail)
            };
            plain(told.subject, &told.what, format!("{}{more}", who()))
        }
        Event::SessionClosed { outcome, summary } => {
            let how = match outcome {
                SessionOutcome::Completed => "completed",
                SessionOutcome::RolledBack => "rolled back",
                SessionOutcome::Abandoned => "given up",
            };
            let more = if summary.is_empty() {
                String::new()
            } else {
                format!(" · {summary}")
            };
            plain("Session closed".to_owned(), how, format!("{}{more}", who()))
        }
    }
}

fn step_name(state: &State, id: &str) -> String {
    state.step(id).map_or_else(
        || format!("Step {id}"),
        |step| match &step.number {
            Some(number) => format!("Step {number} {}", step.title),
            None => step.title.clone(),
        },
    )
}

fn label(state: &State, step: &str, field: &str) -> String {
    let field_label = state
        .step(step)
        .and_then(|step| step.fields().find(|one| one.id == field).map(|one| one.label.clone()));
    field_label.unwrap_or_else(|| field.to_owned())
}
