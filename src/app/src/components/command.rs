//! A command to run elsewhere: variables filled in, placeholders marked, one button to copy it.

use std::collections::BTreeMap;

use holdpoint_domain::runbook::CommandBlock;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

pub use crate::components::clipboard::copy_text;
use crate::components::icons::{Glyph, Icon};
use crate::components::keys::KeyHint;
use crate::components::markdown::{CommandText, filled};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// The command with this number is in the clipboard.
    Yes(usize),
    No(usize),
}

/// The number of the first command that is in view, wholly or in part.
pub fn command_in_view() -> Option<usize> {
    let commands = document().query_selector_all(".cmd[data-number]").ok()?;
    let height = window().inner_height().ok()?.as_f64()?;
    let all = (0..commands.length()).filter_map(|index| commands.get(index)?.dyn_into::<web_sys::Element>().ok());
    let mut in_view = all.filter(|command| {
        let box_ = command.get_bounding_client_rect();
        box_.bottom() > 0.0 && box_.top() < height && is_on_top(command)
    });
    in_view.next()?.get_attribute("data-number")?.parse().ok()
}

/// What is scrolled out of its column, or lies under the hold's banner, is not in view.
fn is_on_top(element: &web_sys::Element) -> bool {
    let box_ = element.get_bounding_client_rect();
    let x = (box_.left() + box_.width() / 2.0) as f32;
    [box_.top() + 4.0, box_.top() + box_.height() / 2.0, box_.bottom() - 4.0]
        .into_iter()
        .filter_map(|y| document().element_from_point(x, y as f32))
        .any(|seen| element.contains(Some(&seen)))
}

#[component]
pub fn Command(
    command: CommandBlock,
    /// Its number within the step, from 1.
    number: usize,
    /// What `{{name}}` stands for.
    values: BTreeMap<String, String>,
    #[prop(into)] copied: Signal<Option<Copied>>,
    /// Gets the command's number and the text to copy.
    on_copy: Callback<(usize, String)>,
) -> impl IntoView {
    let text = filled(&command.text, &values);
    let words = move || match copied.get() {
        Some(Copied::Yes(which)) if which == number => "Copied",
        Some(Copied::No(which)) if which == number => "Select and copy by hand",
        _ => "Copy",
    };
    let key = (number == 1).then(|| view! { <KeyHint key="c" /> });
    let expected = command.expected.map(|text| {
        view! { <p class="cmd-expected"><span class="label">"Expected"</span>" "{text}</p> }
    });
    view! {
        <div class="cmd" data-number=number.to_string()>
            // Its lines are broken, so that it never scrolls and is no stop of the Tab key.
            <pre role="group" aria-label=format!("Command {number}")>
                <CommandText text=command.text language=command.language values />
            </pre>
            <button
                type="button"
                class="btn bare small"
                class:copied=move || copied.get() == Some(Copied::Yes(number))
                on:click=move |_| on_copy.run((number, text.clone()))
            >
                <Icon glyph=Glyph::Copy />
                <span>{words}</span>
                <span class="sr-only">{format!(" command {number}")}</span>
                {key}
            </button>
            {expected}
        </div>
    }
}
