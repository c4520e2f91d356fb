//! Whether what is shown is up to date. How the release goes is not said here: *live* would be read as that.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;

use crate::format::{in_minutes, near_time};
use crate::state::app::use_app;
use crate::state::session::{Link, Session, use_session};

#[component]
pub fn LiveLine(
    /// The session's rollback, whose changes count as well.
    #[prop(into)]
    rollback: Signal<Option<Session>>,
    /// The session or its rollback is not heard of.
    #[prop(into)]
    lost: Signal<bool>,
) -> impl IntoView {
    let (session, clock) = (use_session(), use_app().clock);
    let last = Memo::new(move |_| {
        let of_rollback = rollback.get().and_then(last_change);
        last_change(session).max(of_rollback)
    });
    let class = move || match session.link.get() {
        _ if lost.get() => "live-line offline",
        Link::Live | Link::Polling => "live-line",
        Link::Offline => "live-line offline",
        Link::Connecting | Link::Reconnecting => "live-line reconnecting",
    };
    let words = move || {
        words(
            session.link.get(),
            lost.get(),
            last.get(),
            session.last_contact.get(),
            clock.now(),
        )
    };
    view! { <p class=class>{words}</p> }
}

fn last_change(session: Session) -> Option<DateTime<Utc>> {
    session.with_records(|records| records.last().map(|record| record.at))
}

fn words(
    link: Link,
    lost: bool,
    last: Option<DateTime<Utc>>,
    heard: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> String {
    let Some(last) = last else {
        return "Connecting…".to_owned();
    };
    match link {
        Link::Live | Link::Polling | Link::Connecting if lost => "Not connected".to_owned(),
        Link::Live => format!("Connected · last change {}", ago(now - last)),
        Link::Polling => format!("Asked every 2 seconds · last change {}", ago(now - last)),
        Link::Connecting => format!("Connecting · last change known at {}", near_time(last, now)),
        // What was known when the proxy was last heard, however long before that the last event was.
        Link::Offline | Link::Reconnecting => match heard {
            Some(heard) => format!("Not connected · this is what was known at {}", near_time(heard, now)),
            None => format!("Not connected · last change known at {}", near_time(last, now)),
        },
    }
}

fn ago(span: TimeDelta) -> String {
    match span.num_seconds() {
        ..=4 => "just now".to_owned(),
        seconds @ 5..=59 => format!("{} seconds ago", seconds / 5 * 5),
        _ => format!("{} ago", in_minutes(span)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_not_told_in_words_that_a_release_is_told_in() {
        let now = DateTime::from_timestamp(1_763_640_000, 0).expect("a time");
        let told = |link, lost, seconds| {
            let last = Some(now - TimeDelta::seconds(seconds));
            words(link, lost, last, None, now)
        };
        assert_eq!(told(Link::Live, false, 42), "Connected · last change 40 seconds ago");
        assert_eq!(told(Link::Live, false, 1), "Connected · last change just now");
        assert_eq!(
            told(Link::Polling, false, 120),
            "Asked every 2 seconds · last change 2 minutes ago"
        );
        assert_eq!(told(Link::Live, true, 1), "Not connected");
        assert_eq!(words(Link::Live, false, None, None, now), "Connecting…");
    }
}
