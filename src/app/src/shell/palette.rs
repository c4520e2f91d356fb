//! Going somewhere: Ctrl-K on every page.

use holdpoint_domain::wire::{RunbookBrief, SessionBrief};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use leptos_use_event_listener::use_event_listener;

use crate::api;
use crate::components::dialog::Dialog;
use crate::components::palette::{PaletteList, Place, Target};
use crate::state::app::{OpenSession, use_app};

/// The palette. It stands inside the router, and outside of every page.
#[component]
pub fn Palette() -> impl IntoView {
    let open = use_app().palette_open;
    let _ = use_event_listener(window(), leptos::ev::keydown, move |event| {
        if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            open.update(|open| *open = !*open);
        }
    });
    view! {
        <Dialog open on_close=move |()| open.set(false) title="Go to" class="palette">
            <Places />
        </Dialog>
    }
}

#[component]
fn Places() -> impl IntoView {
    let app = use_app();
    let runbooks = LocalResource::new(api::runbooks);
    let sessions = LocalResource::new(api::sessions);
    // What could not be fetched is not offered; the pages themselves say why.
    let places = Signal::derive(move || {
        let mut places = app.open_session.get().map(steps_of).unwrap_or_default();
        places.push(page("Runbooks and sessions", "/"));
        places.push(page("Gates: ask them outside a session", "/gates"));
        places.push(page("Incidents: the log of them", "/incidents"));
        if app.rehearsal.get() {
            places.push(page("Rehearsal: switch faults", "/rehearsal"));
        }
        if let Some(Ok(sessions)) = sessions.get() {
            places.extend(sessions.iter().map(session));
        }
        if let Some(Ok(runbooks)) = runbooks.get() {
            places.extend(runbooks.iter().flat_map(runbook_and_procedures));
        }
        places
    });
    let loading = Signal::derive(move || runbooks.with(Option::is_none) || sessions.with(Option::is_none));
    let navigate = use_navigate();
    let on_choose = move |target| {
        app.palette_open.set(false);
        match target {
            Target::Path(path) => navigate(&path, Default::default()),
            Target::Step(id) => {
                if let Some(session) = app.open_session.get_untracked() {
                    session.show.run(id);
                }
            }
        }
    };
    view! { <PaletteList places loading on_choose /> }
}

fn steps_of(session: OpenSession) -> Vec<Place> {
    let steps = session.steps.run(()).into_iter();
    steps
        .map(|(id, title)| Place {
            title,
            kind: "Step",
            target: Target::Step(id),
        })
        .collect()
}

fn page(title: &str, path: &str) -> Place {
    place(title.to_owned(), "Page", path.to_owned())
}

fn session(one: &SessionBrief) -> Place {
    let title = format!("{} {} · {}", one.procedure_title, one.version, one.environment_title);
    place(title, "Session", format!("/sessions/{}", one.id))
}

fn runbook_and_procedures(one: &RunbookBrief) -> Vec<Place> {
    let path = format!("/runbooks/{}", one.name);
    let procedures = one.procedures.iter().map(|procedure| {
        let title = format!("Start {} · {}", procedure.title, one.title);
        place(title, "Procedure", format!("{path}/start/{}", procedure.id))
    });
    let mut places: Vec<_> = procedures.collect();
    places.insert(0, place(one.title.clone(), "Runbook", path));
    places
}

fn place(title: String, kind: &'static str, path: String) -> Place {
    Place {
        title,
        kind,
        target: Target::Path(path),
    }
}
