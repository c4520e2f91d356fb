//! What the events say of a session, for whoever writes its post-mortem and for the incident log.

use holdpoint_domain::session::SeverityLevel;
use holdpoint_domain::wire::SessionFacts;

use crate::fold::Folded;
use crate::linked::LinkedSessions;
use crate::severity::{IncidentSeverity, is_incident, suggested};

/// The facts of a session. `number` counts the sessions of its day from 1. None for a log without a start.
#[must_use]
pub fn session_facts(folded: &Folded, number: u32, linked: &LinkedSessions) -> Option<SessionFacts> {
    let (header, state) = (folded.header(number), &folded.state);
    let known = linked.clone().with_those_of(&header);
    let rollback = known.rollback_known(state);
    let suggestion = suggested(&folded.trouble, state, rollback)?;
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Some(SessionFacts {
        report: header.id,
        incident: is_incident(&folded.trouble, state, rollback),
        suggested: suggestion.severity().map(level),
        suggestion: suggestion.in_words(state.annotations.severity.is_some()),
        holds: count(header.holds.len()),
        seconds_on_hold: folded.holds.seconds_ended,
        on_hold_since: folded.holds.since,
        passed: count(header.passed),
        failed: count(header.failed),
        inconclusive: count(header.inconclusive),
    })
}

fn level(severity: IncidentSeverity) -> SeverityLevel {
    match severity {
        IncidentSeverity::Sev1 => SeverityLevel::Sev1,
        IncidentSeverity::Sev2 => SeverityLevel::Sev2,
        IncidentSeverity::Sev3 => SeverityLevel::Sev3,
    }
}
