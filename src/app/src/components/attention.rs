//! For people who do not see the page change: one live region that says what happened, and a focus that is never lost.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::components::growing::GrowingText;
use crate::components::scroll::after_paint;

/// How many announcements stay in the region. A screen reader speaks each as it is added.
const KEPT: usize = 5;

/// How long something is shown that was told.
const SHOWN: Duration = Duration::from_secs(8);

#[derive(Clone, Copy)]
pub struct Attention {
    /// Each with its number: what is said twice is spoken twice.
    said: RwSignal<Vec<(usize, String)>>,
    shown: RwSignal<Shown>,
    /// A page took another one's place since the browser loaded the document.
    moved: StoredValue<bool>,
}

/// What is shown for a moment.
#[derive(Debug, Default)]
struct Shown {
    words: Option<String>,
    /// How many things were shown so far: the time of one that has another in its place ends nothing.
    number: usize,
}

impl Shown {
    /// Gives the number by which it is taken away when its time is over.
    fn show(&mut self, words: String) -> usize {
        self.words = Some(words);
        self.number += 1;
        self.number
    }

    fn time_is_over(&mut self, number: usize) {
        if number == self.number {
            self.words = None;
        }
    }
}

/// Provides [`Attention`]. To be called once, by the root component.
pub fn provide_attention() -> Attention {
    let attention = Attention {
        said: RwSignal::new(Vec::new()),
        shown: RwSignal::new(Shown::default()),
        moved: StoredValue::new(false),
    };
    provide_context(attention);
    attention
}

pub fn use_attention() -> Attention {
    expect_context()
}

impl Attention {
    pub fn say(&self, words: impl Into<String>) {
        let words = words.into();
        let _ = self.said.try_update(|said| {
            let number = said.last().map_or(0, |(last, _)| last + 1);
            said.push((number, words));
            let gone = said.len().saturating_sub(KEPT);
            said.drain(..gone);
        });
    }

    /// Says it, and shows it for a moment to those who see the page.
    pub fn tell(&self, words: impl Into<String>) {
        let words = words.into();
        self.show(words.clone());
        self.say(words);
    }

    /// Shows for a moment what is said in other words, or together with others.
    pub fn show(&self, words: String) {
        let shown = self.shown;
        let Some(number) = shown.try_update(|shown| shown.show(words)) else {
            return;
        };
        set_timeout(move || shown.update(|shown| shown.time_is_over(number)), SHOWN);
    }

    /// Takes away what is shown, because something happened since, and it may not be true any more.
    pub fn hush(&self) {
        if self.shown.with_untracked(|shown| shown.words.is_some()) {
            self.shown.update(|shown| shown.words = None);
        }
    }

    /// Another page is shown in this document.
    pub fn page_changed(&self) {
        self.moved.set_value(true);
        self.enter_page();
    }

    /// Where a page comes in the place of another, the focus goes to its heading. A document that was just loaded is begun at
    /// its start.
    pub fn enter_page(&self) {
        if self.moved.get_value() {
            keep_focus(false);
        }
    }
}

/// Puts the focus on the heading of what is shown, where it fell to the body because the element that had it is gone.
pub fn keep_focus(scroll: bool) {
    after_paint(move || {
        if is_on("body") {
            focus_heading(scroll);
        }
    });
}

/// The same where other content came into the page's main part. An element that had the focus there may have stayed, and be
/// another one by its words.
pub fn content_changed() {
    after_paint(|| {
        if is_on("body, main *") {
            focus_heading(true);
        }
    });
}

/// Whether the element with the focus is one of these.
fn is_on(selector: &str) -> bool {
    let active = document().active_element();
    active.is_none_or(|active| active.matches(selector).unwrap_or(false))
}

/// Puts the focus on the heading of what is shown, wherever it was, and brings it into view.
pub fn go_to_heading() {
    after_paint(|| focus_heading(true));
}

fn focus_heading(scroll: bool) {
    let heading = document().query_selector("#step-title").ok().flatten();
    let heading = heading.or_else(|| document().query_selector("main h1, main h2").ok().flatten());
    let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(!scroll);
    // A heading can have the focus only with this, and is not reached by the Tab key then.
    let focused = heading
        .set_attribute("tabindex", "-1")
        .and_then(|()| heading.focus_with_options(&options));
    if let Err(error) = focused {
        leptos::logging::warn!("the heading could not be focused: {error:?}");
    }
}

/// The one live region, seen by nobody.
#[component]
pub fn LiveRegion() -> impl IntoView {
    let pieces = use_attention().said.into();
    view! {
        <div class="sr-only" role="status" aria-label="Announcements" aria-atomic="false">
            <GrowingText pieces />
        </div>
    }
}

/// What was told last, for a moment. The live region says it, so that it is not said twice.
#[component]
pub fn Told() -> impl IntoView {
    let shown = use_attention().shown;
    let words = move || shown.with(|shown| shown.words.clone());
    view! {
        <div class="told" aria-hidden="true" hidden=move || shown.with(|shown| shown.words.is_none())>
            {words}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_what_was_taken_away_ends_nothing_else() {
        let mut shown = Shown::default();
        let first = shown.show("Runs 2 gates".to_owned());
        shown.words = None;
        let second = shown.show("Waits for its gates".to_owned());
        shown.time_is_over(first);
        assert_eq!(shown.words.as_deref(), Some("Waits for its gates"));
        shown.time_is_over(second);
        assert_eq!(shown.words, None);
    }
}
