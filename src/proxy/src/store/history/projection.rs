//! What is kept of events so that their session can be found, and how it is written.

use std::collections::HashSet;

use chrono::{DateTime, SecondsFormat, Utc};
use holdpoint_domain::history::{DigestFold, SessionDigest};
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{Actor, Annotation, Event, Record, SessionId, SessionOutcome, Started, State};
use serde::Serialize;
use sqlx::SqliteConnection;
use sqlx::types::Json;

use super::words::folded;

/// The version of the fold below. What an older one wrote is made anew when the database is opened.
pub(super) const MADE_BY: u32 = 1;

/// What follows from some events of a session.
#[derive(Clone, Debug, Default)]
pub struct Projection {
    /// Only with the start.
    facts: Option<Box<Facts>>,
    /// Those who are named for the first time, in lower case.
    people: Vec<String>,
    /// By the event's `seq`.
    texts: Vec<(u64, String)>,
    /// Only with the closing.
    digest: Option<Box<SessionDigest>>,
}

/// What does not change from the start on.
#[derive(Clone, Debug)]
struct Facts {
    started: DateTime<Utc>,
    runbook: String,
    procedure: String,
    kind: ProcedureKind,
    environment: String,
    rehearsal: bool,
    undoes: Option<SessionId>,
}

/// Folds a session's events into what is kept of them. Feed it each record with the state after it.
#[derive(Clone, Debug, Default)]
pub struct ProjectionFold {
    digest: DigestFold,
    people: HashSet<String>,
}

impl ProjectionFold {
    /// Adds an event, and what follows from it to `into`.
    pub fn add(&mut self, record: &Record, after: &State, into: &mut Projection) {
        self.digest.add(record, after);
        if let Actor::Person { name } = &record.actor {
            self.name(name, into);
        }
        into.texts.extend(text_of(&record.event).map(|text| (record.seq, text)));
        match &record.event {
            Event::SessionStarted(started) if record.seq == 1 => {
                self.name(&started.captain, into);
                into.facts = Some(Box::new(Facts {
                    started: record.at,
                    runbook: started.runbook.clone(),
                    procedure: started.procedure.id.clone(),
                    kind: started.procedure.kind,
                    environment: started.environment.clone(),
                    rehearsal: started.rehearsal,
                    undoes: started.undoes,
                }));
            }
            Event::SessionClosed { .. } => {
                into.digest = self.digest.finish(record.session, after).map(Box::new);
            }
            _ => {}
        }
    }

    fn name(&mut self, name: &str, into: &mut Projection) {
        let name = folded(name);
        if !self.people.contains(&name) {
            self.people.insert(name.clone());
            into.people.push(name);
        }
    }
}

/// What people wrote in an event, and what a session is called.
fn text_of(event: &Event) -> Option<String> {
    let text = match event {
        Event::SessionStarted(started) => titles(started),
        Event::StepUnticked { reason, .. }
        | Event::StepSkipped { reason, .. }
        | Event::DeclarationTaken { reason, .. }
        | Event::ProceededWithCaution { reason, .. }
        | Event::StepNotFollowed { reason, .. } => reason.clone(),
        Event::NoteAdded { text, .. } => text.clone(),
        Event::ValueFilled { value, .. } => value.clone(),
        Event::SessionClosed { summary, .. } => summary.clone(),
        Event::Annotated { annotation } => written(annotation),
        Event::StepTicked { .. }
        | Event::WorkConfirmed { .. }
        | Event::GateStarted { .. }
        | Event::GateFinished { .. }
        | Event::GateObserved { .. }
        | Event::HoldPlaced { .. }
        | Event::HoldLifted { .. }
        | Event::DrillRevealed { .. }
        | Event::TimerStarted { .. }
        | Event::RollbackStarted { .. } => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// What an annotation says in a person's words.
fn written(annotation: &Annotation) -> String {
    match annotation {
        Annotation::RootCause { whys: texts } | Annotation::Factors { factors: texts } => texts.join("\n"),
        Annotation::Impact { text } => text.clone(),
        Annotation::Severity { reason, .. } => reason.clone(),
        Annotation::Action { text, owner, .. } => format!("{text}\n{owner}"),
        Annotation::Star { caption, .. } => caption.clone(),
        Annotation::ActionState { .. } | Annotation::Unstar { .. } => String::new(),
    }
}

fn titles(started: &Started) -> String {
    let titles = [
        &started.procedure.title,
        &started.runbook_title,
        &started.runbook,
        &started.environment_title,
        &started.version,
        &started.git_sha,
    ];
    titles.map(String::as_str).join("\n")
}

/// A row of `histories`.
#[derive(Serialize)]
struct HistoryColumns<'a>(
    SessionId,
    u32,
    String,
    &'a str,
    &'a str,
    ProcedureKind,
    &'a str,
    u8,
    Option<SessionId>,
);

/// What a transaction writes of the projections of its events, as JSON arrays of arrays.
#[derive(Serialize)]
pub(in crate::store) struct Columns<'a> {
    histories: Vec<HistoryColumns<'a>>,
    people: Vec<(&'a str, SessionId)>,
    texts: Vec<(SessionId, u64, &'a str)>,
    digests: Vec<(SessionId, SessionOutcome, String)>,
}

/// What is written of these projections, each of its session. A digest that cannot be written is no reason not to record the events:
/// what is missing is made when the database is opened the next time.
pub(in crate::store) fn write_projections<'a>(
    projections: impl Iterator<Item = (SessionId, &'a Projection)>,
) -> Columns<'a> {
    let mut columns = Columns {
        histories: Vec::new(),
        people: Vec::new(),
        texts: Vec::new(),
        digests: Vec::new(),
    };
    for (session, projection) in projections {
        columns
            .histories
            .extend(projection.facts.as_deref().map(|facts| facts.columns(session)));
        columns
            .people
            .extend(projection.people.iter().map(|name| (name.as_str(), session)));
        let texts = projection.texts.iter();
        columns
            .texts
            .extend(texts.map(|(seq, text)| (session, *seq, text.as_str())));
        if let Some(digest) = projection.digest.as_deref() {
            match serde_json::to_string(digest) {
                Ok(json) => columns.digests.push((session, digest.outcome, json)),
                Err(error) => tracing::error!(%error, %session, "the session's digest cannot be written"),
            }
        }
    }
    columns
}

impl Facts {
    fn columns(&self, session: SessionId) -> HistoryColumns<'_> {
        HistoryColumns(
            session,
            MADE_BY,
            // As `sessions.started`.
            self.started.to_rfc3339_opts(SecondsFormat::Millis, true),
            &self.runbook,
            &self.procedure,
            self.kind,
            &self.environment,
            u8::from(self.rehearsal),
            self.undoes,
        )
    }
}

/// Writes all that is kept of a session, which was folded from its first event on. Its row in `histories` comes last: without it,
/// everything is made anew when the database is opened the next time.
pub(super) async fn put(
    db: &mut SqliteConnection,
    session: SessionId,
    projection: &Projection,
) -> Result<(), sqlx::Error> {
    let columns = Json(write_projections(std::iter::once((session, projection))));
    for statement in [
        "INSERT INTO session_people (name, session)
            SELECT value ->> 0, value ->> 1 FROM json_each(?1 ->> 'people') WHERE true ON CONFLICT DO NOTHING",
        "INSERT INTO session_texts (session, seq, text)
            SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1 ->> 'texts') WHERE true
            ON CONFLICT (session, seq) DO NOTHING",
        "INSERT INTO session_digests (session, digest)
            SELECT value ->> 0, value ->> 2 FROM json_each(?1 ->> 'digests') WHERE true
            ON CONFLICT (session) DO UPDATE SET digest = excluded.digest",
        "INSERT OR REPLACE INTO histories
            (session, made_by, started, runbook, procedure, kind, environment, rehearsal, undoes, outcome)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
                value ->> 8, (SELECT value ->> 1 FROM json_each(?1 ->> 'digests'))
            FROM json_each(?1 ->> 'histories')",
    ] {
        sqlx::query(statement).bind(&columns).execute(&mut *db).await?;
    }
    Ok(())
}
