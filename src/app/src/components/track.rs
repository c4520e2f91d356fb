//! The track: top-level steps as stations on a line.

use chrono::{DateTime, Utc};

use crate::blocks::Blocks;
use crate::cells::{Callback, Derived, Read};
use crate::components::dom::{El, el, phrase};
use crate::components::time::rough;
use crate::state::session::StepStatus;

/// A station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    /// The step's id.
    pub id: String,
    /// A short title: what stands before the first parenthesis or dash.
    pub title: String,
    /// How it stands.
    pub status: StepStatus,
    /// It is where the work is, also when a sub-step of it is the current one.
    pub here: bool,
    /// What stands under it: how long it took, `running`, `failed 14:12`.
    pub below: String,
    /// Since when the work is here; then that time stands under it.
    pub since: Option<DateTime<Utc>>,
}

/// The stations of a session, in order. Their number never changes, since a session keeps its procedure from its start.
pub fn track(stations: Derived<Vec<Station>>, now: Read<DateTime<Utc>>, on_select: Callback<String>) -> El {
    let count = stations.with_untracked(Vec::len);
    let blocks = Blocks::of(stations);
    let mut track = el("ol").class("track").label("Phases");
    for index in 0..count {
        track = track.child(stop(blocks.line(index), now, on_select));
    }
    track
}

fn stop(station: Derived<Option<Station>>, now: Read<DateTime<Utc>>, on_select: Callback<String>) -> El {
    let read =
        move |read: fn(&Station) -> String| station.with(|station| station.as_ref().map(read).unwrap_or_default());
    let class = move || {
        let (status, here) = station.with(|station| {
            station
                .as_ref()
                .map_or((StepStatus::Later, false), |one| (one.status, one.here))
        });
        match (status, here) {
            (StepStatus::Done, _) => "done",
            (StepStatus::Skipped, _) => "done skipped",
            (StepStatus::Failed, _) => "held",
            (StepStatus::Running | StepStatus::Current | StepStatus::Sending, _) | (StepStatus::Later, true) => "now",
            (StepStatus::Later, false) => "later",
        }
    };
    let below = move || match station.with(|station| station.as_ref().and_then(|station| station.since)) {
        Some(since) => rough(now.get() - since),
        None => read(|station| station.below.clone()),
    };
    let choose = move || {
        if let Some(id) = station.with_untracked(|station| station.as_ref().map(|station| station.id.clone())) {
            on_select.run(id);
        }
    };
    // The outline holds the same steps as buttons for the keyboard; here a click is a short cut.
    let button = el("button")
        .attr("type", "button")
        .class("station")
        .attr("tabindex", "-1")
        .on_click(choose)
        .live_text(move || read(|station| station.title.clone()))
        .child(phrase("sr-only").live_text(move || read(|station| format!(", {}", station.status.word()))));
    el("li")
        .live_look(class)
        .child(button)
        .child(el("small").live_text(below))
}
