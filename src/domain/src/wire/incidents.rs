//! The incident log, and what the events say of a session for its post-mortem.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::runbook::ProcedureKind;
use crate::session::SeverityLevel;

/// `GET /api/sessions/{id}/facts`: what follows from a session's events and is of use to whoever writes its post-mortem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionFacts {
    /// The id of the session's report, `YYYY-MM-DD-NN`.
    pub report: String,
    /// The report is one of an incident: by a person's word, else by the events.
    pub incident: bool,
    /// The severity that the events suggest; null for a rehearsal and where they suggest none.
    pub suggested: Option<SeverityLevel>,
    /// The same in words, with what it rests on.
    pub suggestion: String,
    /// How many times a gate held.
    pub holds: u32,
    /// The time in which at least one gate held, without one that has not ended.
    pub seconds_on_hold: u64,
    /// Since when at least one gate holds; null where none does.
    #[serde(default)]
    pub on_hold_since: Option<DateTime<Utc>>,
    pub passed: u32,
    pub failed: u32,
    pub inconclusive: u32,
}

/// `GET /api/incidents`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentLog {
    /// Newest first.
    pub incidents: Vec<Incident>,
    /// How many sessions were looked through: real ones, or rehearsals.
    pub sessions: u32,
    /// Older sessions are looked through with `?before=` this id; null where there are none.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Uuid>))]
    pub older: Option<Uuid>,
    /// Sessions that are incidents, or may be by a person's word, whose logs were not read yet, because one request reads a limited
    /// number. Ask again.
    pub unread: u32,
    /// The day (UTC) by which items are overdue.
    pub today: NaiveDate,
    pub statistics: IncidentStatistics,
}

/// Figures of the incidents in one answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentStatistics {
    /// Newest month first; months without an incident are left out.
    pub months: Vec<IncidentMonth>,
    pub open_actions: u32,
    /// Of these: those whose day is over.
    pub overdue_actions: u32,
    /// Incidents of whose action items nothing is known, because their logs were not read.
    #[serde(default)]
    pub actions_unknown: u32,
    /// Incidents without those of which a person said that they were none.
    #[serde(default)]
    pub incidents: u32,
}

/// The incidents that began in a month (UTC), by severity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentMonth {
    /// `2026-11`.
    pub month: String,
    pub sev1: u32,
    pub sev2: u32,
    pub sev3: u32,
    /// A person said that it was no incident.
    pub none: u32,
    /// Not known: the log could not be read, or was not read yet, or it is a rehearsal.
    pub unknown: u32,
}

/// One incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Incident {
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub session: Uuid,
    /// The id of its report, `YYYY-MM-DD-NN`.
    pub report: String,
    /// The start of the session.
    pub started: DateTime<Utc>,
    /// The end of the session; null while it is open.
    pub closed: Option<DateTime<Utc>>,
    /// The procedure's title and the version.
    pub title: String,
    pub kind: Option<ProcedureKind>,
    pub environment: String,
    /// The environment is a production.
    #[serde(default)]
    pub production: bool,
    pub rehearsal: bool,
    /// A person's word, else what the events suggest; null where neither is known.
    pub severity: Option<SeverityLevel>,
    /// Who said so; null where the events suggest it.
    pub severity_by: Option<String>,
    pub status: IncidentStatus,
    /// How the session stands, its rollback included, in the words of the list of sessions: `rolled back`.
    #[serde(default)]
    pub stands: String,
    /// The session's captain.
    pub owner: String,
    /// The log was read, so that the numbers of action items say something.
    #[serde(default)]
    pub actions_known: bool,
    /// Action items, those that are done or dropped among them.
    pub actions: u32,
    pub open_actions: u32,
    pub overdue_actions: u32,
    /// An event of its log cannot be read, so that only what the list of sessions knows is told.
    pub unreadable: bool,
}

/// How an incident stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum IncidentStatus {
    /// The session is under way.
    Open,
    /// The session is under way, and a rollback of it was started.
    RollingBack,
    /// Closed with every step done.
    Completed,
    /// Closed as completed or as given up, and a rollback of it was started after that.
    UndoneAfterwards,
    /// Closed as rolled back. How the rollback went stands in its own session.
    RolledBack,
    /// Closed as given up.
    GivenUp,
    /// The log cannot be read.
    Unknown,
}

impl Incident {
    /// Whether its session is under way, and how that stands: `closed; afterwards: rollback given up`.
    #[must_use]
    pub fn status_in_words(&self) -> String {
        let stands = &self.stands;
        match self.status {
            IncidentStatus::Unknown => "not known".to_owned(),
            IncidentStatus::Open | IncidentStatus::RollingBack => format!("open: {stands}"),
            // Of an emergency, which ends beside its rollback.
            IncidentStatus::UndoneAfterwards if stands.starts_with("completed") || stands.starts_with("given up") => {
                format!("closed: {stands}; a rollback was started afterwards")
            }
            IncidentStatus::UndoneAfterwards => format!("closed; afterwards: {stands}"),
            IncidentStatus::GivenUp if !stands.starts_with("given up") => format!("closed: given up; {stands}"),
            IncidentStatus::RolledBack if stands.starts_with("closed") => {
                format!("{stands}; how its rollback went is not known")
            }
            IncidentStatus::Completed | IncidentStatus::GivenUp | IncidentStatus::RolledBack => {
                format!("closed: {stands}")
            }
        }
    }

    /// The severity in words, and whose word it is; nothing can have happened in a rehearsal.
    #[must_use]
    pub fn severity_in_words(&self) -> (&'static str, String) {
        match (self.severity, &self.severity_by) {
            (Some(level), Some(by)) => (level.word(), format!("said by {by}")),
            (Some(level), None) => (level.word(), "by the events".to_owned()),
            (None, _) if self.rehearsal => ("Rehearsal: no severity", String::new()),
            (None, _) => ("not known", String::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: IncidentStatus, stands: &str) -> String {
        let incident = Incident {
            session: Uuid::nil(),
            report: "1970-01-01-01".to_owned(),
            started: DateTime::UNIX_EPOCH,
            closed: None,
            title: "Release".to_owned(),
            kind: None,
            environment: "Production".to_owned(),
            production: true,
            rehearsal: true,
            severity: None,
            severity_by: None,
            status,
            stands: stands.to_owned(),
            owner: "Ada".to_owned(),
            actions_known: false,
            actions: 0,
            open_actions: 0,
            overdue_actions: 0,
            unreadable: false,
        };
        assert_eq!(incident.severity_in_words(), ("Rehearsal: no severity", String::new()));
        incident.status_in_words()
    }

    #[test]
    fn the_status_tells_how_a_rollback_stands() {
        use IncidentStatus::{Completed, GivenUp, Open, RolledBack, RollingBack, UndoneAfterwards};
        for (status, stands, words) in [
            (Open, "on hold", "open: on hold"),
            (RollingBack, "rollback given up", "open: rollback given up"),
            (Completed, "completed with caution", "closed: completed with caution"),
            (UndoneAfterwards, "rolled back", "closed; afterwards: rolled back"),
            (
                UndoneAfterwards,
                "completed",
                "closed: completed; a rollback was started afterwards",
            ),
            (GivenUp, "given up, may be live", "closed: given up, may be live"),
            (GivenUp, "rollback given up", "closed: given up; rollback given up"),
            (RolledBack, "rolled back", "closed: rolled back"),
            (
                RolledBack,
                "closed as rolled back",
                "closed as rolled back; how its rollback went is not known",
            ),
        ] {
            assert_eq!(told(status, stands), words);
        }
    }
}
