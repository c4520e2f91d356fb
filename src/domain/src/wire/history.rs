//! Asking for sessions by what is known of them, and what they come to in figures.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::NaiveDate;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::SessionBrief;
use crate::runbook::ProcedureKind;
use crate::session::SessionId;

/// Sessions in one page, at most.
pub const PAGE_LIMIT: u32 = 200;

/// Which sessions are asked for. Everything that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct SessionFilter {
    /// The runbook's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
    /// The procedure's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ProcedureKind>,
    /// The environment's name in `gates.toml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeFilter>,
    /// The captain or anybody else who acted: the name or its beginning, whatever its case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Started on this day (UTC) or later.
    #[serde(default, deserialize_with = "day", skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Started on this day (UTC) or before.
    #[serde(default, deserialize_with = "day", skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// Words, each of which begins a word in the title, the version, the commit, a note, a reason, a filled-in value or the summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub rehearsals: Rehearsals,
}

/// Reads a day as people write it into an address.
///
/// # Errors
/// It is none; the error says how to write it.
pub fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else {
        return Ok(None);
    };
    let read = text.parse().map_err(|_| {
        let shown: String = text.chars().take(40).collect();
        D::Error::custom(format!("“{shown}” is no day. Write it as in 2026-11-27."))
    });
    read.map(Some)
}

fn is_default(rehearsals: &Rehearsals) -> bool {
    *rehearsals == Rehearsals::None
}

/// How a session was closed, or that it was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum OutcomeFilter {
    Open,
    Completed,
    RolledBack,
    Abandoned,
}

/// Whether rehearsals are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Rehearsals {
    /// Real sessions.
    #[default]
    None,
    /// Nothing else.
    Only,
    Both,
}

/// `GET /api/sessions/search`: a page of the sessions that were found, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundSessions {
    pub sessions: Vec<SessionBrief>,
    /// Those that the sessions of the page undo or are undone by and that are not in it, in no order.
    pub linked: Vec<SessionBrief>,
    /// What to ask for as `before`, to get the next page; null on the last one.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<uuid::Uuid>))]
    pub next: Option<SessionId>,
    /// How many were found, on all pages.
    pub total: u32,
    /// There are more than `total`, at which counting ended.
    pub more_than_total: bool,
}

/// `GET /api/sessions/choices`: what sessions can be asked for by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionChoices {
    /// Procedures of which there are sessions, by runbook.
    pub procedures: Vec<ProcedureChoice>,
    /// Names of environments in which there are sessions.
    pub environments: Vec<String>,
}

/// A procedure of which there are sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcedureChoice {
    /// The runbook's name.
    pub runbook: String,
    /// The procedure's id.
    pub procedure: String,
}

/// `GET /api/statistics`: figures of the sessions that were asked for. Rehearsals and real sessions are never in one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatisticsRead {
    /// Null where only rehearsals were asked for.
    pub real: Option<Statistics>,
    /// Null where only real sessions were asked for.
    pub rehearsals: Option<Statistics>,
    /// There are more sessions than were looked at: the newest were.
    pub cut: bool,
}

/// Figures of sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Statistics {
    /// All of them. What else is said here is of those that ended.
    pub sessions: u32,
    pub open: u32,
    pub completed: u32,
    /// Of those that were completed, those of which a rollback was started afterwards.
    #[serde(default)]
    pub completed_undone: u32,
    pub rolled_back: u32,
    pub abandoned: u32,
    /// Sessions that ended and of which nothing can be read.
    pub unreadable: u32,
    /// From the start to the end, of those that were completed.
    pub duration: Figure,
    /// Time on hold, of those that were on hold.
    pub on_hold: Figure,
    /// From the first hold or failure to the start of the rollback.
    pub to_rollback: Figure,
    /// From the start of a rollback to its end, of rollbacks that were completed.
    pub rollback: Figure,
    /// Emergencies: from the start to the end, of those that were completed. Releases: from the first hold until the gates passed
    /// again.
    pub to_recover: Figure,
    /// Releases whose first hold ended otherwise than by a pass, and emergencies that were not completed: they are not in `to_recover`.
    pub not_recovered: u32,
    /// Those that did not pass most often, the first ones.
    pub gates: Vec<GateFigures>,
    /// Steps that people went on from without a pass most often, the first ones.
    pub proceeded: Vec<StepFigures>,
}

/// A figure, and of how many sessions it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Figure {
    pub sessions: u32,
    /// Half of them took no longer. Null for fewer than three, of which a percentile says nothing.
    pub median_seconds: Option<u64>,
    /// Nine of ten took no longer.
    pub p90_seconds: Option<u64>,
}

/// The runs of a gate, in all sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GateFigures {
    /// Its name in `gates.toml`.
    pub gate: String,
    /// Its title in the newest of the sessions.
    pub title: String,
    /// Sessions in which it ran.
    pub sessions: u32,
    pub runs: u32,
    pub failed: u32,
    pub inconclusive: u32,
    /// How often it passed after it had not, while nothing else than runs of gates was recorded in between.
    pub passed_on_repeat: u32,
}

/// How often people went on from a step without a pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepFigures {
    /// The runbook's name.
    pub runbook: String,
    /// Its number and title in the newest of the sessions.
    pub step: String,
    /// Sessions in which somebody did.
    pub sessions: u32,
    pub times: u32,
}
