//! How a session stands, for programs: what the watch page says, as data.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Mark, Stage, Summary, Tone, Undoing};
use crate::history::{Basis, Remaining, Usual};
use crate::session::{Record, SessionId, State};

/// `GET /api/sessions/{id}/status`: the watch page's words and what they rest on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionStatus {
    #[cfg_attr(feature = "openapi", schema(value_type = uuid::Uuid))]
    pub session: SessionId,
    /// The number of the session's last event.
    pub seq: u64,
    /// Its rollback, of which this tells, too. Null where none was started.
    pub rollback: Option<StatusOfRollback>,
    /// When the last event of both was recorded.
    pub at: DateTime<Utc>,
    /// `Release v1.4.2 to Production`.
    pub title: String,
    /// `GOING WELL`, `ON HOLD`, `ROLLING BACK`, …: see docs/WATCH.md.
    pub headline: String,
    /// `good`, `working`, `hold` or `ended`: only `good` is green.
    pub tone: Tone,
    /// What the watch page draws beside the headline: `go` (green), `hold`, `back` and `alert` (amber) or `wait` (grey).
    pub mark: Mark,
    /// What is known, in a few sentences.
    pub sentence: String,
    /// Null where it waits for nothing; a closed session may wait for its rollback.
    pub waiting_for: Option<String>,
    /// Since when it waits, or when it was closed.
    pub since: Option<DateTime<Utc>>,
    /// Who leads the session.
    pub captain: String,
    /// Who decides: whoever leads the rollback while that goes on. Once all is over, who decided.
    #[serde(default)]
    pub decides: String,
    /// All is over: `decides` says who decided.
    #[serde(default)]
    pub decided: bool,
    /// What whoever reads it has to do: `Ask Ana what is live`. Null where that is nothing.
    #[serde(default)]
    pub to_do: Option<String>,
    /// Something is wrong, and nobody has written here what customers notice. Of a rollback that stands with what it undoes.
    #[serde(default)]
    pub impact_unknown: bool,
    pub environment: String,
    pub production: bool,
    pub rehearsal: bool,
    /// The rehearsal is a drill: its faults are wanted.
    pub drill: bool,
    pub closed: bool,
    /// Top-level steps that are done or were left out.
    pub stages_over: usize,
    pub stages: Vec<Stage>,
    /// When it is likely to end. Null where nothing is known of that, once a rollback has taken over and once it is closed.
    #[serde(default)]
    pub estimate: Option<StatusEstimate>,
}

/// When a session is likely to end, as of when it was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusEstimate {
    /// The watch page's words, with times in UTC.
    pub sentence: String,
    pub basis: EstimateBasis,
    /// The earlier sessions that it is from; 0 where the runbook says it.
    pub sessions: u32,
    /// Null where no end can be said: on hold, while a step takes longer than it should, and by the runbook.
    pub earliest: Option<DateTime<Utc>>,
    /// Null with `earliest`.
    pub latest: Option<DateTime<Utc>>,
    /// Steps that are left and of which nothing is known, so that they are not counted.
    #[serde(default)]
    pub uncounted: u32,
}

/// What an estimate is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum EstimateBasis {
    EarlierSessions,
    Runbook,
}

impl StatusEstimate {
    /// When a session is likely to end, by its state and the times of earlier ones.
    #[must_use]
    pub fn of(state: &State, usual: Option<&Usual>, now: DateTime<Utc>) -> Option<Self> {
        let estimate = Remaining::of(state, usual)?.at(now);
        let (earliest, latest) = estimate.between().unzip();
        let (basis, sessions) = match estimate.basis {
            Basis::Earlier { sessions } => (EstimateBasis::EarlierSessions, sessions),
            Basis::Runbook => (EstimateBasis::Runbook, 0),
        };
        Some(Self {
            sentence: estimate.words(|at| {
                let today = at.date_naive() == now.date_naive();
                let format = if today { "%H:%M UTC" } else { "%Y-%m-%d %H:%M UTC" };
                at.format(format).to_string()
            }),
            basis,
            sessions,
            earliest,
            latest,
            uncounted: estimate.uncounted,
        })
    }
}

/// The rollback of a session, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusOfRollback {
    #[cfg_attr(feature = "openapi", schema(value_type = uuid::Uuid))]
    pub session: SessionId,
    /// The number of its last event; null where its log cannot be read, so that nothing is said of how it stands.
    pub seq: Option<u64>,
}

/// The rollback of a session, and what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct RollbackLog<'a> {
    pub session: SessionId,
    /// None where they cannot be read.
    pub records: Option<&'a [Record]>,
    /// A rollback of it was started.
    pub is_undone: bool,
}

impl SessionStatus {
    /// How a session stands by its log, and by that of its rollback, if there is one. None where there is no event. There is no estimate
    /// yet.
    #[must_use]
    pub fn of(records: &[Record], rollback: Option<RollbackLog<'_>>) -> Option<Self> {
        let last = records.last()?;
        let state = State::fold(records);
        let started = state.started.as_deref()?;
        let known = rollback.and_then(|rollback| rollback.records).map(State::fold);
        let undoing = match (rollback, &known) {
            (None, _) => Undoing::AsLogged,
            (Some(_), None) => Undoing::Started,
            (Some(rollback), Some(known)) if rollback.is_undone => Undoing::Undone(known),
            (Some(_), Some(known)) => Undoing::Known(known),
        };
        let summary = Summary::of(&state, undoing)?;
        let last_of_rollback = rollback.and_then(|rollback| rollback.records?.last());
        let (stages_over, _) = summary.progress();
        Some(Self {
            session: last.session,
            seq: last.seq,
            rollback: rollback.map(|rollback| StatusOfRollback {
                session: rollback.session,
                seq: last_of_rollback.map(|last| last.seq),
            }),
            at: last_of_rollback.map_or(last.at, |other| other.at.max(last.at)),
            headline: summary.headline.words().to_owned(),
            tone: summary.headline.tone(),
            mark: summary.headline.mark(),
            sentence: summary.sentence.text,
            title: summary.title,
            waiting_for: summary.waiting_for,
            since: summary.since,
            captain: summary.captain,
            decides: summary.decides,
            decided: summary.decided,
            to_do: summary.sentence.ask,
            impact_unknown: summary.impact_unknown,
            environment: started.environment_title.clone(),
            production: started.production,
            rehearsal: summary.rehearsal,
            drill: summary.drill,
            closed: summary.closed,
            stages_over,
            stages: summary.stages,
            estimate: None,
        })
    }
}
