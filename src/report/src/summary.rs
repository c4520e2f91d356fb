//! What a session came to, in a few facts.

use chrono::{DateTime, Utc};
use serde::Serialize;

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{SessionId, Standing, State};

/// How bad it was, as far as the log can tell. People correct it in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Severity {
    /// Production was rolled back, or the rollback itself did not pass.
    #[serde(rename = "SEV-1")]
    Sev1,
    /// A gate held in production, or the session was given up.
    #[serde(rename = "SEV-2")]
    Sev2,
    /// Anything else.
    #[serde(rename = "SEV-3")]
    Sev3,
}

impl Severity {
    /// As reports write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sev1 => "SEV-1",
            Self::Sev2 => "SEV-2",
            Self::Sev3 => "SEV-3",
        }
    }
}

/// What a session came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// `YYYY-MM-DD-NN`.
    pub id: String,
    /// The NN of the id.
    pub number: u32,
    /// The runbook's title.
    pub runbook: String,
    /// The procedure's title.
    pub procedure: String,
    /// The environment's title.
    pub environment: String,
    /// It was a rehearsal.
    pub rehearsal: bool,
    /// The version.
    pub version: String,
    /// The commit.
    pub git_sha: String,
    /// The captain.
    pub captain: String,
    /// How bad it was.
    pub severity: Severity,
    /// How it stands.
    pub standing: Standing,
    /// When it began.
    pub created: DateTime<Utc>,
    /// When it ended.
    pub resolved: Option<DateTime<Utc>>,
    /// Top-level steps that are done.
    pub done: usize,
    /// Top-level steps.
    pub steps: usize,
    /// Runs of gates that passed.
    pub passed: usize,
    /// Runs that failed.
    pub failed: usize,
    /// Runs that were inconclusive.
    pub inconclusive: usize,
    /// The session that it undoes.
    pub undoes: Option<SessionId>,
    /// The session that undoes it.
    pub undone_by: Option<SessionId>,
}

/// Sums a session up. None for a state without a start.
#[must_use]
pub fn summarise(state: &State, number: u32) -> Option<Summary> {
    let started = state.started.as_deref()?;
    let created = state.started_at?;
    let verdicts = || {
        let runs = state.runs.iter().filter_map(|run| run.verdict.as_ref());
        runs.chain(state.observed.values().map(|seen| &seen.verdict))
    };
    let count = |outcome: Outcome| verdicts().filter(|verdict| verdict.outcome == outcome).count();
    let (failed, inconclusive) = (count(Outcome::Fail), count(Outcome::Inconclusive));
    let standing = state.standing();
    let undone = matches!(standing, Standing::RollingBack | Standing::RolledBack);
    let troubled = failed + inconclusive > 0 || standing == Standing::Abandoned;
    let severity = match (
        started.production,
        undone || (started.undoes.is_some() && troubled),
        troubled,
    ) {
        (true, true, _) => Severity::Sev1,
        (true, false, true) => Severity::Sev2,
        _ => Severity::Sev3,
    };
    let (done, steps) = state.progress();
    Some(Summary {
        id: format!("{}-{number:02}", created.format("%Y-%m-%d")),
        number,
        runbook: started.runbook_title.clone(),
        procedure: started.procedure.title.clone(),
        environment: started.environment_title.clone(),
        rehearsal: started.rehearsal,
        version: started.version.clone(),
        git_sha: started.git_sha.clone(),
        captain: started.captain.clone(),
        severity,
        standing,
        created,
        resolved: state.closed.as_ref().map(|closed| closed.at),
        done,
        steps,
        passed: count(Outcome::Pass),
        failed,
        inconclusive,
        undoes: started.undoes,
        undone_by: state.rollback,
    })
}
