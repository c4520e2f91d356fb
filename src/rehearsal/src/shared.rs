//! What the platform and its server share.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::Utc;
use holdpoint_gates::fill::Values;

use crate::answer::{Answer, HttpAnswer};
use crate::answers::{Answers, Asked};
use crate::cannot::CannotRehearse;
use crate::state::PlatformState;
use crate::tickets::Waiting;

/// The answers, the state, and the runs that wait.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) answers: Answers,
    state: RwLock<PlatformState>,
    pub(crate) waiting: Arc<Waiting>,
}

impl Shared {
    pub(crate) fn new(answers: Answers, state: PlatformState) -> Self {
        Self {
            answers,
            state: RwLock::new(state),
            waiting: Arc::default(),
        }
    }

    pub(crate) fn answer(&self, gate: &str, environment: &str, values: &Values) -> Result<Answer, CannotRehearse> {
        let asked = Asked {
            gate,
            environment,
            values,
            now: Utc::now(),
        };
        self.answers.answer(asked, &self.state().on)
    }

    /// What a browser gets that asks for a gate.
    pub(crate) fn direct(&self, environment: &str, gate: &str) -> Result<HttpAnswer, String> {
        let gates = &self.answers.gates;
        let place = gates
            .environments
            .get(environment)
            .ok_or_else(|| format!("There is no environment “{environment}”."))?;
        if !gates.gates.get(gate).is_some_and(|gate| gate.direct) {
            return Err(format!("There is no direct gate “{gate}”."));
        }
        let state = self.state();
        let session = [
            ("git_sha", state.git_sha),
            ("version", state.version),
            ("environment", environment.to_owned()),
        ];
        let values = place.values(&session.map(|(name, value)| (name.to_owned(), value)).into());
        match self.answer(gate, environment, &values) {
            Ok(Answer::Http(answer)) => Ok(answer),
            Ok(_) => Err(format!("The gate “{gate}” is not asked over HTTP.")),
            Err(cannot) => Err(format!("The gate “{gate}” cannot be rehearsed, because {cannot}.")),
        }
    }

    pub(crate) fn state(&self) -> PlatformState {
        // The state is whole after every change, whoever panicked meanwhile.
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_state(&self, state: PlatformState) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }
}
