//! A time in the reader's own zone, with the exact time in UTC behind it.

use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;

use crate::format::{TimeFormat, local_time, near_seconds, near_time};

#[component]
pub fn Time(at: DateTime<Utc>, format: TimeFormat) -> impl IntoView {
    let exact = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    view! { <time datetime=exact.clone() title=exact>{local_time(at, format)}</time> }
}

/// A time that may be of another day than `now`, which it is told with then.
#[component]
pub fn NearTime(
    at: DateTime<Utc>,
    #[prop(into)] now: Signal<DateTime<Utc>>,
    /// To the second.
    #[prop(optional)]
    seconds: bool,
) -> impl IntoView {
    let exact = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    // The page is touched when the day changes, and not each second.
    let text = Memo::new(move |_| match seconds {
        true => near_seconds(at, now.get()),
        false => near_time(at, now.get()),
    });
    view! { <time datetime=exact.clone() title=exact>{text}</time> }
}
