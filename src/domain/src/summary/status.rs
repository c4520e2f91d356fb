//! How a session stands, for programs: what the watch page says, as data.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Stage, StageStatus, Summary, Tone, Undoing};
use crate::session::{Record, SessionId, State};

/// `GET /api/sessions/{id}/status`: the watch page's words and what they rest on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionStatus {
    #[cfg_attr(feature = "openapi", schema(value_type = uuid::Uuid))]
    pub session: SessionId,
    /// The number of the last event that this rests on.
    pub seq: u64,
    /// When that event was recorded.
    pub at: DateTime<Utc>,
    /// `Release v1.4.2 to Production`.
    pub title: String,
    /// `GOING WELL`, `ON HOLD`, `ROLLING BACK`, …: see docs/WATCH.md.
    pub headline: String,
    /// `good`, `working`, `hold` or `ended`: only `good` is green.
    pub tone: Tone,
    /// What is known, in one to three sentences.
    pub sentence: String,
    /// Null once it is closed.
    pub waiting_for: Option<String>,
    /// Since when it waits, or when it was closed.
    pub since: Option<DateTime<Utc>>,
    pub captain: String,
    pub environment: String,
    pub production: bool,
    pub rehearsal: bool,
    pub closed: bool,
    /// Top-level steps that are done or were left out.
    pub stages_over: usize,
    pub stages: Vec<Stage>,
}

impl SessionStatus {
    /// How a session stands by its log, and by that of its rollback as far as that can be read. None where there is no event.
    #[must_use]
    pub fn of(records: &[Record], undoing: Undoing<'_>) -> Option<Self> {
        let last = records.last()?;
        let state = State::fold(records);
        let started = state.started.as_deref()?;
        let summary = Summary::of(&state, undoing)?;
        let (stages_over, _) = summary.progress();
        Some(Self {
            session: last.session,
            seq: last.seq,
            at: last.at,
            headline: summary.headline.words().to_owned(),
            tone: summary.headline.tone(),
            sentence: summary.sentence.text,
            title: summary.title,
            waiting_for: summary.waiting_for,
            since: summary.since,
            captain: summary.captain,
            environment: started.environment_title.clone(),
            production: started.production,
            rehearsal: summary.rehearsal,
            closed: summary.closed,
            stages_over,
            stages: summary.stages,
        })
    }

    /// The step that is at hand, in plain words, if it has one.
    #[must_use]
    pub fn at_hand(&self) -> Option<&str> {
        let now = |stage: &&Stage| matches!(stage.status, StageStatus::Now | StageStatus::Held);
        self.stages.iter().find(now).map(|stage| stage.title.as_str())
    }
}
