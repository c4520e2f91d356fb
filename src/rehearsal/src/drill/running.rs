//! The faults of the sessions that are drills, by session: those of one are nobody else's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock};

use chrono::{DateTime, Utc};
use holdpoint_domain::drill::FaultWindow;
use holdpoint_domain::session::SessionId;

/// When which fault is on, for each session whose gates are asked.
#[derive(Debug, Default)]
pub(crate) struct RunningDrills {
    windows: RwLock<BTreeMap<SessionId, Vec<FaultWindow>>>,
}

impl RunningDrills {
    pub(crate) fn set(&self, session: SessionId, windows: Vec<FaultWindow>) {
        // The map is whole after every change, whoever panicked meanwhile, here and below.
        let mut all = self.windows.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(session, windows);
    }

    pub(crate) fn end(&self, session: SessionId) {
        let mut all = self.windows.write().unwrap_or_else(PoisonError::into_inner);
        all.remove(&session);
    }

    /// The ids of a session's faults that are on.
    pub(crate) fn on(&self, session: SessionId, at: DateTime<Utc>) -> BTreeSet<String> {
        let all = self.windows.read().unwrap_or_else(PoisonError::into_inner);
        let windows = all.get(&session).into_iter().flatten();
        windows
            .filter(|window| window.is_on(at))
            .map(|window| window.fault.clone())
            .collect()
    }
}
