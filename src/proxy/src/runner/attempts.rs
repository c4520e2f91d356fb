//! One try with its time limit, and the tries that follow it: again after *inconclusive*, or until it passes.

use std::time::{Duration, Instant};

use holdpoint_domain::gate::{GateKind, Outcome};
use holdpoint_gates::evaluate::Observation;
use secrecy::ExposeSecret;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::error::GateRunError;
use super::sink::Sink;
use super::{Progress, Run, Runner, Tried, command, http, sql};
use crate::config::resolve;

impl Runner {
    /// Tries as often as the gate says. Returns the try that counts and how many there were.
    pub(super) async fn tries(
        &self,
        run: &Run<'_>,
        progress: &mpsc::Sender<Progress>,
        cancel: &CancellationToken,
    ) -> (Tried, u32) {
        let timeout = run.gate.timeout.duration();
        let begun = Instant::now();
        let mut last: Option<Tried> = None;
        let mut number = 0_u32;
        loop {
            let left = match &run.gate.poll {
                Some(poll) => poll.until.duration().saturating_sub(begun.elapsed()),
                None => timeout,
            };
            number = number.saturating_add(1);
            let tried = self.try_once(run, timeout.min(left), progress, cancel).await;
            // A try that only the end of the polling cut short says less than the whole one before it.
            let cut_short = left < timeout && tried.cut_short;
            let tried = match last {
                Some(last) if cut_short => last,
                _ => tried.tried,
            };
            let Some(pause) = self
                .pause(run, &tried, number, begun)
                .filter(|_| !cancel.is_cancelled())
            else {
                return (tried, number);
            };
            let attempt = Progress::Attempt {
                number,
                summary: tried.summary.clone(),
            };
            // Nobody has to be listening, and a slow listener must not hold the gate up.
            if let Err(error) = progress.try_send(attempt) {
                tracing::trace!(%error, "an attempt is not shown");
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = cancel.cancelled() => {
                    let interrupted = Err(GateRunError::Interrupted);
                    return (run.judged(&tried.request, &interrupted, Sink::new(&run.redaction, None)), number);
                }
            }
            last = Some(tried);
        }
    }

    /// How long to wait for the next try, if there is to be one.
    fn pause(&self, run: &Run<'_>, tried: &Tried, number: u32, begun: Instant) -> Option<Duration> {
        if tried.outcome == Outcome::Pass {
            return None;
        }
        if let Some(poll) = &run.gate.poll {
            let every = poll.every.duration();
            return (begun.elapsed() + every < poll.until.duration()).then_some(every);
        }
        let retry = run.gate.retry.as_ref()?;
        (tried.outcome == Outcome::Inconclusive && number <= retry.times).then(|| retry.pause.duration())
    }

    async fn try_once(
        &self,
        run: &Run<'_>,
        limit: Duration,
        progress: &mpsc::Sender<Progress>,
        cancel: &CancellationToken,
    ) -> Try {
        let mut words = String::new();
        let live = (run.gate.kind == GateKind::Command).then(|| progress.clone());
        let mut sink = Sink::new(&run.redaction, live);
        // Dropping the request ends it: the connection closes, the program dies with everything that it started.
        let answer = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(GateRunError::Interrupted),
            answer = self.ask(run, limit, &mut words, &mut sink) => answer,
            () = tokio::time::sleep(limit) => Err(GateRunError::TimeLimit { limit }),
        };
        let cut_short = matches!(answer, Err(GateRunError::TimeLimit { .. }));
        Try {
            tried: run.judged(&words, &answer, sink),
            cut_short,
        }
    }

    async fn ask(
        &self,
        run: &Run<'_>,
        limit: Duration,
        words: &mut String,
        sink: &mut Sink,
    ) -> Result<Observation, GateRunError> {
        let Run {
            gate,
            environment,
            values,
            ..
        } = run;
        match (gate.kind, &gate.http, &gate.sql, &gate.command) {
            (GateKind::Http, Some(request), _, _) => {
                let prepared = http::prepare(request, environment, values)?;
                *words = prepared.words();
                prepared.ask(&self.clients, environment, sink).await
            }
            (GateKind::Sql, _, Some(query), _) => {
                let prepared = sql::prepare(query, values)?;
                *words = prepared.words();
                let name = &query.database;
                if let Some(reason) = environment.unavailable.get(name) {
                    return Err(GateRunError::Unavailable { reason: reason.clone() });
                }
                let secret = environment.databases.get(name).ok_or(GateRunError::Declaration)?;
                let url = resolve(secret, &self.config.dir).map_err(|error| GateRunError::Database {
                    name: name.clone(),
                    error,
                })?;
                prepared.ask(url.expose_secret(), limit, sink).await
            }
            (GateKind::Command, _, _, Some(line)) => {
                let prepared = command::prepare(line, environment, values, &self.config.dir)?;
                *words = prepared.words();
                prepared.run(self.guard.as_deref(), sink).await
            }
            _ => Err(GateRunError::Declaration),
        }
    }
}

/// A try, and whether its time was over before there was an answer.
struct Try {
    tried: Tried,
    cut_short: bool,
}
