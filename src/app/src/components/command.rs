//! A command to run elsewhere: variables filled in, placeholders marked, one button to copy it.

use std::collections::BTreeMap;

use holdpoint_domain::runbook::CommandBlock;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::cells::{Callback, Read};
use crate::components::dom::{El, div, el, paragraph, phrase};
use crate::components::icons::{Glyph, icon};
use crate::components::markdown::{command_text, filled};

/// What became of copying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// The command with this number is in the clipboard.
    Yes(usize),
    /// The browser refused.
    No(usize),
}

/// A command: its number is its place within the step, from 1; `values` are what `{{name}}` stands for.
pub fn command_view(
    command: &CommandBlock,
    number: usize,
    values: &BTreeMap<String, String>,
    copied: Read<Option<Copied>>,
    on_copy: Callback<(usize, String)>,
) -> El {
    let text = filled(&command.text, values);
    let words = move || match copied.get() {
        Some(Copied::Yes(which)) if which == number => "Copied",
        Some(Copied::No(which)) if which == number => "Select and copy by hand",
        _ => "Copy",
    };
    let class = move || {
        if copied.get() == Some(Copied::Yes(number)) {
            "btn bare small copied"
        } else {
            "btn bare small"
        }
    };
    let button = el("button")
        .attr("type", "button")
        .live_look(class)
        .on_click(move || on_copy.run((number, text.clone())))
        .child(icon(Glyph::Copy))
        .child(el("span").live_word(words))
        .child(phrase("sr-only").text(&format!(" command {number}")));
    let button = if number == 1 {
        button.child(el("kbd").attr("aria-hidden", "true").text("c"))
    } else {
        button
    };
    let text = el("pre")
        .attr("tabindex", "0")
        .role("group")
        .label(&format!("Command {number}"))
        .child(command_text(&command.text, &command.language, values));
    let shown = div("cmd").child(text).child(button);
    match &command.expected {
        None => shown,
        Some(expected) => {
            let label = phrase("label").text("Expected");
            shown.child(paragraph("cmd-expected").child(label).text(&format!(" {expected}")))
        }
    }
}

/// Puts a text into the clipboard, the old way where the browser does not offer the new one.
pub async fn copy_text(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // Browsers offer the clipboard only to pages that came over https or from this machine.
    if !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok() {
        return true;
    }
    copy_by_selection(text).unwrap_or(false)
}

fn copy_by_selection(text: &str) -> Option<bool> {
    let page = document().unchecked_into::<web_sys::HtmlDocument>();
    // The page's own document makes what its tag says.
    let area: web_sys::HtmlTextAreaElement = page.create_element("textarea").ok()?.unchecked_into();
    area.set_value(text);
    area.set_class_name("sr-only");
    let body = page.body()?;
    body.append_child(&area).ok()?;
    area.select();
    let copied = page.exec_command("copy").unwrap_or(false);
    area.remove();
    Some(copied)
}
