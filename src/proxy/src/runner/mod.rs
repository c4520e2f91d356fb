//! Running gates. Whatever happens, the answer to a run is a verdict, and only an answer that was compared can pass.

mod address;
mod attempts;
mod backend;
mod command;
mod decode;
mod error;
mod group;
mod http;
mod lasting;
pub(crate) mod outbound;
mod plain_text;
mod postgres;
mod process_tree;
mod program_env;
mod program_output;
mod programs;
mod redact;
mod redirect;
mod report;
mod request;
mod roles;
mod scan;
mod secret_encodings;
mod secrets;
mod shown;
mod sink;
mod sql;
#[cfg(target_os = "linux")]
mod supervisor;
mod turns;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::FutureExt;
use holdpoint_domain::gate::{CheckResult, Outcome, Source, Verdict};
use holdpoint_domain::wire::BrowserObservation;
use holdpoint_gates::config::{Environment, Gate, HttpRequests};
use holdpoint_gates::evaluate::{Observation, summary, unanswered, verdict_outcome};
use holdpoint_gates::fill::Values;
use holdpoint_gates::gate_digest;
use holdpoint_rehearsal::Rehearsal;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock;
use crate::config::Config;
use backend::Backend;
use error::GateRunError;
pub use programs::{ProgramRemark, program_remarks};
pub use redact::{LEAST_BYTES, MASK, RedactedStream, Redaction};
pub use secret_encodings::{ENCODINGS, Encoding};
pub use secrets::secrets_of;
use sink::{Sink, Stream};
#[cfg(target_os = "linux")]
pub use supervisor::guard;
use turns::Turns;

/// Answers that are compared at the same time, those among them whose gate has given up waiting for it.
const MAX_CONCURRENT_JUDGES: usize = 16;
/// The longest that what a browser saw is compared: its request is given up after 30 seconds.
const LONGEST_IN_REQUEST: Duration = Duration::from_secs(20);

/// Runs the gates of a runbooks' folder.
#[derive(Clone)]
pub struct Runner {
    config: Arc<Config>,
    backend: Backend,
    clients: http::Clients,
    turns: Turns,
    /// Whose turns the runs take.
    session: Uuid,
    judges: Arc<Semaphore>,
    /// What programs run under, so that they do not survive the proxy.
    guard: Option<PathBuf>,
    /// Each environment's secrets as they were last read, and what keeps them out: made anew only when they change.
    redactions: Arc<Mutex<BTreeMap<String, Kept>>>,
}

/// Secrets, and what keeps them out.
type Kept = (Vec<String>, Redaction);

/// Which gate to run, where, and with what the session knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRequest {
    /// The gate's name in `gates.toml`.
    pub gate: String,
    /// The environment's name in `gates.toml`.
    pub environment: String,
    /// What the session knows: `git_sha`, `version`, and its variables.
    pub values: BTreeMap<String, String>,
}

/// What can be said before there is a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A program wrote something. It is redacted.
    Output {
        /// A piece of standard output or standard error, in the order of its arrival.
        text: String,
    },
    /// An attempt is over, and another one follows.
    Attempt {
        /// Which one it was, from 1.
        number: u32,
        /// What came of it, in one sentence.
        summary: String,
    },
}

/// Why no runner can be made.
#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    /// The HTTP client cannot be built.
    #[error("the HTTP client for gates cannot be set up: {0}")]
    Client(String),
}

/// Everything that one run needs, looked up and filled in.
struct Run<'a> {
    /// The gate's name.
    id: String,
    gate: &'a Gate,
    /// The environment's name.
    place: String,
    environment: &'a Environment,
    redaction: Redaction,
    values: Values,
}

impl Runner {
    /// A runner for the folder's gates.
    ///
    /// # Errors
    /// The HTTP client cannot be set up, for example because the system's certificates cannot be read.
    pub fn new(config: Arc<Config>) -> Result<Self, RunnerError> {
        Ok(Self {
            config,
            backend: Backend::Real,
            clients: http::Clients::new()?,
            turns: Turns::default(),
            session: Uuid::nil(),
            judges: Arc::new(Semaphore::new(MAX_CONCURRENT_JUDGES)),
            guard: None,
            redactions: Arc::default(),
        })
    }

    /// The same runner, for a session: sessions share its turns fairly. Runs for nobody in particular are one session's.
    #[must_use]
    pub fn on_behalf_of(&self, session: Uuid) -> Self {
        Self {
            session,
            ..self.clone()
        }
    }

    /// The same runner, with the programs of command gates under a guard that kills them when this process ends, however it
    /// ends. `holdpoint` is the program that has the command `guard`.
    #[must_use]
    pub fn guarded(mut self, holdpoint: PathBuf) -> Self {
        self.guard = Some(holdpoint);
        self
    }

    /// The same runner, for which a rehearsal answers every gate of every environment: nothing that `gates.toml` names is asked,
    /// run or read. `holdpoint` is the program that has the command `stand-in`.
    #[must_use]
    pub fn rehearsing(mut self, rehearsal: Arc<Rehearsal>, holdpoint: PathBuf) -> Self {
        self.backend = Backend::Rehearsal { rehearsal, holdpoint };
        self
    }

    /// Whether a rehearsal answers.
    #[must_use]
    pub fn is_rehearsal(&self) -> bool {
        self.backend.is_rehearsal()
    }

    /// Runs a gate until it has its verdict. It never fails: what goes wrong is an inconclusive verdict that says so.
    pub async fn run(
        &self,
        request: RunRequest,
        progress: mpsc::Sender<Progress>,
        cancel: CancellationToken,
    ) -> Verdict {
        let started = clock::now();
        let run = AssertUnwindSafe(self.run_gate(&request, progress, &cancel, started)).catch_unwind();
        match run.await {
            Ok(verdict) => verdict,
            Err(_) => self.without_run(&request, &GateRunError::Panicked, Source::Proxy, started, clock::now()),
        }
    }

    /// Judges what a browser saw, with the gate's own expectations and within its time limit, and never longer than a request may
    /// take. `at` is when the observation arrived.
    pub async fn judge_observation(
        &self,
        request: &RunRequest,
        seen: BrowserObservation,
        at: DateTime<Utc>,
    ) -> Verdict {
        let latency = Duration::from_millis(seen.latency_ms);
        let started = chrono::Duration::from_std(latency)
            .ok()
            .and_then(|time| at.checked_sub_signed(time))
            .unwrap_or(at);
        let no_run = |error: GateRunError| self.without_run(request, &error, Source::Browser, started, at);
        let run = match self.look_up(request) {
            Ok(run) => run,
            Err(error) => return no_run(error),
        };
        let http = run.gate.http.as_ref().and_then(HttpRequests::only);
        let Some(http) = http.filter(|_| run.gate.direct.asks()) else {
            return no_run(GateRunError::NotDirect);
        };
        let prepared = request::prepare(http, run.environment, &run.values);
        let mut sink = Sink::new(&run.redaction, None);
        let request_text = match prepared {
            Ok(prepared) => self.backend.marked(prepared.words()),
            Err(error) => {
                let attempt = run.attempt("", Err(error), sink);
                return run.verdict(attempt, Source::Browser, started, at, 0);
            }
        };
        let answer = match (seen.status, seen.error) {
            (Some(status), None) => {
                let cap = http.max_bytes;
                let mut body = seen.body.into_bytes();
                let truncated = body.len() as u64 > cap;
                body.truncate(usize::try_from(cap).unwrap_or(usize::MAX));
                sink.push(Stream::Out, &body);
                Ok(Observation::Http {
                    status,
                    headers: seen.headers.into_iter().collect(),
                    body,
                    truncated,
                    latency,
                })
            }
            (Some(_), Some(error)) => Err(GateRunError::Browser {
                reason: format!("it says that there was an answer, and that there was none ({error})"),
            }),
            (None, error) => Err(GateRunError::Browser {
                reason: error.unwrap_or_else(|| "it did not say why".to_owned()),
            }),
        };
        let limit = run.gate.timeout.duration().min(LONGEST_IN_REQUEST);
        let judged = match answer {
            Ok(observation) => {
                let until = tokio::time::Instant::now() + limit;
                self.judge(&run, vec![Ok(observation)], limit, until).await
            }
            Err(error) => Err(error),
        };
        let attempt = run.attempt(&request_text, judged, sink);
        run.verdict(attempt, Source::Browser, started, at, 1)
    }

    async fn run_gate(
        &self,
        request: &RunRequest,
        progress: mpsc::Sender<Progress>,
        cancel: &CancellationToken,
        started: DateTime<Utc>,
    ) -> Verdict {
        let no_run = |error: GateRunError| self.without_run(request, &error, Source::Proxy, started, clock::now());
        let run = match self.look_up(request) {
            Ok(run) => run,
            Err(error) => return no_run(error),
        };
        let (attempt, count) = self.attempts(&run, &progress, cancel).await;
        run.verdict(attempt, Source::Proxy, started, clock::now(), count)
    }

    /// Finds the gate and its environment, and reads every secret: those that the gate uses to use them, all of them to keep
    /// them out of the record.
    fn look_up(&self, request: &RunRequest) -> Result<Run<'_>, GateRunError> {
        let RunRequest {
            gate: id,
            environment: place,
            ..
        } = request;
        let gates = &self.config.gates;
        let gate = gates
            .gates
            .get(id)
            .ok_or_else(|| GateRunError::UnknownGate { gate: id.clone() })?;
        let environment = gates
            .environments
            .get(place)
            .ok_or_else(|| GateRunError::UnknownEnvironment {
                environment: place.clone(),
            })?;
        // A rehearsal's environment is never really asked, and a real one never by a rehearsal.
        if environment.rehearsal && !self.backend.is_rehearsal() {
            return Err(GateRunError::RehearsalOnly {
                environment: place.clone(),
            });
        }
        if environment.stand_in.is_some() != self.backend.is_rehearsal() {
            return Err(GateRunError::Declaration);
        }
        if !gate.exists_in(place) {
            return Err(GateRunError::NotHere {
                gate: id.clone(),
                environment: place.clone(),
            });
        }
        let mut session = request.values.clone();
        session.insert("environment".to_owned(), place.clone());
        let mut values = environment.values(&session);
        let secrets = self.secrets(environment);
        let redaction = self.redaction(place, &secrets);
        secrets.give(gate, environment, &mut values)?;
        Ok(Run {
            id: id.clone(),
            gate,
            place: place.clone(),
            environment,
            redaction,
            values,
        })
    }

    /// A verdict for when nothing could be asked.
    fn without_run(
        &self,
        request: &RunRequest,
        error: &GateRunError,
        source: Source,
        started: DateTime<Utc>,
        finished: DateTime<Utc>,
    ) -> Verdict {
        let gates = &self.config.gates;
        let gate = gates.gates.get(&request.gate);
        let environment = gates.environments.get(&request.environment);
        // What went wrong may name a place that holds a secret, such as a folder or a host.
        let redaction = environment.map(|environment| {
            let secrets = self.secrets(environment);
            self.redaction(&request.environment, &secrets)
        });
        let summary = redaction.unwrap_or_default().text(&error.to_string());
        Verdict {
            outcome: Outcome::Inconclusive,
            summary,
            checks: gate
                .map(|gate| unanswered(&gate.expect, error.observed()))
                .unwrap_or_default(),
            source,
            started,
            finished,
            attempts: 0,
            request: String::new(),
            output: String::new(),
            output_bytes: 0,
            gate_digest: gate
                .zip(environment)
                .map(|(gate, environment)| gate_digest(gate, environment))
                .unwrap_or_default(),
        }
    }
}

/// What came of asking once.
#[derive(Clone, Debug)]
struct Attempt {
    outcome: Outcome,
    summary: String,
    checks: Vec<CheckResult>,
    request: String,
    output: String,
    output_bytes: u64,
    /// Asking again cannot make it pass.
    lasting: bool,
}

/// What came of comparing an answer.
struct Judged {
    checks: Vec<CheckResult>,
    /// The answer says that the request is wrong, if it does not pass.
    lasting: bool,
}

impl Run<'_> {
    /// What came of asking: what was compared, or why nothing could be.
    fn attempt(&self, request: &str, judged: Result<Judged, GateRunError>, sink: Sink) -> Attempt {
        let redact = |text: &str| self.redaction.text(text);
        // Without an answer there is nothing that could have been compared, whatever the list of checks says.
        let (outcome, checks, summary, lasting) = match judged {
            Ok(Judged { checks, lasting }) => {
                let (outcome, summary) = (verdict_outcome(&checks), summary(&checks));
                (outcome, checks, summary, lasting && outcome != Outcome::Pass)
            }
            Err(error) => (
                Outcome::Inconclusive,
                unanswered(&self.gate.expect, error.observed()),
                redact(&error.to_string()),
                error.is_lasting(),
            ),
        };
        let summary = match lasting && (self.gate.poll.is_some() || self.gate.retry.is_some()) {
            true => format!("{summary} Asking again would not change that, so it was not asked again."),
            false => summary,
        };
        let (output, output_bytes) = sink.finish();
        Attempt {
            outcome,
            lasting,
            summary,
            checks,
            request: redact(request),
            output,
            output_bytes,
        }
    }

    /// What came of a run that was stopped between two attempts.
    fn interrupted(&self, last: Option<&Attempt>) -> Attempt {
        let request = last.map_or("", |last| &last.request);
        let sink = Sink::new(&self.redaction, None);
        self.attempt(request, Err(GateRunError::Interrupted), sink)
    }

    fn verdict(
        &self,
        attempt: Attempt,
        source: Source,
        started: DateTime<Utc>,
        finished: DateTime<Utc>,
        attempts: u32,
    ) -> Verdict {
        let Attempt {
            outcome,
            summary,
            checks,
            request,
            output,
            output_bytes,
            lasting: _,
        } = attempt;
        let gate_digest = gate_digest(self.gate, self.environment);
        Verdict {
            outcome,
            summary,
            checks,
            source,
            started,
            finished,
            attempts,
            request,
            output,
            output_bytes,
            gate_digest,
        }
    }
}
