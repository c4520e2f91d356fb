//! The palette: type a few letters, press Enter, be there.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// Places that are shown at once.
const MAX_PLACES: usize = 50;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub title: String,
    /// What kind of thing it is: `Step`, `Session`, `Runbook`, `Page`.
    pub kind: &'static str,
    pub target: Target,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A page of its own.
    Path(String),
    /// A step of the session on screen.
    Step(String),
}

#[component]
pub fn PaletteList(
    places: Signal<Vec<Place>>,
    /// Sessions and runbooks are still being fetched.
    loading: Signal<bool>,
    #[prop(into)] on_choose: Callback<Target>,
) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let found = Memo::new(move |_| places.with(|places| wanted.with(|wanted| matching(places, wanted))));
    let choose = move |index: usize| {
        if let Some(place) = found.with_untracked(|found| found.get(index).cloned()) {
            on_choose.run(place.target);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        // The key ends a word that an input method is composing, and is meant for nothing else.
        if event.is_composing() {
            return;
        }
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = if *at >= last { 0 } else { *at + 1 }),
            "ArrowUp" => at.update(|at| *at = if *at == 0 { last } else { *at - 1 }),
            "Enter" => choose(at.get_untracked()),
            _ => return,
        }
        event.prevent_default();
    };
    let options = move || {
        let option = move |(index, place): (usize, Place)| {
            view! {
                <li
                    id=format!("place-{index}")
                    role="option"
                    aria-selected=move || (at.get() == index).to_string()
                    on:click=move |_| choose(index)
                >
                    <span>{place.title}</span>
                    <span class="quiet small">{place.kind}</span>
                </li>
            }
        };
        found.get().into_iter().enumerate().map(option).collect_view()
    };
    let active = move || found.with(|found| (!found.is_empty()).then(|| format!("place-{}", at.get())));
    let told = move || match (found.with(Vec::len), loading.get()) {
        (_, true) => "Loading…".to_owned(),
        (0, false) => "Nothing has this name.".to_owned(),
        (MAX_PLACES, false) => format!("The first {MAX_PLACES}. Type more to narrow them down."),
        (number, false) => format!("{number} found"),
    };
    view! {
        <input
            type="text"
            role="combobox"
            aria-label="Go to"
            aria-expanded="true"
            aria-controls="places"
            aria-autocomplete="list"
            aria-activedescendant=active
            autocomplete="off"
            autofocus
            placeholder="A step, a session, a runbook"
            on:input=move |event| {
                at.set(0);
                wanted.set(event_target_value(&event));
            }
            on:keydown=on_key
        />
        <ul id="places" role="listbox" aria-label="Places">
            {options}
        </ul>
        <p class="quiet small" role="status">
            {told}
        </p>
    }
}

/// The places that contain every word. The title that is exactly this comes first, then those that begin with all of it, then
/// those that begin with its first word.
fn matching(places: &[Place], wanted: &str) -> Vec<Place> {
    let words: Vec<String> = wanted.split_whitespace().map(str::to_lowercase).collect();
    let phrase = words.join(" ");
    let says_all = |place: &&Place| {
        let text = format!("{} {}", place.kind, place.title).to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let rank = |place: &Place| {
        let title = place.title.to_lowercase();
        match words.first() {
            Some(_) if title == phrase => 0,
            Some(_) if title.starts_with(&phrase) => 1,
            Some(first) if title.starts_with(first.as_str()) => 2,
            _ => 3,
        }
    };
    let mut found: Vec<_> = places.iter().filter(says_all).cloned().collect();
    found.sort_by_key(rank);
    found.truncate(MAX_PLACES);
    found
}

#[cfg(test)]
mod tests {
    use super::{Place, Target, matching};

    #[test]
    fn what_is_exactly_the_words_comes_first_then_what_begins_with_them() {
        let place = |title: &str, kind| Place {
            title: title.to_owned(),
            kind,
            target: Target::Path("/".to_owned()),
        };
        let places = [
            place("Smoke test", "Step"),
            place("Release v1 · Test", "Session"),
            place("Test plan", "Runbook"),
            place("Test", "Step"),
            place("Plan", "Step"),
        ];
        for (wanted, titles) in [
            ("", vec!["Smoke test", "Release v1 · Test", "Test plan", "Test", "Plan"]),
            ("TEST", vec!["Test", "Test plan", "Smoke test", "Release v1 · Test"]),
            ("test  plan", vec!["Test plan"]),
            ("plan", vec!["Plan", "Test plan"]),
            ("session test", vec!["Release v1 · Test"]),
            ("nowhere", vec![]),
        ] {
            let found = matching(&places, wanted);
            let found: Vec<_> = found.iter().map(|place| place.title.as_str()).collect();
            assert_eq!(found, titles, "{wanted}");
        }
    }
}
