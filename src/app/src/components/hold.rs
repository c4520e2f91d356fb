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
    /// What people call it.
    pub title: String,
    pub reason: String,
    /// What is to be done.
    pub recommendation: Recommendation,
    /// It holds a rollback.
    pub of_rollback: bool,
    /// How many other gates hold.
    pub more: usize,
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
    /// Opens the rollback's dialog.
    on_rollback: Callback<()>,
    on_run: Callback<()>,
    /// Opens the dialog for going on without a pass.
    on_caution: Callback<()>,
    on_show_step: Callback<()>,
) -> impl IntoView {
    let more = move || match hold.with(|hold| hold.more) {
        0 => String::new(),
        1 => "1 more gate holds, too. ".to_owned(),
        more => format!("{more} more gates hold, too. "),
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
                    on:click=move |_| on_rollback.run(())
                >
                    "Start rollback"
                </button>
                <button
                    type="button"
                    class="btn"
                    aria-keyshortcuts=key
                    aria-disabled=move || refusal.with(Option::is_some).then_some("true")
                    title=move || refusal.get()
                    on:click=move |event| if event.detail() < 2 && refusal.with_untracked(Option::is_none) { on_run.run(()) }
                >
                    <span>"Run again"<span class="sr-only">" · "{move || hold.with(|hold| hold.title.clone())}</span></span>
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
        </section>
    }
}
