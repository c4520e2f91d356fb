//! The runs that this process sees to the end, and how to stop each. A run that is open in the log and not among them gets no
//! verdict by itself.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use holdpoint_domain::session::RunId;
use tokio_util::sync::CancellationToken;

#[derive(Clone, Default)]
pub(super) struct InFlight {
    runs: Arc<Mutex<HashMap<RunId, CancellationToken>>>,
}

impl InFlight {
    /// Counts a run among them until the guard is dropped. `stop` ends it early. Of two guards of one run, the first one counts.
    pub(super) fn enter(&self, run: RunId, stop: CancellationToken) -> InFlightGuard {
        let entered = match self.locked().entry(run) {
            Entry::Vacant(place) => {
                place.insert(stop);
                true
            }
            Entry::Occupied(_) => false,
        };
        InFlightGuard {
            runs: self.clone(),
            run: entered.then_some(run),
        }
    }

    pub(super) fn contains(&self, run: RunId) -> bool {
        self.locked().contains_key(&run)
    }

    /// Stops a run that has its verdict by now. One that is not among them needs nothing.
    pub(super) fn stop(&self, run: RunId) {
        let stop = self.locked().get(&run).cloned();
        if let Some(stop) = stop {
            stop.cancel();
        }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<RunId, CancellationToken>> {
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
