//! The browser's own request to a `direct` gate: made beside the proxy's run, sent as an observation, judged by the proxy.

use holdpoint_domain::session::{Record, State, StepId};
use holdpoint_domain::wire::SendObservation;
use leptos::prelude::untrack;
use uuid::Uuid;

use super::store::{BrowserObservation, Session};
use crate::api::{self, observe::observe};

/// Whether the browser alone asks the gate, and decides.
pub(super) fn browser_decides(session: Session, gate: &str) -> bool {
    session.with_confirmed_untracked(|state| state.gate_snapshot(gate).is_some_and(|gate| gate.direct_decides))
}

/// Requests a gate whose run just began, where it is a `direct` one, and gives the events that the proxy made of it. An
/// observation is not kept for later: sent late, it would be judged as if it had been made late. A browser whose user has not
/// said a name observes nothing: it would be credited to somebody else.
pub(super) fn observe_if_direct(
    session: Session,
    step: StepId,
    gate: String,
) -> Option<impl Future<Output = Vec<Record>>> {
    let url = session.with_confirmed_untracked(|state| direct_url(session.id, state, &gate))?;
    let actor = untrack(|| session.app.settings.name());
    if actor.is_empty() {
        return None;
    }
    let place = (step.clone(), gate.clone());
    session.set_observation(place.clone(), BrowserObservation::Requesting);
    Some(async move {
        let request = SendObservation {
            id: Uuid::now_v7(),
            actor,
            step,
            gate,
            seen: observe(&url).await,
        };
        let (observation, events) = match api::observation(session.id, &request).await {
            Ok(accepted) => (BrowserObservation::Judged, accepted.events),
            Err(error) => (BrowserObservation::Refused(error.to_string()), Vec::new()),
        };
        session.set_observation(place, observation);
        events
    })
}

/// What the browser requests for a `direct` gate: the declared URL with `{…}` filled in, encoded.
fn direct_url(session: Uuid, state: &State, gate: &str) -> Option<String> {
    let gate = state.gate_snapshot(gate).filter(|gate| gate.direct)?;
    let mut url = gate.direct_url.clone()?;
    if url.starts_with('/') {
        // The proxy answers for a rehearsal, by the session.
        return Some(url.replace("{session}", &session.to_string()));
    }
    for (name, value) in state.values_for_placeholders() {
        let encoded: String = js_sys::encode_uri_component(&value).into();
        url = url.replace(&format!("{{{name}}}"), &encoded);
    }
    // A variable that the session does not have: the proxy's run says so, and there is nothing to request.
    (!url.contains('{')).then_some(url)
}
