//! What most tests of holds begin with: a platform that is not well, runbooks that ask it, and a proxy that serves them.

use std::process::{Command, Output};
use std::time::Duration;

use holdpoint_domain::session::SessionId;

use crate::{Answer, Client, DriverError, Folder, Options, Result, TestProxy, TestServer};

const PATIENCE: Duration = Duration::from_secs(30);

/// A platform whose health is asked in vain, the folder of the demo runbook, a proxy, and a client that is signed in at it.
///
/// # Errors
/// One of them cannot be started.
pub async fn unhealthy_platform() -> Result<(TestServer, Folder, TestProxy, Client)> {
    let server = TestServer::start().await?;
    server.set("/health", Answer::json(503, r#"{"status": "starting"}"#));
    let folder = Folder::new(&server.url())?;
    let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    Ok((server, folder, proxy, client))
}

impl Client {
    /// A release of the demo runbook, which the gate of its second step puts on hold: the platform has to be unhealthy.
    ///
    /// # Errors
    /// It does not start, or is not on hold in time.
    pub async fn begin_and_hold(&self) -> Result<SessionId> {
        let session = self.begin("demo", "release", "test").await?;
        self.tick(session, "release/freeze").await?;
        self.run_gate(session, "release/verify", "health").await?;
        self.until(session, "the hold", PATIENCE, |history| history.standing() == "hold")
            .await?;
        Ok(session)
    }
}

impl TestProxy {
    /// Runs the program to its end, in an environment that is the test's own.
    ///
    /// # Errors
    /// It was not built, or cannot be run.
    pub fn run(arguments: &[&str]) -> Result<Output> {
        let done = Command::new(Self::program()?).args(arguments).output();
        done.map_err(DriverError::io("running holdpoint"))
    }
}
