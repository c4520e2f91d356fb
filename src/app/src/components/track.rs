//! The track: top-level steps as stations on a line.

use leptos::prelude::*;

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
}

/// The stations of a session.
#[component]
pub fn Track(
    /// In order. Their number never changes, since a session keeps its procedure from its start.
    stations: Memo<Vec<Station>>,
    /// A station was chosen.
    on_select: Callback<String>,
) -> impl IntoView {
    let count = stations.with_untracked(Vec::len);
    let stops: Vec<_> = (0..count)
        .map(|index| {
            let station = Memo::new(move |_| stations.with(|stations| stations.get(index).cloned()));
            view! { <Stop station=station on_select=on_select /> }
        })
        .collect();
    view! { <ol class="track" aria-label="Phases">{stops}</ol> }
}

#[component]
fn Stop(station: Memo<Option<Station>>, on_select: Callback<String>) -> impl IntoView {
    let read = move |read: fn(&Station) -> String| station.with(|station| station.as_ref().map(read));
    let class = move || {
        station.with(|station| match station.as_ref().map_or((StepStatus::Later, false), |one| (one.status, one.here)) {
            (StepStatus::Done, _) => "done",
            (StepStatus::Skipped, _) => "done skipped",
            (StepStatus::Failed, _) => "held",
            (StepStatus::Running | StepStatus::Current, _) | (StepStatus::Later, true) => "now",
            (StepStatus::Later, false) => "later",
        })
    };
    let choose = move |_| {
        if let Some(id) = untrack(|| read(|station| station.id.clone())) {
            on_select.run(id);
        }
    };
    view! {
        <li class=class>
            // The outline holds the same steps as buttons for the keyboard; here a click is a short cut.
            <button type="button" class="station" tabindex="-1" on:click=choose>
                {move || read(|station| station.title.clone())}
                <span class="sr-only">{move || read(|station| format!(", {}", station.status.word()))}</span>
            </button>
            <small>{move || read(|station| station.below.clone())}</small>
        </li>
    }
}
