//! What a browser sees of a `direct` gate in a rehearsal: the proxy answers, so that no page asks another address.

use std::sync::Arc;

use holdpoint_domain::session::SessionId;
use holdpoint_domain::wire::BrowserObservation;
use holdpoint_rehearsal::{HttpReply, Sent};

use super::{Engine, EngineError, Mode};

impl Engine {
    /// What the browser of a rehearsal sees that asks for a gate, with the session's own values and the faults that are on. It
    /// comes as late as the answer does, and never where the answer stays away; the time is not in it.
    ///
    /// # Errors
    /// There is no such session, or it is no rehearsal.
    pub async fn direct(self: &Arc<Self>, session: SessionId, gate: &str) -> Result<BrowserObservation, EngineError> {
        let of = self.session_start(session).await?;
        let Some(rehearsal) = self.rehearsal.clone().filter(|_| of.rehearsal) else {
            return Err(EngineError::OtherMode(Mode::of(&of)));
        };
        self.let_drill_strike(session, &of).await?;
        let mut request = self.run_request(&of, gate);
        request.values.insert("environment".to_owned(), of.environment.clone());
        // Making an answer may take some milliseconds of computing.
        let made = tokio::task::spawn_blocking(move || {
            rehearsal.direct(session, &request.gate, &request.environment, &request.values)
        });
        let answer = match made.await.map_err(|_| EngineError::TaskEnded)? {
            Ok(answer) => answer,
            Err(cannot) => return Ok(unseen(&format!("this gate cannot be rehearsed, because {cannot}"))),
        };
        tokio::time::sleep(answer.delay).await;
        if answer.reply == HttpReply::Silent {
            std::future::pending::<()>().await;
        }
        Ok(match answer.reply.sent(false) {
            // A browser tells nothing of a redirect that it does not follow.
            Some(Sent {
                status: 301 | 302 | 303 | 307 | 308,
                ..
            }) => unseen("the answer is a redirect"),
            Some(Sent { status, headers, body }) => BrowserObservation {
                status: Some(status),
                headers: headers.into_iter().collect(),
                body: String::from_utf8_lossy(&body).into_owned(),
                latency_ms: 0,
                error: None,
            },
            None => unseen("the connection was closed without an answer"),
        })
    }
}

fn unseen(error: &str) -> BrowserObservation {
    BrowserObservation {
        status: None,
        headers: std::collections::BTreeMap::new(),
        body: String::new(),
        latency_ms: 0,
        error: Some(error.to_owned()),
    }
}
