//! When the session is likely to end.

use chrono::{DateTime, Utc};
use holdpoint_domain::history::{Estimate, Remaining};
use leptos::prelude::*;

use super::store::Session;
use crate::format::{TimeFormat, local_time};

/// What is known of the session's end at this moment. What is left is reckoned anew with each event, and the rest each second.
pub fn estimate(session: Session) -> impl Fn() -> Option<Estimate> + Copy + Send + Sync + 'static {
    let remaining = Memo::new(move |_| {
        session
            .usual
            .with(|usual| session.with_confirmed(|state| Remaining::of(state, usual.as_ref())))
    });
    move || {
        let now = session.app.clock.now();
        remaining.with(|remaining| remaining.as_ref().map(|remaining| remaining.at(now)))
    }
}

/// The same in words.
pub fn likely_end(session: Session) -> Memo<Option<String>> {
    let estimate = estimate(session);
    Memo::new(move |_| {
        let estimate = estimate()?;
        Some(estimate.words(|at| time_of_end(at, estimate.now)))
    })
}

/// A time to the minute, with the day where it is another one than now's.
pub fn time_of_end(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let day = |at| local_time(at, TimeFormat::Day);
    let is_today = day(at).split(',').next() == day(now).split(',').next();
    match is_today {
        true => local_time(at, TimeFormat::Minutes),
        false => day(at),
    }
}
