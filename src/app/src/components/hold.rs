//! The hold banner: what failed, what the runbook says to do, and nothing that lets one go on.

use holdpoint_domain::runbook::OnFail;
use leptos::prelude::*;

use crate::components::words::{StatusWord, Word};

/// What holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldView {
    /// The step.
    pub step: String,
    /// The gate.
    pub gate: String,
    /// What failed.
    pub reason: String,
    /// What the runbook says.
    pub advice: OnFail,
    /// Further gates that hold.
    pub more: usize,
    /// Why the gate cannot be run again now, where it cannot.
    pub refusal: Option<String>,
}

/// What the runbook says to do, in words.
pub fn advice_words(advice: OnFail) -> &'static str {
    match advice {
        OnFail::Stop => "stop, mend what failed, and run the check again",
        OnFail::Rollback => "roll back",
        OnFail::Caution => "proceed with caution, or roll back",
    }
}

/// The banner.
#[component]
pub fn HoldBar(
    /// What holds.
    hold: HoldView,
    /// Opens the rollback's dialog.
    on_rollback: Callback<()>,
    /// Runs the gate again.
    on_run: Callback<(String, String)>,
    /// Shows the step.
    on_show: Callback<String>,
) -> impl IntoView {
    let place = (hold.step.clone(), hold.gate.clone());
    let step = hold.step.clone();
    let more = (hold.more > 0).then(|| format!("{} more gates hold, too. ", hold.more));
    let lead = match hold.advice {
        OnFail::Rollback => "btn danger filled",
        OnFail::Stop | OnFail::Caution => "btn danger",
    };
    let stuck = hold.refusal.is_some();
    view! {
        <section class="holdbar" role="alert" aria-label="Hold">
            <StatusWord kind=Word::Hold text="HOLD" />
            <p>
                <b>{hold.reason}</b>" "{more}"The runbook says: "<b>{advice_words(hold.advice)}</b>". Nothing further can be ticked."
            </p>
            <div class="acts">
                <button class=lead on:click=move |_| on_rollback.run(())>"Start rollback"</button>
                <button
                    class="btn"
                    aria-disabled=stuck.then_some("true")
                    title=hold.refusal
                    on:click=move |_| if !stuck { on_run.run(place.clone()) }
                >
                    "Run again "<kbd>"g"</kbd>
                </button>
                <button class="btn bare" on:click=move |_| on_show.run(step.clone())>"Show the step"</button>
            </div>
        </section>
    }
}
