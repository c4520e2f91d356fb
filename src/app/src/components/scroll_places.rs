//! Going back to a page shows it where it was scrolled to. The browser tries that itself, before the page's lists are there.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_use_event_listener::use_event_listener;

/// Between two looks whether the page is long enough by now.
const EVERY: Duration = Duration::from_millis(50);
/// Looks before it is given up.
const LOOKS: u32 = 60;

/// How far a path is scrolled, by the path, and where to bring the page that is shown.
#[derive(Clone, Copy)]
struct Places {
    known: StoredValue<Vec<(String, f64)>>,
    wanted: StoredValue<Option<f64>>,
}

/// To be called once, within the router.
pub fn keep_scroll_places() {
    let path = use_location().pathname;
    let places = Places {
        known: StoredValue::new(Vec::new()),
        wanted: StoredValue::new(None),
    };
    let _ = use_event_listener(window(), leptos::ev::scroll, move |_| {
        // A page that is shorter than the one before it is scrolled by the browser, and that says nothing.
        if places.wanted.get_value().is_none() {
            let at = window().scroll_y().unwrap_or_default();
            let path = path.get_untracked();
            places.known.update_value(|known| {
                known.retain(|(other, _)| *other != path);
                known.push((path, at));
            });
        }
    });
    let _ = use_event_listener(window(), leptos::ev::popstate, move |_| {
        let path = window().location().pathname().unwrap_or_default();
        let place = places.known.with_value(|known| {
            let known = known.iter().find(|(other, _)| *other == path);
            known.map(|(_, place)| *place)
        });
        places.wanted.set_value(place.filter(|place| *place > 0.0));
        places.bring(LOOKS);
    });
}

impl Places {
    fn bring(self, looks: u32) {
        let Some(place) = self.wanted.get_value() else { return };
        window().scroll_to_with_x_and_y(0.0, place);
        let is_there = (window().scroll_y().unwrap_or_default() - place).abs() < 1.5;
        if is_there || looks == 0 {
            self.wanted.set_value(None);
        } else {
            set_timeout(move || self.bring(looks - 1), EVERY);
        }
    }
}
