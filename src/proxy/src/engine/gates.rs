//! Running gates: a started gate always gets a verdict.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use holdpoint_domain::gate::{Outcome, Source, Verdict};
use holdpoint_domain::session::{Command, Event, GateId, Refusal, RunId, SessionId, Started};
use holdpoint_domain::wire::Live;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::declarations::declaration_changed_message;
use super::request::{CommandRequest, Message};
use super::{Engine, EngineError, clock};
use crate::runner::Progress;
use crate::store::{EncodedRecord, SessionAppend};

/// Pieces of output that may wait to be told.
const PROGRESS_BUFFER: usize = 256;
/// Between two tries to record a verdict that the store did not take, and to read what it took without saying so.
pub(super) const RETRY_PAUSE: Duration = Duration::from_millis(500);

impl Engine {
    /// What follows from events that are durable: they are counted and published, gates that were started are run, and those
    /// that were cancelled are stopped.
    pub(super) async fn complete_append(self: &Arc<Self>, part: &SessionAppend, took: Duration) {
        self.metrics.appended(part.records.len(), took);
        self.end_drill(part);
        self.hub.publish(part.session, &part.records);
        for EncodedRecord { record, .. } in &*part.records {
            match &record.event {
                Event::GateStarted { run, gate, .. } => {
                    let stop = self.ending.child_token();
                    let in_flight = self.in_flight.enter(*run, stop.clone());
                    let running = Arc::clone(self).run(part.session, *run, gate.clone(), record.at, stop);
                    self.tasks.spawn(async move {
                        running.await;
                        drop(in_flight);
                    });
                }
                Event::GateFinished { run, verdict, .. } => {
                    // Where nobody asks any more, this stops nothing.
                    self.in_flight.stop(*run);
                    self.metrics.ran(verdict);
                }
                _ => {}
            }
        }
    }

    /// Starts the gates of a session that are to start by themselves. Each of them is durable before it runs.
    pub(super) async fn start_due(self: &Arc<Self>, session: SessionId) {
        let (answer, answered) = oneshot::channel();
        let sent = self.send(session, Message::StartDue(answer)).await;
        if sent.is_err() || answered.await.is_err() {
            tracing::error!(%session, "gates that are due were not started, because the session's task ended");
        }
    }

    /// Runs a gate whose start is durable, and records its verdict.
    async fn run(
        self: Arc<Self>,
        session: SessionId,
        run: RunId,
        gate: GateId,
        started: DateTime<Utc>,
        stop: CancellationToken,
    ) {
        let verdict = match self.session_gate(session, &gate).await {
            Ok((of, _)) if self.ending.is_cancelled() => self.no_verdict(Some(&of), &gate, started, INTERRUPTED),
            Ok((of, then)) if self.declaration_changed(&of, then.as_ref(), &gate) => {
                self.no_verdict(Some(&of), &gate, started, &declaration_changed_message(&gate))
            }
            Ok((of, then)) => match self.let_drill_strike(session, &of).await {
                Ok(()) => {
                    let verdict = self.verdict(session, &of, run, &gate, started, stop).await;
                    match then {
                        Some(_) => verdict,
                        None => of_undeclared(verdict),
                    }
                }
                Err(error) => {
                    tracing::error!(%error, %session, gate, "the gate was not asked, because the drill's plan is not known");
                    self.no_verdict(Some(&of), &gate, started, NO_PLAN)
                }
            },
            Err(error) => {
                tracing::error!(%error, %session, gate, "the gate could not be run");
                let why = "The session could not be read, so the gate was not run.";
                self.no_verdict(None, &gate, started, why)
            }
        };
        self.finish(session, run, verdict).await;
    }

    async fn verdict(
        self: &Arc<Self>,
        session: SessionId,
        of: &Started,
        run: RunId,
        gate: &str,
        started: DateTime<Utc>,
        stop: CancellationToken,
    ) -> Verdict {
        let request = self.run_request(of, gate);
        let (progress, mut pieces) = mpsc::channel(PROGRESS_BUFFER);
        let (hub, runner) = (Arc::clone(&self.hub), self.runner.on_behalf_of(session));
        let teller = tokio::spawn(async move {
            while let Some(piece) = pieces.recv().await {
                hub.tell(session, &live(run, piece));
            }
        });
        // A task of its own: whatever it dies of, there is an answer here.
        let ran = tokio::spawn(async move { runner.run(request, progress, stop).await }).await;
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
                self.no_verdict(Some(of), gate, started, why)
            }
        }
    }

    /// Records a verdict. It is tried until it is there or the store is closed; then the next start finds the open run.
    pub(super) async fn finish(self: &Arc<Self>, session: SessionId, run: RunId, verdict: Verdict) {
        let _in_flight = self.in_flight.enter(run, self.ending.child_token());
        let request = CommandRequest::of_proxy(session, Command::FinishGate { run, verdict });
        loop {
            match self.submit_own(request.clone()).await {
                Ok(_) => return,
                Err(EngineError::Refused(Refusal::UnknownRun | Refusal::Closed)) => {
                    tracing::debug!(%session, %run, "the run was cancelled before it had this verdict");
                    return;
                }
                Err(error @ (EngineError::Refused(_) | EngineError::OtherMode(_))) => {
                    tracing::error!(%error, %session, %run, "the verdict has nowhere to go");
                    return;
                }
                // Trying again does not make a record readable, nor opens a store that was closed.
                Err(EngineError::Store(error)) if !error.is_transient() => {
                    tracing::error!(%error, %session, %run, "the verdict is not recorded, and trying again would not help");
                    return;
                }
                // The end of the proxy does not wait for a database that has failed.
                Err(error) if self.ending.is_cancelled() => {
                    tracing::error!(%error, %session, %run, "the verdict was not recorded; the next start does it");
                    return;
                }
                Err(error) => {
                    tracing::error!(%error, %session, %run, "the verdict was not recorded; it is tried again");
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
            }
        }
    }

    /// A verdict for when there is no answer to judge. It never passes. `of` is absent when the session cannot be read.
    pub(super) fn no_verdict(&self, of: Option<&Started>, gate: &str, started: DateTime<Utc>, why: &str) -> Verdict {
        let declared = of.and_then(|of| self.config.gates.snapshot(gate, &of.environment)?.digest);
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

/// The verdict of a gate that the session knows no declaration of: nobody said what a pass of it is, so that it is none.
fn of_undeclared(mut verdict: Verdict) -> Verdict {
    if verdict.passes() {
        verdict.outcome = Outcome::Inconclusive;
        verdict.summary = format!(
            "The gate was not declared for this environment when the session began, so its answer does not count. It was: {}",
            verdict.summary
        );
    }
    verdict
}

/// Why a run that nobody finished has no answer.
pub(super) const INTERRUPTED: &str = "Interrupted: the proxy stopped while the gate was running. Run the gate again.";

/// Why a gate of a drill has no answer.
const NO_PLAN: &str = "The plan of this drill cannot be read, so nothing was asked: without it, the answer would not be the drill's. The \
                       proxy's log says more. Close this session and start another.";

/// Why a run whose start was recorded without the proxy knowing of it has no answer.
pub(super) const LOST: &str =
    "The start of this gate was recorded, and the proxy learnt of it too late to run it. Run the gate again.";

fn live(run: RunId, piece: Progress) -> Live {
    match piece {
        Progress::Output { text } => Live::Output { run, text },
        Progress::Attempt { number, summary } => Live::Attempt { run, number, summary },
    }
}
