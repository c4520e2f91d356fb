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
        let mut places = Vec::new();
        for (id, title) in app.steps() {
            places.push(place(title, "Step", Target::Step(id)));
        }
        let pages = [
            ("Runbooks and sessions", "/"),
            ("Rehearsal: switch faults", "/rehearsal"),
        ];
        for (title, path) in &pages[..1 + usize::from(app.rehearsal())] {
            places.push(place((*title).to_owned(), "Page", Target::Path((*path).to_owned())));
        }
        // What could not be fetched is not offered; the pages themselves say why.
        sessions.with(|load| {
            for one in load.ready().into_iter().flatten() {
                let title = format!("{} {} · {}", one.procedure_title, one.version, one.environment_title);
                places.push(place(title, "Session", Target::Path(format!("/sessions/{}", one.id))));
            }
        });
        let mut procedures = Vec::new();
        runbooks.with(|load| {
            for one in load.ready().into_iter().flatten() {
                let path = format!("/runbooks/{}", one.name);
                for procedure in &one.procedures {
                    let path = format!("{path}/start/{}", procedure.id);
                    let title = format!("Start {} · {}", procedure.title, one.title);
                    procedures.push(place(title, "Procedure", Target::Path(path)));
                }
                places.push(place(one.title.clone(), "Runbook", Target::Path(path)));
                places.append(&mut procedures);
            }
        });
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

fn place(title: String, kind: &'static str, target: Target) -> Place {
    Place { title, kind, target }
}
