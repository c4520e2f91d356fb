//! The track: top-level steps as stations on a line.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{StepBy, StepId, StepStatus};
use leptos::html;
use leptos::prelude::*;
use leptos_use_event_listener::use_event_listener;

use super::ui::use_ui;
use crate::components::scroll::{after_paint, center_in};
use crate::components::words::title_and_aside;
use crate::format::{TimeFormat, local_time, rough};
use crate::state::app::use_app;
use crate::state::session::{Row, RowStatus, use_session};

/// Stations that are drawn at most: more fit on no screen, and the outline has all steps.
const MAX_STATIONS: usize = 60;
/// The window on longer tracks moves by this many stations at once.
const STRIDE: usize = 20;

/// A top-level step, as the track names it.
#[derive(Clone)]
struct Station {
    id: StepId,
    /// Among the top-level steps, from 0.
    place: usize,
    title: String,
}

impl Station {
    fn of((place, step): (usize, &Step)) -> Self {
        Self {
            id: step.id.clone(),
            place,
            title: short_title(&step.title),
        }
    }
}

/// The stations of a session. On a long track they are those around where the work is.
#[component]
pub fn Track() -> impl IntoView {
    let session = use_session();
    let procedure = session.with_untracked(|state| state.procedure.clone());
    let count = procedure.as_ref().map_or(0, |procedure| procedure.steps.len());
    let stations = StoredValue::new(procedure.as_ref().map_or_else(Vec::new, |procedure| {
        procedure.steps.iter().enumerate().map(Station::of).collect()
    }));
    // The place of the station where the work is: where a gate holds, else where the next step is.
    let here = Memo::new(move |_| {
        let step = session.with(|state| {
            let held = state.hold().map(|(step, ..)| step.clone());
            held.or_else(|| state.next_step().map(|step| step.id.clone()))
        })?;
        let mut steps = procedure.iter().flat_map(|procedure| &procedure.steps);
        steps.position(|top| top.contains(&step))
    });
    let first = Memo::new(move |_| first_drawn(here.get().unwrap_or(count), count));
    let drawn = move || {
        let first = first.get();
        stations.with_value(|stations| {
            let drawn = stations[first..count.min(first + MAX_STATIONS)].iter().cloned();
            drawn.map(|station| view! { <StationView station /> }).collect_view()
        })
    };
    let after = move || count.saturating_sub(first.get() + MAX_STATIONS);
    let track = NodeRef::<html::Ol>::new();
    // Width only: on phones, scrolling shows and hides the address bar, and that changes the height.
    let width = RwSignal::new(window_width());
    let _ = use_event_listener(window(), leptos::ev::resize, move |_| {
        let now = window_width();
        if width.get_untracked() != now {
            width.set(now);
        }
    });
    // Where the stations do not fit, the one where the work is must not be out of sight.
    Effect::new(move || {
        width.track();
        let Some(place) = here.get() else { return };
        after_paint(move || {
            // The page may be gone by now.
            let Some(track) = track.try_get_untracked().flatten() else {
                return;
            };
            let station = track.query_selector(&format!("[data-place='{place}']")).ok().flatten();
            if let Some(station) = station {
                center_in(&track, &station);
            }
        });
    });
    view! {
        <ol node_ref=track role="list" class="track" aria-label="Phases">
            <li class="beyond" hidden=move || first.get() == 0>
                {move || format!("+{} before", first.get())}
            </li>
            {drawn}
            <Show when=move || { after() > 0 }>
                <li class="beyond">{move || format!("+{} more", after())}</li>
            </Show>
        </ol>
    }
}

/// In CSS pixels.
fn window_width() -> Option<f64> {
    window().inner_width().ok()?.as_f64()
}

/// Where the window begins that has the station `here` in it.
fn first_drawn(here: usize, count: usize) -> usize {
    let stride_before = (here / STRIDE * STRIDE).saturating_sub(STRIDE);
    stride_before.min(count.saturating_sub(MAX_STATIONS))
}

#[component]
fn StationView(station: Station) -> impl IntoView {
    let (app, ui) = (use_app(), use_ui());
    let Station { id, place, title } = station;
    use_session().row(&id).map(|row| {
        // Only the station where the work is follows the clock.
        let below = move || match row.with(here_since) {
            Some(since) => rough(app.clock.now() - since),
            None => row.with(below),
        };
        view! {
            <li class=move || row.with(look) data-place=place>
                // The outline holds the same steps as buttons for the keyboard; here a click is a short cut.
                <button type="button" class="station" tabindex="-1" on:click=move |_| ui.select(Some(id.clone()))>
                    {title}
                    <span class="sr-only">{move || format!(" ({})", row.with(word))}</span>
                </button>
                <small>{below}</small>
            </li>
        }
    })
}

/// A hold within a step is one of its station.
fn status(row: &Row) -> RowStatus {
    match row.step.held_since {
        Some(_) if row.step.held_as == Some(Outcome::Inconclusive) => RowStatus::Of(StepStatus::Inconclusive),
        Some(_) => RowStatus::Of(StepStatus::Failed),
        None => row.status(),
    }
}

/// The word for screen readers.
fn word(row: &Row) -> &'static str {
    match row.step.held_since {
        Some(_) => status(row).word(),
        None => row.word(),
    }
}

fn look(row: &Row) -> &'static str {
    match status(row) {
        RowStatus::Of(StepStatus::Done) if row.step.by == Some(StepBy::Caution) => "done nopass",
        RowStatus::Of(StepStatus::Done) => "done",
        RowStatus::Of(StepStatus::Skipped) => "done skipped",
        RowStatus::Of(StepStatus::Failed | StepStatus::Inconclusive) => "held",
        RowStatus::Of(StepStatus::Running | StepStatus::Current) => "now",
        RowStatus::Of(StepStatus::Later) | RowStatus::Sending if row.step.here => "now",
        RowStatus::Sending => "sending",
        RowStatus::Of(StepStatus::Later) => "later",
    }
}

/// What stands under a station: how long it took, or why it is not done.
fn below(row: &Row) -> String {
    match (status(row), row.step.at) {
        (RowStatus::Sending, _) => "sending".to_owned(),
        (status @ RowStatus::Of(StepStatus::Failed | StepStatus::Inconclusive), _) => {
            row.step.held_since.map_or_else(String::new, |since| {
                format!("{} {}", status.word(), local_time(since, TimeFormat::Minutes))
            })
        }
        (RowStatus::Of(StepStatus::Skipped), _) => "left out".to_owned(),
        (_, Some(at)) => row.step.began.map_or_else(String::new, |began| rough(at - began)),
        (RowStatus::Of(StepStatus::Running), None) => "gate running".to_owned(),
        (_, None) => String::new(),
    }
}

/// Since when the work is at this station, where nothing else is to be said under it.
fn here_since(row: &Row) -> Option<chrono::DateTime<chrono::Utc>> {
    row.step.began.filter(|_| row.step.here && below(row).is_empty())
}

/// What stands before brackets at the end, a colon or a dash; shouted words are written as words, abbreviations are not.
fn short_title(title: &str) -> String {
    let (main, _) = title_and_aside(title);
    let short = main.split([':', '—', '–']).next().map_or(main, str::trim);
    let short = if short.is_empty() { title } else { short };
    if short.chars().any(char::is_lowercase) || short.chars().count() < 4 {
        return short.to_owned();
    }
    let mut letters = short.chars();
    let first = letters.next().map_or_else(String::new, String::from);
    first + &letters.as_str().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_where_the_work_is_and_moves_rarely() {
        let starts: Vec<_> = (0..200).map(|here| first_drawn(here, 200)).collect();
        for (here, first) in starts.iter().enumerate() {
            assert!((*first..*first + MAX_STATIONS).contains(&here), "{here} is drawn");
        }
        let moves = starts.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert_eq!(moves, 7);
        assert_eq!(first_drawn(200, 200), 140, "every step is done");
    }

    #[test]
    fn shortens_titles() {
        let table = [
            ("VERIFY (check the truth)", "Verify"),
            ("Deploy: bring it up", "Deploy"),
            ("Scale — one worker more", "Scale"),
            ("CI", "CI"),
            (": odd", ": odd"),
        ];
        for (title, expected) in table {
            assert_eq!(short_title(title), expected);
        }
    }
}
