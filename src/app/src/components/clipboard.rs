//! The clipboard, and the button that puts a text into it.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::components::attention::use_attention;
use crate::components::icons::{Glyph, Icon};

/// Puts a text into the clipboard, and says whether that worked. leptos-use's clipboard does not say when the browser refuses,
/// and has no way for pages that came over plain http.
pub async fn copy_text(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // Browsers offer the clipboard only to pages that came over https or from this machine.
    if !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok() {
        return true;
    }
    copy_by_selection(text).unwrap_or(false)
}

fn copy_by_selection(text: &str) -> Option<bool> {
    let page = document().dyn_into::<web_sys::HtmlDocument>().ok()?;
    let area = page
        .create_element("textarea")
        .ok()?
        .dyn_into::<web_sys::HtmlTextAreaElement>()
        .ok()?;
    area.set_value(text);
    area.set_class_name("sr-only");
    let body = page.body()?;
    body.append_child(&area).ok()?;
    let focused = page.active_element();
    area.select();
    let copied = page.exec_command("copy").unwrap_or(false);
    area.remove();
    if let Some(focused) = focused.and_then(|focused| focused.dyn_into::<web_sys::HtmlElement>().ok())
        && let Err(error) = focused.focus()
    {
        leptos::logging::warn!("the focus could not be given back: {error:?}");
    }
    Some(copied)
}

/// How long the button says what came of it. What was copied last stands on no button for ever.
const SHOWN: Duration = Duration::from_secs(8);

/// Letters of a text that its button's name carries.
const NAMED: usize = 60;

/// What a text is called by those who do not see which button stands at it: its first line.
fn first_line(text: &str) -> String {
    let line = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    match line.char_indices().nth(NAMED) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Copies a text as it is written, and says whether that worked.
#[component]
pub fn CopyButton(#[prop(into)] text: String) -> impl IntoView {
    let attention = use_attention();
    let words = RwSignal::new("Copy");
    let presses = StoredValue::new(0_usize);
    let name = format!(" {}", first_line(&text));
    let on_click = move |_| {
        let text = text.clone();
        leptos::task::spawn_local(async move {
            let (shown, said) = match copy_text(&text).await {
                true => ("Copied", "Copied."),
                false => (
                    "Select and copy by hand",
                    "The browser does not let it be copied. Select it, and copy it by hand.",
                ),
            };
            words.try_set(shown);
            attention.say(said);
            let Some(press) = presses.try_update_value(|presses| {
                *presses += 1;
                *presses
            }) else {
                return;
            };
            let reset = move || {
                if presses.try_get_value() == Some(press) {
                    words.try_set("Copy");
                }
            };
            set_timeout(reset, SHOWN);
        });
    };
    view! {
        <button type="button" class="btn bare small copy" on:click=on_click>
            <Icon glyph=Glyph::Copy />
            <span>{words}</span>
            <span class="sr-only">{name}</span>
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_called_by_its_first_line() {
        assert_eq!(first_line("\n  kubectl get pods\nsecond"), "kubectl get pods");
        assert_eq!(first_line(""), "");
        let long = "ü".repeat(NAMED + 1);
        assert_eq!(first_line(&long), format!("{}…", "ü".repeat(NAMED)));
        assert_eq!(first_line(&long[..NAMED * 2]), "ü".repeat(NAMED));
    }
}
