//! Running gates: a started gate always gets a verdict.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use holdpoint_domain::gate::{Outcome, Source, Verdict};
use holdpoint_domain::session::{Actor, Command, Event, GateId, RunId, SessionId, StepId, digest, gates_to_run};
use holdpoint_domain::wire::Live;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::submit::Ask;
use super::{Engine, EngineError, clock};
use crate::runner::Progress;
use crate::store::{Part, StoreError};

/// Pieces of output that may wait to be told.
const PIECES: usize = 256;
/// Between two tries to record a verdict that the store did not take.
const PAUSE: Duration = Duration::from_millis(500);

impl Engine {
    /// The stand-in platform deploys what a rehearsal releases. Done before anybody is told that the session began, so that
    /// nobody can ask the platform too early.
    pub(super) async fn deploy(&self, part: &Part) {
        let Some(rehearsal) = &self.rehearsal else { return };
        for record in &part.records {
            if let Event::SessionStarted(started) = &record.event
                && started.rehearsal
                && started.undoes.is_none()
            {
                rehearsal.set_release(&started.git_sha, &started.version).await;
            }
        }
    }

    /// What follows from events that are durable: runs are run, and gates that are due are started.
    pub(super) async fn follow_up(self: &Arc<Self>, part: Part) {
        let session = part.session;
        let mut closed = false;
        for record in part.records {
            match record.event {
                Event::GateStarted { run, gate, .. } => {
                    self.tasks.spawn(Arc::clone(self).run(session, run, gate, record.at));
                }
                Event::GateFinished { verdict, .. } => self.metrics.ran(&verdict),
                Event::SessionClosed { .. } => {
                    self.forget(session);
                    closed = true;
                }
                _ => {}
            }
        }
        // Nothing is due after the end, and looking would read the whole session into memory again.
        if !closed {
            self.start_due(session).await;
        }
    }

    /// Starts the gates that are to start by themselves. Each of them is durable before it runs.
    pub(super) async fn start_due(self: &Arc<Self>, session: SessionId) {
        if self.ending.is_cancelled() {
            return;
        }
        let due = {
            let cell = self.cell(session);
            let mut cell = cell.lock().await;
            match cell.state(&self.store).await {
                Ok(state) if state.closed.is_some() => {
                    // Closed in the meantime: it is not kept in memory only because it was looked at.
                    self.forget(session);
                    return;
                }
                Ok(state) => gates_to_run(state),
                Err(error) => {
                    tracing::error!(%error, %session, "gates that are due cannot be started");
                    return;
                }
            }
        };
        for (step, gate) in due {
            // Its own task, because what follows from the start may come back here.
            self.tasks.spawn(Arc::clone(self).start_gate(session, step, gate));
        }
    }

    async fn start_gate(self: Arc<Self>, session: SessionId, step: StepId, gate: GateId) {
        let command = Command::StartGate {
            run: Uuid::now_v7(),
            step,
            gate: gate.clone(),
            auto: true,
        };
        match self.submit(own(session, command)).await {
            // Somebody else may have started it, or the session may have moved on, in the meantime.
            Ok(_) | Err(EngineError::Refused(_)) => {}
            Err(error) => tracing::error!(%error, %session, gate, "the gate could not be started"),
        }
    }

    /// Runs a gate whose start is durable, and records its verdict.
    async fn run(self: Arc<Self>, session: SessionId, run: RunId, gate: GateId, started: DateTime<Utc>) {
        let verdict = if self.ending.is_cancelled() {
            self.no_verdict(session, &gate, started, INTERRUPTED).await
        } else {
            self.verdict(session, run, &gate, started).await
        };
        self.finish(session, run, verdict).await;
    }

    async fn verdict(self: &Arc<Self>, session: SessionId, run: RunId, gate: &str, started: DateTime<Utc>) -> Verdict {
        let request = match self.run_request(session, gate).await {
            Ok(request) => request,
            Err(error) => {
                tracing::error!(%error, %session, gate, "the gate could not be run");
                let why = "The session could not be read, so the gate was not run.";
                return self.no_verdict(session, gate, started, why).await;
            }
        };
        if self.is_another_now(session, gate).await {
            return self.no_verdict(session, gate, started, &another(gate)).await;
        }
        let (progress, mut pieces) = mpsc::channel(PIECES);
        let (hub, runner, ending) = (Arc::clone(&self.hub), self.runner.clone(), self.ending.clone());
        let teller = tokio::spawn(async move {
            while let Some(piece) = pieces.recv().await {
                hub.tell(session, &live(run, piece));
            }
        });
        // A task of its own: whatever it dies of, there is an answer here.
        let ran = tokio::spawn(async move { runner.run(request, progress, ending).await }).await;
        // The output belongs before the verdict. The teller ends with the runner's sender.
        if let Err(error) = teller.await {
            tracing::error!(%error, "live output was not told");
        }
        match ran {
            Ok(mut verdict) => {
                verdict.started = verdict.started.trunc_subsecs(3);
                verdict.finished = verdict.finished.trunc_subsecs(3);
                verdict
            }
            Err(error) => {
                tracing::error!(%error, %session, gate, "the runner was lost");
                let why = "The runner was lost while the gate was running. Run the gate again.";
                self.no_verdict(session, gate, started, why).await
            }
        }
    }

    /// Whether `gates.toml` asks or expects something else than when the session began. People decided with the old gate
    /// before them, so that an answer to another does not count.
    pub(super) async fn is_another_now(&self, session: SessionId, gate: &str) -> bool {
        let cell = self.cell(session);
        let mut cell = cell.lock().await;
        let Ok(state) = cell.state(&self.store).await else {
            return true;
        };
        let Some(started) = &state.started else { return true };
        // A gate that is missing on either side is told as such by the session's rules and by the runner.
        let (Some(then), Some(now)) = (
            started.gates.get(gate),
            self.config.gates.brief(gate, &started.environment),
        ) else {
            return false;
        };
        match &then.digest {
            Some(digest) => now.digest.as_ref() != Some(digest),
            // The session began with a version that kept no digests: what it kept is compared.
            None => then.kind != now.kind || then.expects != now.expects,
        }
    }

    /// Records a verdict. It is tried until it is there or the store is closed; then the next start finds the open run.
    pub(super) async fn finish(self: &Arc<Self>, session: SessionId, run: RunId, verdict: Verdict) {
        let ask = own(session, Command::FinishGate { run, verdict });
        loop {
            match self.submit(ask.clone()).await {
                Ok(_) => return,
                Err(EngineError::Refused(refusal)) => {
                    tracing::error!(%refusal, %session, %run, "the verdict has nowhere to go");
                    return;
                }
                // Trying again does not make a record readable.
                Err(EngineError::Store(error @ StoreError::Unreadable { .. })) => {
                    tracing::error!(%error, %session, %run, "the session cannot be read, so the verdict is not recorded");
                    return;
                }
                // The end of the proxy does not wait for a database that has failed.
                Err(error) if self.ending.is_cancelled() => {
                    tracing::error!(%error, %session, %run, "the verdict was not recorded; the next start does it");
                    return;
                }
                Err(error) => {
                    tracing::error!(%error, %session, %run, "the verdict was not recorded; it is tried again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// A verdict for when there is no answer to judge. It never passes.
    pub(super) async fn no_verdict(
        &self,
        session: SessionId,
        gate: &str,
        started: DateTime<Utc>,
        why: &str,
    ) -> Verdict {
        let environment = self.cell(session).lock().await.environment(&self.store).await;
        let declared = environment.and_then(|environment| self.config.gates.brief(gate, &environment)?.digest);
        Verdict {
            outcome: Outcome::Inconclusive,
            summary: why.to_owned(),
            checks: Vec::new(),
            source: Source::Proxy,
            started,
            finished: clock().max(started),
            attempts: 0,
            request: String::new(),
            output: String::new(),
            output_bytes: 0,
            gate_digest: declared.unwrap_or_default(),
        }
    }
}

/// Why a run that nobody finished has no answer.
pub(super) const INTERRUPTED: &str = "Interrupted: the proxy stopped while the gate was running. Run the gate again.";

/// Why the answer of a gate that was changed since the session began does not count.
pub(super) fn another(gate: &str) -> String {
    format!(
        "gates.toml declares “{gate}”, or what it takes from its environment, otherwise than when the session began, so that \
         its answer does not count. Put the declaration back and start the proxy anew, or start a new session."
    )
}

/// What the proxy asks of a session by itself.
fn own(session: SessionId, command: Command) -> Ask {
    let id = Uuid::now_v7();
    Ask {
        id,
        digest: digest(&id.to_string()),
        session,
        actor: Actor::Proxy,
        command,
        undo: None,
    }
}

fn live(run: RunId, piece: Progress) -> Live {
    match piece {
        Progress::Output { text } => Live::Output { run, text },
        Progress::Attempt { number, summary } => Live::Attempt { run, number, summary },
    }
}
