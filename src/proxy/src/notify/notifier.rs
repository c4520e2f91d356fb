//! All targets together.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::declaration::{Declarations, Target};
use super::delivery::Courier;
use super::source::Source;
use super::status::Statuses;
use super::target::{Shared, Teller};
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::store::{SqliteStore, StoreError};

/// Tells targets what happens, from the place at which each of them is.
pub struct Notifier {
    tellers: Vec<Teller>,
    statuses: Arc<Statuses>,
    tasks: TaskTracker,
}

impl Notifier {
    /// Looks up how far each target has been told; one that was not known is told of what comes from now on. Nothing is sent yet.
    /// In a rehearsal only targets that are told of rehearsals are told anything: the others wait for a proxy that is none.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn new(
        declarations: Declarations,
        courier: Courier,
        store: Arc<SqliteStore>,
        hub: &Hub,
        metrics: Arc<Metrics>,
        rehearsal: bool,
        ending: CancellationToken,
    ) -> Result<Self, StoreError> {
        let targets = declarations.targets;
        let is_told = |target: &Target| target.rehearsals || !rehearsal;
        let statuses = Arc::new(Statuses::new(courier.links(), &targets, is_told));
        let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
        store.forget_other_notification_targets(&names).await?;
        let shared = Arc::new(Shared {
            courier,
            source: Source::new(Arc::clone(&store)),
            store: Arc::clone(&store),
            statuses: Arc::clone(&statuses),
            metrics: Arc::clone(&metrics),
            ending,
        });
        let mut tellers = Vec::new();
        for target in targets {
            let row = store.notification_target(&target.name).await?;
            statuses.note_given_up(&target.name, &row);
            if is_told(&target) {
                metrics.notifies(&target.name);
                tellers.push(Teller {
                    target,
                    row,
                    appended: hub.appended(),
                    shared: Arc::clone(&shared),
                    cannot_read: false,
                });
            }
        }
        Ok(Self {
            tellers,
            statuses,
            tasks: TaskTracker::new(),
        })
    }

    /// How deliveries go.
    #[must_use]
    pub fn statuses(&self) -> Arc<Statuses> {
        Arc::clone(&self.statuses)
    }

    /// Starts a task for each target.
    pub fn start(&mut self) {
        let names: Vec<&str> = self.tellers.iter().map(|one| one.target.name.as_str()).collect();
        if !names.is_empty() {
            tracing::info!(?names, "notifications are sent");
        }
        if !names.is_empty() && !self.statuses.read().links {
            tracing::warn!(
                "notifications have no link to the watch page, because the address under which people reach this proxy is not known: \
                 name it with --public-url"
            );
        }
        for teller in self.tellers.drain(..) {
            self.tasks.spawn(teller.run());
        }
        self.tasks.close();
    }

    /// Waits until messages that are being sent are answered, which takes as long as a target's time limit.
    pub async fn drain(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}
