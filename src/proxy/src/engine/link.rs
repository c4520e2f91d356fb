//! A rollback's start, and its link in the session that it undoes: two sessions in one transaction.
//!
//! The new session's task decides its own start, and then asks the undone session's task for the link. That one decides the
//! link, hands it over, and holds still until it is told whether the link is durable. They cannot wait for each other: a task
//! asks only for a session that has no event yet, and only a session that has its start is held.

use std::time::Instant;

use holdpoint_domain::session::{Actor, Command, CommandId, SessionId, decide};
use holdpoint_domain::wire::Accepted;
use tokio::sync::oneshot;

use super::decision::{Decision, check_mode, decide_request, judged_at};
use super::request::{CommandRequest, Durable, Link, LinkRequest, Message, Pending, Undo};
use super::session_task::{ATTEMPTS, SessionTask, accepted, append_of};
use super::{EngineError, Mode};
use crate::store::{Appended, SessionAppend};

/// What came of one attempt.
enum Attempt {
    Answered,
    Again(Pending),
}

impl SessionTask {
    /// Starts this session as the rollback of another.
    pub(super) async fn start_rollback(&mut self, mut pending: Pending) {
        for _ in 0..ATTEMPTS {
            match self.start_rollback_once(pending).await {
                Attempt::Answered => return self.start_due().await,
                Attempt::Again(again) => pending = again,
            }
        }
        pending.answer(Err(EngineError::Crowded));
    }

    async fn start_rollback_once(&mut self, pending: Pending) -> Attempt {
        let mode = self.engine.mode();
        let loaded = match self.load().await {
            Ok(loaded) => loaded,
            Err(error) => return answered(pending, Err(error.into())),
        };
        let part = match decide_request(loaded, &pending.request, mode) {
            Decision::Append(part) => part,
            Decision::Repeated => return self.repeat(pending, None).await,
            // It may have been carried out before, and be what refuses it now.
            Decision::Refused(error) => return self.repeat(pending, Some(error)).await,
        };
        let link = match self.ask_for_link(&pending.request).await {
            Ok(link) => link,
            Err(error) => {
                self.loaded = None;
                return answered(pending, Err(error));
            }
        };
        let (linked, durable) = link.map(|Link { part, durable }| (part, durable)).unzip();
        let parts = [part.clone()].into_iter().chain(linked).collect();
        let since = Instant::now();
        match self.engine.store.append(append_of(&pending.request, parts)).await {
            Ok(Appended::Durable) => {
                if durable.is_some_and(|durable| durable.send(Durable).is_err()) {
                    tracing::warn!(session = %self.session, "the undone session's task ended; it reads the link anew");
                }
                self.engine.complete_append(&part, since.elapsed()).await;
                let accepted = accepted(&part);
                answered(pending, Ok(accepted))
            }
            Ok(Appended::Conflict) => {
                self.loaded = None;
                Attempt::Again(pending)
            }
            Ok(Appended::Known) => {
                self.loaded = None;
                self.repeat(pending, None).await
            }
            Err(error) => {
                self.distrust();
                answered(pending, Err(error.into()))
            }
        }
    }

    async fn repeat(&self, pending: Pending, otherwise: Option<EngineError>) -> Attempt {
        match (self.engine.repeated_request(&pending.request).await, otherwise) {
            (Ok(Some(accepted)), _) => answered(pending, Ok(accepted)),
            (Ok(None), Some(error)) | (Err(error), _) => answered(pending, Err(error)),
            (Ok(None), None) => Attempt::Again(pending),
        }
    }

    /// The link in the undone session; nothing where that one takes no more events.
    async fn ask_for_link(&self, request: &CommandRequest) -> Result<Option<Link>, EngineError> {
        let Some(Undo { session, command }) = request.undo.clone() else {
            return Ok(None);
        };
        let (answer, link) = oneshot::channel();
        let asked = LinkRequest {
            command,
            id: request.id,
            actor: request.actor.clone(),
            answer,
        };
        self.engine.send(session, Message::Link(Box::new(asked))).await?;
        link.await.map_err(|_| EngineError::TaskEnded)?
    }

    /// Decides the link to a rollback, and holds still until it is durable or not.
    pub(super) async fn link(&mut self, request: Box<LinkRequest>) {
        let LinkRequest {
            command,
            id,
            actor,
            answer,
        } = *request;
        let part = match self.decide_link(&command, id, &actor).await {
            Ok(Some(part)) => part,
            other => {
                // Whoever asked may be gone.
                drop(answer.send(other.map(|_| None)));
                return;
            }
        };
        let since = Instant::now();
        let (durable, told) = oneshot::channel();
        let link = Link {
            part: part.clone(),
            durable,
        };
        // If nobody takes it, it is dropped here, and so is its sender.
        drop(answer.send(Ok(Some(link))));
        match told.await {
            Ok(Durable) => {
                self.engine.complete_append(&part, since.elapsed()).await;
                self.start_due().await;
            }
            Err(_) => self.distrust(),
        }
    }

    async fn decide_link(
        &mut self,
        command: &Command,
        id: CommandId,
        actor: &Actor,
    ) -> Result<Option<SessionAppend>, EngineError> {
        let (session, mode): (SessionId, Mode) = (self.session, self.engine.mode());
        let loaded = self.load().await?;
        if loaded.state().started.is_none() {
            return Err(EngineError::NoSession { session });
        }
        check_mode(loaded.state(), mode)?;
        let events = decide(loaded.state(), command, judged_at(command))?;
        if events.is_empty() {
            return Ok(None);
        }
        let at = loaded.now(None);
        Ok(Some(loaded.push(events, actor, id, at)?))
    }
}

fn answered(pending: Pending, result: Result<Accepted, EngineError>) -> Attempt {
    pending.answer(result);
    Attempt::Answered
}
