//! The incident log: which sessions were incidents, and how each stands.
//!
//! A session is an incident where its procedure is an emergency, where it is a release that was rolled back, given up or gone on with
//! without a pass, or where a person said a severity of it. What is known of a session's log is kept in memory until the log has
//! another event, so that a request reads few of them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{Annotations, SessionId, SessionOutcome, SeverityLevel, Standing};
use holdpoint_domain::wire::{
    Incident, IncidentLog, IncidentMonth, IncidentStatistics, IncidentStatus, SessionBrief, SessionFacts,
    standing_words,
};
use holdpoint_report::ExportError;

use crate::engine::{Engine, EngineError};
use crate::exports::{ExportFailure, SessionExport};
use crate::store::{LIST_LIMIT, Store, StoreError};

/// Logs that one request reads at most. What is left is read by the next one.
const READ_AT_ONCE: usize = 100;
/// Sessions of which something is kept.
const KEPT: usize = 5_000;

/// A log's last event, and which rollback it has with the last event of that one's log.
type Heads = (u64, Option<(SessionId, u64)>);

/// What is kept of a session's log.
#[derive(Clone)]
struct Known {
    heads: Heads,
    told: Option<Noted>,
}

/// As much of a log as the incident log tells.
#[derive(Clone)]
struct Noted {
    report: String,
    suggested: Option<SeverityLevel>,
    /// A person's word, and whose it is.
    said: Option<(SeverityLevel, String)>,
    actions: usize,
    /// Of each action item that is open, when it is due.
    open: Vec<Option<NaiveDate>>,
}

impl Noted {
    fn new(facts: SessionFacts, noted: &Annotations) -> Self {
        let said = noted.severity.as_ref();
        Self {
            report: facts.report,
            suggested: facts.suggested,
            said: said.map(|said| (said.value.level, said.actor.name().to_owned())),
            actions: noted.actions.len(),
            open: noted.open_actions().map(|item| item.due).collect(),
        }
    }
}

/// The incident log of a store.
pub struct Incidents {
    store: Arc<dyn Store>,
    known: Mutex<HashMap<SessionId, Known>>,
    /// One request at a time reads logs.
    turn: tokio::sync::Mutex<()>,
}

impl Incidents {
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            known: Mutex::new(HashMap::new()),
            turn: tokio::sync::Mutex::new(()),
        }
    }

    /// What the events of a session say for its post-mortem.
    ///
    /// # Errors
    /// There is no such session, or an event of it cannot be read.
    pub async fn facts(&self, engine: &Engine, id: SessionId) -> Result<SessionFacts, EngineError> {
        engine.must_have(id, 0).await?;
        match self.read(id).await? {
            Some((facts, _)) => Ok(facts),
            None => Err(EngineError::NoSession { session: id }),
        }
    }

    /// The incidents among the newest sessions, or among those before one, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn log(
        &self,
        engine: &Engine,
        before: Option<SessionId>,
        rehearsals: bool,
        now: DateTime<Utc>,
    ) -> Result<IncidentLog, EngineError> {
        let _turn = self.turn.lock().await;
        let briefs = engine.sessions(before).await?;
        let written_about: HashSet<SessionId> = self.store.annotated().await?.into_iter().collect();
        let today = now.date_naive();
        // Those that are open come on top, and are listed whatever their age; the oldest of a full page goes on with what is before it.
        let older = (briefs.len() >= LIST_LIMIT as usize)
            .then(|| briefs.get(LIST_LIMIT as usize - 1).map(|brief| brief.id))
            .flatten();
        let mut by_id: HashMap<SessionId, SessionBrief> =
            briefs.iter().map(|brief| (brief.id, brief.clone())).collect();
        // A rollback is newer than what it undoes, so that it may be on the page before.
        let rollbacks = briefs.iter().filter_map(|brief| brief.undone_by);
        let missing = rollbacks.filter(|id| !by_id.contains_key(id)).collect();
        let missing = self.store.briefs_of(missing).await?;
        by_id.extend(missing.into_iter().map(|brief| (brief.id, brief)));
        let mut sessions = 0;
        let mut incidents = Vec::new();
        let (mut reads, mut unread) = (0, 0);
        for brief in briefs.into_iter().filter(|brief| brief.rehearsal == rehearsals) {
            sessions += 1;
            let by_course = is_incident_by_course(&brief);
            if !by_course && !written_about.contains(&brief.id) {
                continue;
            }
            let told = self.told(&brief, &mut reads).await?;
            if matches!(told, Told::NotYet) {
                unread += 1;
            }
            if by_course || told.is_incident_by_word() {
                incidents.push(
                    self.incident(&brief, brief.undone_by.and_then(|id| by_id.get(&id)), &told, today)
                        .await?,
                );
            }
        }
        Ok(IncidentLog {
            statistics: statistics(&incidents),
            incidents,
            sessions,
            older,
            unread,
            today,
        })
    }

    /// What is known of a session's log, read again where it goes on.
    async fn told(&self, brief: &SessionBrief, reads: &mut usize) -> Result<Told, EngineError> {
        let id = brief.id;
        if brief.unreadable {
            return Ok(Told::Unreadable);
        }
        let heads = match self.heads(brief).await {
            Ok(heads) => heads,
            Err(StoreError::Unreadable { .. }) => return Ok(Told::Unreadable),
            Err(error) => return Err(error.into()),
        };
        let kept = self.kept(id).filter(|known| known.heads == heads);
        if let Some(known) = kept {
            return Ok(known.told.map_or(Told::Unreadable, Told::Known));
        }
        if *reads >= READ_AT_ONCE {
            return Ok(Told::NotYet);
        }
        *reads += 1;
        let told = match self.read(id).await {
            Ok(told) => told.map(|(facts, noted)| Noted::new(facts, &noted)),
            Err(StoreError::Unreadable { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        self.keep(
            id,
            Known {
                heads,
                told: told.clone(),
            },
        );
        Ok(told.map_or(Told::Unreadable, Told::Known))
    }

    async fn heads(&self, brief: &SessionBrief) -> Result<Heads, StoreError> {
        let own = self.store.head(brief.id).await?.unwrap_or(0);
        let rollback = match brief.undone_by {
            // A rollback that cannot be read is one of which nothing is known.
            Some(rollback) => Some((rollback, self.store.head(rollback).await.unwrap_or(None).unwrap_or(0))),
            None => None,
        };
        Ok((own, rollback))
    }

    fn kept(&self, id: SessionId) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).cloned()
    }

    fn keep(&self, id: SessionId, one: Known) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT && !known.contains_key(&id) {
            // Ids of version 7 are older the smaller they are.
            if let Some(oldest) = known.keys().min().copied() {
                known.remove(&oldest);
            }
        }
        known.insert(id, one);
    }

    /// Folds a session's log. None where it has no start.
    async fn read(&self, id: SessionId) -> Result<Option<(SessionFacts, Annotations)>, StoreError> {
        match SessionExport::prepare(Arc::clone(&self.store), id).await {
            Ok(folded) => Ok(folded.facts().map(|facts| (facts, folded.annotations().clone()))),
            Err(ExportFailure::NoSession { .. } | ExportFailure::Export(ExportError::NoStart)) => Ok(None),
            Err(ExportFailure::Store(error)) => Err(error),
            Err(error) => Err(StoreError::Failed {
                reason: error.to_string(),
            }),
        }
    }

    async fn incident(
        &self,
        brief: &SessionBrief,
        rollback: Option<&SessionBrief>,
        told: &Told,
        today: NaiveDate,
    ) -> Result<Incident, EngineError> {
        let noted = match told {
            Told::Known(noted) => Some(noted),
            Told::Unreadable | Told::NotYet => None,
        };
        let report = match noted {
            Some(noted) => noted.report.clone(),
            None => {
                let number = self.store.number_of_day(brief.id).await?;
                format!("{}-{number:02}", brief.started.format("%Y-%m-%d"))
            }
        };
        let said = noted.and_then(|noted| noted.said.as_ref());
        let open = noted.map_or(&[][..], |noted| &noted.open);
        let is_over = |due: &&Option<NaiveDate>| due.is_some_and(|due| due < today);
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(Incident {
            session: brief.id,
            report,
            started: brief.started,
            closed: brief.closed,
            title: format!("{} {}", brief.procedure_title, brief.version)
                .trim_end()
                .to_owned(),
            kind: brief.kind,
            environment: brief.environment_title.clone(),
            production: brief.production,
            rehearsal: brief.rehearsal,
            severity: match said {
                Some((level, _)) => Some(*level),
                None => noted.and_then(|noted| noted.suggested),
            },
            severity_by: said.map(|(_, by)| by.clone()),
            status: status(brief, rollback, told),
            stands: standing_words(brief, rollback).to_owned(),
            owner: brief.captain.clone(),
            actions_known: noted.is_some(),
            actions: noted.map_or(0, |noted| count(noted.actions)),
            open_actions: count(open.len()),
            overdue_actions: count(open.iter().filter(is_over).count()),
            unreadable: matches!(told, Told::Unreadable),
        })
    }
}

/// What is known of a session's log now.
enum Told {
    Known(Noted),
    Unreadable,
    /// The request has read enough.
    NotYet,
}

impl Told {
    /// Whether a person said a severity that is one of an incident.
    fn is_incident_by_word(&self) -> bool {
        match self {
            Self::Known(noted) => noted
                .said
                .as_ref()
                .is_some_and(|(level, _)| *level != SeverityLevel::NoIncident),
            Self::Unreadable | Self::NotYet => false,
        }
    }
}

/// Whether the list of sessions itself tells that it was an incident. A rollback is told with what it undoes.
fn is_incident_by_course(brief: &SessionBrief) -> bool {
    let release = brief.kind == Some(ProcedureKind::Release) && brief.undoes.is_none();
    let undone = brief.undone_by.is_some()
        || matches!(
            brief.outcome,
            Some(SessionOutcome::RolledBack | SessionOutcome::Abandoned)
        );
    brief.kind == Some(ProcedureKind::Emergency) || release && (undone || brief.without_pass)
}

fn status(brief: &SessionBrief, rollback: Option<&SessionBrief>, told: &Told) -> IncidentStatus {
    let later = match rollback {
        Some(rollback) => brief.closed.is_some_and(|closed| rollback.started >= closed),
        // It is there, and its row cannot be read.
        None => brief.undone_by.is_some(),
    };
    match (brief.outcome, brief.standing) {
        _ if matches!(told, Told::Unreadable) => IncidentStatus::Unknown,
        (Some(SessionOutcome::Completed | SessionOutcome::Abandoned), _) if later => IncidentStatus::UndoneAfterwards,
        (Some(SessionOutcome::Completed), _) => IncidentStatus::Completed,
        (Some(SessionOutcome::RolledBack), _) => IncidentStatus::RolledBack,
        (Some(SessionOutcome::Abandoned), _) => IncidentStatus::GivenUp,
        (None, Standing::RollingBack) => IncidentStatus::RollingBack,
        (None, _) => IncidentStatus::Open,
    }
}

fn statistics(incidents: &[Incident]) -> IncidentStatistics {
    let mut months: BTreeMap<String, IncidentMonth> = BTreeMap::new();
    for one in incidents {
        let month = one.started.format("%Y-%m").to_string();
        let counted = months.entry(month.clone()).or_insert_with(|| IncidentMonth {
            month,
            sev1: 0,
            sev2: 0,
            sev3: 0,
            none: 0,
            unknown: 0,
        });
        *match one.severity {
            Some(SeverityLevel::Sev1) => &mut counted.sev1,
            Some(SeverityLevel::Sev2) => &mut counted.sev2,
            Some(SeverityLevel::Sev3) => &mut counted.sev3,
            Some(SeverityLevel::NoIncident) => &mut counted.none,
            None => &mut counted.unknown,
        } += 1;
    }
    let count = |is: &dyn Fn(&Incident) -> bool| {
        let count = incidents.iter().filter(|one| is(one)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    IncidentStatistics {
        months: months.into_values().rev().collect(),
        open_actions: incidents.iter().map(|one| one.open_actions).sum(),
        overdue_actions: incidents.iter().map(|one| one.overdue_actions).sum(),
        actions_unknown: count(&|one| !one.actions_known),
        incidents: count(&|one| one.severity != Some(SeverityLevel::NoIncident) || one.severity_by.is_none()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brief(
        id: u128,
        started: &str,
        closed: Option<&str>,
        outcome: Option<SessionOutcome>,
        standing: Standing,
    ) -> SessionBrief {
        serde_json::from_value(serde_json::json!({
            "id": uuid::Uuid::from_u128(id), "runbook": "demo", "runbook_title": "Demo", "procedure_title": "Release",
            "kind": "release", "environment_title": "Test", "production": true, "rehearsal": false, "version": "v1",
            "git_sha": "a1b2c3d4e5", "captain": "Ana", "started": format!("2026-11-27T{started}Z"),
            "closed": closed.map(|at| format!("2026-11-27T{at}Z")), "outcome": outcome, "standing": standing, "done": 0,
            "steps": 1, "undoes": null, "undone_by": uuid::Uuid::from_u128(2)
        }))
        .expect("it is a brief")
    }

    /// What is told of a rollback is what it did, and that it came later only where it did.
    #[test]
    fn the_status_tells_no_other_order_than_the_sessions_have() {
        use SessionOutcome::{Abandoned, Completed};
        let rollback = |started: &str, standing| brief(2, started, None, None, standing);
        let given_up = rollback("11:52:34", Standing::Abandoned);
        let later = rollback("12:10:00", Standing::Completed);
        for (outcome, standing, closed, rollback, status) in [
            (
                Some(Abandoned),
                Standing::Abandoned,
                Some("11:58:59"),
                Some(&given_up),
                IncidentStatus::GivenUp,
            ),
            (
                Some(Completed),
                Standing::Completed,
                Some("11:58:59"),
                Some(&later),
                IncidentStatus::UndoneAfterwards,
            ),
            (
                Some(Completed),
                Standing::Completed,
                Some("11:58:59"),
                None,
                IncidentStatus::UndoneAfterwards,
            ),
            (
                None,
                Standing::RollingBack,
                None,
                Some(&given_up),
                IncidentStatus::RollingBack,
            ),
        ] {
            let one = brief(1, "11:50:00", closed, outcome, standing);
            assert_eq!(super::status(&one, rollback, &Told::NotYet), status, "{outcome:?}");
        }
    }

    #[test]
    fn a_release_that_went_on_without_a_pass_is_an_incident() {
        let mut one = brief(1, "11:50:00", None, None, Standing::Go);
        one.undone_by = None;
        assert!(!is_incident_by_course(&one));
        one.without_pass = true;
        assert!(is_incident_by_course(&one));
    }
}
