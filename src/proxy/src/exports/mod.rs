//! Exports of stored sessions: each log is read from the store page by page, as often as an export needs it.

mod chunks;
mod failure;
mod schema;
pub(crate) mod stored_log;

use std::io::Write;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use holdpoint_domain::session::{Annotations, SessionId};
use holdpoint_domain::wire::SessionFacts;
use holdpoint_report::{
    ExportError, Folded, Format, Head, LinkedSessions, ReportTemplate, TemplateError, TemplateExport, TemplateKind,
    export_by_template, session_facts, write_export,
};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::spawn_blocking;

pub use chunks::body_of;
pub use failure::ExportFailure;
pub use schema::SCHEMA;
use stored_log::StoredLog;

use crate::links::{LinkedIds, read_linked};
use crate::store::Store;

/// Exports that are made or sent at the same time.
const EXPORTS_AT_ONCE: usize = 8;
/// Seconds until an export that was turned away should be asked for again.
pub const EXPORT_RETRY_SECONDS: u64 = 60;

static TURNS: Semaphore = Semaphore::const_new(EXPORTS_AT_ONCE);

/// Leave to make an export for a client; to be kept until it was sent.
///
/// # Errors
/// As many as there may be are being made.
pub fn turn() -> Result<SemaphorePermit<'static>, ExportFailure> {
    TURNS.try_acquire().map_err(|_| ExportFailure::Busy)
}

/// A session's log up to the event that was its last when the export began, with what it comes to.
pub struct SessionExport {
    log: StoredLog,
    folded: Folded,
    number: u32,
    linked: LinkedSessions,
}

impl SessionExport {
    /// Reads the session's log once, and those of the sessions that it is linked with.
    ///
    /// # Errors
    /// There is no such session, or an event of it cannot be read. A linked session that cannot be read is one of which nothing is known.
    pub async fn prepare(store: Arc<dyn Store>, session: SessionId) -> Result<Self, ExportFailure> {
        let head = store.head(session).await?.ok_or(ExportFailure::NoSession { session })?;
        let log = StoredLog::new(Arc::clone(&store), session, head);
        let (log, folded) = spawn_blocking(move || Folded::of(&log).map(|folded| (log, folded))).await??;
        let number = store.number_of_day(session).await?;
        let ids = LinkedIds::of(&*store, session, &folded).await?;
        let linked = read_linked(&store, ids).await?;
        Ok(Self {
            log,
            folded,
            number,
            linked,
        })
    }

    /// Writes it. To be called where waiting is allowed; see [`StoredLog`].
    ///
    /// # Errors
    /// The log cannot be read on, or what was made of it not be written.
    pub fn write(&self, out: &mut dyn Write, format: Format) -> Result<(), ExportError> {
        write_export(out, &self.log, &self.folded, self.number, self.linked.clone(), format)
    }

    /// Writes it as a team's own template makes it, or as the shipped report with a notice. The whole is in memory: what a template makes
    /// is bounded.
    ///
    /// # Errors
    /// The log cannot be read on.
    pub fn by_template(
        &self,
        template: Result<ReportTemplate, (TemplateKind, TemplateError)>,
    ) -> Result<TemplateExport, ExportError> {
        export_by_template(&self.log, &self.folded, self.number, self.linked.clone(), template)
    }

    /// What follows from the events for a post-mortem.
    #[must_use]
    pub fn facts(&self) -> Option<SessionFacts> {
        session_facts(&self.folded, self.number, &self.linked)
    }

    /// What people wrote beside the steps.
    #[must_use]
    pub fn annotations(&self) -> &Annotations {
        self.folded.annotations()
    }

    /// The last event that is exported.
    #[must_use]
    pub fn head(&self) -> &Head {
        self.folded.head()
    }

    /// When the session began.
    #[must_use]
    pub fn started_at(&self) -> DateTime<Utc> {
        self.folded.started_at()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_exports_are_made_at_a_time_than_there_may_be() {
        let turns: Vec<_> = (0..EXPORTS_AT_ONCE).map(|_| turn().expect("one is free")).collect();
        assert!(matches!(turn(), Err(ExportFailure::Busy)));
        drop(turns);
        assert!(turn().is_ok());
    }
}
