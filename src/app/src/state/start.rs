//! Starting sessions: releases from their form, rollbacks from their dialog. It does not go through the outbox: the captain waits
//! for the session that it makes.

use holdpoint_domain::wire::StartSession;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::api::{self, ApiResult};

#[derive(Clone, Copy)]
pub struct Start {
    action: Action<StartSession, ApiResult<()>>,
    last: StoredValue<Option<StartSession>>,
}

/// Goes to the session's page once the proxy has made it.
pub fn use_start() -> Start {
    let navigate = use_navigate();
    let action = Action::new_local(move |request: &StartSession| {
        let (request, navigate) = (request.clone(), navigate.clone());
        async move {
            api::start(&request).await?;
            navigate(&format!("/sessions/{}", request.session), Default::default());
            Ok(())
        }
    });
    Start {
        action,
        last: StoredValue::new(None),
    }
}

impl Start {
    /// Sends a request, with the ids of the last attempt where nothing else differs.
    pub fn send(&self, request: StartSession) {
        let request = with_ids_of(self.last.get_value(), request);
        self.last.set_value(Some(request.clone()));
        self.action.dispatch_local(request);
    }

    /// Tracked.
    pub fn pending(&self) -> bool {
        self.action.pending().get()
    }

    /// Why the last attempt failed; tracked. None while another one is pending.
    pub fn problem(&self) -> Option<String> {
        let answer = self.action.value().get().filter(|_| !self.pending())?;
        answer.err().map(|error| error.to_string())
    }
}

/// The last attempt where nothing but the ids is new: it may have made its session although its answer was lost, and the same
/// ids ask for that session again instead of a second one.
fn with_ids_of(last: Option<StartSession>, mut request: StartSession) -> StartSession {
    if let Some(last) = last {
        let fresh = (request.command, request.session);
        (request.command, request.session) = (last.command, last.session);
        if request != last {
            (request.command, request.session) = fresh;
        }
    }
    request
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn request(version: &str) -> StartSession {
        StartSession {
            command: Uuid::new_v4(),
            session: Uuid::new_v4(),
            runbook: "release".to_owned(),
            digest: "digest".to_owned(),
            procedure: "release".to_owned(),
            environment: "production".to_owned(),
            version: version.to_owned(),
            git_sha: "a1b2c3d".to_owned(),
            captain: "Ada".to_owned(),
            undoes: None,
            drill: None,
            variables: Default::default(),
        }
    }

    #[test]
    fn asks_for_the_same_session_until_something_else_is_wanted() {
        let first = request("v1");
        let second = with_ids_of(Some(first.clone()), request("v1"));
        assert_eq!(first, second);
        let third = with_ids_of(Some(second), request("v2"));
        assert_ne!(third.session, first.session);
        assert_ne!(third.command, first.command);
    }
}
