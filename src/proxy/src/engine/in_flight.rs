//! The runs that this process sees to the end. A run that is open in the log and not among them gets no verdict by itself.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use holdpoint_domain::session::RunId;

#[derive(Clone, Default)]
pub(super) struct InFlight {
    runs: Arc<Mutex<HashSet<RunId>>>,
}

impl InFlight {
    /// Counts a run among them until the guard is dropped. Of two guards of one run, the first one counts.
    pub(super) fn enter(&self, run: RunId) -> InFlightGuard {
        let entered = self.locked().insert(run);
        InFlightGuard {
            runs: self.clone(),
            run: entered.then_some(run),
        }
    }

    pub(super) fn contains(&self, run: RunId) -> bool {
        self.locked().contains(&run)
    }

    fn locked(&self) -> MutexGuard<'_, HashSet<RunId>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Dropped also when the task that holds it panics.
pub(super) struct InFlightGuard {
    runs: InFlight,
    run: Option<RunId>,
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        if let Some(run) = self.run {
            self.runs.locked().remove(&run);
        }
    }
}
