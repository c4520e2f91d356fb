//! Starting a session, and with it the rollback of another.

use std::collections::BTreeMap;
use std::sync::Arc;

use holdpoint_domain::gate::config::Environment;
use holdpoint_domain::runbook::{self, Procedure, ProcedureKind};
use holdpoint_domain::session::{Command, NAME_LIMIT, Refusal, SessionId, Started};
use holdpoint_domain::wire::{Accepted, StartSession};

use super::submit::{Ask, Undo};
use super::{Engine, EngineError, body_digest, person};

/// Variables that a start may give, and characters that each may have.
const VARIABLES: (usize, usize) = (100, 2_000);

impl Engine {
    /// Starts a session.
    ///
    /// # Errors
    /// The runbook is unknown or was changed, a rule refuses it, or the store does not take it.
    pub async fn start(self: &Arc<Self>, body: StartSession) -> Result<Accepted, EngineError> {
        let digest = body_digest("start", body.session, &body)?;
        let actor = person(&body.captain)?;
        limited(&body.variables)?;
        if body.undoes == Some(body.session) {
            return Err(EngineError::Malformed {
                message: "A session cannot undo itself.".to_owned(),
            });
        }
        // A start that was carried out is repeated before the runbook is looked at, because that may be another by now.
        let known = self.store.command(body.command).await?.is_some();
        let started = match self.started(&body).await {
            Ok(started) => started,
            Err(_) if known => Started::clone(&*self.as_it_was(body.session).await?),
            Err(error) => return Err(error),
        };
        let undo = body.undoes.map(|session| Undo {
            session,
            command: Command::LinkRollback {
                session: body.session,
                procedure: body.procedure.clone(),
            },
        });
        let command = Command::Start(Box::new(started));
        self.submit(Ask {
            id: body.command,
            digest,
            session: body.session,
            actor,
            command,
            undo,
        })
        .await
    }

    /// Everything that the session keeps from its start.
    async fn started(&self, body: &StartSession) -> Result<Started, EngineError> {
        let place = self.config.gates.environments.get(&body.environment);
        let place = place.ok_or_else(|| EngineError::NoEnvironment {
            name: body.environment.clone(),
        })?;
        let text = self.text(body).await?;
        let book = runbook::read(&body.runbook, &text);
        let procedure = book
            .procedure(&body.procedure)
            .ok_or_else(|| Refusal::UnknownProcedure {
                procedure: body.procedure.clone(),
            })?;
        self.may_undo(body, procedure).await?;
        let mut gates = self.config.briefs(&body.environment);
        let named = procedure.gates();
        gates.retain(|id, _| named.contains(id.as_str()));
        Ok(Started {
            runbook: body.runbook.clone(),
            runbook_title: book.title.clone(),
            digest: body.digest.clone(),
            procedure: procedure.id.clone(),
            procedure_title: procedure.title.clone(),
            environment: body.environment.clone(),
            environment_title: place.title.clone(),
            production: place.production,
            rehearsal: place.rehearsal,
            version: body.version.trim().to_owned(),
            git_sha: body.git_sha.trim().to_owned(),
            captain: body.captain.trim().to_owned(),
            undoes: body.undoes,
            variables: variables(body, place),
            gates,
            text,
        })
    }

    /// A rollback undoes something only where it was done, and only if it is one. Otherwise any session could be linked, and
    /// the undone one closed as rolled back.
    async fn may_undo(&self, body: &StartSession, procedure: &Procedure) -> Result<(), EngineError> {
        let Some(undone) = body.undoes else { return Ok(()) };
        let undone = self.as_it_was(undone).await?;
        if undone.environment != body.environment {
            let message = format!(
                "The session that is to be undone runs in “{}”. Start its rollback in the same environment.",
                undone.environment_title
            );
            return Err(EngineError::NotARollback { message });
        }
        if procedure.kind == ProcedureKind::Rollback {
            return Ok(());
        }
        let book = runbook::read(&undone.runbook, &undone.text);
        let named = book
            .procedure(&undone.procedure)
            .and_then(|one| one.rollback.as_deref());
        if undone.runbook == body.runbook && named == Some(procedure.id.as_str()) {
            return Ok(());
        }
        let message = format!(
            "The procedure “{}” is no rollback, and “{}” does not name it as its own. Choose a rollback procedure.",
            procedure.title, undone.procedure_title
        );
        Err(EngineError::NotARollback { message })
    }

    /// The text that the captain saw: the file's, or for a rollback that of the session that is undone. A rollback can always
    /// be started, even when somebody edits the runbook in the middle of a release.
    async fn text(&self, body: &StartSession) -> Result<String, EngineError> {
        if let Some(undone) = body.undoes {
            let undone = self.as_it_was(undone).await?;
            if undone.runbook == body.runbook && undone.digest == body.digest {
                return Ok(undone.text.clone());
            }
        }
        let (library, name) = (Arc::clone(&self.library), body.runbook.clone());
        let read = tokio::task::spawn_blocking(move || library.get(&name)).await;
        let entry = read.map_err(|error| crate::store::StoreError::Failed {
            reason: error.to_string(),
        })?;
        let entry = entry.ok_or_else(|| EngineError::NoRunbook {
            name: body.runbook.clone(),
        })?;
        if entry.file.digest != body.digest {
            let (name, digest) = (body.runbook.clone(), entry.file.digest.clone());
            return Err(EngineError::RunbookChanged { name, digest });
        }
        Ok(entry.file.text.clone())
    }

    async fn as_it_was(&self, session: SessionId) -> Result<Arc<Started>, EngineError> {
        let cell = self.cell(session);
        let mut cell = cell.lock().await;
        let started = cell.state(&self.store).await?.started.clone();
        started.ok_or_else(|| {
            self.forget(session);
            EngineError::NoSession { session }
        })
    }
}

/// The environment's variables go before those that a client gives: a request must not change what a gate compares with.
fn variables(body: &StartSession, place: &Environment) -> BTreeMap<String, String> {
    let mut variables = body.variables.clone();
    variables.extend(place.variables.clone());
    variables
}

fn limited(variables: &BTreeMap<String, String>) -> Result<(), EngineError> {
    let (most, longest) = VARIABLES;
    if variables.len() > most {
        return Err(EngineError::Malformed {
            message: format!("A session takes at most {most} variables."),
        });
    }
    let wrong = variables.iter().find(|(name, value)| {
        let plain = name
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || matches!(one, '_' | '-'));
        name.is_empty() || !plain || name.len() > NAME_LIMIT || value.chars().count() > longest
    });
    match wrong {
        None => Ok(()),
        Some((name, _)) => Err(EngineError::Malformed {
            message: format!(
                "The variable “{}” is not right: a name has letters, digits, `-` and `_`, and a value at most {longest} \
                 characters.",
                name.chars().take(NAME_LIMIT).collect::<String>()
            ),
        }),
    }
}
