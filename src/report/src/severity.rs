//! How severe an incident was, as far as the events of a log support it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use holdpoint_domain::gate::{GateSnapshot, Outcome};
use holdpoint_domain::runbook::{Procedure, ProcedureKind, Step};
use holdpoint_domain::session::{Event, GateId, Record, SeverityLevel, Standing, Started, State, StepId};

/// How severe the incident was. People correct it in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum IncidentSeverity {
    /// A rollback of what production was seen to run was started, or a rollback in production had trouble and was not completed.
    #[serde(rename = "SEV-1")]
    Sev1,
    /// An emergency in production, or a release of it that was seen live, or may have been, and had trouble from then on.
    #[serde(rename = "SEV-2")]
    Sev2,
    /// What had trouble otherwise: outside production, or before anything was seen live.
    #[serde(rename = "SEV-3")]
    Sev3,
}

impl IncidentSeverity {
    /// As reports write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sev1 => "SEV-1",
            Self::Sev2 => "SEV-2",
            Self::Sev3 => "SEV-3",
        }
    }
}

/// What a report says of the severity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Suggestion {
    /// A rehearsal, in which nothing can have happened.
    Rehearsal,
    /// A session that was completed: nothing held, was gone on with, was left out or was rolled back.
    NoIncident,
    /// What the events support, and what it rests on.
    Incident(IncidentSeverity, String),
}

impl Suggestion {
    pub(super) fn severity(&self) -> Option<IncidentSeverity> {
        match self {
            Self::Incident(severity, _) => Some(*severity),
            Self::Rehearsal | Self::NoIncident => None,
        }
    }

    /// `said`: a person has said how severe it was, so that nobody has to.
    pub(super) fn in_words(&self, said: bool) -> String {
        match self {
            Self::Rehearsal => "Rehearsal: no severity".to_owned(),
            Self::NoIncident => "No incident: nothing held.".to_owned(),
            Self::Incident(severity, because) => {
                let to_do = if said { "" } else { "; correct it" };
                format!("{} (suggested, because {because}{to_do})", severity.word())
            }
        }
    }
}

/// What is known of a session's rollback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RollbackKnown {
    /// Neither its own log nor what was looked up names one.
    None,
    /// One was started. How it stands is none where it was not looked up or could not be read.
    Started(Option<Standing>),
}

impl RollbackKnown {
    /// As the session's own log tells.
    pub(super) fn by_own_log(state: &State) -> Self {
        match state.rollback {
            Some(_) => Self::Started(None),
            None => Self::None,
        }
    }

    fn is_started(self) -> bool {
        self != Self::None
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::None => "its own log names no rollback",
            Self::Started(Some(Standing::Completed)) => "a rollback was completed",
            Self::Started(Some(Standing::Abandoned)) => "a rollback was started and given up",
            Self::Started(Some(Standing::RollingBack | Standing::RolledBack)) => {
                "a rollback was started, and one of that rollback"
            }
            Self::Started(Some(Standing::Go | Standing::Hold)) => "a rollback was started and is not closed",
            Self::Started(None) => "a rollback was started",
        }
    }
}

/// What the severity asks of a log besides its state, found event by event.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    /// A gate held, or a person went on although one had not passed.
    held: bool,
    /// A gate did not pass at some time.
    not_passed: bool,
    /// The same, from when on the new version may have been live; or a person went on although a gate had not passed.
    not_passed_live: bool,
    /// The steps from the one on with which the new version is live by the runbook; none where it says of none.
    live_steps: Option<BTreeSet<StepId>>,
    /// Such a step was worked on, or a gate saw the new version.
    may_be_live: bool,
    /// The gates that were asked, and whether each passed at some time.
    asked: BTreeMap<GateId, bool>,
}

impl Trouble {
    /// Takes an event, and the state just after it.
    pub(super) fn add(&mut self, now: &State, record: &Record) {
        match &record.event {
            Event::SessionStarted(started) => self.live_steps = live_steps(&started.procedure),
            Event::HoldPlaced { .. } => self.held = true,
            Event::ProceededWithCaution { .. } => {
                self.held = true;
                self.not_passed_live = true;
            }
            Event::StepTicked { step, .. } | Event::GateStarted { step, .. } => self.reach(step),
            Event::GateFinished {
                step, gate, verdict, ..
            }
            | Event::GateObserved {
                step, gate, verdict, ..
            } => {
                self.reach(step);
                let sees = now.gate_snapshot(gate).is_some_and(GateSnapshot::sees_release);
                self.may_be_live |= sees && verdict.passes();
                // A gate that does not see the version where nothing says when it is live may have found another one that is.
                let live = self.may_be_live || self.live_steps.is_none() && sees;
                let not_passed = verdict.outcome != Outcome::Pass;
                self.not_passed_live |= not_passed && live;
                self.not_passed |= not_passed;
                match self.asked.get_mut(gate) {
                    Some(passed) => *passed |= verdict.passes(),
                    None => {
                        self.asked.insert(gate.clone(), verdict.passes());
                    }
                }
            }
            _ => {}
        }
    }

    fn reach(&mut self, step: &str) {
        let live = self.live_steps.as_ref();
        self.may_be_live |= live.is_some_and(|steps| steps.contains(step));
    }
}

/// The steps from the first one on that makes the new version live, its own sub-steps among them.
fn live_steps(procedure: &Procedure) -> Option<BTreeSet<StepId>> {
    fn below(step: &Step) -> usize {
        step.children.iter().map(|child| 1 + below(child)).sum()
    }
    let steps = procedure.in_order();
    let (place, live) = steps.iter().enumerate().find(|(_, step)| step.live)?;
    let from = place.saturating_sub(below(live));
    Some(steps.into_iter().skip(from).map(|step| step.id.clone()).collect())
}

/// Whether something went otherwise than it was meant to, or was an emergency, or is not over. A person's word on the severity goes
/// before what the events suggest.
pub(super) fn is_incident(trouble: &Trouble, state: &State, rollback: RollbackKnown) -> bool {
    match &state.annotations.severity {
        Some(said) => said.value.level != SeverityLevel::NoIncident,
        None => !went_smoothly(trouble, state, rollback),
    }
}

/// Whether the procedure releases something.
pub(super) fn is_release(state: &State) -> bool {
    let procedure = state.procedure.as_deref();
    procedure.is_some_and(|procedure| procedure.kind == ProcedureKind::Release)
}

/// Whether it was completed and had no trouble of any kind. An emergency and what undoes something are trouble by themselves.
fn went_smoothly(trouble: &Trouble, state: &State, rollback: RollbackKnown) -> bool {
    let ordinary = |started: &Started| {
        let kind = started.procedure.kind;
        !matches!(kind, ProcedureKind::Emergency | ProcedureKind::Rollback) && started.undoes.is_none()
    };
    state.started.as_deref().is_some_and(ordinary)
        && state.standing() == Standing::Completed
        && !state.left_something_out()
        && !rollback.is_started()
        && !trouble.held
}

/// What is known of whether the new version was live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Live {
    /// A gate that sees the release passed.
    Seen,
    /// Such a gate was asked, and none passed.
    Asked,
    /// There is such a gate, and none was asked.
    NotAsked,
    /// No gate of the procedure sees the release.
    Unknown,
}

/// The severity that the events support, and what it rests on. None for a log without a start.
pub(super) fn suggested(trouble: &Trouble, state: &State, rollback: RollbackKnown) -> Option<Suggestion> {
    let started = state.started.as_deref()?;
    if started.rehearsal {
        return Some(Suggestion::Rehearsal);
    }
    if went_smoothly(trouble, state, rollback) {
        return Some(Suggestion::NoIncident);
    }
    let (severity, because) = incident(trouble, state, started, rollback);
    Some(Suggestion::Incident(severity, because))
}

fn incident(
    trouble: &Trouble,
    state: &State,
    started: &Started,
    rollback: RollbackKnown,
) -> (IncidentSeverity, String) {
    use IncidentSeverity::{Sev1, Sev2, Sev3};
    let told = |severity: IncidentSeverity, because: &str| (severity, because.to_owned());
    if !started.production {
        return told(Sev3, "the environment is not marked as production");
    }
    let not_passed = trouble.not_passed;
    let given_up = state.standing() == Standing::Abandoned;
    if started.procedure.kind == ProcedureKind::Emergency {
        return match is_false_alarm(state) {
            true => told(Sev3, "the emergency was closed as a false alarm"),
            false => told(Sev2, "an emergency procedure was run in a production environment"),
        };
    }
    if started.undoes.is_some() {
        return match (not_passed || given_up, state.standing() == Standing::Completed) {
            (true, false) => told(
                Sev1,
                "a rollback in a production environment had trouble and was not completed",
            ),
            (true, true) => told(
                Sev2,
                "a rollback in a production environment was completed, and a gate of it did not pass at first",
            ),
            (false, _) => told(Sev3, "every gate of this rollback that was asked passed"),
        };
    }
    let back = rollback.in_words();
    let what = if trouble.not_passed_live {
        "a gate did not pass"
    } else {
        "it was given up"
    };
    let live = live(trouble, state);
    let troubled = trouble.not_passed_live || given_up || rollback.is_started();
    if matches!(live, Live::Unknown | Live::NotAsked) && trouble.may_be_live && troubled {
        return (
            Sev2,
            format!(
                "the step with which the new version goes live had begun in production, and no gate saw whether it was live; {back}"
            ),
        );
    }
    match (live, rollback.is_started(), not_passed || given_up) {
        (Live::Seen, false, true) if !trouble.not_passed_live && !given_up => (
            Sev3,
            format!("no gate failed from when on the new version may have been live, and one had before; {back}"),
        ),
        (Live::Seen, true, _) => (Sev1, format!("a gate saw the new version in production, and {back}")),
        (Live::Seen, false, true) => (
            Sev2,
            format!("a gate saw the new version in production, and {what}; {back}"),
        ),
        (Live::Asked, ..) => told(
            Sev2,
            "a gate asked production for the new version and did not pass, so that it may have been live",
        ),
        (Live::Unknown, true, _) => (
            Sev2,
            format!(
                "of a release of production {back}; no gate sees the version, so that nothing tells whether it was live"
            ),
        ),
        (Live::NotAsked, true, _) | (Live::NotAsked, false, true) => {
            told(Sev3, "no gate had asked production for the new version yet")
        }
        (Live::Unknown, false, true) => (
            Sev3,
            format!("no gate sees the version, so that nothing tells whether it was live; {back}"),
        ),
        (_, false, false) => (Sev3, format!("every gate that was asked passed, and {back}")),
    }
}

fn is_false_alarm(state: &State) -> bool {
    state.standing() == Standing::Abandoned
        && state
            .closed
            .as_ref()
            .is_some_and(|closed| closed.summary.to_lowercase().contains("false alarm"))
}

fn live(trouble: &Trouble, state: &State) -> Live {
    let sees = |gate: &str| state.gate_snapshot(gate).is_some_and(GateSnapshot::sees_release);
    let mut asked = trouble.asked.iter().filter(|(gate, _)| sees(gate)).peekable();
    if asked.peek().is_some() {
        return match asked.any(|(_, passed)| *passed) {
            true => Live::Seen,
            false => Live::Asked,
        };
    }
    let steps = state.procedure.iter().flat_map(|procedure| procedure.in_order());
    match steps.flat_map(|step| &step.gates).any(|gate| sees(gate)) {
        true => Live::NotAsked,
        false => Live::Unknown,
    }
}
