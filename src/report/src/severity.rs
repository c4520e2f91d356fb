//! How severe an incident was, as far as the events of a log support it.

use serde::Serialize;

use holdpoint_domain::gate::{Outcome, Verdict};
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::{Event, Record, Standing, State};

/// How severe the incident was. People correct it in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum IncidentSeverity {
    /// What production was seen to run was rolled back, or a rollback in production did not come to its end.
    #[serde(rename = "SEV-1")]
    Sev1,
    /// An emergency in production, or a release of it that was seen live, or may have been, and had trouble.
    #[serde(rename = "SEV-2")]
    Sev2,
    /// Anything else.
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

/// What is known of whether the new version was live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Live {
    /// A gate that compares an answer with the release passed.
    Seen,
    /// Such a gate was asked, and none passed.
    Asked,
    /// There is such a gate, and none was asked.
    NotAsked,
    /// No gate of the procedure compares the version.
    Unknown,
}

/// The severity that the events support, and what it rests on. None for a rehearsal, in which nothing can have happened.
pub(super) fn suggested(records: &[Record], state: &State) -> Option<(IncidentSeverity, &'static str)> {
    let started = state.started.as_deref()?;
    if started.rehearsal {
        return None;
    }
    if !started.production {
        return Some((
            IncidentSeverity::Sev3,
            "the environment is not a production environment",
        ));
    }
    let not_passed = |record: &Record| match &record.event {
        Event::GateFinished { verdict, .. } | Event::GateObserved { verdict, .. } => verdict.outcome != Outcome::Pass,
        _ => false,
    };
    let troubled = state.standing() == Standing::Abandoned || records.iter().any(not_passed);
    if started.procedure.kind == ProcedureKind::Emergency {
        return Some(if is_false_alarm(state) {
            (IncidentSeverity::Sev3, "the emergency was closed as a false alarm")
        } else {
            (
                IncidentSeverity::Sev2,
                "an emergency procedure was run in a production environment",
            )
        });
    }
    if started.undoes.is_some() {
        return Some(match (troubled, state.standing() == Standing::Completed) {
            (true, false) => (
                IncidentSeverity::Sev1,
                "a rollback in a production environment had trouble and was not completed",
            ),
            (true, true) => (
                IncidentSeverity::Sev2,
                "a rollback in a production environment was completed, and a gate of it did not pass at first",
            ),
            (false, _) => (IncidentSeverity::Sev3, "no gate of this rollback failed"),
        });
    }
    Some(match (live(records, state), state.rollback.is_some(), troubled) {
        (Live::Seen, true, _) => (
            IncidentSeverity::Sev1,
            "a gate saw the new version in production, and it was rolled back",
        ),
        (Live::Seen, false, true) => (
            IncidentSeverity::Sev2,
            "a gate saw the new version in production, and a gate did not pass",
        ),
        (Live::Asked, ..) => (
            IncidentSeverity::Sev2,
            "a gate asked production for the new version and did not pass, so that it may have been live",
        ),
        (Live::Unknown, true, _) => (
            IncidentSeverity::Sev2,
            "a release of production was rolled back; no gate compares the version, so that nothing tells whether it was live",
        ),
        (Live::NotAsked, true, _) | (Live::NotAsked, false, true) => (
            IncidentSeverity::Sev3,
            "no gate had asked production for the new version yet",
        ),
        (Live::Unknown, false, true) => (
            IncidentSeverity::Sev3,
            "no gate compares the version, so that nothing tells whether it was live; nothing was rolled back",
        ),
        (_, false, false) => (IncidentSeverity::Sev3, "no gate failed, and nothing was rolled back"),
    })
}

fn is_false_alarm(state: &State) -> bool {
    state.standing() == Standing::Abandoned
        && state
            .closed
            .as_ref()
            .is_some_and(|closed| closed.summary.to_lowercase().contains("false alarm"))
}

fn live(records: &[Record], state: &State) -> Live {
    let compares = |gate: &str| state.gate_snapshot(gate).is_some_and(|gate| gate.compares_release);
    let mut asked = records.iter().filter_map(|record| match &record.event {
        Event::GateFinished { gate, verdict, .. } | Event::GateObserved { gate, verdict, .. } if compares(gate) => {
            Some(verdict)
        }
        _ => None,
    });
    if let Some(first) = asked.next() {
        let seen = first.passes() || asked.any(Verdict::passes);
        return if seen { Live::Seen } else { Live::Asked };
    }
    let steps = state.procedure.iter().flat_map(|procedure| procedure.in_order());
    match steps.flat_map(|step| &step.gates).any(|gate| compares(gate)) {
        true => Live::NotAsked,
        false => Live::Unknown,
    }
}
