//! What the proxy sends of a runbook and of a session. The page has no reader: it shows and runs what the proxy compiled.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use serde::{Deserialize, Serialize};

use super::SessionBrief;
use crate::runbook::{Block, Diagnostic, Metadata, Procedure, Runbook};
use crate::session::{Record, SessionId, SessionOutcome};

/// `GET /api/runbooks/{name}`: the runbook, read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunbookRead {
    /// The file's name without `.md`.
    pub name: String,
    /// SHA-256 (hex) of its text.
    pub digest: String,
    /// What was read of it.
    pub runbook: RunbookPage,
}

/// A runbook as people read it and start from it. What only its author asks for (references, mentions) is in `holdpoint outline`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunbookPage {
    /// The first heading of level one, or the file's name when there is none.
    pub title: String,
    /// Audience, version, last updated: what the runbook says of itself.
    pub metadata: Vec<Metadata>,
    pub blocks: Vec<Block>,
    /// What can be run from start to end.
    pub procedures: Vec<Procedure>,
    /// What was not understood, or is likely a mistake.
    pub diagnostics: Vec<Diagnostic>,
}

impl From<&Runbook> for RunbookPage {
    fn from(runbook: &Runbook) -> Self {
        Self {
            title: runbook.title.clone(),
            metadata: runbook.metadata.clone(),
            blocks: runbook.blocks.clone(),
            procedures: runbook.procedures.clone(),
            diagnostics: runbook.diagnostics.clone(),
        }
    }
}

/// `GET /api/sessions/{id}`: everything that happened, in order. The page folds it; the first event holds the procedure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionRead {
    pub events: Vec<Record>,
    /// How long such sessions took before; null where too few were completed to say.
    #[serde(default)]
    pub usual: Option<Usual>,
    /// As for [`super::SessionEvents::undone_by`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<uuid::Uuid>))]
    pub undone_by: Option<SessionId>,
}

/// How long earlier sessions took: completed ones of the same procedure in the same environment, the latest of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Usual {
    pub sessions: u32,
    /// Seconds: a quarter of them took less.
    pub from_seconds: u64,
    /// Seconds: a quarter of them took more.
    pub to_seconds: u64,
}

/// Fewer sessions than these say nothing of the next one.
const FEWEST: usize = 3;
/// What was long ago says little.
const LATEST: usize = 20;

impl Usual {
    /// How long sessions like this one took, by the list of all sessions, newest first.
    #[must_use]
    pub fn of(list: &[SessionBrief], session: SessionId) -> Option<Self> {
        let this = list.iter().find(|one| one.id == session)?;
        let like = |one: &&SessionBrief| {
            one.id != session
                && one.outcome == Some(SessionOutcome::Completed)
                && one.runbook == this.runbook
                && one.procedure_title == this.procedure_title
                && one.environment_title == this.environment_title
                && one.rehearsal == this.rehearsal
                && one.drill == this.drill
        };
        let lengths = list
            .iter()
            .filter(like)
            .filter_map(|one| Some(one.closed? - one.started));
        let mut seconds: Vec<u64> = lengths
            .filter_map(|length| u64::try_from(length.num_seconds()).ok())
            .take(LATEST)
            .collect();
        seconds.sort_unstable();
        let count = seconds.len();
        (count >= FEWEST).then(|| Self {
            sessions: u32::try_from(count).unwrap_or(u32::MAX),
            from_seconds: seconds[count / 4],
            to_seconds: seconds[count * 3 / 4],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brief(id: u128, minutes: Option<i64>) -> SessionBrief {
        let started = chrono::DateTime::from_timestamp(1_700_000_000, 0).expect("a time");
        SessionBrief {
            id: uuid::Uuid::from_u128(id),
            runbook: "golden-release".to_owned(),
            runbook_title: "Golden release".to_owned(),
            procedure_title: "Release".to_owned(),
            kind: Some(crate::runbook::ProcedureKind::Release),
            environment_title: "Production".to_owned(),
            production: true,
            rehearsal: false,
            drill: false,
            not_followed: 0,
            version: "v1".to_owned(),
            git_sha: "a1b2c3d".to_owned(),
            captain: "Ada".to_owned(),
            started,
            closed: minutes.map(|minutes| started + chrono::TimeDelta::minutes(minutes)),
            outcome: minutes.map(|_| SessionOutcome::Completed),
            standing: crate::session::Standing::Go,
            done: 0,
            steps: 1,
            left_out: false,
            without_pass: false,
            undoes: None,
            undone_by: None,
            unreadable: false,
        }
    }

    #[test]
    fn what_is_usual_is_the_middle_half_of_the_sessions_like_this_one() {
        let this = uuid::Uuid::from_u128(0);
        let mut list = vec![brief(0, None)];
        for (id, minutes) in [(1, 40), (2, 10), (3, 30), (4, 20)] {
            assert_eq!(Usual::of(&list, this).is_some(), list.len() > 3, "{}", list.len());
            list.push(brief(id, Some(minutes)));
        }
        let others: [fn(&mut SessionBrief); 7] = [
            |one| one.outcome = Some(SessionOutcome::RolledBack),
            |one| one.outcome = Some(SessionOutcome::Abandoned),
            |one| one.runbook = "release".to_owned(),
            |one| one.procedure_title = "Rollback".to_owned(),
            |one| one.environment_title = "Development".to_owned(),
            |one| one.rehearsal = true,
            |one| one.drill = true,
        ];
        for (id, change) in (10..).zip(others) {
            let mut other = brief(id, Some(1));
            change(&mut other);
            list.push(other);
        }
        let usual = Usual::of(&list, this).expect("there are enough");
        assert_eq!(
            (usual.sessions, usual.from_seconds, usual.to_seconds),
            (4, 20 * 60, 40 * 60)
        );
        assert_eq!(Usual::of(&list, uuid::Uuid::from_u128(99)), None);
    }
}
