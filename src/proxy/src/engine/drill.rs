//! Drills: a plan that is drawn at the start, kept where no client reads it, let strike while gates are asked, and revealed at the
//! closing.

use std::sync::Arc;

use holdpoint_domain::drill::{DrillClock, DrillScore, ScoreFold};
use holdpoint_domain::runbook::Procedure;
use holdpoint_domain::session::{ClientCommand, Command, DrillMark, Event, SessionId, SessionOutcome, Started};
use holdpoint_domain::wire::{ChooseDrill, DrillOffer, SEED_LIMIT, StartSession};
use holdpoint_rehearsal::DrillError;
use tokio::task::spawn_blocking;

use super::{Engine, EngineError, Mode};
use crate::links::rollback_of;
use crate::rehearsal::Rehearsal;
use crate::store::{SessionAppend, all_events};

impl Engine {
    /// What a start says of its drill. The plan is drawn and kept before the session is there.
    pub(super) async fn drill_of_start(
        self: &Arc<Self>,
        body: &StartSession,
        procedure: &Procedure,
        undone: Option<&Started>,
    ) -> Result<Option<DrillMark>, EngineError> {
        let Some(choice) = &body.drill else {
            let of_undone = |mark: &DrillMark| DrillMark {
                title: mark.title.clone(),
                commitment: None,
            };
            return Ok(undone.and_then(|undone| undone.drill.as_ref()).map(of_undone));
        };
        let malformed = |message: &str| EngineError::Malformed {
            message: message.to_owned(),
        };
        if undone.is_some() {
            return Err(malformed(
                "What undoes a session is part of its drill. Start it without one of its own.",
            ));
        }
        let Some(rehearsal) = self.rehearsal.clone() else {
            return Err(malformed("A drill is a rehearsal. Start the proxy with --rehearsal."));
        };
        // One that is there has its plan, and takes no other start.
        if self.store.head(body.session).await?.is_some() {
            return Ok(self.session_start(body.session).await?.drill.clone());
        }
        let (choice, named) = (checked(choice)?, choice.id.is_some());
        let (session, procedure, environment) = (body.session, procedure.clone(), body.environment.clone());
        let drawn = spawn_blocking(move || rehearsal.draw_drill(session, &choice, &procedure, &environment)).await;
        let sealed = drawn.map_err(|_| EngineError::TaskEnded)??;
        Ok(Some(DrillMark {
            commitment: Some(sealed.commitment()),
            title: named.then_some(sealed.plan.title),
        }))
    }

    /// Forgets the plan of a start that was refused, unless there is a session that has it.
    pub(super) async fn forget_unstarted(&self, session: SessionId) {
        if let (Some(rehearsal), Ok(None)) = (self.rehearsal.clone(), self.store.head(session).await) {
            forget(rehearsal, session).await;
        }
    }

    /// Sets when the faults of a session's drill are on, by its log: what is asked from now on meets them. Nothing for other
    /// sessions.
    ///
    /// # Errors
    /// The plan or the log cannot be read. Nothing may be asked then: an answer without the faults would say something else than
    /// the plan does.
    pub(super) async fn let_drill_strike(&self, session: SessionId, of: &Started) -> Result<(), EngineError> {
        let Some((rehearsal, commitment)) = self.kept_drill(of) else {
            return Ok(());
        };
        let records = all_events(&*self.store, session, 0).await?;
        let set = spawn_blocking(move || -> Result<(), DrillError> {
            let sealed = rehearsal.drill(session, &commitment)?;
            let mut clock = DrillClock::default();
            records.iter().for_each(|record| clock.add(record));
            rehearsal.set_drill(session, clock.windows(&sealed.plan).into_iter().flatten().collect());
            Ok(())
        });
        set.await
            .map_err(|_| EngineError::TaskEnded)?
            .map_err(EngineError::from)
    }

    /// The command that closes a session: with the plan of its drill, if it has one. One that is lost is no reason not to close; the
    /// log has no plan then, and the score says so.
    ///
    /// # Errors
    /// The plan cannot be read at this moment: it is still there, and a session that was closed without it would never have it.
    pub(super) async fn closing(
        self: &Arc<Self>,
        session: SessionId,
        outcome: SessionOutcome,
        summary: String,
    ) -> Result<Command, EngineError> {
        let of = self.session_start(session).await?;
        let Some((rehearsal, commitment)) = self.kept_drill(&of) else {
            return Ok(Command::Client(ClientCommand::Close { outcome, summary }));
        };
        let read = spawn_blocking(move || rehearsal.drill(session, &commitment)).await;
        Ok(match read.map_err(|_| EngineError::TaskEnded)? {
            Ok(sealed) => Command::CloseDrill {
                outcome,
                summary,
                drill: Box::new(sealed),
            },
            Err(error @ DrillError::Lost { .. }) => {
                tracing::error!(%error, %session, "the session is closed without the plan of its drill");
                Command::Client(ClientCommand::Close { outcome, summary })
            }
            Err(error) => return Err(error.into()),
        })
    }

    /// The faults of a session that was closed end, and its plan is forgotten once the log has it.
    pub(super) fn end_drill(&self, part: &SessionAppend) {
        let Some(rehearsal) = &self.rehearsal else { return };
        for one in &*part.records {
            match &one.record.event {
                Event::SessionClosed { .. } => rehearsal.end_drill(part.session),
                Event::DrillRevealed { .. } => {
                    self.tasks.spawn(forget(Arc::clone(rehearsal), part.session));
                }
                _ => {}
            }
        }
    }

    /// The drills that can be chosen for a procedure of a runbook in an environment.
    ///
    /// # Errors
    /// There is no such runbook, procedure or environment.
    pub async fn drills(
        &self,
        runbook: String,
        procedure: String,
        environment: String,
    ) -> Result<Vec<DrillOffer>, EngineError> {
        let Some(rehearsal) = self.rehearsal.clone() else {
            return Ok(Vec::new());
        };
        let library = Arc::clone(&self.library);
        let offered = spawn_blocking(move || {
            let entry = library.get(&runbook).ok_or(EngineError::NoRunbook { name: runbook })?;
            let found = entry.runbook.procedure(&procedure);
            Ok(found.map_or_else(Vec::new, |found| rehearsal.drills(found, &environment)))
        });
        offered.await.map_err(EngineError::Library)?
    }

    /// The score of a session's drill, with what the log of its rollback says. None for a session that is no drill.
    ///
    /// # Errors
    /// There is no such session, or the store does not answer.
    pub async fn drill_score(&self, session: SessionId) -> Result<Option<DrillScore>, EngineError> {
        let records = self.events(session, 0).await?;
        let rollback = rollback_of(&*self.store, session, &records).await?;
        // A long log takes a while to be folded, and others wait on this thread.
        let score = spawn_blocking(move || {
            let mut fold = ScoreFold::default();
            records.iter().for_each(|record| fold.add(record));
            let known = rollback.and_then(|(_, records)| records);
            known.iter().flatten().for_each(|record| fold.add_of_rollback(record));
            fold.finish()
        });
        score.await.map_err(|_| EngineError::TaskEnded)
    }

    /// The rehearsal and the commitment, where a plan was kept for the session.
    fn kept_drill(&self, of: &Started) -> Option<(Arc<Rehearsal>, String)> {
        let commitment = of.drill.as_ref()?.commitment.clone()?;
        let rehearsal = self.rehearsal.clone().filter(|_| Mode::of(of) == Mode::Rehearsal)?;
        Some((rehearsal, commitment))
    }
}

/// The choice with a seed that people can read to each other.
fn checked(choice: &ChooseDrill) -> Result<ChooseDrill, EngineError> {
    let seed = choice.seed.as_deref().map(str::trim);
    let wrong = |seed: &&str| {
        let count = seed.chars().count();
        count == 0 || count > SEED_LIMIT || seed.chars().any(char::is_control)
    };
    match seed.filter(wrong) {
        Some(_) => Err(EngineError::Malformed {
            message: format!(
                "The seed of a drill has 1 to {SEED_LIMIT} characters on one line; leave it out to have one drawn."
            ),
        }),
        None => Ok(ChooseDrill {
            id: choice.id.clone(),
            seed: seed.map(str::to_owned),
        }),
    }
}

async fn forget(rehearsal: Arc<Rehearsal>, session: SessionId) {
    match spawn_blocking(move || rehearsal.forget_drill(session)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, %session, "the plan of a drill that is over could not be removed"),
        Err(error) => tracing::warn!(%error, %session, "the plan of a drill that is over could not be removed"),
    }
}
