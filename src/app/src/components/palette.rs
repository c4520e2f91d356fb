//! The palette: type a few letters, press Enter, be there.

use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

use crate::cells::{Callback, Derived, Held, Read};
use crate::components::dom::{El, el, paragraph, phrase, true_or_false, value_of};
use crate::components::words::lower;

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

/// The field and the list under it: everything there is to go to, whether more is being fetched, and what is chosen.
pub fn palette_list(places: Read<Vec<Place>>, loading: Read<bool>, on_choose: Callback<Target>) -> Vec<El> {
    let wanted = Held::new(String::new());
    let at = Held::new(0_usize);
    let found = Derived::new(move |()| {
        let words: Vec<String> = wanted.with(|text| text.split_whitespace().map(lower).collect());
        places.with(|places| {
            let says_all = |place: &&Place| {
                let text = lower(&format!("{} {}", place.kind, place.title));
                words.iter().all(|word| text.contains(word.as_str()))
            };
            // What begins with the words is meant rather than what has them somewhere.
            let begins = |place: &Place| {
                words
                    .first()
                    .is_some_and(|word| lower(&place.title).starts_with(word.as_str()))
            };
            let mut found = Vec::new();
            for first in [true, false] {
                let these = places.iter().filter(says_all).filter(|place| begins(place) == first);
                found.extend(these.take(50 - found.len()).cloned());
            }
            found
        })
    });
    let choose = move |index: usize| {
        if let Some(place) = found.with_untracked(|found| found.get(index).cloned()) {
            on_choose.run(place.target);
        }
    };
    let on_key = move |event: Event| {
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        match event.unchecked_ref::<KeyboardEvent>().key().as_str() {
            "ArrowDown" => at.update(|at| *at = if *at >= last { 0 } else { *at + 1 }),
            "ArrowUp" => at.update(|at| *at = if *at == 0 { last } else { *at - 1 }),
            "Enter" => choose(at.get_untracked()),
            _ => return,
        }
        event.prevent_default();
    };
    let option = move |(index, place): (usize, Place)| {
        el("li")
            .id(&format!("place-{index}"))
            .role("option")
            .live_attr("aria-selected", move || {
                Some(true_or_false(at.get() == index).to_owned())
            })
            .on_click(move || choose(index))
            .child(el("span").text(&place.title))
            .child(phrase("quiet small").text(place.kind))
    };
    let options = move || found.get().into_iter().enumerate().map(option).collect();
    let active = move || found.with(|found| (!found.is_empty()).then(|| format!("place-{}", at.get())));
    let field = el("input")
        .attr("type", "text")
        .role("combobox")
        .label("Go to")
        .attr("aria-expanded", "true")
        .attr("aria-controls", "places")
        .attr("aria-autocomplete", "list")
        .live_attr("aria-activedescendant", active)
        .attr("autocomplete", "off")
        .attr("autofocus", "")
        .attr("placeholder", "A step, a session, a runbook")
        .on("input", move |event| {
            at.set(0);
            wanted.set(value_of(&event));
        })
        .on("keydown", on_key);
    let told = move || match (found.with(Vec::len), loading.get()) {
        (_, true) => "Loading…".to_owned(),
        (0, false) => "Nothing has this name.".to_owned(),
        (number, false) => format!("{number} found"),
    };
    vec![
        field,
        el("ul")
            .id("places")
            .role("listbox")
            .label("Places")
            .live_children(options),
        paragraph("quiet small").role("status").live_text(told),
    ]
}
