//! Gates outside any session: each is asked once, and nothing of it is recorded or ticks anything.

use std::collections::BTreeMap;
use std::sync::Arc;

use holdpoint_domain::gate::{GateKind, Verdict};
use holdpoint_domain::wire::CheckableGate;
use holdpoint_gates::nearest;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::runner::{RunRequest, Runner, RunnerError};

/// Pieces of progress that may wait for somebody who looks at them. Nobody does here, and the runner does not wait.
const PROGRESS: usize = 1;

/// The gates of a runbooks' folder, each to be asked once.
pub struct GateChecks {
    config: Arc<Config>,
    runner: Runner,
}

/// Why a gate cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// `known` are the names of those that there are.
    #[error("There is no environment {name} in gates.toml. There {}.", listed(known))]
    UnknownEnvironment { name: String, known: Vec<String> },
    #[error("There is no gate {gate} in the environment {environment}{}", hint(gate, known))]
    UnknownGate {
        gate: String,
        environment: String,
        known: Vec<String>,
    },
    #[error("The run of the gate was broken off.")]
    BrokenOff,
}

fn hint(gate: &str, known: &[String]) -> String {
    match nearest(gate, known.iter().map(String::as_str)) {
        Some(near) => format!("; did you mean {near}?"),
        None => ". See gates.toml.".to_owned(),
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "are none".to_owned(),
        [one] => format!("is {one}"),
        many => format!("are {}", many.join(", ")),
    }
}

impl GateChecks {
    /// The gates of a folder. `runner` makes the runner for them; it has its own places for gates that run at the same time, so
    /// that no session's gate waits for a check.
    ///
    /// # Errors
    /// There is no runner.
    pub fn new<E: From<RunnerError>>(
        config: &Config,
        runner: impl FnOnce(Arc<Config>) -> Result<Runner, E>,
    ) -> Result<Self, E> {
        let config = Arc::new(Config {
            gates: config.gates.clone().asked_once(),
            ..config.clone()
        });
        Ok(Self {
            runner: runner(Arc::clone(&config))?,
            config,
        })
    }

    /// The names of the environments.
    #[must_use]
    pub fn environments(&self) -> Vec<String> {
        self.config.gates.environments.keys().cloned().collect()
    }

    /// The environment's gates, by name.
    ///
    /// # Errors
    /// There is no such environment.
    pub fn gates(&self, name: &str) -> Result<Vec<CheckableGate>, CheckError> {
        let file = &self.config.gates;
        let environment = file
            .environments
            .get(name)
            .ok_or_else(|| CheckError::UnknownEnvironment {
                name: name.to_owned(),
                known: self.environments(),
            })?;
        let checkable = |gate: holdpoint_domain::gate::GateSnapshot| {
            let declared = file.gates.get(&gate.id)?;
            Some(CheckableGate {
                only_reads: declared.only_reads(),
                session_names: declared.session_names(environment).into_iter().collect(),
                gate,
            })
        };
        Ok(self.config.gate_list(name).into_iter().filter_map(checkable).collect())
    }

    /// Whether the environment declares a variable.
    #[must_use]
    pub fn declares(&self, environment: &str, variable: &str) -> bool {
        let environment = self.config.gates.environments.get(environment);
        environment.is_some_and(|one| one.variables.contains_key(variable))
    }

    /// Asks a gate once. It ends when its time limit is over, and when this future is dropped.
    ///
    /// # Errors
    /// There is no such environment or gate. What goes wrong while it is asked is an inconclusive verdict.
    pub async fn check(
        &self,
        environment: &str,
        gate: &str,
        values: BTreeMap<String, String>,
    ) -> Result<Verdict, CheckError> {
        let gates = self.gates(environment)?;
        if !gates.iter().any(|one| one.gate.id == gate) {
            return Err(CheckError::UnknownGate {
                gate: gate.to_owned(),
                environment: environment.to_owned(),
                known: gates.into_iter().map(|one| one.gate.id).collect(),
            });
        }
        let request = RunRequest {
            gate: gate.to_owned(),
            environment: environment.to_owned(),
            values,
        };
        let (progress, _) = mpsc::channel(PROGRESS);
        let cancel = CancellationToken::new();
        let _cancelled_with_this = cancel.clone().drop_guard();
        let runner = self.runner.clone();
        // A task of its own, so that a program is killed and waited for when nobody waits for the verdict any more.
        let run = tokio::spawn(async move { runner.run(request, progress, cancel).await });
        run.await.map_err(|_| CheckError::BrokenOff)
    }
}

/// `HTTP`, `SQL`, `command`.
#[must_use]
pub fn kind_word(kind: GateKind) -> &'static str {
    match kind {
        GateKind::Http => "HTTP",
        GateKind::Sql => "SQL",
        GateKind::Command => "command",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_gate_is_told_with_the_nearest_that_there_is() {
        let unknown = |gate: &str| {
            let known = vec!["api-health".to_owned(), "site-version".to_owned()];
            let (gate, environment) = (gate.to_owned(), "prod".to_owned());
            let error = CheckError::UnknownGate {
                gate,
                environment,
                known,
            };
            error.to_string()
        };
        assert_eq!(
            unknown("site-verison"),
            "There is no gate site-verison in the environment prod; did you mean site-version?"
        );
        assert_eq!(
            unknown("weather"),
            "There is no gate weather in the environment prod. See gates.toml."
        );
    }
}
