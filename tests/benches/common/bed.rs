//! A proxy with a small runbook, and a client that is signed in.

use holdpoint_tests::{Client, Folder, Options, Result, TestProxy};
use serde_json::json;
use uuid::Uuid;

use crate::http::{ID, MARKED, Post};

const RUNBOOK: &str = "# Bench

## Release
<!-- holdpoint: procedure id=release kind=release order=sequential -->

- [ ] Freeze
- [ ] Verify
- [ ] Announce
";

/// What everything is measured on.
pub struct Bed {
    pub proxy: TestProxy,
    pub client: Client,
    _folder: Folder,
}

impl Bed {
    /// Starts a proxy with an empty data folder.
    pub async fn start() -> Result<Self> {
        // No gate is run: nobody listens there.
        let folder = Folder::new("http://127.0.0.1:1")?;
        folder.write("bench.md", RUNBOOK)?;
        let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
        let client = proxy.sign_in().await?;
        Ok(Self {
            proxy,
            client,
            _folder: folder,
        })
    }

    /// A new session.
    pub async fn session(&self) -> Result<Uuid> {
        self.client.begin("bench", "release", "test").await
    }

    /// Requests that append a note to a session, one event each.
    pub fn notes(&self, session: Uuid) -> Post {
        let text = format!("{MARKED} The canary has taken a tenth of the traffic for ten minutes, and looks good.");
        let body = json!({
            "id": ID,
            "actor": "Robin Captain",
            "command": { "type": "add_note", "step": null, "text": text },
        });
        let path = format!("/api/sessions/{session}/commands");
        Post::new(self.proxy.port(), &path, Some(self.client.cookie()), &body.to_string())
    }
}
