//! Addresses: which page a path shows, and going from one to another without loading the page anew.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

use crate::cells::{Derived, Held};
use crate::components::dom::{listen_to_window, report};

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Runbooks and sessions.
    Home,
    /// A runbook, by its name.
    Runbook(String),
    /// The form that starts a procedure of a runbook.
    Start(String, String),
    /// A session. What stands in the address may be no id; the page says so.
    Session(String),
    /// A session's watch page.
    Watch(String),
    /// The rehearsal's faults.
    Rehearsal,
    /// Nothing is here.
    Unknown,
}

impl Route {
    /// The page that a path shows.
    pub fn of(path: &str) -> Self {
        let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(decode).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        Self::of_parts(&parts)
    }

    fn of_parts(parts: &[&str]) -> Self {
        match parts {
            [] => Self::Home,
            ["runbooks", name] => Self::Runbook((*name).to_owned()),
            ["runbooks", name, "start", procedure] => Self::Start((*name).to_owned(), (*procedure).to_owned()),
            ["sessions", id] => Self::Session((*id).to_owned()),
            ["watch", id] => Self::Watch((*id).to_owned()),
            ["rehearsal"] => Self::Rehearsal,
            _ => Self::Unknown,
        }
    }
}

/// Where the page is.
#[derive(Clone, Copy)]
pub struct Router {
    path: Held<String>,
    query: Held<String>,
}

impl Router {
    /// Follows the browser's address, and clicks on links to other pages of ours.
    pub fn start() -> Self {
        let (path, query) = here();
        let router = Self {
            path: Held::new(path),
            query: Held::new(query),
        };
        let back = listen_to_window("popstate", move |_| router.look());
        let clicks = listen_to_window("click", move |event| router.follow(event.unchecked_ref()));
        // Both listen as long as the page stands.
        std::mem::forget((back, clicks));
        router
    }

    /// Which page is shown; its readers run again only when it is another one.
    pub fn route(&self) -> Derived<Route> {
        let path = self.path;
        Derived::new(move |()| path.with(|path| Route::of(path)))
    }

    /// The path; tracked.
    pub fn path(&self) -> String {
        self.path.get()
    }

    /// A value of the address's query; tracked.
    pub fn query(&self, name: &str) -> Option<String> {
        self.query.with(|query| {
            let pairs = query
                .trim_start_matches('?')
                .split('&')
                .filter_map(|pair| pair.split_once('='));
            pairs
                .into_iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| decode(value))
        })
    }

    /// Goes to another page of ours.
    pub fn go(&self, address: &str) {
        let history = window().history();
        let pushed =
            history.and_then(|history| history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(address)));
        match pushed {
            Ok(()) => {
                self.look();
                window().scroll_to_with_x_and_y(0.0, 0.0);
            }
            Err(error) => report("an address could not be shown", &error),
        }
    }

    fn look(&self) {
        let (path, query) = here();
        if self.query.with_untracked(|old| *old != query) {
            self.query.set(query);
        }
        if self.path.with_untracked(|old| *old != path) {
            self.path.set(path);
        }
    }

    /// A plain click on a link to a page of ours goes there; every other click is the browser's.
    fn follow(&self, event: &MouseEvent) {
        let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if event.default_prevented() || event.button() != 0 || modified {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(link) = target.and_then(|element| element.closest("a[href]").ok().flatten()) else {
            return;
        };
        let address = link.get_attribute("href").unwrap_or_default();
        let ours = address.starts_with('/')
            && !address.starts_with("//")
            && !address.starts_with("/api/")
            && !address.contains('#');
        if ours && !link.has_attribute("download") && !link.has_attribute("target") {
            event.prevent_default();
            self.go(&address);
        }
    }
}

fn here() -> (String, String) {
    let location = window().location();
    let path = location.pathname().unwrap_or_else(|_| "/".to_owned());
    (path, location.search().unwrap_or_default())
}

/// A text without its percent-encoding; as it is where that cannot be undone.
fn decode(text: &str) -> String {
    js_sys::decode_uri_component(text).map_or_else(|_| text.to_owned(), String::from)
}

#[cfg(test)]
mod tests {
    use super::Route;

    #[test]
    fn every_page_has_its_path_and_every_other_path_has_none() {
        for (path, route) in [
            ("", Route::Home),
            ("runbooks/a", Route::Runbook("a".to_owned())),
            ("runbooks/a/start/b", Route::Start("a".to_owned(), "b".to_owned())),
            ("sessions/no-id", Route::Session("no-id".to_owned())),
            ("watch/1", Route::Watch("1".to_owned())),
            ("rehearsal", Route::Rehearsal),
            ("runbooks", Route::Unknown),
            ("runbooks/a/start", Route::Unknown),
            ("runbooks/a/b", Route::Unknown),
            ("sessions", Route::Unknown),
            ("sessions/1/2", Route::Unknown),
            ("rehearsal/1", Route::Unknown),
            ("nowhere", Route::Unknown),
        ] {
            let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
            assert_eq!(Route::of_parts(&parts), route, "{path}");
        }
    }
}
