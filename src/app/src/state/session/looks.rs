//! The browser's own look at `direct` gates: made beside the proxy's run, sent as an observation, judged by the proxy.

use holdpoint_domain::session::State;
use holdpoint_domain::wire::SendObservation;
use leptos::prelude::*;
use uuid::Uuid;

use super::Session;
use crate::api::{self, look::look};

/// How far a look has come.
#[derive(Clone, Debug, PartialEq)]
pub enum LookState {
    /// The browser asks.
    Looking,
    /// The proxy judged what was seen: the verdict is among the session's events.
    Judged,
    /// The proxy did not take it, and why.
    NotTaken(String),
}

/// One look at a gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// What was asked.
    pub url: String,
    /// How far it has come.
    pub state: LookState,
}

impl Session {
    /// Looks at a gate whose run just began, where it is a `direct` one. An observation is not kept for later: sent late, it
    /// would be judged as if it had been made late.
    pub(super) fn look_if_direct(&self, step: &str, gate: &str) {
        let Some(url) = self.with_confirmed_untracked(|state| direct_url(state, gate)) else {
            return;
        };
        let session = *self;
        let (step, gate, actor) = (step.to_owned(), gate.to_owned(), self.actor());
        session.say(&step, &gate, &url, LookState::Looking);
        leptos::task::spawn_local(async move {
            let request = SendObservation {
                id: Uuid::new_v4(),
                actor,
                step: step.clone(),
                gate: gate.clone(),
                seen: look(&url).await,
            };
            let state = match api::observation(session.id, &request).await {
                Ok(accepted) => {
                    session.take(accepted.events);
                    LookState::Judged
                }
                Err(error) => LookState::NotTaken(error.to_string()),
            };
            session.say(&step, &gate, &url, state);
        });
    }

    /// Nothing is said when the page was left in the meantime.
    fn say(&self, step: &str, gate: &str, url: &str, state: LookState) {
        let place = (step.to_owned(), gate.to_owned());
        let look = Look {
            url: url.to_owned(),
            state,
        };
        let _ = self.looks.try_update(|looks| {
            looks.retain(|(known, _)| *known != place);
            looks.push((place, look));
        });
    }
}

/// What the browser asks for a `direct` gate: the declared URL with `{…}` filled in, encoded.
fn direct_url(state: &State, gate: &str) -> Option<String> {
    let brief = state.gate_snapshot(gate).filter(|brief| brief.direct)?;
    let mut url = brief.direct_url.clone()?;
    for (name, value) in state.values_for_placeholders() {
        let encoded: String = js_sys::encode_uri_component(&value).into();
        url = url.replace(&format!("{{{name}}}"), &encoded);
    }
    // A variable that the session does not have: the proxy's run says so, and there is nothing to ask.
    (!url.contains('{')).then_some(url)
}
