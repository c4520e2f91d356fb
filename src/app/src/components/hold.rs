//! The hold banner: what failed, what the runbook says to do, and nothing that lets one go on.

use holdpoint_domain::runbook::OnFail;
use leptos::prelude::*;

use crate::components::words::{StatusWord, Word};

/// What holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldView {
    /// The id of the step that holds.
    pub step: String,
    /// The name of the gate that holds, in `gates.toml`.
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

fn advice_words(advice: OnFail) -> &'static str {
    match advice {
        OnFail::Stop => "stop, fix what failed, and run the gate again",
        OnFail::Rollback => "roll back",
        OnFail::Caution => "proceed with caution, or roll back",
    }
}

/// The banner.
#[component]
pub fn HoldBar(
    hold: HoldView,
    /// Opens the rollback's dialog.
    on_rollback: Callback<()>,
    /// Runs a gate of a step again.
    on_run: Callback<(String, String)>,
    /// Shows a step.
    on_show: Callback<String>,
) -> impl IntoView {
    let HoldView {
        step,
        gate,
        reason,
        advice,
        more,
        refusal,
    } = hold;
    let more = match more {
        0 => String::new(),
        1 => "1 more gate holds, too. ".to_owned(),
        more => format!("{more} more gates hold, too. "),
    };
    let lead = if advice == OnFail::Rollback {
        "btn danger filled"
    } else {
        "btn danger"
    };
    let stuck = refusal.is_some();
    let place = (step.clone(), gate);
    view! {
        <section class="holdbar" role="alert" aria-label="Hold">
            <StatusWord kind=Word::Hold text="HOLD" />
            <p>
                <b>{reason}</b>" "{more}"The runbook says: "<b>{advice_words(advice)}</b>
                ". Nothing further can be ticked."
            </p>
            <div class="acts">
                <button type="button" class=lead on:click=move |_| on_rollback.run(())>"Start rollback"</button>
                <button
                    type="button"
                    class="btn"
                    aria-disabled=stuck.then_some("true")
                    title=refusal
                    on:click=move |_| if !stuck { on_run.run(place.clone()) }
                >
                    "Run again "<kbd>"g"</kbd>
                </button>
                <button type="button" class="btn bare" on:click=move |_| on_show.run(step.clone())>
                    "Show the step"
                </button>
            </div>
        </section>
    }
}
