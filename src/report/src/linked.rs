//! What the logs of linked sessions say: the rollback of a session, and the session that a rollback undoes.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::error::ExportError;
use crate::fold::Folded;
use crate::header::ReportHeader;
use crate::log::Log;
use crate::severity::RollbackKnown;
use crate::tally::{LeftOut, Tally, in_words};
use holdpoint_domain::session::{SessionId, Standing, State};

/// The sessions that a session is linked with, and the field `linked` of the JSON export. It follows from their logs and not from
/// the session's own.
#[derive(Clone, Debug, Default)]
pub struct LinkedSessions {
    /// The session that this one undoes.
    pub undoes: Option<LinkedSession>,
    /// The rollback that was started from this one last, or to undo it after it was closed.
    pub undone_by: Option<LinkedSession>,
}

/// A linked session.
#[derive(Clone)]
pub struct LinkedSession {
    pub session: SessionId,
    /// None where its log could not be read.
    pub known: Option<LinkedStanding>,
    /// A rollback of it was started, which its own log does not say where it was closed before.
    pub is_undone: bool,
    /// Its log, of which `known` is a fold; none where it could not be read.
    pub(super) source: Option<LinkedSource>,
}

/// The log of a linked session, and what it comes to.
#[derive(Clone)]
pub(super) struct LinkedSource {
    pub log: Arc<dyn Log>,
    pub folded: Arc<Folded>,
    /// Its place among the sessions of its day, from 1.
    pub number: u32,
}

impl fmt::Debug for LinkedSession {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = to.debug_struct("LinkedSession");
        shown.field("session", &self.session).field("known", &self.known);
        shown.finish_non_exhaustive()
    }
}

/// How a linked session stood when the export was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkedStanding {
    pub procedure: String,
    pub version: String,
    pub standing: Standing,
    /// Top-level steps that are done. One that was left out is not.
    pub done: usize,
    /// Top-level steps.
    pub steps: usize,
    /// Steps that were left out, without the sub-steps that were left out with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// Steps that are done although one of their gates did not pass, by number and title.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without_pass: Vec<String>,
    pub closed: Option<DateTime<Utc>>,
}

impl LinkedSession {
    /// A linked session, by its log. `number` counts the sessions of its day from 1.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn read(session: SessionId, number: u32, log: Arc<dyn Log>) -> Result<Self, ExportError> {
        let folded = Arc::new(Folded::of(&*log)?);
        Ok(Self {
            session,
            known: LinkedStanding::of(&folded.state),
            is_undone: folded.state.rollback.is_some(),
            source: Some(LinkedSource { log, folded, number }),
        })
    }

    /// A linked session whose log could not be read.
    #[must_use]
    pub fn unknown(session: SessionId) -> Self {
        Self {
            session,
            known: None,
            is_undone: false,
            source: None,
        }
    }

    /// `Rollback v1.4.2`, or that it is not known.
    pub(super) fn name(&self) -> String {
        match &self.known {
            Some(known) => format!("{} {}", known.procedure, known.version).trim_end().to_owned(),
            None => "a session whose log could not be read".to_owned(),
        }
    }

    /// Of a rollback: `was given up, 2 of 5 steps done`.
    pub(super) fn stands(&self) -> String {
        let Some(known) = &self.known else {
            return "how it went is not known".to_owned();
        };
        let steps = known.steps_in_words();
        match known.standing {
            Standing::RollingBack => format!("is not closed, and a rollback of it was started, {steps}"),
            other if self.is_undone => format!("{}, {steps}; a rollback of it was started, too", how(other)),
            other => format!("{}, {steps}", how(other)),
        }
    }

    /// Of what a rollback undoes: `was completed, 5 of 5 steps done`.
    pub(super) fn undone_stands(&self) -> String {
        let Some(known) = &self.known else {
            return "how it stands is not known".to_owned();
        };
        let steps = known.steps_in_words();
        match known.standing {
            Standing::RollingBack => format!("is not closed yet, {steps} before its rollback was started"),
            other => format!("{}, {steps}", how(other)),
        }
    }

    /// How it stands, where its log could be read. That of one that was closed before its rollback does not say it.
    pub(super) fn standing(&self) -> Option<Standing> {
        let known = self.known.as_ref()?;
        Some(match self.is_undone {
            true => Standing::RollingBack,
            false => known.standing,
        })
    }

    /// Whether every step of it was done or left out and it was closed so, and no rollback of it was started.
    pub(super) fn is_completed(&self) -> bool {
        let known = self.known.as_ref();
        !self.is_undone && known.is_some_and(|known| known.standing == Standing::Completed)
    }

    /// Whether it ended, whatever with.
    pub(super) fn is_over(&self) -> bool {
        let known = self.known.as_ref();
        known.is_some_and(|known| known.closed.is_some() || known.standing == Standing::RollingBack)
    }
}

impl LinkedStanding {
    /// As the log of a session tells; none for a log without a start.
    pub(super) fn of(state: &State) -> Option<Self> {
        let started = state.started.as_deref()?;
        let tally = Tally::of(state);
        Some(Self {
            procedure: started.procedure.title.clone(),
            version: started.version.clone(),
            standing: state.standing(),
            done: tally.done,
            steps: tally.steps,
            left_out: tally.left_out,
            without_pass: tally.without_pass,
            closed: state.closed.as_ref().map(|closed| closed.at),
        })
    }

    fn steps_in_words(&self) -> String {
        in_words(self.done, self.steps, &self.left_out, &self.without_pass)
    }
}

fn how(standing: Standing) -> &'static str {
    match standing {
        Standing::Go => "is under way",
        Standing::Hold => "is on hold",
        Standing::RollingBack => "is being rolled back",
        Standing::Completed => "was completed",
        Standing::RolledBack => "was closed as rolled back",
        Standing::Abandoned => "was given up",
    }
}

impl LinkedSessions {
    /// With every link that the session's own events name: those of which nothing was said are not known.
    pub(super) fn with_those_of(self, header: &ReportHeader) -> Self {
        let named = |session: Option<SessionId>, told: Option<LinkedSession>| match (session, told) {
            (Some(session), Some(told)) if told.session == session => Some(told),
            (Some(session), _) => Some(LinkedSession::unknown(session)),
            (None, told) => told,
        };
        Self {
            undoes: named(header.undoes, self.undoes).filter(|_| header.undoes.is_some()),
            undone_by: named(header.undone_by, self.undone_by),
        }
    }

    /// What is known of the session's rollback, by its own log and by what was looked up.
    pub(super) fn rollback_known(&self, state: &State) -> RollbackKnown {
        let known = |one: &LinkedSession| RollbackKnown::Started(one.standing());
        let linked = self.undone_by.as_ref().map(known);
        linked.unwrap_or_else(|| RollbackKnown::by_own_log(state))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.undoes.is_none() && self.undone_by.is_none()
    }
}
