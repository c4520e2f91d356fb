//! Passing the page on: its link, its paper, and the small picture of how it goes.

use holdpoint_domain::session::SessionId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::ShareData;

use crate::components::attention::use_attention;
use crate::components::command::copy_text;
use crate::components::icons::{Glyph, Icon};

#[component]
pub fn Tools(id: SessionId, #[prop(into)] title: Signal<Option<String>>) -> impl IntoView {
    let attention = use_attention();
    let share = move |_| {
        let title = title.get_untracked().unwrap_or_default();
        spawn_local(async move {
            let address = address(id);
            if !can_share() {
                attention.tell(match copy_text(&address).await {
                    true => "The link is in the clipboard.".to_owned(),
                    false => format!("The browser does not let it be copied. The link is {address}"),
                });
                return;
            }
            // Whoever closes the browser's own dialog has shared nothing, which is no fault.
            share_by_browser(&title, &address).await;
        });
    };
    let word = if can_share() { "Share the link" } else { "Copy the link" };
    view! {
        <div class="tools" role="group" aria-label="Pass it on">
            <button type="button" class="btn small" on:click=share>
                <Icon glyph=Glyph::Copy />
                <span>{word}</span>
            </button>
            <button type="button" class="btn small" on:click=move |_| print()>"Print"</button>
            <a class="small" href=format!("/api/sessions/{id}/status.svg") target="_blank" rel="external">
                "Status as a picture"
            </a>
            <p class="quiet small">"Whoever opens the link must be signed in to this Holdpoint."</p>
        </div>
    }
}

fn address(id: SessionId) -> String {
    format!("{}/watch/{id}", window().location().origin().unwrap_or_default())
}

fn can_share() -> bool {
    js_sys::Reflect::has(&window().navigator(), &JsValue::from_str("share")).unwrap_or(false)
}

async fn share_by_browser(title: &str, address: &str) {
    let data = ShareData::new();
    data.set_title(title);
    data.set_url(address);
    drop(JsFuture::from(window().navigator().share_with_data(&data)).await);
}

fn print() {
    if let Err(error) = window().print() {
        leptos::logging::warn!("the browser does not print: {error:?}");
    }
}
