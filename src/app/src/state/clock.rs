//! The page's clock: one interval for everything that counts seconds, corrected by the proxy's own time.

use chrono::{DateTime, TimeDelta, Utc};
use gloo_timers::callback::Interval;

use crate::cells::Held;

/// The clock. Its times agree with those in the log, whatever the browser's clock says.
#[derive(Clone, Copy)]
pub struct Clock {
    tick: Held<DateTime<Utc>>,
    offset: Held<TimeDelta>,
}

impl Clock {
    /// Starts the one interval. It runs as long as the page.
    pub fn start() -> Self {
        let clock = Self {
            tick: Held::new(Utc::now()),
            offset: Held::new(TimeDelta::zero()),
        };
        Interval::new(1_000, move || clock.tick.set(Utc::now())).forget();
        clock
    }

    /// The time, to the second, tracked: who reads it is run again each second.
    pub fn now(&self) -> DateTime<Utc> {
        self.tick.get() + self.offset.get()
    }

    /// The time at this moment, not tracked.
    pub fn now_untracked(&self) -> DateTime<Utc> {
        Utc::now() + self.offset.get_untracked()
    }

    /// Takes the proxy's time, which arrived just now.
    pub fn correct(&self, proxy: DateTime<Utc>) {
        self.offset.set(proxy - Utc::now());
    }
}
