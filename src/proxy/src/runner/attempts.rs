//! One attempt with its time limit, and those that follow it: again after *inconclusive*, or until it passes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use holdpoint_domain::gate::{GateKind, Outcome};
use holdpoint_gates::Part;
use holdpoint_gates::config::Gate;
use holdpoint_gates::evaluate::{Observation, evaluate};
use holdpoint_rehearsal::Answer;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::backend::{Backend, answer_of};
use super::error::GateRunError;
use super::lasting::is_lasting_answer;
use super::program_env::program_env;
use super::secrets::has_short_password;
use super::sink::{Sink, Stream};
use super::{Attempt, Judged, Progress, Run, Runner, command, request, sql};
use crate::config::resolve;

/// Time for comparing the answers that came, where another one did not come within the time limit.
const JUDGING_AFTER_TIME: Duration = Duration::from_secs(2);

impl Runner {
    /// Asks as often as the gate says. Returns the attempt that counts and how many there were.
    pub(super) async fn attempts(
        &self,
        run: &Run<'_>,
        progress: &mpsc::Sender<Progress>,
        cancel: &CancellationToken,
    ) -> (Attempt, u32) {
        let timeout = run.gate.timeout.duration();
        // The time of a poll begins with its first turn.
        let mut begun: Option<Instant> = None;
        let mut last: Option<Attempt> = None;
        let mut number = 0_u32;
        loop {
            // A turn is held while something is asked, and given back before the pause.
            let turn = tokio::select! {
                biased;
                () = cancel.cancelled() => return (run.interrupted(last.as_ref()), number),
                turn = self.turns.take(self.session) => turn,
            };
            let begun = *begun.get_or_insert_with(Instant::now);
            let left = match &run.gate.poll {
                Some(poll) => poll.until.duration().saturating_sub(begun.elapsed()),
                None => timeout,
            };
            if left.is_zero()
                && let Some(last) = last
            {
                return (last, number);
            }
            number = number.saturating_add(1);
            let (attempt, timed_out) = self.attempt_once(run, timeout.min(left), progress, cancel).await;
            drop(turn);
            // An attempt that only the end of the polling cut short says less than the whole one before it.
            let attempt = match last {
                Some(last) if left < timeout && timed_out => last,
                _ => attempt,
            };
            let Some(pause) = self
                .pause(run, &attempt, number, begun)
                .filter(|_| !cancel.is_cancelled())
            else {
                return (attempt, number);
            };
            let over = Progress::Attempt {
                number,
                summary: attempt.summary.clone(),
            };
            // Nobody has to be listening, and a slow listener must not hold the gate up.
            if let Err(error) = progress.try_send(over) {
                tracing::trace!(%error, "an attempt is not shown");
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = cancel.cancelled() => return (run.interrupted(Some(&attempt)), number),
            }
            last = Some(attempt);
        }
    }

    /// How long to wait for the next attempt, if there is to be one.
    fn pause(&self, run: &Run<'_>, attempt: &Attempt, number: u32, begun: Instant) -> Option<Duration> {
        if attempt.outcome == Outcome::Pass || attempt.lasting {
            return None;
        }
        if let Some(poll) = &run.gate.poll {
            let every = poll.every.duration();
            return (begun.elapsed() + every < poll.until.duration()).then_some(every);
        }
        let retry = run.gate.retry.as_ref()?;
        (attempt.outcome == Outcome::Inconclusive && number <= retry.times).then(|| retry.pause.duration())
    }

    /// Asks once. Says, too, whether the time was over before there was an answer.
    async fn attempt_once(
        &self,
        run: &Run<'_>,
        limit: Duration,
        progress: &mpsc::Sender<Progress>,
        cancel: &CancellationToken,
    ) -> (Attempt, bool) {
        let until = tokio::time::Instant::now() + limit;
        let mut asked = Asked::default();
        let live = (run.gate.kind == GateKind::Command).then(|| progress.clone());
        let mut sink = Sink::new(&run.redaction, live);
        // Dropping the request ends it: the connection closes, the program dies with everything that it started.
        let ended = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(GateRunError::Interrupted),
            () = self.ask_all(run, limit, &mut asked, &mut sink) => Ok(()),
            () = tokio::time::sleep_until(until) => Ok(()),
        };
        let answers = ended.and_then(|()| asked.answers_of(run.gate, limit));
        let cut_short = |answer: &Result<_, _>| matches!(answer, Err(GateRunError::TimeLimit { .. }));
        let some_late = answers.as_ref().is_ok_and(|answers| answers.iter().any(cut_short));
        // The answers that came count although another one did not come in time.
        let (until, limit) = match some_late {
            true => (tokio::time::Instant::now() + JUDGING_AFTER_TIME, JUDGING_AFTER_TIME),
            false => (until, limit),
        };
        let checks = match answers {
            Ok(answers) => tokio::select! {
                biased;
                () = cancel.cancelled() => Err(GateRunError::Interrupted),
                checks = self.judge(run, answers, limit, until) => checks,
            },
            Err(error) => Err(error),
        };
        let timed_out = some_late
            || matches!(
                checks,
                Err(GateRunError::TimeLimit { .. } | GateRunError::Judging { .. } | GateRunError::NotJudged)
            );
        (run.attempt(&asked.request, checks, sink), timed_out)
    }

    /// Compares on a thread of its own, until the time is over: a pattern or a path over a long answer may take a while, and nothing
    /// else must wait for it. `limit` is what is said of that time.
    pub(super) async fn judge(
        &self,
        run: &Run<'_>,
        answers: Answers,
        limit: Duration,
        until: tokio::time::Instant,
    ) -> Result<Judged, GateRunError> {
        // A comparison cannot be stopped. The permit bounds how many go on whose time is over.
        let permit = tokio::time::timeout_at(until, Arc::clone(&self.judges).acquire_owned()).await;
        let permit = permit.map_err(|_| GateRunError::NotJudged)?;
        let permit = permit.map_err(|_| GateRunError::Interrupted)?;
        let mut parts = run.gate.parts().into_iter().zip(&answers);
        let lasting = parts.any(|(part, answer)| match answer {
            Ok(observation) => is_lasting_answer(part, observation),
            Err(error) => error.is_lasting(),
        });
        let (gate, values, redaction) = (run.gate.clone(), run.values.clone(), run.redaction.clone());
        let judged = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let answers = answers.into_iter().map(|answer| answer.map_err(|error| error.clause()));
            evaluate(&gate, &answers.collect::<Vec<_>>(), &values, &|text| {
                redaction.text(text)
            })
        });
        let judged = tokio::time::timeout_at(until, judged).await;
        let judged = judged.map_err(|_| GateRunError::Judging { limit })?;
        let checks = judged.map_err(|_| GateRunError::Panicked)?;
        Ok(Judged { checks, lasting })
    }

    /// Asks each part of the gate in turn. One that has no answer keeps no other from being asked.
    async fn ask_all(&self, run: &Run<'_>, limit: Duration, asked: &mut Asked, sink: &mut Sink) {
        for part in run.gate.parts() {
            if let Some(name) = part.name {
                let between = if asked.answers.is_empty() { "" } else { "\n" };
                sink.push(Stream::Out, format!("{between}--- {name} ---\n").as_bytes());
            }
            let answer = self.ask(run, part, limit, &mut asked.request, sink).await;
            asked.answers.push(answer);
        }
    }

    /// Fills the request in, and asks whoever answers: in a rehearsal the same request goes to its server, the program is a
    /// stand-in, and rows are handed over. What is asked is added to `request`.
    async fn ask(
        &self,
        run: &Run<'_>,
        part: Part<'_>,
        limit: Duration,
        request: &mut String,
        sink: &mut Sink,
    ) -> Result<Observation, GateRunError> {
        let Run {
            id,
            gate,
            place,
            environment,
            values,
            ..
        } = run;
        let mut told = |words: String| {
            if !request.is_empty() {
                request.push('\n');
            }
            if let Some(name) = part.name {
                request.push_str(&format!("{name}: "));
            }
            request.push_str(&self.backend.marked(words));
        };
        match (gate.kind, part.http, &gate.sql, &gate.command) {
            (GateKind::Http, Some(declared), _, _) => {
                let prepared = request::prepare(declared, environment, values)?;
                told(prepared.words());
                let Backend::Rehearsal { rehearsal, .. } = &self.backend else {
                    return prepared.ask(&self.clients.real(environment), sink).await;
                };
                let Answer::Http(answer) = answer_of(rehearsal, self.session, id, part.name, place, values).await?
                else {
                    return Err(GateRunError::Declaration);
                };
                let ticket = rehearsal.at_server(id, answer);
                prepared.ask(&self.clients.stand_in(environment, &ticket), sink).await
            }
            (GateKind::Sql, _, Some(query), _) => {
                let prepared = sql::prepare(query, &gate.expect, values)?;
                told(prepared.words());
                let Backend::Rehearsal { rehearsal, .. } = &self.backend else {
                    return prepared
                        .ask(self.database_url(run, &query.database)?.expose_secret(), limit, sink)
                        .await;
                };
                let Answer::Sql(answer) = answer_of(rehearsal, self.session, id, part.name, place, values).await?
                else {
                    return Err(GateRunError::Declaration);
                };
                prepared.rehearse(answer, sink).await
            }
            (GateKind::Command, _, _, Some(line)) => {
                let env = program_env(line, environment, values, |name| match self.backend {
                    Backend::Real => self.database_url(run, name),
                    // What opens nothing stands in for it, as it does for secrets.
                    Backend::Rehearsal { .. } => Ok(format!("rehearsed-database-{name}").into()),
                })?;
                let prepared = command::prepare(line, environment, env, values, &self.config.dir)?;
                told(prepared.words());
                let Backend::Rehearsal { rehearsal, holdpoint } = &self.backend else {
                    return prepared.run(self.guard.as_deref(), sink).await;
                };
                let Answer::Command(answer) = answer_of(rehearsal, self.session, id, part.name, place, values).await?
                else {
                    return Err(GateRunError::Declaration);
                };
                // The script is there until the program has ended.
                let script = rehearsal.script(&answer).map_err(|error| GateRunError::NotRehearsed {
                    reason: format!("the stand-in's file cannot be written: {error}"),
                })?;
                let stand_in = prepared.stand_in(holdpoint, script.arguments(), rehearsal.folder());
                stand_in.run(self.guard.as_deref(), sink).await
            }
            _ => Err(GateRunError::Declaration),
        }
    }

    fn database_url(&self, run: &Run<'_>, name: &str) -> Result<SecretString, GateRunError> {
        let secret = run.environment.databases.get(name).ok_or(GateRunError::Declaration)?;
        let url = resolve(secret, &self.config.dir).map_err(|error| GateRunError::Database {
            name: name.to_owned(),
            error,
        })?;
        if has_short_password(url.expose_secret()) {
            let name = name.to_owned();
            return Err(GateRunError::ShortPassword { name });
        }
        Ok(url)
    }
}

/// What was asked in a try so far, and what came of it.
#[derive(Default)]
struct Asked {
    /// Each request, for the record.
    request: String,
    /// Those of the gate's first parts.
    answers: Answers,
}

/// The answers to a gate's parts, in their order.
type Answers = Vec<Result<Observation, GateRunError>>;

impl Asked {
    /// An answer for each part, when none comes any more: the part that is asked has none in time, and those after it are not asked.
    /// Where a gate asks once, its error is that of the whole try.
    fn answers_of(&mut self, gate: &Gate, limit: Duration) -> Result<Answers, GateRunError> {
        let mut answers = std::mem::take(&mut self.answers);
        let parts = gate.parts();
        if answers.len() < parts.len() {
            answers.push(Err(GateRunError::TimeLimit { limit }));
        }
        answers.resize_with(parts.len(), || Err(GateRunError::NotItsTurn));
        let asks_once = parts.iter().all(|part| part.name.is_none());
        match asks_once {
            true => answers.into_iter().map(|answer| answer.map(Ok)).collect(),
            false => Ok(answers),
        }
    }
}
