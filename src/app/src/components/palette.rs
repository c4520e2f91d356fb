//! The palette: type a few letters, press Enter, be there.

use holdpoint_domain::wire::Mark;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// The code of a key that an input method takes for itself, where the browser does not say that it composes.
const TAKEN_BY_INPUT_METHOD: u32 = 229;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub title: String,
    pub title_marks: Vec<Mark>,
    /// Where it is, or what is said of it.
    pub detail: String,
    pub detail_marks: Vec<Mark>,
    pub target: Target,
}

impl Place {
    /// A place of which nothing more is said.
    pub fn named(title: &str, target: Target) -> Self {
        Self {
            title: title.to_owned(),
            title_marks: Vec::new(),
            detail: String::new(),
            detail_marks: Vec::new(),
            target,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A page of its own, or a place in one.
    Path(String),
    /// A step of the session on screen.
    Step(String),
    /// What the page on screen can do, by its title.
    Action(&'static str),
}

/// Places of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// `Steps of this session`.
    pub title: &'static str,
    pub places: Vec<Place>,
    /// How many there are, those that are not listed included.
    pub count: usize,
}

#[component]
pub fn PaletteList(
    wanted: RwSignal<String>,
    groups: Memo<Vec<Group>>,
    /// What there is to say of the search.
    #[prop(into)]
    told: Signal<String>,
    #[prop(into)] on_choose: Callback<Target>,
) -> impl IntoView {
    let at = RwSignal::new(0_usize);
    let count = Memo::new(move |_| groups.with(|groups| groups.iter().map(|group| group.places.len()).sum::<usize>()));
    // What is found may have become less since.
    let active = Memo::new(move |_| at.get().min(count.get().saturating_sub(1)));
    let choose = move |index: usize| {
        let target = groups.with_untracked(|groups| {
            let mut places = groups.iter().flat_map(|group| &group.places);
            places.nth(index).map(|place| place.target.clone())
        });
        if let Some(target) = target {
            on_choose.run(target);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        // The key ends a word that an input method is composing, and is meant for nothing else.
        if event.is_composing() || event.key_code() == TAKEN_BY_INPUT_METHOD {
            return;
        }
        let (here, last) = (active.get_untracked(), count.get_untracked().saturating_sub(1));
        let next = match event.key().as_str() {
            "ArrowDown" if here >= last => 0,
            "ArrowDown" => here + 1,
            "ArrowUp" => here.checked_sub(1).unwrap_or(last),
            "Home" => 0,
            "End" => last,
            "Enter" => {
                event.prevent_default();
                return choose(here);
            }
            _ => return,
        };
        event.prevent_default();
        at.set(next);
        show(next);
    };
    let has_some = move || count.with(|count| *count > 0);
    view! {
        <input
            type="text"
            role="combobox"
            aria-label="Go to"
            aria-expanded=move || has_some().to_string()
            aria-controls="places"
            aria-autocomplete="list"
            aria-activedescendant=move || has_some().then(|| option_id(active.get()))
            autocomplete="off"
            spellcheck="false"
            autofocus
            placeholder="A step, a session, a command, a symptom…"
            prop:value=move || wanted.get()
            on:input=move |event| {
                at.set(0);
                wanted.set(event_target_value(&event));
            }
            on:keydown=on_key
        />
        <div id="places" role="listbox" aria-label="Places">
            {move || {
                let mut first = 0;
                let group = |(number, group): (usize, Group)| {
                    let from = first;
                    first += group.places.len();
                    view! { <GroupView number from group active on_choose=Callback::new(choose) /> }
                };
                groups.get().into_iter().enumerate().map(group).collect_view()
            }}
        </div>
        <p class="quiet small" role="status">{told}</p>
    }
}

#[component]
fn GroupView(
    number: usize,
    /// The number of its first option in the whole list.
    from: usize,
    group: Group,
    active: Memo<usize>,
    on_choose: Callback<usize>,
) -> impl IntoView {
    let id = format!("places-{number}");
    let labelled_by = id.clone();
    let title = match group.places.len() {
        shown if shown < group.count => format!("{} · {shown} of {}", group.title, group.count),
        shown => format!("{} · {shown}", group.title),
    };
    let options = (from..).zip(group.places).map(|(index, place)| {
        view! {
            <div
                id=option_id(index)
                role="option"
                aria-selected=move || (active.get() == index).to_string()
                on:click=move |_| on_choose.run(index)
            >
                <span class="place"><Marked text=place.title marks=place.title_marks /></span>
                <span class="quiet small"><Marked text=place.detail marks=place.detail_marks /></span>
            </div>
        }
    });
    view! {
        <div role="group" aria-labelledby=labelled_by>
            <div class="label" id=id role="presentation">{title}</div>
            {options.collect_view()}
        </div>
    }
}

/// A text, with what was searched for in it.
#[component]
fn Marked(text: String, marks: Vec<Mark>) -> impl IntoView {
    let pieces = pieces(&text, &marks).into_iter().map(|(piece, marked)| match marked {
        true => view! { <mark>{piece}</mark> }.into_any(),
        false => piece.into_any(),
    });
    pieces.collect::<Vec<_>>()
}

/// A text cut at its marks. Marks that are out of order, or beyond its end, are left out.
fn pieces(text: &str, marks: &[Mark]) -> Vec<(String, bool)> {
    let letters: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    let mut done = 0;
    for mark in marks {
        let (from, to) = (mark.from as usize, mark.to as usize);
        if from < done || to <= from || to > letters.len() {
            continue;
        }
        pieces.push((letters[done..from].iter().collect(), false));
        pieces.push((letters[from..to].iter().collect(), true));
        done = to;
    }
    pieces.push((letters[done..].iter().collect(), false));
    pieces.retain(|(piece, _): &(String, bool)| !piece.is_empty());
    pieces
}

fn option_id(index: usize) -> String {
    format!("place-{index}")
}

/// Scrolls the list to an option.
fn show(index: usize) {
    let option = document().get_element_by_id(&option_id(index));
    if let Some(option) = option.and_then(|option| option.dyn_into::<HtmlElement>().ok()) {
        let nearest = ScrollIntoViewOptions::new();
        nearest.set_block(ScrollLogicalPosition::Nearest);
        option.scroll_into_view_with_scroll_into_view_options(&nearest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_marks_by_characters() {
        let mark = |from, to| Mark { from, to };
        for (text, marks, expected) in [
            ("Smoke test", vec![mark(6, 10)], vec![("Smoke ", false), ("test", true)]),
            (
                "Überprüfung",
                vec![mark(0, 4)],
                vec![("Über", true), ("prüfung", false)],
            ),
            ("ab", vec![mark(0, 1), mark(1, 2)], vec![("a", true), ("b", true)]),
            ("ab", vec![mark(0, 9), mark(1, 1)], vec![("ab", false)]),
            ("", vec![], vec![]),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(piece, marked)| (piece.to_owned(), marked))
                .collect();
            assert_eq!(pieces(text, &marks), expected, "{text}");
        }
    }
}
