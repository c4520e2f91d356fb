//! The page's clock: one interval for everything that counts seconds, corrected by the proxy's own time.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use leptos_use_interval_fn::use_interval_fn;

/// Its times agree with those in the log, whatever the browser's clock says.
#[derive(Clone, Copy)]
pub struct Clock {
    tick: RwSignal<DateTime<Utc>>,
    offset: RwSignal<TimeDelta>,
}

impl Clock {
    /// Starts the one interval, which lasts as long as its owner: the page.
    pub fn start() -> Self {
        let clock = Self {
            tick: RwSignal::new(Utc::now()),
            offset: RwSignal::new(TimeDelta::zero()),
        };
        use_interval_fn(move || clock.tick.set(Utc::now()), 1_000);
        clock
    }

    /// The time, to the second, tracked: who reads it is run again each second.
    pub fn now(&self) -> DateTime<Utc> {
        self.tick.get() + self.offset.get()
    }

    /// For how many seconds something lasts that began at a time of this browser's own clock, tracked as [`Self::now`] is.
    pub fn seconds_since(&self, began: DateTime<Utc>) -> i64 {
        (self.tick.get() - began).num_seconds().max(0)
    }

    pub fn signal(self) -> Signal<DateTime<Utc>> {
        Signal::derive(move || self.now())
    }

    /// The time at this moment, not tracked.
    pub fn now_untracked(&self) -> DateTime<Utc> {
        Utc::now() + self.offset.get_untracked()
    }

    /// Sets the offset from the proxy's time, which arrived just now.
    pub fn synchronize(&self, proxy: DateTime<Utc>) {
        self.offset.set(proxy - Utc::now());
    }
}
