//! The header of a report: what was run, how it stands, how long it took, and how many gates passed.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::holds::{HoldSpan, holds};
use crate::post_mortem::PostMortem;
use crate::severity::{IncidentSeverity, RollbackKnown, suggested};
use crate::tally::{LeftOut, Tally};
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{Event, Freshness, GateId, GateState, Record, SessionId, Standing, State, StepId};

/// The header of a report, and the field `summary` of the JSON export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportHeader {
    /// `YYYY-MM-DD-NN`.
    pub id: String,
    /// The NN of the id.
    pub number: u32,
    pub runbook: String,
    pub procedure: String,
    pub environment: String,
    pub rehearsal: bool,
    /// The rehearsal is a drill: its faults are wanted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub drill: bool,
    pub version: String,
    pub git_sha: String,
    pub captain: String,
    /// As far as the session's own events support one; none for a rehearsal, and for a session that completed without trouble.
    pub severity: Option<IncidentSeverity>,
    pub standing: Standing,
    /// The start of the session.
    pub created: DateTime<Utc>,
    /// The end of the session; absent while it is open.
    pub resolved: Option<DateTime<Utc>>,
    /// Top-level steps that are done. One that was left out is not.
    pub done: usize,
    /// Top-level steps.
    pub steps: usize,
    /// Steps that were left out, without the sub-steps that were left out with them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// Runs of gates and observations of the browser that passed.
    pub passed: usize,
    pub failed: usize,
    pub inconclusive: usize,
    /// Titles of the steps that rest on a browser's word, because `gates.toml` says `direct = "decides"`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub on_browsers_word: Vec<String>,
    /// Titles of the steps that a gate ticked by a declaration that another one was taken for, and that it has not passed since.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by_old_declaration: Vec<String>,
    /// Every decision to go on although a gate did not pass, in the order of the log.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without_pass: Vec<WithoutPass>,
    /// Every time in which a gate held, in the order of the log.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<HoldSpan>,
    /// The time on hold: that in which one gate at least held. Absent where none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds_on_hold: Option<u64>,
    /// What people wrote beside the steps. Absent where nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_mortem: Option<PostMortem>,
    pub undoes: Option<SessionId>,
    /// The rollback session that was started from it.
    pub undone_by: Option<SessionId>,
}

/// A person's decision to go on although a gate did not pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WithoutPass {
    /// Its title in the runbook.
    pub step: String,
    /// Its title in `gates.toml`.
    pub gate: String,
    /// The name of the person who decided.
    pub by: String,
    pub at: DateTime<Utc>,
    pub reason: String,
    /// When the gate passed at this step afterwards in a way that counts, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed: Option<DateTime<Utc>>,
}

/// The header for a session's log and the state that it was folded into. `number` counts the sessions of its day from 1. None for a
/// state without a start.
#[must_use]
pub fn report_header(records: &[Record], state: &State, number: u32) -> Option<ReportHeader> {
    let started = state.started.as_deref()?;
    let created = state.started_at?;
    let verdicts = || {
        let runs = state.runs.iter().filter_map(|run| run.verdict.as_ref());
        // The state keeps the last observation of each gate, and none from before another declaration was taken.
        let seen = records.iter().filter_map(|record| match &record.event {
            Event::GateObserved { verdict, .. } => Some(verdict),
            _ => None,
        });
        runs.chain(seen)
    };
    let count = |outcome: Outcome| verdicts().filter(|verdict| verdict.outcome == outcome).count();
    let (failed, inconclusive) = (count(Outcome::Fail), count(Outcome::Inconclusive));
    let standing = state.standing();
    let tally = Tally::of(state);
    let held = holds(records, state);
    Some(ReportHeader {
        id: format!("{}-{number:02}", created.format("%Y-%m-%d")),
        number,
        runbook: started.runbook_title.clone(),
        procedure: started.procedure.title.clone(),
        environment: started.environment_title.clone(),
        rehearsal: started.rehearsal,
        drill: started.drill.is_some(),
        version: started.version.clone(),
        git_sha: started.git_sha.clone(),
        captain: started.captain.clone(),
        severity: suggested(records, state, RollbackKnown::by_own_log(state))
            .and_then(|suggestion| suggestion.severity()),
        standing,
        created,
        resolved: state.closed.as_ref().map(|closed| closed.at),
        done: tally.done,
        steps: tally.steps,
        left_out: tally.left_out,
        passed: count(Outcome::Pass),
        failed,
        inconclusive,
        on_browsers_word: titles(state.on_browsers_word()),
        by_old_declaration: titles(state.by_old_declaration()),
        without_pass: without_pass(records, state),
        seconds_on_hold: (!held.spans.is_empty()).then_some(held.seconds),
        holds: held.spans,
        post_mortem: PostMortem::of(&state.annotations),
        undoes: started.undoes,
        undone_by: state.rollback,
    })
}

fn titles(steps: Vec<&Step>) -> Vec<String> {
    steps.into_iter().map(|step| step.title.clone()).collect()
}

fn without_pass(records: &[Record], state: &State) -> Vec<WithoutPass> {
    let is_decision = |record: &Record| matches!(record.event, Event::ProceededWithCaution { .. });
    if !records.iter().any(is_decision) {
        return Vec::new();
    }
    let mut decided: Vec<(&StepId, &GateId, WithoutPass)> = Vec::new();
    // What counts is told by the state of that time: which declaration the session went by, and whose turn it was.
    let mut then = State::default();
    for record in records {
        then.apply(record);
        match &record.event {
            Event::ProceededWithCaution { step, gate, reason, .. } => {
                let without = WithoutPass {
                    step: state.step(step).map_or_else(|| step.clone(), |step| step.title.clone()),
                    gate: state.gate_title(gate),
                    by: record.actor.name().to_owned(),
                    at: record.at,
                    reason: reason.clone(),
                    passed: None,
                };
                decided.push((step, gate, without));
            }
            Event::GateFinished { step, gate, .. } | Event::GateObserved { step, gate, .. } => {
                let mut of_gate = decided
                    .iter_mut()
                    .filter(|(of, by, _)| (*of, *by) == (step, gate))
                    .peekable();
                if of_gate.peek().is_some() && counts(&then, step, gate, record) {
                    of_gate.for_each(|(_, _, without)| without.passed = without.passed.or(Some(record.at)));
                }
            }
            _ => {}
        }
    }
    decided.into_iter().map(|(_, _, without)| without).collect()
}

/// Whether the verdict of a record is what the gate stands by at the step just after it, and a pass. Once a rollback has taken over
/// nothing counts any more.
fn counts(then: &State, step: &str, gate: &str, record: &Record) -> bool {
    let GateState::Finished(evidence) = then.gate_state(step, gate, record.at) else {
        return false;
    };
    let id = match &record.event {
        Event::GateFinished { run, .. } => run,
        Event::GateObserved { observation, .. } => observation,
        _ => return false,
    };
    let passes = evidence.verdict.passes() && matches!(evidence.freshness, Freshness::Fresh(_));
    evidence.run == *id && passes && !then.is_being_undone()
}

/// Whether a session is a rehearsal, in the words of tables.
pub(crate) fn practice(rehearsal: bool, drill: bool) -> &'static str {
    match (rehearsal, drill) {
        (true, true) => "yes, a drill",
        (true, false) => "yes",
        (false, _) => "no",
    }
}
