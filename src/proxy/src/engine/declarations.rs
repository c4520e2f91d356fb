//! A session's gates as it goes by them, and as `gates.toml` declares them now.

use std::sync::Arc;

use holdpoint_domain::gate::{GateSnapshot, compare_declarations};
use holdpoint_domain::session::{ClientCommand, Command, GateId, SessionId, Started};
use holdpoint_domain::wire::GateDeclaration;

use super::{Engine, EngineError};

impl Engine {
    /// A gate of a session, as the session goes by it and as `gates.toml` has it.
    ///
    /// # Errors
    /// There is no such session, it has no such gate, or the store does not answer.
    pub async fn declaration(
        self: &Arc<Self>,
        session: SessionId,
        gate: GateId,
    ) -> Result<GateDeclaration, EngineError> {
        let glimpse = self.look(session).await?;
        let of = glimpse.started.ok_or(EngineError::NoSession { session })?;
        if !of.procedure.gates().contains(gate.as_str()) {
            return Err(EngineError::NoGate { session, gate });
        }
        let taken = glimpse.taken.get(&gate);
        let old = taken.or_else(|| of.gates.get(&gate));
        let new = self.declared_now(&of, &gate);
        let title = new.as_ref().or(old).map_or(&gate, |known| &known.title).clone();
        Ok(GateDeclaration {
            title,
            taken: taken.is_some(),
            // One that is missing on either side has changed, too.
            changed: old.is_some() != new.is_some() || self.declaration_changed(&of, old, &gate),
            digest: new.as_ref().and_then(|new| new.digest.clone()),
            lines: compare_declarations(old, new.as_ref()),
            gate,
        })
    }

    /// What a client's command is to the session. Taking a declaration names one, and is given the proxy's own; closing one with a
    /// drill is given its plan.
    pub(super) async fn completed(
        self: &Arc<Self>,
        session: SessionId,
        command: ClientCommand,
    ) -> Result<Command, EngineError> {
        let (gate, digest, reason) = match command {
            ClientCommand::TakeDeclaration { gate, digest, reason } => (gate, digest, reason),
            ClientCommand::Close { outcome, summary } => return self.closing(session, outcome, summary).await,
            other => return Ok(Command::Client(other)),
        };
        let of = self.session_start(session).await?;
        Ok(Command::TakeDeclaration {
            declared: self.declared_now(&of, &gate).map(Box::new),
            gate,
            digest,
            reason,
        })
    }

    /// What a session keeps from its start, and a gate as it goes by it.
    pub(super) async fn session_gate(
        self: &Arc<Self>,
        session: SessionId,
        gate: &str,
    ) -> Result<(Arc<Started>, Option<GateSnapshot>), EngineError> {
        let mut glimpse = self.look(session).await?;
        let of = glimpse.started.ok_or(EngineError::NoSession { session })?;
        let snapshot = glimpse.taken.remove(gate).or_else(|| of.gates.get(gate).cloned());
        Ok((of, snapshot))
    }

    fn declared_now(&self, of: &Started, gate: &str) -> Option<GateSnapshot> {
        self.config.gates.snapshot(gate, &of.environment)
    }

    /// Whether `gates.toml` asks or expects something else than what the session goes by (`then`). People decided with that
    /// before them, so that an answer to another gate does not count.
    pub(super) fn declaration_changed(&self, of: &Started, then: Option<&GateSnapshot>, gate: &str) -> bool {
        // A gate that is missing on either side is told as such by the session's rules and by the runner.
        let (Some(then), Some(now)) = (then, self.declared_now(of, gate)) else {
            return false;
        };
        match &then.digest {
            Some(digest) => now.digest.as_ref() != Some(digest),
            // The session began with a version that kept no digests: what it kept is compared. A rehearsal's answers pass
            // whatever that was, so that nothing can be concluded from them.
            None => self.answers_by_stand_in(&of.environment) || then.kind != now.kind || then.expects != now.expects,
        }
    }

    fn answers_by_stand_in(&self, environment: &str) -> bool {
        let environment = self.config.gates.environments.get(environment);
        environment.is_some_and(|environment| environment.stand_in.is_some())
    }
}

/// Why the answer of a gate that is declared otherwise now does not count.
pub(super) fn declaration_changed_message(gate: &str) -> String {
    format!(
        "gates.toml declares “{gate}”, or what it takes from its environment, otherwise than the session goes by it, so that \
         its answer does not count. Look at the corrected gate and take it if it is right; or put the old declaration back and \
         start the proxy anew."
    )
}
