//! What the proxy read of runbooks and sends. The page has no reader: what it shows and runs is what the proxy understood.

use serde::{Deserialize, Serialize};

use super::ProcedureBrief;
use crate::runbook::{Procedure, Runbook};
use crate::session::Record;

/// `GET /api/runbooks/{name}`: the runbook, read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunbookRead {
    /// The file's name without `.md`.
    pub name: String,
    /// SHA-256 (hex) of its text.
    pub digest: String,
    /// What was read of it.
    pub runbook: Runbook,
}

/// `GET /api/sessions/{id}`: everything that happened, in order, and what the session's own text says. The page folds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionRead {
    /// The events.
    pub events: Vec<Record>,
    /// The procedure that the session runs; null when its text has none with that id, and then nothing can be ticked.
    pub procedure: Option<Procedure>,
    /// The procedures of its text that can undo it.
    pub rollbacks: Vec<ProcedureBrief>,
}

#[cfg(feature = "read")]
impl SessionRead {
    /// A session with what its own text says. That is the text in its start, whatever is on disk now.
    #[must_use]
    pub fn of(events: Vec<Record>) -> Self {
        use crate::runbook::read;
        use crate::session::Event;

        let mut session = Self {
            events,
            procedure: None,
            rollbacks: Vec::new(),
        };
        let started = session.events.iter().find_map(|record| match &record.event {
            Event::SessionStarted(started) => Some(started),
            _ => None,
        });
        if let Some(started) = started {
            let mut book = read(&started.runbook, &started.text);
            let own = started.procedure.as_str();
            session.rollbacks = book.rollbacks_of(own).into_iter().map(ProcedureBrief::from).collect();
            let at = book.procedures.iter().position(|one| one.id == own);
            session.procedure = at.map(|at| book.procedures.swap_remove(at));
        }
        session
    }
}

#[cfg(all(test, feature = "read"))]
mod tests {
    use super::*;
    use crate::session::State;
    use crate::session::story::{RELEASE, Story, started};

    const ROLLBACK: &str = "
## Rollback procedure
<!-- holdpoint: procedure id=rollback kind=rollback -->

1. Go back
2. Look <!-- holdpoint: gate=contract -->
";

    #[test]
    fn a_session_comes_with_the_procedure_that_its_state_has() {
        let story = Story::of(started(&format!("{RELEASE}{ROLLBACK}"), "release"));
        let read = SessionRead::of(story.records.clone());
        assert_eq!(read.procedure.as_ref(), story.state.procedure.as_deref());
        assert_eq!(State::fold(&read.events), story.state);
        let back = &read.rollbacks[..];
        assert_eq!(back.len(), 1);
        assert_eq!((back[0].id.as_str(), back[0].steps, back[0].gates), ("rollback", 2, 1));
    }

    #[test]
    fn a_text_without_the_procedure_gives_none() {
        let mut story = Story::release();
        for record in &mut story.records {
            if let crate::session::Event::SessionStarted(started) = &mut record.event {
                started.procedure = "no-such".to_owned();
            }
        }
        let read = SessionRead::of(story.records);
        assert_eq!((read.procedure, read.rollbacks.len()), (None, 0));
        let nothing = SessionRead::of(Vec::new());
        assert_eq!((nothing.procedure, nothing.rollbacks.len()), (None, 0));
    }
}
