//! The header of a report: what was run, how it stands, how long it took, and how many gates passed.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::fold::{Folded, place};
use crate::holds::HoldSpan;
use crate::post_mortem::PostMortem;
use crate::severity::{IncidentSeverity, RollbackKnown, suggested};
use crate::tally::{LeftOut, Tally};
use crate::without_pass::WithoutPass;
use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{SessionId, Standing, Started};

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

impl Folded {
    /// The header. `number` counts the sessions of its day from 1.
    #[must_use]
    pub fn header(&self, number: u32) -> ReportHeader {
        let state = &self.state;
        let started = state.started.as_deref();
        let text = |of: fn(&Started) -> &String| started.map(of).cloned().unwrap_or_default();
        let created = self.started_at();
        let mut counts = self.seen;
        for verdict in state.runs.iter().filter_map(|run| run.verdict.as_ref()) {
            counts[place(verdict.outcome)] += 1;
        }
        let [passed, failed, inconclusive] = counts;
        let tally = Tally::of(state);
        let suggestion = suggested(&self.trouble, state, RollbackKnown::by_own_log(state));
        ReportHeader {
            id: format!("{}-{number:02}", created.format("%Y-%m-%d")),
            number,
            runbook: text(|started| &started.runbook_title),
            procedure: text(|started| &started.procedure.title),
            environment: text(|started| &started.environment_title),
            rehearsal: started.is_some_and(|started| started.rehearsal),
            drill: started.is_some_and(|started| started.drill.is_some()),
            version: text(|started| &started.version),
            git_sha: text(|started| &started.git_sha),
            captain: text(|started| &started.captain),
            severity: suggestion.and_then(|suggestion| suggestion.severity()),
            standing: state.standing(),
            created,
            resolved: state.closed.as_ref().map(|closed| closed.at),
            done: tally.done,
            steps: tally.steps,
            left_out: tally.left_out,
            passed,
            failed,
            inconclusive,
            on_browsers_word: titles(state.on_browsers_word()),
            by_old_declaration: titles(state.by_old_declaration()),
            without_pass: self.without_pass.clone(),
            seconds_on_hold: (!self.holds.spans.is_empty()).then_some(self.holds.seconds),
            holds: self.holds.spans.clone(),
            post_mortem: PostMortem::of(&state.annotations),
            undoes: self.undoes(),
            undone_by: self.undone_by(),
        }
    }
}

fn titles(steps: Vec<&Step>) -> Vec<String> {
    steps.into_iter().map(|step| step.title.clone()).collect()
}

/// Whether a session is a rehearsal, in the words of tables.
pub(crate) fn practice(rehearsal: bool, drill: bool) -> &'static str {
    match (rehearsal, drill) {
        (true, true) => "yes, a drill",
        (true, false) => "yes",
        (false, _) => "no",
    }
}
