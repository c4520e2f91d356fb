//! The palette: type a few letters, press Enter, be there.

use leptos::prelude::*;

use crate::cells::{Derived, Held, Read};
use crate::components::words::{StatusWord, Word};

/// Something to go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What it is called.
    pub title: String,
    /// What kind of thing it is: `Step`, `Session`, `Runbook`, `Page`.
    pub kind: &'static str,
    /// Where it is.
    pub target: Target,
}

/// Where a place is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A page of its own.
    Path(String),
    /// A step of the session on screen.
    Step(String),
}

/// The field and the list under it.
#[component]
pub fn PaletteList(
    /// Everything there is to go to.
    #[prop(into)]
    places: Read<Vec<Place>>,
    /// More is being fetched.
    #[prop(into)]
    loading: Read<bool>,
    /// A place was chosen.
    on_choose: Callback<Target>,
) -> impl IntoView {
    let wanted = Held::new(String::new());
    let at = Held::new(0_usize);
    let found = Derived::new(move |()| {
        let words: Vec<String> = wanted.with(|text| text.split_whitespace().map(str::to_lowercase).collect());
        places.with(|places| {
            let says_all = |place: &&Place| {
                let text = format!("{} {}", place.kind, place.title).to_lowercase();
                words.iter().all(|word| text.contains(word.as_str()))
            };
            places.iter().filter(says_all).take(50).cloned().collect::<Vec<_>>()
        })
    });
    let choose = move |index: usize| {
        if let Some(place) = found.with_untracked(|found| found.get(index).cloned()) {
            on_choose.run(place.target);
        }
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
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
                    <span>{place.title}</span><span class="quiet small">{place.kind}</span>
                </li>
            }
        };
        found.get().into_iter().enumerate().map(option).collect::<Vec<_>>()
    };
    view! {
        <input
            type="text"
            role="combobox"
            aria-label="Go to"
            aria-expanded="true"
            aria-controls="places"
            aria-autocomplete="list"
            aria-activedescendant=move || found.with(|found| (!found.is_empty()).then(|| format!("place-{}", at.get())))
            autocomplete="off"
            autofocus
            placeholder="A step, a session, a runbook"
            prop:value=move || wanted.get()
            on:input=move |event| { at.set(0); wanted.set(event_target_value(&event)); }
            on:keydown=on_key
        />
        <ul id="places" role="listbox" aria-label="Places">{options}</ul>
        <p class="quiet small" role="status">
            {move || match (found.with(Vec::len), loading.get()) {
                (_, true) => view! { <StatusWord kind=Word::Run text="Loading…" /> }.into_any(),
                (0, false) => "Nothing has this name.".into_any(),
                (number, false) => format!("{number} found").into_any(),
            }}
        </p>
    }
}
