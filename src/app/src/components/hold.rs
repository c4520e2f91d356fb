//! The hold banner: what failed, and what the runbook says to do. Only where that is *proceed with caution*, and the gate failed, does it let one
//! go on.

use holdpoint_domain::runbook::OnFail;
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
    /// What the runbook says to do.
    pub advice: OnFail,
    /// It gave no answer that could be compared.
    pub undecided: bool,
    /// How many other gates hold.
    pub more: usize,
}

impl HoldView {
    fn may_go_on(&self) -> bool {
        self.advice == OnFail::Caution && !self.undecided
    }

    /// Whose word it is, and the word.
    fn advice_words(&self) -> (&'static str, &'static str) {
        match self.advice {
            OnFail::Stop => (SAYS, "stop, mend the cause, and run the gate again"),
            OnFail::Rollback => (SAYS, "roll back"),
            OnFail::Caution if self.undecided => ("It ", "could not be decided: run it again, or roll back"),
            OnFail::Caution => (SAYS, "proceed with caution, or roll back"),
        }
    }
}

const SAYS: &str = "The runbook says: ";

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
    let may_go_on = move || hold.with(HoldView::may_go_on);
    let until = move || match may_go_on() {
        true => "Nothing further can be ticked before it passes, or somebody decides to go on.",
        false => "Nothing further can be ticked.",
    };
    let advised = move || hold.with(|hold| hold.advice == OnFail::Rollback);
    view! {
        <section class="holdbar" aria-label="Hold">
            // Without the buttons: an alert is spoken whole whenever something in it changes.
            <div class="hold-words" role="alert">
                <StatusWord kind=Word::Hold text="HOLD" />
                <p>
                    <b>{move || hold.with(|hold| hold.reason.clone())}</b>" "{more}
                    {move || hold.with(|hold| hold.advice_words().0)}
                    <b>{move || hold.with(|hold| hold.advice_words().1)}</b>". "{until}
                </p>
            </div>
            <div class="acts">
                <button type="button" class="btn danger" class:filled=advised on:click=move |_| on_rollback.run(())>
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
