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
    /// The time in which at least one gate held.
    pub seconds_on_hold: u64,
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
    /// Closed as completed or as given up, and a rollback of it was started.
    UndoneAfterwards,
    /// Closed as rolled back. How the rollback went stands in its own session.
    RolledBack,
    /// Closed as given up.
    GivenUp,
    /// The log cannot be read.
    Unknown,
}

impl IncidentStatus {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::RollingBack => "open, rollback started",
            Self::Completed => "closed: completed",
            Self::RolledBack => "closed as rolled back; its rollback’s own session says how that went",
            Self::UndoneAfterwards => "closed; a rollback was started after it",
            Self::GivenUp => "closed: given up",
            Self::Unknown => "not known",
        }
    }
}
