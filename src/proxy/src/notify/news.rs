//! What there is to tell, in the watch page's words.

use chrono::{DateTime, Utc};
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{Event, LiftedBy, Record, SessionId, SessionOutcome, Started, State};
use holdpoint_domain::summary::{Summary, Tone, Undoing};

/// What happened, of all that receivers are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    Started,
    OnHold,
    /// Somebody decided to go on without a pass.
    WentOn,
    /// The gates that held passed.
    HoldLifted,
    RollbackStarted,
    RollbackFinished,
    RollbackGivenUp,
    Closed,
    /// Nothing happened: somebody tries the target.
    Test,
}

impl Occasion {
    /// Those that happen.
    pub const ALL: [Self; 8] = [
        Self::Started,
        Self::OnHold,
        Self::WentOn,
        Self::HoldLifted,
        Self::RollbackStarted,
        Self::RollbackFinished,
        Self::RollbackGivenUp,
        Self::Closed,
    ];

    /// The kinds of events after which there may be something to tell.
    pub(super) const EVENTS: [&'static str; 5] = [
        "session_started",
        "hold_placed",
        "proceeded_with_caution",
        "hold_lifted",
        "session_closed",
    ];

    /// For programs and the file.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::OnHold => "on_hold",
            Self::WentOn => "went_on_without_pass",
            Self::HoldLifted => "hold_lifted",
            Self::RollbackStarted => "rollback_started",
            Self::RollbackFinished => "rollback_finished",
            Self::RollbackGivenUp => "rollback_given_up",
            Self::Closed => "closed",
            Self::Test => "test",
        }
    }

    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.id() == id)
    }

    /// For people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Started => "Started",
            Self::OnHold => "Put on hold",
            Self::WentOn => "Decided to go on without a pass",
            Self::HoldLifted => "Hold lifted",
            Self::RollbackStarted => "Rollback started",
            Self::RollbackFinished => "Rollback finished",
            Self::RollbackGivenUp => "Rollback given up",
            Self::Closed => "Closed",
            Self::Test => "Test",
        }
    }

    /// What an event is, in a session that stood so before. A second failure of the same gate is no news, and what follows from
    /// another event is told with that one.
    fn of(event: &Event, before: &State) -> Option<Self> {
        let is_rollback = before.started.as_deref().is_some_and(undoes);
        match event {
            Event::SessionStarted(started) if undoes(started) => Some(Self::RollbackStarted),
            Event::SessionStarted(_) => Some(Self::Started),
            Event::HoldPlaced { step, gate, .. } => {
                let again = before.holds.contains_key(&(step.clone(), gate.clone()));
                (!again).then_some(Self::OnHold)
            }
            Event::ProceededWithCaution { .. } => Some(Self::WentOn),
            Event::HoldLifted {
                by: LiftedBy::Pass { .. },
            } => Some(Self::HoldLifted),
            Event::SessionClosed { outcome, .. } => Some(match (is_rollback, outcome) {
                (true, SessionOutcome::Completed) => Self::RollbackFinished,
                (true, _) => Self::RollbackGivenUp,
                (false, _) => Self::Closed,
            }),
            _ => None,
        }
    }
}

fn undoes(started: &Started) -> bool {
    started.undoes.is_some() || started.procedure.kind == ProcedureKind::Rollback
}

/// Something that happened in a session, and how the session stood then.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    pub occasion: Occasion,
    pub session: SessionId,
    /// The event's number in the session.
    pub seq: u64,
    pub at: DateTime<Utc>,
    /// Who did it: a person, or Holdpoint.
    pub by: String,
    /// `Release v1.4.2 to Production`.
    pub title: String,
    /// `ON HOLD`.
    pub headline: &'static str,
    pub tone: Tone,
    pub sentence: String,
    pub waiting_for: Option<String>,
    /// What the person wrote who did it.
    pub quote: Option<String>,
    pub version: String,
    pub commit: String,
    /// What the session's variable `author` says.
    pub author: Option<String>,
    pub captain: String,
    /// Its name in `gates.toml`.
    pub environment: String,
    pub environment_title: String,
    pub production: bool,
    pub rehearsal: bool,
    pub undoes: Option<SessionId>,
}

impl News {
    /// What the event with this number is, by the session's log and that of its rollback, of which another rollback began at `undone_at`. All
    /// may go on after the event: how the session stood then is told, with everything that the same command made. None where there is
    /// nothing to tell.
    #[must_use]
    pub fn of(records: &[Record], rollback: &[Record], undone_at: Option<DateTime<Utc>>, seq: u64) -> Option<Self> {
        let place = records.iter().position(|record| record.seq == seq)?;
        let (before, rest) = records.split_at(place);
        let record = rest.first()?;
        let occasion = Occasion::of(&record.event, &State::fold(before))?;
        let together = rest.iter().take_while(|other| other.command == record.command).count();
        let state = State::fold(records.get(..place + together)?);
        let started = state.started.as_deref()?;
        let then: Vec<Record> = rollback.iter().take_while(|one| one.at <= record.at).cloned().collect();
        let undone_by = State::fold(&then);
        let undoing = match then.is_empty() {
            true => Undoing::AsLogged,
            false if undone_at.is_some_and(|at| at <= record.at) => Undoing::Undone(&undone_by),
            false => Undoing::Known(&undone_by),
        };
        let summary = Summary::of(&state, undoing)?;
        let quote = match &record.event {
            Event::ProceededWithCaution { reason: text, .. } | Event::SessionClosed { summary: text, .. } => Some(text),
            _ => None,
        };
        let author = started.variables.get("author");
        Some(Self {
            occasion,
            session: record.session,
            seq,
            at: record.at,
            by: record.actor.name().to_owned(),
            title: summary.title,
            headline: summary.headline.words(),
            tone: summary.headline.tone(),
            sentence: summary.sentence.text,
            waiting_for: summary.waiting_for,
            quote: quote.filter(|text| !text.trim().is_empty()).cloned(),
            version: started.version.clone(),
            commit: started.git_sha.clone(),
            author: author.filter(|author| !author.trim().is_empty()).cloned(),
            captain: summary.captain,
            environment: started.environment.clone(),
            environment_title: summary.environment,
            production: summary.production,
            rehearsal: summary.rehearsal,
            undoes: started.undoes,
        })
    }

    /// A message that says that it is a test.
    #[must_use]
    pub fn test(at: DateTime<Utc>) -> Self {
        Self {
            occasion: Occasion::Test,
            session: SessionId::nil(),
            seq: 0,
            at,
            by: "Holdpoint".to_owned(),
            title: "a message of Holdpoint".to_owned(),
            headline: "TEST",
            tone: Tone::Ended,
            sentence: "Nothing happened: somebody tries whether messages arrive here.".to_owned(),
            waiting_for: None,
            quote: None,
            version: String::new(),
            commit: String::new(),
            author: None,
            captain: String::new(),
            environment: String::new(),
            environment_title: String::new(),
            production: false,
            rehearsal: false,
            undoes: None,
        }
    }
}
