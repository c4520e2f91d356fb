//! The request that starts a session.

use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::StartSession;
use uuid::Uuid;

use crate::components::start_form::StartValues;

/// A request with ids of its own.
pub(super) fn request(
    name: &str,
    digest: &str,
    procedure: &str,
    values: &StartValues,
    undoes: Option<SessionId>,
) -> StartSession {
    StartSession {
        command: Uuid::new_v4(),
        session: Uuid::now_v7(),
        runbook: name.to_owned(),
        digest: digest.to_owned(),
        procedure: procedure.to_owned(),
        environment: values.environment.clone(),
        version: values.version.trim().to_owned(),
        git_sha: values.git_sha.trim().to_ascii_lowercase(),
        captain: values.captain.trim().to_owned(),
        undoes,
        variables: Default::default(),
    }
}

/// The last try where nothing but the ids is new: it may have made its session although its answer was lost, and the same ids
/// ask for that session again instead of a second one.
pub(super) fn again_or(last: Option<StartSession>, mut request: StartSession) -> StartSession {
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
    use super::*;

    #[test]
    fn asks_for_the_same_session_until_something_else_is_wanted() {
        let values = StartValues {
            environment: "production".to_owned(),
            version: "v1".to_owned(),
            git_sha: "a1b2c3d".to_owned(),
            captain: "Ada".to_owned(),
        };
        let first = request("release", "digest", "release", &values, None);
        let second = again_or(
            Some(first.clone()),
            request("release", "digest", "release", &values, None),
        );
        assert_eq!(first, second);
        let changed = StartValues {
            version: "v2".to_owned(),
            ..values
        };
        let third = again_or(Some(second), request("release", "digest", "release", &changed, None));
        assert_ne!(third.session, first.session);
        assert_ne!(third.command, first.command);
    }
}
