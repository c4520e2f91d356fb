//! What takes more than one request: waiting, and walking through a procedure as a captain does.

use std::time::{Duration, Instant};

use chrono::Utc;
use holdpoint_domain::gate::Verdict;
use holdpoint_domain::runbook;
use holdpoint_domain::session::{Event, SessionId, Standing, State, is_current};

use crate::client::Client;
use crate::{DriverError, Result};

impl Client {
    /// Waits until the session's state is as wanted, and gives it.
    ///
    /// # Errors
    /// It does not get so in time; the error says how the session stands.
    pub async fn until(
        &self,
        session: SessionId,
        what: &str,
        patience: Duration,
        wanted: impl Fn(&State) -> bool,
    ) -> Result<State> {
        let since = Instant::now();
        loop {
            let state = self.state(session).await?;
            if wanted(&state) {
                return Ok(state);
            }
            if since.elapsed() > patience {
                return Err(DriverError::TimedOut {
                    what: what.to_owned(),
                    waited: since.elapsed(),
                    seen: summary(&state),
                });
            }
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
    }

    /// Runs a gate and waits for its verdict.
    ///
    /// # Errors
    /// It is refused, or there is no verdict in time.
    pub async fn verdict_of(&self, session: SessionId, step: &str, gate: &str) -> Result<Verdict> {
        let accepted = self.run_gate(session, step, gate).await?;
        let started = accepted.events.iter().find_map(|record| match &record.event {
            Event::GateStarted { run, .. } => Some(*run),
            _ => None,
        });
        let run = started.ok_or_else(|| DriverError::Unexpected {
            what: "The answer to running a gate".into(),
            found: format!("{accepted:?}"),
        })?;
        let verdict = |state: &State| {
            state
                .runs
                .iter()
                .find(|one| one.id == run)
                .and_then(|one| one.verdict.clone())
        };
        let what = format!("the verdict of {gate}");
        let state = self
            .until(session, &what, Duration::from_secs(60), |state| {
                verdict(state).is_some()
            })
            .await?;
        verdict(&state).ok_or_else(|| DriverError::Unexpected {
            what,
            found: summary(&state),
        })
    }

    /// Goes on as a diligent captain: ticks what a person has to tick, runs each gate that does not run by itself, and
    /// stops when every step is done or the session does not stand at GO any more.
    ///
    /// # Errors
    /// Nothing happens any more.
    pub async fn walk(&self, session: SessionId) -> Result<State> {
        let since = Instant::now();
        let mut quiet_since = Instant::now();
        let mut seen_events = 0;
        loop {
            let records = self.events(session, 0).await?;
            let state = State::fold(&records);
            if records.len() != seen_events {
                (seen_events, quiet_since) = (records.len(), Instant::now());
            }
            let Some(next) = state.next_step().cloned() else {
                return Ok(state);
            };
            if state.standing() != Standing::Go {
                return Ok(state);
            }
            if quiet_since.elapsed() > Duration::from_secs(60) || since.elapsed() > Duration::from_secs(300) {
                return Err(DriverError::TimedOut {
                    what: format!("“{}” to be done", next.title),
                    waited: since.elapsed(),
                    seen: summary(&state),
                });
            }
            if is_current(&state, &next) && next.gates.is_empty() {
                self.tick(session, &next.id).await?;
            } else if state.open_runs().next().is_none() {
                let now = Utc::now();
                let open = next
                    .gates
                    .iter()
                    .find(|gate| !state.gate_state(&next.id, gate, now).passes());
                let auto = |gate: &String| state.gate_snapshot(gate).is_some_and(|brief| brief.auto);
                if let Some(gate) = open.filter(|gate| !auto(gate) || quiet_since.elapsed() > Duration::from_secs(5)) {
                    self.run_gate(session, &next.id, gate).await?;
                }
            }
            tokio::time::sleep(Duration::from_millis(60)).await;
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

/// How a session stands, for messages.
fn summary(state: &State) -> String {
    let next = state.next_step().map_or("nothing", |step| step.title.as_str());
    let (done, steps) = state.progress();
    let last = state.runs.last().map(|run| {
        let verdict = run.verdict.as_ref();
        let checks = verdict.map(|verdict| format!("{:?}", verdict.checks));
        format!(
            "{} at {}: {} {}",
            run.gate,
            run.step,
            verdict.map_or("running", |verdict| &verdict.summary),
            checks.unwrap_or_default()
        )
    });
    format!(
        "The session stands at {:?}, {done} of {steps} done, next is {next}, last gate {last:?}.",
        state.standing()
    )
}
