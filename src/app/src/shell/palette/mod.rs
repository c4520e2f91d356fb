//! Going somewhere: Ctrl-K on every page, over what the page has and what the proxy finds.

mod ask;
mod groups;

use holdpoint_domain::wire::SearchAnswer;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use leptos_use_event_listener::use_event_listener;

use crate::api::{ApiError, ApiResult};
use crate::components::attention::use_attention;
use crate::components::dialog::Dialog;
use crate::components::palette::{PaletteList, Target};
use crate::state::app::use_app;
use ask::ask_while_typed;
use groups::{of_here, of_proxy};

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
    let (app, attention) = (use_app(), use_attention());
    let wanted = RwSignal::new(String::new());
    let asked = ask_while_typed(wanted);
    let here = Memo::new(move |_| wanted.with(|wanted| of_here(app, wanted)));
    let groups = Memo::new(move |_| {
        let mut groups = here.get();
        let own = app.open_session.get().and_then(|session| session.of.run(()));
        asked.with(|asked| {
            // What was found for other words is not what is wanted now.
            if let Some((of, Ok(answer))) = asked
                && wanted.with(|wanted| wanted == of)
            {
                let others = of_proxy(answer, own.as_ref(), &groups);
                groups.extend(others);
            }
        });
        groups
    });
    let words = Signal::derive(move || {
        let found: usize = groups.with(|groups| groups.iter().map(|group| group.count).sum());
        asked.with(|asked| match asked {
            Some((of, answer)) if wanted.with(|wanted| wanted == of) => {
                told(found, Some(answer), app.open_session.get_untracked().is_some())
            }
            _ => told(found, None, false),
        })
    });
    let navigate = use_navigate();
    let on_choose =
        move |target| {
            app.palette_open.set(false);
            let session = app.open_session.get_untracked();
            match target {
                Target::Path(path) => navigate(&path, NavigateOptions::default()),
                Target::Step(id) => {
                    if let Some(session) = session {
                        session.show.run(id);
                    }
                }
                // The dialog gives the focus back before another one takes it; what belongs to the palette is gone by then, so that what can be
                // done, which may have changed since the list was made, is asked for anew.
                Target::Action(title) => request_animation_frame(move || {
                    match groups::actions(app).into_iter().find(|one| one.title == title) {
                        Some(action) => action.act.run(()),
                        None => attention.tell(format!("This cannot be done any more: {title}.")),
                    }
                }),
            }
        };
    view! { <PaletteList wanted groups told=words on_choose /> }
}

/// What there is to say of a search. That nothing was found is not known before the answer is there.
fn told(found: usize, answer: Option<&ApiResult<SearchAnswer>>, in_session: bool) -> String {
    let count = match (found, answer) {
        (0, None) => String::new(),
        (0, Some(_)) => "Nothing has these words.".to_owned(),
        (found, _) => format!("{found} found."),
    };
    let more = match answer {
        None => "Searching the runbooks and sessions…".to_owned(),
        Some(Ok(answer)) if answer.similar => {
            "Nothing in the runbooks and sessions has exactly these words; those there are spelt nearly so.".to_owned()
        }
        Some(Ok(_)) => String::new(),
        Some(Err(error)) => only_here(error, in_session),
    };
    format!("{count} {more}").trim().to_owned()
}

/// What was searched where the proxy does not answer.
fn only_here(error: &ApiError, in_session: bool) -> String {
    let here = match in_session {
        true => {
            "Only this session’s own steps and commands and the pages were searched, not the runbooks and other sessions."
        }
        false => "Only the pages were searched, not the runbooks and sessions.",
    };
    format!("{here} {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_nothing_is_found_is_said_when_it_is_known() {
        let answer = Ok(SearchAnswer::default());
        assert_eq!(told(0, None, true), "Searching the runbooks and sessions…");
        assert_eq!(told(2, None, true), "2 found. Searching the runbooks and sessions…");
        assert_eq!(told(0, Some(&answer), true), "Nothing has these words.");
        assert_eq!(told(2, Some(&answer), true), "2 found.");
        let reason = String::new();
        let failed = Err(ApiError::Network { reason });
        assert!(told(0, Some(&failed), false).starts_with("Nothing has these words. Only the pages were searched"));
    }
}
