//! What the captain writes: a note, a reason, an outcome. Each form keeps what was typed until it is sent.

use holdpoint_domain::session::SessionOutcome;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

use crate::cells::{Callback, Held, Read};
use crate::components::dom::{El, div, el, value_of};

/// The words of a form with one text.
pub struct TextFormWords {
    /// The field's label.
    pub label: &'static str,
    /// What the button says.
    pub button: &'static str,
    /// What is said under the field.
    pub hint: &'static str,
}

/// A text to write, with one button. It starts with what was typed before; each change is told, and the text once it is to
/// be saved.
pub fn text_form(words: TextFormWords, start: String, on_change: Callback<String>, on_save: Callback<String>) -> El {
    let TextFormWords { label, button, hint } = words;
    let text = Held::new(start);
    let problem = Held::new(None::<&'static str>);
    let save = move || {
        let written = text.with_untracked(|text| text.trim().to_owned());
        if written.is_empty() {
            problem.set(Some("Write something first."));
        } else {
            on_save.run(written);
        }
    };
    let typed = move |event: Event| {
        let value = value_of(&event);
        on_change.run(value.clone());
        problem.set(None);
        text.set(value);
    };
    let key = move |event: Event| {
        let pressed: &KeyboardEvent = event.unchecked_ref();
        if pressed.key() == "Enter" && (pressed.ctrl_key() || pressed.meta_key()) {
            event.prevent_default();
            save();
        }
    };
    let area = el("textarea")
        .id("dialog-text")
        .attr("rows", "5")
        .attr("maxlength", "10000")
        .attr("autofocus", "")
        .attr("aria-describedby", "dialog-text-hint")
        .live_mark("aria-invalid", "true", move || problem.get().is_some())
        .live_value(move || text.get())
        .on("input", typed)
        .on("keydown", key);
    let class = move || {
        if problem.get().is_some() {
            "small problem"
        } else {
            "small quiet"
        }
    };
    let hint = el("p")
        .id("dialog-text-hint")
        .live_look(class)
        .live_word(move || problem.get().unwrap_or(hint));
    el("form")
        .class("form")
        .attr("novalidate", "")
        .on("submit", move |event| {
            event.prevent_default();
            save();
        })
        .child(el("label").attr("for", "dialog-text").text(label))
        .child(area)
        .child(hint)
        .child(div("acts").child(submit("btn primary").text(button)))
}

/// A button that sends its form.
pub fn submit(class: &str) -> El {
    el("button").attr("type", "submit").class(class)
}

/// A choice among several: a name, more about it in small type, and what happens when it is chosen.
pub fn radio(group: &str, name: &str, about: &str, chosen: Read<bool>, on_choose: impl Fn() + 'static) -> El {
    let input = el("input")
        .attr("type", "radio")
        .attr("name", group)
        .live_flag("checked", move || chosen.get())
        .on("change", move |_| on_choose());
    let words = el("span").text(name).child(el("small").class("quiet").text(about));
    el("label").class("radio").child(input).child(words)
}

/// An outcome that a session can be closed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeChoice {
    /// Which.
    pub outcome: SessionOutcome,
    /// Its name.
    pub name: &'static str,
    /// Why it cannot be chosen now, where it cannot.
    pub refusal: Option<String>,
}

/// How a session ends. It starts with the summary as typed before.
pub fn close_form(
    choices: Vec<OutcomeChoice>,
    start: String,
    on_change: Callback<String>,
    on_close: Callback<(SessionOutcome, String)>,
) -> El {
    let summary = Held::new(start);
    let chosen = Held::new(choices.iter().find(|one| one.refusal.is_none()).map(|one| one.outcome));
    let choice = |choice: &OutcomeChoice| {
        let outcome = choice.outcome;
        let is_chosen = Read::derive(move || chosen.get() == Some(outcome));
        let about = choice.refusal.clone().unwrap_or_default();
        let shown = radio("outcome", choice.name, &about, is_chosen, move || {
            chosen.set(Some(outcome))
        });
        if choice.refusal.is_some() {
            shown.class("radio refused").disable_inputs()
        } else {
            shown
        }
    };
    let area = el("textarea")
        .id("close-summary")
        .attr("rows", "4")
        .attr("maxlength", "10000")
        .attr("aria-describedby", "close-hint")
        .live_value(move || summary.get())
        .on("input", move |event| {
            let value = value_of(&event);
            on_change.run(value.clone());
            summary.set(value);
        });
    let hint = "What should be remembered of it. After the closing only notes can be added.";
    el("form")
        .class("form")
        .attr("novalidate", "")
        .on("submit", move |event| {
            event.prevent_default();
            if let Some(outcome) = chosen.get_untracked() {
                on_close.run((outcome, summary.with_untracked(|text| text.trim().to_owned())));
            }
        })
        .child(
            el("fieldset")
                .child(el("legend").text("How did it end?"))
                .each(&choices, choice),
        )
        .child(el("label").attr("for", "close-summary").text("Summary"))
        .child(area)
        .child(el("p").id("close-hint").class("quiet small").text(hint))
        .child(
            div("acts").child(
                submit("btn primary")
                    .text("Close session")
                    .live_flag("disabled", move || chosen.get().is_none()),
            ),
        )
}
