//! The one event stream of this browser, however many of its tabs show sessions. Over HTTP/1.1 a browser has six connections to
//! a server, and a stream keeps one for itself.
//!
//! One tab leads: it holds the stream, of all sessions that any tab shows, and tells the others what comes. The leader has a lock
//! of the browser's (Web Locks), which is another tab's as soon as the leader is gone. Where a page may not have locks, because it
//! came over plain HTTP from another machine, the tabs choose the leader among themselves. Where tabs cannot speak to each other
//! at all, there is no stream, and each asks by itself.

mod demand;
mod election;
mod leader;
mod tabs;

pub use tabs::{Message, SharedStream};

/// Joins the other tabs, as long as the page lives. To be called once.
pub fn join() -> SharedStream {
    let shared = SharedStream::open();
    if shared.has_channel() {
        leptos::task::spawn_local(election::take_part(shared));
    }
    shared
}
