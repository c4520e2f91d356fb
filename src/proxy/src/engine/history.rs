//! What is known of earlier sessions.

use holdpoint_domain::history::Usual;
use holdpoint_domain::session::{Event, Record, SessionId};
use holdpoint_domain::wire::{FoundSessions, OutcomeFilter, Rehearsals, SessionChoices, SessionFilter, StatisticsRead};
use holdpoint_report::StatisticsFold;
use tokio::task::spawn_blocking;

use super::{Engine, EngineError};
use crate::store::{DigestPart, KeptDigest};

/// Sessions that statistics are made of, at most: the newest.
const COUNTED: usize = 20_000;
/// Sessions that are read at once for them.
const PAGE: u32 = 100;
/// The same where words are searched for, which are looked up for each page.
const PAGE_OF_WORDS: u32 = 1_000;

impl Engine {
    /// The newest sessions that the filter finds, or those before one, newest first.
    ///
    /// # Errors
    /// There is no session `before`, or the store does not answer.
    pub async fn search(
        &self,
        filter: SessionFilter,
        before: Option<SessionId>,
        limit: u32,
    ) -> Result<FoundSessions, EngineError> {
        if let Some(before) = before
            && matches!(self.store.head(before).await, Ok(None))
        {
            let message = format!("There is no session {before}, so that none is before it.");
            return Err(EngineError::Malformed { message });
        }
        let mut found = self.store.search(filter, before, limit).await?;
        self.mark_unreadable(&mut found.sessions);
        self.mark_unreadable(&mut found.linked);
        Ok(found)
    }

    /// What sessions can be asked for by.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn choices(&self) -> Result<SessionChoices, EngineError> {
        Ok(self.store.choices().await?)
    }

    /// Figures of the sessions that the filter finds: rehearsals and real sessions each by themselves.
    ///
    /// # Errors
    /// The store does not answer, or the thread that counts is lost.
    pub async fn statistics(&self, filter: SessionFilter) -> Result<StatisticsRead, EngineError> {
        let (mut real, mut rehearsals) = (StatisticsFold::default(), StatisticsFold::default());
        let (mut before, mut counted, mut cut) = (None, 0, false);
        let page = match filter.text {
            Some(_) => PAGE_OF_WORDS,
            None => PAGE,
        };
        loop {
            let kept = self
                .store
                .digests(filter.clone(), before, page, DigestPart::WithoutSteps)
                .await?;
            before = kept.last().map(|kept| kept.session);
            let is_last = kept.len() < page as usize;
            counted += kept.len();
            // Others wait on this thread.
            (real, rehearsals) = spawn_blocking(move || {
                for one in kept {
                    let fold = if one.rehearsal { &mut rehearsals } else { &mut real };
                    match one.digest {
                        KeptDigest::Open => fold.add_open(),
                        KeptDigest::Unreadable => fold.add_unreadable(),
                        KeptDigest::Read(digest) if one.undone => fold.add_undone(&digest),
                        KeptDigest::Read(digest) => fold.add(&digest),
                    }
                }
                (real, rehearsals)
            })
            .await
            .map_err(EngineError::Statistics)?;
            if is_last {
                break;
            }
            if counted >= COUNTED {
                cut = true;
                break;
            }
        }
        Ok(StatisticsRead {
            real: (filter.rehearsals != Rehearsals::Only).then(|| real.finish()),
            rehearsals: (filter.rehearsals != Rehearsals::None).then(|| rehearsals.finish()),
            cut,
        })
    }

    /// How long the steps of sessions like this one took before. None for a rehearsal, of which they say nothing, and once the session is
    /// closed. That it is not known is no reason not to show the session itself.
    pub async fn usual(&self, records: &[Record]) -> Option<Usual> {
        let first = records.first()?;
        let Event::SessionStarted(started) = &first.event else {
            return None;
        };
        let closed = |record: &Record| matches!(record.event, Event::SessionClosed { .. });
        if started.rehearsal || records.iter().any(closed) {
            return None;
        }
        let like = SessionFilter {
            runbook: Some(started.runbook.clone()),
            procedure: Some(started.procedure.id.clone()),
            environment: Some(started.environment.clone()),
            outcome: Some(OutcomeFilter::Completed),
            rehearsals: Rehearsals::None,
            ..SessionFilter::default()
        };
        let latest = u32::try_from(Usual::LATEST).unwrap_or(u32::MAX);
        let kept = match self.store.digests(like, None, latest, DigestPart::Whole).await {
            Ok(kept) => kept,
            Err(error) => {
                tracing::warn!(%error, session = %first.session, "how long such sessions took is not known");
                return None;
            }
        };
        let digests = kept.iter().filter_map(|kept| match &kept.digest {
            KeptDigest::Read(digest) => Some(&**digest),
            KeptDigest::Open | KeptDigest::Unreadable => None,
        });
        Usual::of(digests)
    }

    /// The newest rollback of a session.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn stored_rollback_of(&self, session: SessionId) -> Result<Option<SessionId>, EngineError> {
        Ok(self.store.rollback_of(session).await?)
    }

    /// The newest rollback of a session. That it is not known is no reason not to show the session itself.
    pub async fn rollback_of(&self, session: SessionId) -> Option<SessionId> {
        match self.store.rollback_of(session).await {
            Ok(rollback) => rollback,
            Err(error) => {
                tracing::warn!(%error, %session, "whether the session was rolled back is not known");
                None
            }
        }
    }
}
