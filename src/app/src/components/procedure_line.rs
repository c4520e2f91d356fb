//! A procedure that can be started and pinned, as the home page lists it.

use leptos::prelude::*;

use crate::components::choice::Choice;
use crate::components::icons::{Glyph, Icon};
use crate::components::kind::KindLabel;
use crate::format::count;

#[component]
pub fn ProcedureLine(
    choice: Choice,
    /// Its runbook is said beside it.
    #[prop(optional)]
    with_runbook: bool,
    #[prop(into)] pinned: Signal<bool>,
    on_pin: Callback<bool>,
) -> impl IntoView {
    let steps = count(choice.procedure.steps as usize, "step");
    let size = match choice.procedure.gates {
        0 => steps,
        gates => format!("{steps}, {}", count(gates as usize, "gate")),
    };
    let about = match with_runbook {
        true => format!("{} · {size}", choice.of),
        false => size,
    };
    let (href, kind) = (choice.href(), choice.procedure.kind);
    let title = choice.procedure.title;
    let name = format!("{title} · {}", choice.of);
    let pin = format!("Pin {name}");
    view! {
        <li class="procedure-line">
            <a href=href class="procedure-go">
                <span class="procedure-title"><span class="sr-only">"Start "</span>{title}</span>
                " "
                <span class="procedure-about"><KindLabel kind /><span class="quiet small">{about}</span></span>
                <span class="go" aria-hidden="true">"Start"<Icon glyph=Glyph::Right /></span>
            </a>
            <button
                type="button"
                class="btn bare icon-only pin"
                aria-label=pin
                aria-pressed=move || pinned.get().to_string()
                title=move || if pinned.get() { "Pinned in this browser" } else { "Pin in this browser" }
                on:click=move |_| on_pin.run(!pinned.get_untracked())
            >
                <Icon glyph=Glyph::Pin />
            </button>
        </li>
    }
}
