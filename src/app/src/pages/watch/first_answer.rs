//! What the proxy wrote into the page's first answer, for as long as the session is being read.

use leptos::html::Div;
use leptos::prelude::*;

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
            // It can only fail for an element that holds the place, which this is not.
            drop(place.append_child(&answer));
        }
    });
    view! { <div node_ref=place></div> }
}
