//! Starting a session, and with it the rollback of another.

use std::collections::BTreeMap;
use std::sync::Arc;

use holdpoint_domain::runbook::{Procedure, ProcedureKind, Symptom, reorders_or_hides};
use holdpoint_domain::session::{Command, NAME_LIMIT, Refusal, SessionId, Started, check_version, may_be_run};
use holdpoint_domain::wire::{Accepted, StartSession};
use holdpoint_gates::config::Environment;

use super::request::{CommandRequest, Undo};
use super::{Engine, EngineError, Mode, body_digest, person};

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
        check_variables(&body.variables)?;
        if body.undoes == Some(body.session) {
            return Err(EngineError::Malformed {
                message: "A session cannot undo itself.".to_owned(),
            });
        }
        // A start that was carried out is answered before the runbook is looked at, because that may be another by now.
        if let Some(accepted) = self.repeated(body.command, body.session, &digest).await? {
            return Ok(accepted);
        }
        if body.session.get_version_num() != 7 {
            return Err(EngineError::Malformed {
                message: format!(
                    "The session's id {} is no UUID of version 7. Make one of that version, whose order is that of time.",
                    body.session
                ),
            });
        }
        let started = self.started(&body, actor.name()).await?;
        let undo = body.undoes.map(|session| Undo {
            session,
            command: Command::LinkRollback {
                session: body.session,
                procedure: body.procedure.clone(),
            },
        });
        let command = Command::Start(Box::new(started));
        let begun = self.submit(CommandRequest {
            id: body.command,
            digest,
            session: body.session,
            actor,
            command,
            undo,
        });
        let begun = begun.await;
        if begun.is_err() && body.drill.is_some() {
            self.forget_unstarted(body.session).await;
        }
        begun
    }

    /// Everything that the session keeps from its start.
    async fn started(self: &Arc<Self>, body: &StartSession, captain: &str) -> Result<Started, EngineError> {
        let place = self.config.gates.environments.get(&body.environment);
        let offered = |place: &&Environment| place.rehearsal == (self.mode() == Mode::Rehearsal);
        let place = place.filter(offered).ok_or_else(|| EngineError::NoEnvironment {
            name: body.environment.clone(),
        })?;
        let undone = match body.undoes {
            Some(undone) => Some(self.session_start(undone).await?),
            None => None,
        };
        if let Some(other) = undone.as_deref().map(Mode::of).filter(|mode| *mode != self.mode()) {
            return Err(EngineError::OtherMode(other));
        }
        check_can_be_read(body, undone.as_deref())?;
        let compiled = match undone.as_deref().and_then(|undone| Compiled::of_undone(undone, body)) {
            Some(compiled) => compiled,
            None => self.on_disk(body).await?,
        };
        if let Some(undone) = &undone {
            check_is_rollback(body, &compiled.procedure, undone)?;
        }
        let mut gates = self.config.briefs(&body.environment);
        let named = compiled.procedure.gates();
        gates.retain(|id, _| named.contains(id.as_str()));
        let drill = self
            .drill_of_start(body, &compiled.procedure, undone.as_deref())
            .await?;
        Ok(Started {
            runbook: body.runbook.clone(),
            runbook_title: compiled.runbook_title,
            digest: body.digest.clone(),
            text: compiled.text,
            rollbacks: compiled.rollbacks,
            symptoms: compiled.symptoms,
            environment: body.environment.clone(),
            environment_title: place.title.clone(),
            production: place.production,
            rehearsal: place.rehearsal,
            drill,
            version: body.version.trim().to_owned(),
            git_sha: body.git_sha.trim().to_owned(),
            captain: captain.to_owned(),
            undoes: body.undoes,
            variables: variables(body, place),
            gates,
            procedure: Arc::new(compiled.procedure),
        })
    }

    /// The procedure of the runbook on disk, which must be the one that the captain saw.
    async fn on_disk(&self, body: &StartSession) -> Result<Compiled, EngineError> {
        let (library, name) = (Arc::clone(&self.library), body.runbook.clone());
        let read = tokio::task::spawn_blocking(move || library.get(&name)).await;
        let entry = read
            .map_err(EngineError::Library)?
            .ok_or_else(|| EngineError::NoRunbook {
                name: body.runbook.clone(),
            })?;
        if entry.file.digest != body.digest {
            let (name, digest) = (body.runbook.clone(), entry.file.digest.clone());
            return Err(EngineError::RunbookChanged { name, digest });
        }
        let book = &entry.runbook;
        let procedure = book
            .procedure(&body.procedure)
            .ok_or_else(|| Refusal::UnknownProcedure {
                procedure: body.procedure.clone(),
            })?;
        Ok(Compiled {
            runbook_title: book.title.clone(),
            text: entry.file.text.clone(),
            procedure: procedure.clone(),
            rollbacks: rollbacks_to_keep(procedure, &book.procedures, body.undoes),
            symptoms: book.symptoms(),
        })
    }

    /// What a session keeps from its start.
    pub(super) async fn session_start(self: &Arc<Self>, session: SessionId) -> Result<Arc<Started>, EngineError> {
        let started = self.look(session).await?.started;
        started.ok_or(EngineError::NoSession { session })
    }
}

/// What a session takes from a runbook.
struct Compiled {
    runbook_title: String,
    text: String,
    procedure: Procedure,
    rollbacks: Vec<Procedure>,
    symptoms: Vec<Symptom>,
}

impl Compiled {
    /// The rollback as the undone session compiled it at its own start, if it is of the same runbook with the same digest.
    /// The file may be another one by now, or the reader, and a rollback can be started all the same. A procedure that the
    /// session did not compile is looked for on disk.
    fn of_undone(undone: &Started, body: &StartSession) -> Option<Self> {
        if undone.runbook != body.runbook || undone.digest != body.digest {
            return None;
        }
        let procedure = undone.compiled().find(|one| one.id == body.procedure)?;
        Some(Self {
            runbook_title: undone.runbook_title.clone(),
            text: undone.text.clone(),
            procedure: procedure.clone(),
            rollbacks: rollbacks_to_keep(procedure, undone.compiled(), body.undoes),
            symptoms: undone.symptoms.clone(),
        })
    }
}

/// The rollbacks that the session keeps. The rules refuse a start while one of them cannot be run. In an emergency that must
/// refuse nothing, so a rollback and an emergency procedure keep only those that can.
pub(super) fn rollbacks_to_keep<'a>(
    procedure: &Procedure,
    known: impl IntoIterator<Item = &'a Procedure>,
    undoes: Option<SessionId>,
) -> Vec<Procedure> {
    let kept = procedure.rollbacks_to_keep(known).into_iter();
    let urgent = matches!(procedure.kind, ProcedureKind::Rollback | ProcedureKind::Emergency) || undoes.is_some();
    kept.filter(|one| !urgent || may_be_run(one).is_ok()).cloned().collect()
}

/// A rollback undoes something only where it was done, and only if it is one. Otherwise any session could be linked, and the
/// undone one closed as rolled back.
fn check_is_rollback(body: &StartSession, procedure: &Procedure, undone: &Started) -> Result<(), EngineError> {
    if undone.environment != body.environment {
        let message = format!(
            "The session that is to be undone runs in “{}”. Start its rollback in the same environment.",
            undone.environment_title
        );
        return Err(EngineError::NotARollback { message });
    }
    let named = undone.runbook == body.runbook && undone.procedure.rollback.as_ref() == Some(&procedure.id);
    if procedure.kind == ProcedureKind::Rollback || named {
        return Ok(());
    }
    let message = format!(
        "The procedure “{}” is no rollback, and “{}” does not name it as its own. Choose a rollback procedure.",
        procedure.title, undone.procedure.title
    );
    Err(EngineError::NotARollback { message })
}

/// The environment's variables go before those that a client gives: a request must not change what a gate compares with.
fn variables(body: &StartSession, place: &Environment) -> BTreeMap<String, String> {
    let mut variables = body.variables.clone();
    variables.extend(place.variables.clone());
    variables
}

fn check_variables(variables: &BTreeMap<String, String>) -> Result<(), EngineError> {
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

/// What a start gives is read by people: the version by its rule, and no variable with what reorders or hides the text around it. A
/// rollback may take over what its session was started with, whatever rule that one was started by.
fn check_can_be_read(body: &StartSession, undone: Option<&Started>) -> Result<(), EngineError> {
    let version = body.version.trim();
    if undone.is_none_or(|undone| undone.version != version) {
        check_version(version)?;
    }
    let is_kept = |name: &str, value: &str| {
        let kept = undone.and_then(|undone| undone.variables.get(name));
        kept.is_some_and(|kept| kept == value)
    };
    let is_unseen = |one: char| reorders_or_hides(one) || one.is_control() && !matches!(one, '\n' | '\r' | '\t');
    let wrong = body
        .variables
        .iter()
        .find(|(name, value)| value.contains(is_unseen) && !is_kept(name, value));
    match wrong {
        None => Ok(()),
        Some((name, _)) => Err(EngineError::Malformed {
            message: format!(
                "The value of the variable “{name}” has characters that cannot be seen or reorder the text around them. Write it without them."
            ),
        }),
    }
}
