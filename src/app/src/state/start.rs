//! Starting sessions: releases from their form, rollbacks from their dialog. It does not go through the outbox: the captain waits
//! for the session that it makes.

use holdpoint_domain::wire::StartSession;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::api::{self, ApiResult};

/// A start on its way.
#[derive(Clone, Copy)]
pub struct Start {
    action: Action<StartSession, ApiResult<()>>,
    last: StoredValue<Option<StartSession>>,
}

/// A start that shows the session that it makes.
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
    /// Asks for a session, by ids that are new unless the last try wanted the same.
    pub fn ask(&self, request: StartSession) {
        let request = again_or(self.last.get_value(), request);
        self.last.set_value(Some(request.clone()));
        self.action.dispatch_local(request);
    }

    /// The answer is not there yet; tracked.
    pub fn pending(&self) -> bool {
        self.action.pending().get()
    }

    /// Why the last try did not work; tracked. It is no longer said while it is tried again.
    pub fn problem(&self) -> Option<String> {
        let answer = self.action.value().get().filter(|_| !self.pending())?;
        answer.err().map(|error| error.to_string())
    }
}

/// The last try where nothing but the ids is new: it may have made its session although its answer was lost, and the same ids
/// ask for that session again instead of a second one.
fn again_or(last: Option<StartSession>, mut request: StartSession) -> StartSession {
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
            variables: Default::default(),
        }
    }

    #[test]
    fn asks_for_the_same_session_until_something_else_is_wanted() {
        let first = request("v1");
        let second = again_or(Some(first.clone()), request("v1"));
        assert_eq!(first, second);
        let third = again_or(Some(second), request("v2"));
        assert_ne!(third.session, first.session);
        assert_ne!(third.command, first.command);
    }
}
