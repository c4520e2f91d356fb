//! What the proxy wrote into the page's first answer, for as long as the session is being read.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The element that `routes/templates/watch.html` of the proxy writes.
const ID: &str = "first-answer";

/// Whether the page came with an answer that was not shown yet.
pub fn has_first_answer() -> bool {
    document().get_element_by_id(ID).is_some()
}

/// That answer, in the place where the page's own will stand. It goes when this does.
#[component]
pub fn FirstAnswer() -> impl IntoView {
    let place = NodeRef::<Div>::new();
    place.on_load(|place| {
        if let Some(answer) = document().get_element_by_id(ID) {
            keep_waited(&answer);
            // It can only fail for an element that holds the place, which this is not.
            drop(place.append_child(&answer));
        }
    });
    view! { <div node_ref=place></div> }
}

/// An element that is moved begins its animations anew, and what has stood for ten seconds must not be shown as what is so once more
/// (`style/first-answer.css`).
fn keep_waited(answer: &web_sys::Element) {
    let waited = window().performance().map(|performance| performance.now());
    if let (Some(waited), Some(answer)) = (waited, answer.dyn_ref::<web_sys::HtmlElement>()) {
        drop(answer.style().set_property("--waited", &format!("{waited:.0}ms")));
    }
}
