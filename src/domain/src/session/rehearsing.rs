//! The rules of what only a rehearsal has: a drill's plan, and steps that could not be followed.

use super::drill::SealedDrill;
use super::event::{Event, StepId};
use super::limits::{VALUE_LIMIT, require_text};
use super::preconditions::find;
use super::refusal::Refusal;
use super::state::State;

/// The event that reveals a plan, if it is the one that the session's start holds the commitment of and was not revealed before.
pub(super) fn reveal(state: &State, sealed: &SealedDrill) -> Option<Event> {
    let mark = state.started.as_deref()?.drill.as_ref()?;
    let is_its_own = mark.commitment.as_ref() == Some(&sealed.commitment());
    (is_its_own && state.drill.is_none()).then(|| Event::DrillRevealed {
        drill: Box::new(sealed.clone()),
    })
}

/// A step that could not be followed is a finding of a rehearsal. It may be written down after its end, as a note may.
pub(super) fn not_followed(state: &State, step: &StepId, reason: &str) -> Result<Vec<Event>, Refusal> {
    if !state.started.as_deref().is_some_and(|started| started.rehearsal) {
        return Err(Refusal::NoRehearsal);
    }
    find(state, step)?;
    require_text("What could not be followed", reason, VALUE_LIMIT)?;
    Ok(vec![Event::StepNotFollowed {
        step: step.clone(),
        reason: reason.to_owned(),
    }])
}
