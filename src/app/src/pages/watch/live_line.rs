//! Whether what is shown is up to date.

use chrono::TimeDelta;
use leptos::prelude::*;

use crate::format::{TimeFormat, in_minutes, local_time};
use crate::state::app::use_app;
use crate::state::session::{Link, use_session};

#[component]
pub fn LiveLine(
    /// The session or its rollback is not heard of.
    #[prop(into)]
    lost: Signal<bool>,
) -> impl IntoView {
    let (session, clock) = (use_session(), use_app().clock);
    let last = Memo::new(move |_| session.with_records(|records| records.last().map(|record| record.at)));
    let class = move || match session.link.get() {
        _ if lost.get() => "live-line offline",
        Link::Live | Link::Polling => "live-line",
        Link::Offline => "live-line offline",
        Link::Connecting | Link::Reconnecting => "live-line reconnecting",
    };
    let words = move || match (session.link.get(), last.get()) {
        (Link::Live | Link::Polling | Link::Connecting, Some(_)) if lost.get() => "Not connected".to_owned(),
        (Link::Live, Some(at)) => format!("Live · last change {}", ago(clock.now() - at)),
        (Link::Polling, Some(at)) => format!("Asked every 2 seconds · last change {}", ago(clock.now() - at)),
        (Link::Connecting, Some(at)) => format!(
            "Connecting · last change known at {}",
            local_time(at, TimeFormat::Minutes)
        ),
        // What was known when the proxy was last heard, however long before that the last event was.
        (_, Some(at)) => match session.last_contact.get() {
            Some(heard) => format!(
                "Not connected · this is what was known at {}",
                local_time(heard, TimeFormat::Minutes)
            ),
            None => format!(
                "Not connected · last change known at {}",
                local_time(at, TimeFormat::Minutes)
            ),
        },
        (_, None) => "Connecting…".to_owned(),
    };
    view! { <p class=class>{words}</p> }
}

fn ago(span: TimeDelta) -> String {
    match span.num_seconds() {
        ..=4 => "just now".to_owned(),
        seconds @ 5..=59 => format!("{} seconds ago", seconds / 5 * 5),
        _ => format!("{} ago", in_minutes(span)),
    }
}
