//! Going somewhere: Ctrl-K on every page.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::api;
use crate::components::dialog::Dialog;
use crate::components::palette::{PaletteList, Place, Target};
use crate::state::app::AppState;

/// The palette. It must stand inside the router.
#[component]
pub fn Palette(
    /// What every page shares.
    app: AppState,
) -> impl IntoView {
    let open = app.palette;
    let listening = window_event_listener(leptos::ev::keydown, move |event| {
        if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            open.update(|open| *open = !*open);
        }
    });
    on_cleanup(move || listening.remove());
    view! {
        <Dialog open=open on_close=move |()| open.set(false) title="Go to" class="palette">
            <Places app=app />
        </Dialog>
    }
}

#[component]
fn Places(app: AppState) -> impl IntoView {
    let navigate = StoredValue::new_local(use_navigate());
    let runbooks = LocalResource::new(api::runbooks);
    let sessions = LocalResource::new(api::sessions);
    let places = Signal::derive(move || {
        let mut places: Vec<Place> = app.steps().into_iter().map(|(id, title)| place(title, "Step", Target::Step(id))).collect();
        places.push(place("Runbooks and sessions", "Page", Target::Path("/".to_owned())));
        if app.rehearsal() {
            places.push(place("Rehearsal: switch faults", "Page", Target::Path("/rehearsal".to_owned())));
        }
        // What could not be fetched is not offered; the pages themselves say why.
        if let Some(Ok(sessions)) = sessions.get() {
            places.extend(sessions.into_iter().map(|one| {
                let title = format!("{} {} · {}", one.procedure_title, one.version, one.environment_title);
                place(title, "Session", Target::Path(format!("/sessions/{}", one.id)))
            }));
        }
        if let Some(Ok(runbooks)) = runbooks.get() {
            for one in runbooks {
                places.push(place(one.title.clone(), "Runbook", Target::Path(format!("/runbooks/{}", one.name))));
                places.extend(one.procedures.into_iter().map(|procedure| {
                    let path = format!("/runbooks/{}/start/{}", one.name, procedure.id);
                    place(format!("Start {} · {}", procedure.title, one.title), "Procedure", Target::Path(path))
                }));
            }
        }
        places
    });
    let loading = Signal::derive(move || runbooks.with(Option::is_none) || sessions.with(Option::is_none));
    let on_choose = Callback::new(move |target| {
        app.palette.set(false);
        match target {
            Target::Path(path) => navigate.with_value(|go| go(&path, Default::default())),
            Target::Step(id) => app.go_to_step(id),
        }
    });
    view! { <PaletteList places=places loading=loading on_choose=on_choose /> }
}

fn place(title: impl Into<String>, kind: &'static str, target: Target) -> Place {
    Place { title: title.into(), kind, target }
}
