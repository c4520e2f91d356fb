//! The hold banner: what failed, what is to be done, and whose word that is.

use holdpoint_domain::session::Recommendation;
use leptos::prelude::*;

use crate::components::keys::{KeyHint, shortcut};
use crate::components::words::{StatusWord, Word};

/// The first gate that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldView {
    pub step: String,
    /// The gate's name in `gates.toml`.
    pub gate: String,
    pub reason: String,
    /// What is to be done.
    pub recommendation: Recommendation,
    /// It holds a rollback.
    pub of_rollback: bool,
    /// The other gates that hold, by what people call them.
    pub others: Vec<String>,
    /// All gates that hold this step, which are run again together.
    pub of_step: Vec<String>,
}

/// The word of a hold, as the head says it.
fn hold_word(of_rollback: bool) -> &'static str {
    if of_rollback { "ROLLBACK ON HOLD" } else { "HOLD" }
}

/// The banner. Its parts change in place, so that a focus in it stays and nothing is spoken twice.
#[component]
pub fn HoldBar(
    hold: Signal<HoldView>,
    /// Why the gate cannot be run again now.
    refusal: Memo<Option<String>>,
    /// What runs again, for how long, and how old the verdict is by which it holds.
    running: Signal<Option<(String, String)>>,
    /// Opens the rollback's dialog.
    on_rollback: Callback<()>,
    on_run: Callback<()>,
    /// Opens the dialog for going on without a pass.
    on_caution: Callback<()>,
    on_show_step: Callback<()>,
) -> impl IntoView {
    let more = move || {
        hold.with(|hold| match &hold.others[..] {
            [] => String::new(),
            [one] => format!("1 more gate holds, too: {one}. "),
            more => format!("{} more gates hold, too: {}. ", more.len(), more.join(", ")),
        })
    };
    let key = shortcut("g");
    let may_go_on = move || hold.with(|hold| hold.recommendation.may_go_on);
    let until = move || match may_go_on() {
        true => "Nothing further can be ticked before it passes, or somebody decides to go on.",
        false => "Nothing further can be ticked.",
    };
    let advised = move || hold.with(|hold| hold.recommendation.is_rollback);
    let offers_rollback = move || hold.with(|hold| hold.recommendation.offers_rollback);
    let word = Signal::derive(move || hold.with(|hold| hold_word(hold.of_rollback).to_owned()));
    view! {
        <section class="holdbar" aria-label="Hold">
            // Without the buttons: an alert is spoken whole whenever something in it changes.
            <div class="hold-words" role="alert">
                <StatusWord kind=Word::Hold text=word />
                <p>
                    <b>{move || hold.with(|hold| hold.reason.clone())}</b>" "{more}
                    {move || hold.with(|hold| hold.recommendation.lead)}
                    <b>{move || hold.with(|hold| hold.recommendation.what)}</b>". "{until}
                </p>
            </div>
            <div class="acts">
                <button
                    type="button"
                    class="btn danger"
                    class:filled=advised
                    hidden=move || !offers_rollback()
                    aria-keyshortcuts=shortcut("r")
                    on:click=move |_| on_rollback.run(())
                >
                        "Start rollback "<KeyHint key="r" />
                </button>
                <button
                    type="button"
                    class="btn"
                    aria-keyshortcuts=key
                    aria-disabled=move || refusal.with(Option::is_some).then_some("true")
                    title=move || refusal.get()
                    on:click=move |event| if event.detail() < 2 { on_run.run(()) }
                >
                    <span>"Run again"<span class="sr-only">" · "{move || hold.with(|hold| hold.of_step.join(" and "))}</span></span>
                    " "
                    <KeyHint key="g" />
                </button>
                <button
                    type="button"
                    class="btn"
                    hidden=move || !may_go_on()
                    on:click=move |_| on_caution.run(())
                >
                    "Proceed with caution"
                </button>
                <button type="button" class="btn bare" on:click=move |_| on_show_step.run(())>"Show step"</button>
            </div>
            // Not in the alert, which is spoken anew with each change of its words; that it runs is said in the live region.
            <p class="hold-running" hidden=move || running.with(Option::is_none)>
                <StatusWord
                    kind=Word::Run
                    text=Signal::derive(move || running.get().map(|(word, _)| word).unwrap_or_default())
                />
                <span>{move || running.get().map(|(_, more)| more)}</span>
            </p>
        </section>
    }
}
