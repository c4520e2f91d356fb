//! What a signed-in client can do in sessions.

use std::collections::BTreeMap;

use holdpoint_domain::session::{ClientCommand, SessionId, SessionOutcome};
use holdpoint_domain::wire::{Accepted, SendCommand, SendObservation, StartSession};
use reqwest::Method;
use uuid::Uuid;

use crate::client::Client;
use crate::{DriverError, Result};

/// The version that tests release.
pub const RELEASED_VERSION: &str = "v1.4.2";
/// The commit that tests release.
pub const RELEASED_SHA: &str = "a1b2c3d4";
/// The captain in tests.
pub(crate) const CAPTAIN: &str = "Robin Captain";

impl Client {
    /// What starting this procedure takes: the digest on disk, new ids, and the tests' version, commit and captain.
    ///
    /// # Errors
    /// There is no runbook of this name.
    pub async fn start_of(&self, runbook: &str, procedure: &str, environment: &str) -> Result<StartSession> {
        let read = self.runbook(runbook).await?;
        Ok(StartSession {
            command: Uuid::new_v4(),
            session: Uuid::now_v7(),
            runbook: runbook.to_owned(),
            digest: read.digest,
            procedure: procedure.to_owned(),
            environment: environment.to_owned(),
            version: RELEASED_VERSION.to_owned(),
            git_sha: RELEASED_SHA.to_owned(),
            captain: CAPTAIN.to_owned(),
            undoes: None,
            drill: None,
            variables: BTreeMap::new(),
        })
    }

    /// Starts a session.
    ///
    /// # Errors
    /// It is refused.
    pub async fn start(&self, start: &StartSession) -> Result<Accepted> {
        self.send_json(Method::POST, "/api/sessions", start).await
    }

    /// Starts a session of a procedure, and gives its id.
    ///
    /// # Errors
    /// It is refused.
    pub async fn begin(&self, runbook: &str, procedure: &str, environment: &str) -> Result<SessionId> {
        let start = self.start_of(runbook, procedure, environment).await?;
        self.start(&start).await?;
        Ok(start.session)
    }

    /// Starts the rollback of a session, and gives its id.
    ///
    /// # Errors
    /// It is refused.
    pub async fn begin_rollback(&self, undoes: SessionId, procedure: &str) -> Result<SessionId> {
        let history = self.history(undoes).await?;
        let [runbook, environment] = ["runbook", "environment"].map(|name| history.started()[name].as_str());
        let (Some(runbook), Some(environment)) = (runbook, environment) else {
            return Err(DriverError::Unexpected {
                what: "The session's first event".into(),
                found: history.started().to_string(),
            });
        };
        let start = self.start_of(runbook, procedure, environment).await?;
        let start = StartSession {
            undoes: Some(undoes),
            ..start
        };
        self.start(&start).await?;
        Ok(start.session)
    }

    /// Sends a command with a new id.
    ///
    /// # Errors
    /// It is refused.
    pub async fn command(&self, session: SessionId, command: ClientCommand) -> Result<Accepted> {
        self.send(
            session,
            &SendCommand {
                id: Uuid::new_v4(),
                actor: CAPTAIN.to_owned(),
                command,
            },
        )
        .await
    }

    /// Sends a command as it is.
    ///
    /// # Errors
    /// It is refused.
    pub async fn send(&self, session: SessionId, command: &SendCommand) -> Result<Accepted> {
        self.send_json(Method::POST, &format!("/api/sessions/{session}/commands"), command)
            .await
    }

    /// Sends what a browser saw.
    ///
    /// # Errors
    /// It is refused.
    pub async fn observe(&self, session: SessionId, observation: &SendObservation) -> Result<Accepted> {
        self.send_json(
            Method::POST,
            &format!("/api/sessions/{session}/observations"),
            observation,
        )
        .await
    }

    /// Ticks a step.
    ///
    /// # Errors
    /// It is refused.
    pub async fn tick(&self, session: SessionId, step: &str) -> Result<Accepted> {
        self.command(session, ClientCommand::Tick { step: step.to_owned() })
            .await
    }

    /// Runs a gate, once the work that its step asks for is said to be done.
    ///
    /// # Errors
    /// It is refused.
    pub async fn run_gate(&self, session: SessionId, step: &str, gate: &str) -> Result<Accepted> {
        let run = ClientCommand::RunGate {
            step: step.to_owned(),
            gate: gate.to_owned(),
        };
        match self.command(session, run.clone()).await {
            Err(refused) if matches!(refused.refusal(), Some((409, "work_open"))) => {
                self.command(session, ClientCommand::ConfirmWork { step: step.to_owned() })
                    .await?;
                self.command(session, run).await
            }
            other => other,
        }
    }

    /// Closes a session.
    ///
    /// # Errors
    /// It is refused.
    pub async fn close(&self, session: SessionId, outcome: SessionOutcome) -> Result<Accepted> {
        self.command(
            session,
            ClientCommand::Close {
                outcome,
                summary: "Closed by a test.".to_owned(),
            },
        )
        .await
    }
}
