//! What the logs of linked sessions say: the rollback of a session, and the session that a rollback undoes.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::header::ReportHeader;
use holdpoint_domain::session::{SessionId, Standing, State};

/// The sessions that a session is linked with, and the field `linked` of the JSON export. It follows from their logs and not from
/// the session's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkedSessions {
    /// The session that this one undoes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<LinkedSession>,
    /// The rollback that was started from this one last, or to undo it after it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<LinkedSession>,
}

/// A linked session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkedSession {
    pub session: SessionId,
    /// None where its log could not be read.
    pub known: Option<LinkedStanding>,
}

/// How a linked session stood when the export was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkedStanding {
    pub procedure: String,
    pub version: String,
    pub standing: Standing,
    /// Top-level steps that are done.
    pub done: usize,
    /// Top-level steps.
    pub steps: usize,
    pub closed: Option<DateTime<Utc>>,
}

impl LinkedSession {
    /// A linked session, with the state that its log was folded into; none where it could not be read.
    #[must_use]
    pub fn new(session: SessionId, state: Option<&State>) -> Self {
        let known = state.and_then(|state| {
            let started = state.started.as_deref()?;
            let (done, steps) = state.progress();
            Some(LinkedStanding {
                procedure: started.procedure.title.clone(),
                version: started.version.clone(),
                standing: state.standing(),
                done,
                steps,
                closed: state.closed.as_ref().map(|closed| closed.at),
            })
        });
        Self { session, known }
    }

    /// `Rollback v1.4.2`, or that it is not known.
    pub(super) fn name(&self) -> String {
        match &self.known {
            Some(known) => format!("{} {}", known.procedure, known.version).trim_end().to_owned(),
            None => "a session whose log could not be read".to_owned(),
        }
    }

    /// `was given up, 2 of 5 steps done`.
    pub(super) fn stands(&self) -> String {
        let Some(known) = &self.known else {
            return "how it went is not known".to_owned();
        };
        let how = match known.standing {
            Standing::Go => "is under way",
            Standing::Hold => "is on hold",
            Standing::RollingBack => "is being undone itself",
            Standing::Completed => "was completed",
            Standing::RolledBack => "was closed as rolled back",
            Standing::Abandoned => "was given up",
        };
        format!("{how}, {} of {} steps done", known.done, known.steps)
    }

    /// Whether every step of it was done and it was closed so.
    pub(super) fn is_completed(&self) -> bool {
        let known = self.known.as_ref();
        known.is_some_and(|known| known.standing == Standing::Completed)
    }

    /// Whether it ended, whatever with.
    pub(super) fn is_over(&self) -> bool {
        let known = self.known.as_ref();
        known.is_some_and(|known| known.closed.is_some() || known.standing == Standing::RollingBack)
    }
}

impl LinkedSessions {
    /// With every link that the session's own events name: those of which nothing was said are not known.
    pub(super) fn with_those_of(self, header: &ReportHeader) -> Self {
        let named = |session: Option<SessionId>, told: Option<LinkedSession>| match (session, told) {
            (Some(session), Some(told)) if told.session == session => Some(told),
            (Some(session), _) => Some(LinkedSession::new(session, None)),
            (None, told) => told,
        };
        Self {
            undoes: named(header.undoes, self.undoes).filter(|_| header.undoes.is_some()),
            undone_by: named(header.undone_by, self.undone_by),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.undoes.is_none() && self.undone_by.is_none()
    }
}
