//! The runbooks, folded; each opens to its procedures, and this browser keeps which are open.

use holdpoint_domain::wire::RunbookBrief;
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::A;

use super::offers::use_offers;
use crate::components::choice::{Choice, choices};
use crate::components::icons::{Glyph, Icon};
use crate::components::procedure_line::ProcedureLine;
use crate::format::count;
use crate::state::kept::KeptNames;

#[component]
pub fn Books() -> impl IntoView {
    let offers = use_offers();
    let known = Memo::new(move |_| {
        offers.runbooks.with(|known| match known {
            Some(Ok(runbooks)) => runbooks.clone(),
            _ => Vec::new(),
        })
    });
    let books = move || {
        known
            .get()
            .into_iter()
            .map(|runbook| view! { <Book runbook /> })
            .collect_view()
    };
    view! {
        <Show when=move || known.with(|known| !known.is_empty())>
            <section aria-labelledby="runbooks-title">
                <h2 id="runbooks-title">"Runbooks"</h2>
                <div class="books">{books}</div>
            </section>
        </Show>
    }
}

#[component]
fn Book(runbook: RunbookBrief) -> impl IntoView {
    let offers = use_offers();
    let lines = StoredValue::new(choices(std::slice::from_ref(&runbook)));
    let RunbookBrief {
        name,
        title,
        procedures,
        errors,
        warnings,
        ..
    } = runbook;
    let remarks = match (errors, warnings) {
        (0, 0) => None,
        (0, warnings) => Some(("small quiet", count(warnings as usize, "warning"))),
        (errors, _) => Some(("small problem", count(errors as usize, "error"))),
    };
    let size = match procedures.len() {
        0 => "nothing to run".to_owned(),
        more => count(more, "procedure"),
    };
    let (href, read) = (format!("/runbooks/{name}"), format!("Read {title}"));
    let element = NodeRef::<html::Details>::new();
    let key = StoredValue::new(name);
    let is_open = Memo::new(move |_| key.with_value(|name| offers.opened.has(name)));
    let on_toggle = move |_| {
        if let Some(details) = element.get_untracked() {
            key.with_value(|name| offers.opened.set(name, details.open()));
        }
    };
    let rows = move || {
        lines
            .get_value()
            .into_iter()
            .map(|choice| view! { <PinnableLine choice pins=offers.pins /> })
            .collect_view()
    };
    view! {
        <details node_ref=element class="book" prop:open=move || is_open.get() on:toggle=on_toggle>
            <summary>
                <Icon glyph=Glyph::Book />
                <h3>{title}</h3>
                <span class="quiet small">{size}</span>
                {remarks.map(|(class, text)| view! { <span class=class>{text}</span> })}
            </summary>
            <A href=href>{read}</A>
            <Show when=move || is_open.get()><ul role="list" class="procedure-lines">{rows}</ul></Show>
        </details>
    }
}

/// A line whose pin this browser keeps.
#[component]
pub fn PinnableLine(choice: Choice, #[prop(optional)] with_runbook: bool, pins: KeptNames) -> impl IntoView {
    let key = StoredValue::new(choice.key());
    let pinned = Signal::derive(move || key.with_value(|key| pins.has(key)));
    let on_pin = Callback::new(move |pinned| key.with_value(|key| pins.set(key, pinned)));
    view! { <ProcedureLine choice with_runbook pinned on_pin /> }
}
