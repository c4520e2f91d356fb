//! The browser's own look at `direct` gates: made beside the proxy's run, sent as an observation, judged by the proxy.

use holdpoint_domain::session::{Event, State};
use holdpoint_domain::wire::SendObservation;
use uuid::Uuid;

use super::SessionStore;
use crate::api::{self, Received, look::look};

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

impl SessionStore {
    /// Looks at each `direct` gate whose run just began. An observation is not kept for later: sent late, it
    /// would be judged as if it had been made late.
    pub(super) fn look_where_asked(&self, fresh: &[Received]) {
        for one in fresh {
            if let Event::GateStarted { step, gate, .. } = &one.record.event
                && let Some(url) = self.confirmed.with_untracked(|state| direct_url(state, gate))
            {
                self.look_at(step.clone(), gate.clone(), url);
            }
        }
    }

    fn look_at(&self, step: String, gate: String, url: String) {
        let store = *self;
        let actor = self.actor();
        let say = move |place: (String, String), look: Look| {
            // The page may have been left in the meantime.
            store.looks.update(|looks| {
                looks.retain(|(known, _)| *known != place);
                looks.push((place, look));
            });
        };
        say(
            (step.clone(), gate.clone()),
            Look {
                url: url.clone(),
                state: LookState::Looking,
            },
        );
        leptos::task::spawn_local(async move {
            let seen = look(&url).await;
            let place = (step.clone(), gate.clone());
            let request = SendObservation {
                id: Uuid::new_v4(),
                actor,
                step,
                gate,
                seen,
            };
            let state = match api::observation(store.id, &request).await {
                Ok(accepted) => {
                    store.receive(accepted.events);
                    LookState::Judged
                }
                Err(error) => LookState::NotTaken(error.to_string()),
            };
            say(place, Look { url, state });
        });
    }
}

/// What the browser asks for a `direct` gate: the declared URL with `{…}` filled in, encoded.
fn direct_url(state: &State, gate: &str) -> Option<String> {
    let brief = state.gate_brief(gate).filter(|brief| brief.direct)?;
    let mut url = brief.direct_url.clone()?;
    for (name, value) in state.values_for_placeholders() {
        let encoded: String = js_sys::encode_uri_component(&value).into();
        url = url.replace(&format!("{{{name}}}"), &encoded);
    }
    // A variable that the session does not have: the proxy's run says so, and there is nothing to ask.
    (!url.contains('{')).then_some(url)
}
