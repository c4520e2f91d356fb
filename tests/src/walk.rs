//! What takes more than one request: waiting, and walking through a procedure as a captain does.

use std::time::{Duration, Instant};

use holdpoint_domain::runbook;
use holdpoint_domain::session::{Event, SessionId};
use serde_json::Value;

use crate::client::Client;
use crate::history::{History, RecordedVerdict};
use crate::{DriverError, Result};

/// How often a session is looked at while something is waited for.
const EVERY: Duration = Duration::from_millis(40);
/// How long one gate may take.
const UNTIL_VERDICT: Duration = Duration::from_secs(60);
/// How long a gate that starts by itself may take to do so, before a captain runs it.
const UNTIL_AUTO: Duration = Duration::from_secs(5);
/// How long a whole procedure may take.
const UNTIL_WALKED: Duration = Duration::from_secs(300);

impl Client {
    /// Waits until the session's history is as wanted, and gives it.
    ///
    /// # Errors
    /// It does not get so in time; the error says how the session stands.
    pub async fn until(
        &self,
        session: SessionId,
        what: &str,
        patience: Duration,
        wanted: impl Fn(&History) -> bool,
    ) -> Result<History> {
        let since = Instant::now();
        loop {
            let history = self.history(session).await?;
            if wanted(&history) {
                return Ok(history);
            }
            if since.elapsed() > patience {
                return Err(DriverError::TimedOut {
                    what: what.to_owned(),
                    waited: since.elapsed(),
                    seen: summary(&history),
                });
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Runs a gate and waits for the verdict of that run.
    ///
    /// # Errors
    /// It is refused, or there is no verdict in time.
    pub async fn verdict_of(&self, session: SessionId, step: &str, gate: &str) -> Result<RecordedVerdict> {
        let accepted = self.run_gate(session, step, gate).await?;
        let started = accepted.events.iter().find_map(|record| match &record.event {
            Event::GateStarted { run, .. } => Some(run.to_string()),
            _ => None,
        });
        let run = started.ok_or_else(|| DriverError::Unexpected {
            what: "The answer to running a gate".into(),
            found: format!("{accepted:?}"),
        })?;
        let what = format!("the verdict of {gate}");
        let ended = |history: &History| history.verdict_of_run(&run).is_some();
        let history = self.until(session, &what, UNTIL_VERDICT, ended).await?;
        history.verdict_of_run(&run).ok_or_else(|| DriverError::Unexpected {
            what,
            found: summary(&history),
        })
    }

    /// Goes on as a diligent captain: ticks what a person has to tick, runs each gate that does not run by itself, and
    /// stops when every step is done or the session does not stand at `go` any more.
    ///
    /// # Errors
    /// Nothing happens for a minute, or the procedure takes longer than five.
    pub async fn walk(&self, session: SessionId) -> Result<History> {
        self.walk_before(session, None).await
    }

    /// [`Client::walk`] as far as a step, which is left as it is.
    ///
    /// # Errors
    /// As for [`Client::walk`].
    pub async fn walk_to(&self, session: SessionId, step: &str) -> Result<History> {
        self.walk_before(session, Some(step)).await
    }

    async fn walk_before(&self, session: SessionId, last: Option<&str>) -> Result<History> {
        let since = Instant::now();
        let (mut quiet_since, mut events) = (Instant::now(), 0);
        loop {
            let history = self.history(session).await?;
            if history.records().len() != events {
                (quiet_since, events) = (Instant::now(), history.records().len());
            }
            let next = history
                .next_step()
                .filter(|step| last.is_none_or(|last| step["id"] != last));
            let Some(step) = next.filter(|_| history.standing() == "go") else {
                return Ok(history);
            };
            if quiet_since.elapsed() > UNTIL_VERDICT || since.elapsed() > UNTIL_WALKED {
                return Err(DriverError::TimedOut {
                    what: format!("“{}” to be done", step["title"]),
                    waited: since.elapsed(),
                    seen: summary(&history),
                });
            }
            let id = step["id"].as_str().unwrap_or_default();
            if step["gates"].as_array().is_none_or(Vec::is_empty) {
                self.tick(session, id).await?;
            } else if history.running().is_empty()
                && let Some(gate) = open_gate(&history, step, quiet_since.elapsed() > UNTIL_AUTO)
            {
                self.run_unless_running(session, id, gate).await?;
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Runs a gate that may have started by itself since the history was read, and ticked its step.
    async fn run_unless_running(&self, session: SessionId, step: &str, gate: &str) -> Result<()> {
        match self.run_gate(session, step, gate).await {
            Err(refused) if matches!(refused.refusal(), Some((409, "gate_running" | "out_of_order"))) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// The procedure that a runbook calls so, as the proxy reads it.
    ///
    /// # Errors
    /// There is none.
    pub async fn procedure(&self, runbook: &str, title: &str) -> Result<runbook::Procedure> {
        let book = self.runbook(runbook).await?.runbook;
        let titles: Vec<String> = book.procedures.iter().map(|one| one.title.clone()).collect();
        let found = book
            .procedures
            .into_iter()
            .find(|one| one.title == title || one.id == title);
        found.ok_or_else(|| DriverError::Unexpected {
            what: format!("The runbook {runbook}"),
            found: format!("procedures {titles:?}"),
        })
    }
}

/// The first gate of a step whose last verdict is no pass, and that a person has to run; those that run by themselves only
/// when they are late.
fn open_gate<'a>(history: &History, step: &'a Value, late: bool) -> Option<&'a str> {
    let id = step["id"].as_str().unwrap_or_default();
    let mut gates = step["gates"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let open = gates.find(|gate| {
        history
            .verdict(id, gate)
            .is_none_or(|verdict| verdict.outcome != "pass")
    })?;
    let auto = history.started()["gates"][open]["auto"] == true;
    (late || !auto).then_some(open)
}

/// How a session stands, for messages.
fn summary(history: &History) -> String {
    let next = history
        .next_step()
        .map_or("nothing", |step| step["title"].as_str().unwrap_or_default());
    let last = history.events(&["gate_finished"]).next_back();
    let last = last.map(|event| format!("{} at {}: {}", event["gate"], event["step"], event["verdict"]));
    format!(
        "The session stands at {}, done are {:?}, next is {next}, last gate {last:?}.",
        history.standing(),
        history.done()
    )
}
