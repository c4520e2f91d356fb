//! Who answers gates: what `gates.toml` names, or a rehearsal.

use std::path::PathBuf;
use std::sync::Arc;

use holdpoint_gates::fill::Values;
use holdpoint_rehearsal::{Answer, Rehearsal};

use uuid::Uuid;

use super::error::GateRunError;

/// Who answers gates. It is chosen once, for every gate of a runner: no declaration can change it.
#[derive(Clone)]
pub(super) enum Backend {
    /// What `gates.toml` names.
    Real,
    /// A rehearsal, and nothing else.
    Rehearsal {
        rehearsal: Arc<Rehearsal>,
        /// The program that has the command `stand-in`.
        holdpoint: PathBuf,
    },
}

impl Backend {
    pub(super) fn is_rehearsal(&self) -> bool {
        matches!(self, Self::Rehearsal { .. })
    }

    /// What was asked, for the record, with a word about who answered.
    pub(super) fn marked(&self, request: String) -> String {
        match self {
            Self::Real => request,
            Self::Rehearsal { .. } => format!("{request} [answered by the rehearsal]"),
        }
    }
}

/// The rehearsal's answer to a gate, or to one of its requests. What stands in for secrets is not among what it is filled with.
pub(super) async fn answer_of(
    rehearsal: &Arc<Rehearsal>,
    session: Uuid,
    gate: &str,
    request: Option<&str>,
    environment: &str,
    values: &Values,
) -> Result<Answer, GateRunError> {
    let (rehearsal, gate, environment) = (Arc::clone(rehearsal), gate.to_owned(), environment.to_owned());
    let request = request.map(str::to_owned);
    let mut values = values.clone();
    values.retain(|name, _| !name.starts_with("secret."));
    // Making an answer may take some milliseconds of computing.
    let made = tokio::task::spawn_blocking(move || {
        rehearsal.answer(session, &gate, request.as_deref(), &environment, &values)
    })
    .await;
    let answer = made.map_err(|_| GateRunError::Panicked)?;
    answer.map_err(|cannot| GateRunError::NotRehearsed {
        reason: cannot.to_string(),
    })
}
