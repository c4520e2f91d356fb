//! A time in the reader's own zone, with the exact time in UTC behind it.

use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;

use crate::format::{TimeFormat, local_time};

#[component]
pub fn Time(at: DateTime<Utc>, format: TimeFormat) -> impl IntoView {
    let exact = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    view! { <time datetime=exact.clone() title=exact>{local_time(at, format)}</time> }
}
