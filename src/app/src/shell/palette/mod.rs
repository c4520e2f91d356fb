//! Going somewhere: Ctrl-K on every page, over what the page has and what the proxy finds.

mod ask;
mod groups;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use leptos_use_event_listener::use_event_listener;

use crate::api::ApiError;
use crate::components::dialog::Dialog;
use crate::components::palette::{PaletteList, Target};
use crate::state::app::{OpenSession, use_app};
use ask::ask_while_typed;
use groups::{of_page, of_proxy, of_session};

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
    let wanted = RwSignal::new(String::new());
    let asked = ask_while_typed(wanted);
    let here = Memo::new(move |_| {
        let wanted = wanted.get();
        let mut groups = app
            .open_session
            .get()
            .map_or_else(Vec::new, |session| of_session(session, &wanted));
        groups.extend(of_page(app, &wanted));
        groups
    });
    let groups = Memo::new(move |_| {
        let mut groups = here.get();
        let own = app.open_session.get().and_then(|session| session.of.run(()));
        asked.with(|asked| {
            // What was found for other words is not what is wanted now.
            if let Some((of, Ok(answer))) = asked
                && wanted.with(|wanted| wanted == of)
            {
                groups.extend(of_proxy(answer, own.as_ref()));
            }
        });
        groups
    });
    let told = Signal::derive(move || {
        let found: usize = groups.with(|groups| groups.iter().map(|group| group.count).sum());
        let count = match found {
            0 => "Nothing has these words.".to_owned(),
            found => format!("{found} found."),
        };
        asked.with(|asked| match asked {
            Some((of, answer)) if wanted.with(|wanted| wanted == of) => match answer {
                Ok(answer) if answer.similar => format!("{count} Nothing in the runbooks and sessions has exactly these words; those there are spelt nearly so."),
                Ok(_) => count,
                Err(error) => format!("{count} {}", only_here(error, app.open_session.get_untracked())),
            },
            _ => format!("{count} Searching the runbooks and sessions…"),
        })
    });
    let navigate = use_navigate();
    let on_choose = move |target| {
        app.palette_open.set(false);
        let session = app.open_session.get_untracked();
        match target {
            Target::Path(path) => navigate(&path, NavigateOptions::default()),
            Target::Step(id) => {
                if let Some(session) = session {
                    session.show.run(id);
                }
            }
            Target::Action(number) => {
                if let Some(action) = groups::actions(app).into_iter().nth(number) {
                    // The dialog gives the focus back before another one takes it.
                    request_animation_frame(move || action.act.run(()));
                }
            }
        }
    };
    view! { <PaletteList wanted groups told on_choose /> }
}

/// What was searched where the proxy does not answer.
fn only_here(error: &ApiError, session: Option<OpenSession>) -> String {
    let here = match session {
        Some(_) => {
            "Only this session’s own steps and commands and the pages were searched, not the runbooks and other sessions."
        }
        None => "Only the pages were searched, not the runbooks and sessions.",
    };
    format!("{here} {error}")
}
