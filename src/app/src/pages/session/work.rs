//! A step whose gates come after work by hand.

use holdpoint_domain::session::{ClientCommand, StepId};
use leptos::prelude::*;

use super::ui::use_ui;
use crate::components::icons::{Glyph, Icon};
use crate::components::keys::{KeyHint, shortcut};
use crate::state::session::use_session;

/// Says that the work is done, and runs the gates. Nothing where the step waits for nobody's word.
#[component]
pub fn WorkButton(step: StepId) -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let id = StoredValue::new(step);
    let waits = Memo::new(move |_| id.with_value(|id| ui.waits_for_work(id)));
    let refusal = Memo::new(move |_| session.refusal(ClientCommand::ConfirmWork { step: id.get_value() }));
    view! {
        <Show when=move || waits.get()>
            <button
                type="button"
                class="btn primary tick-button"
                aria-disabled=move || refusal.with(Option::is_some).then_some("true")
                aria-describedby="work-reason"
                aria-keyshortcuts=shortcut("x")
                on:click=move |_| ui.confirm_work(id.get_value())
            >
                <Icon glyph=Glyph::Check />"Done, now check "<KeyHint key="x" />
            </button>
            <span id="work-reason" class="tick-reason quiet small">
                {move || refusal.get().unwrap_or_else(|| "Its gates run after the work, and tick the step if they pass.".to_owned())}
            </span>
        </Show>
    }
}
