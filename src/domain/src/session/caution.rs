//! Going on although a gate failed, where the runbook's word for that failure is *proceed with caution*.

use chrono::{DateTime, Utc};

use super::event::{Event, LiftedBy};
use super::gates::NewEvidence;
use super::limits::{VALUE_LIMIT, require_text};
use super::preconditions::{find, not_rolling_back};
use super::refusal::Refusal;
use super::state::State;
use super::trial::Trial;
use crate::gate::Outcome;
use crate::runbook::OnFail;

/// The decision, the lifting of the hold if nothing else holds, and the ticks that follow. The step says that it was ticked
/// without a pass.
pub(super) fn proceed_with_caution(
    state: &State,
    id: &str,
    gate: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Refusal> {
    not_rolling_back(state)?;
    require_text("The reason", reason, VALUE_LIMIT)?;
    let step = find(state, id)?;
    let key = (id.to_owned(), gate.to_owned());
    let Some(hold) = state.holds.get(&key) else {
        return Err(Refusal::NotHeld {
            step: step.title.clone(),
            gate: gate.to_owned(),
        });
    };
    if hold.advice != OnFail::Caution {
        return Err(Refusal::CautionNotOffered {
            step: step.title.clone(),
            back: state.can_be_rolled_back(),
        });
    }
    // What failed before the correction is no evidence any more, and no failure to decide of.
    if hold.corrected {
        return Err(Refusal::NotRunAnew {
            step: step.title.clone(),
            gate: gate.to_owned(),
            back: state.can_be_rolled_back(),
        });
    }
    // The runbook's word is about a failure, and no answer is none.
    if state.outcome_of_hold(hold) != Outcome::Fail {
        return Err(Refusal::NotDecided {
            step: step.title.clone(),
            gate: gate.to_owned(),
            back: state.can_be_rolled_back(),
        });
    }
    // Its verdict may be a pass, or a failure for another reason.
    if state.open_runs().any(|run| run.gate == gate) {
        return Err(Refusal::GateRunning { gate: gate.to_owned() });
    }
    let run = hold.run;
    let mut events = vec![Event::ProceededWithCaution {
        step: key.0,
        gate: key.1,
        run,
        reason: reason.to_owned(),
    }];
    if state.holds.len() == 1 {
        let by = LiftedBy::Caution { run };
        events.push(Event::HoldLifted { by });
        let new = NewEvidence::Caution { step: id, gate, run };
        events.extend(Trial::new(state).tick_gated(run, new, now));
    }
    Ok(events)
}
