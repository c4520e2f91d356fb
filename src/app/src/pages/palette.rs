//! Going somewhere: Ctrl-K on every page.

use leptos::prelude::untrack;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

use crate::api;
use crate::cells::{Callback, Read};
use crate::components::dialog::dialog;
use crate::components::dom::El;
use crate::components::palette::{Place, Target, palette_list};
use crate::state::app::AppState;
use crate::state::fetch::Fetch;
use crate::state::load::Load;

/// The palette.
pub fn palette(app: AppState) -> El {
    let open = app.palette;
    let called = move |event: Event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            open.update(|open| *open = !*open);
        }
    };
    let close = Callback::new(move |()| open.set(false));
    dialog(open.into(), close, "Go to".into(), "palette", move || {
        untrack(|| places(app))
    })
    .on_window("keydown", called)
}

fn places(app: AppState) -> Vec<El> {
    let runbooks = Fetch::new(api::runbooks);
    let sessions = Fetch::new(api::sessions);
    let places = Read::derive(move || {
        let mut places: Vec<Place> = app
            .steps()
            .into_iter()
            .map(|(id, title)| place(title, "Step", Target::Step(id)))
            .collect();
        places.push(place("Runbooks and sessions", "Page", Target::Path("/".to_owned())));
        if app.rehearsal() {
            places.push(place(
                "Rehearsal: switch faults",
                "Page",
                Target::Path("/rehearsal".to_owned()),
            ));
        }
        // What could not be fetched is not offered; the pages themselves say why.
        if let Load::Ready(sessions) = sessions.get() {
            places.extend(sessions.into_iter().map(|one| {
                let title = format!("{} {} · {}", one.procedure_title, one.version, one.environment_title);
                place(title, "Session", Target::Path(format!("/sessions/{}", one.id)))
            }));
        }
        if let Load::Ready(runbooks) = runbooks.get() {
            for one in runbooks {
                places.push(place(
                    one.title.clone(),
                    "Runbook",
                    Target::Path(format!("/runbooks/{}", one.name)),
                ));
                places.extend(one.procedures.into_iter().map(|procedure| {
                    let path = format!("/runbooks/{}/start/{}", one.name, procedure.id);
                    place(
                        format!("Start {} · {}", procedure.title, one.title),
                        "Procedure",
                        Target::Path(path),
                    )
                }));
            }
        }
        places
    });
    let loading = Read::derive(move || runbooks.with(Load::is_loading) || sessions.with(Load::is_loading));
    let on_choose = Callback::new(move |target| {
        app.palette.set(false);
        match target {
            Target::Path(path) => app.router.go(&path),
            Target::Step(id) => app.go_to_step(id),
        }
    });
    palette_list(places, loading, on_choose)
}

fn place(title: impl Into<String>, kind: &'static str, target: Target) -> Place {
    Place {
        title: title.into(),
        kind,
        target,
    }
}
