//! The hold banner: what failed, what the runbook says to do, and nothing that lets one go on.

use holdpoint_domain::runbook::OnFail;

use crate::cells::Callback;
use crate::components::dom::{El, div, el};
use crate::components::words::{Word, status};

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

/// What can be done about a hold.
#[derive(Clone, Copy)]
pub struct HoldActs {
    /// Opens the rollback's dialog.
    pub on_rollback: Callback<()>,
    /// Runs the gate again.
    pub on_run: Callback<(String, String)>,
    /// Shows the step.
    pub on_show: Callback<String>,
}

/// The banner.
pub fn hold_bar(hold: HoldView, acts: HoldActs) -> El {
    let HoldActs {
        on_rollback,
        on_run,
        on_show,
    } = acts;
    let (step, place) = (hold.step.clone(), (hold.step, hold.gate));
    let more = if hold.more > 0 {
        let what = if hold.more == 1 { "gate holds" } else { "gates hold" };
        format!(" {} more {what}, too.", hold.more)
    } else {
        String::new()
    };
    let lead = match hold.advice {
        OnFail::Rollback => "btn danger filled",
        OnFail::Stop | OnFail::Caution => "btn danger",
    };
    let stuck = hold.refusal.is_some();
    let words = el("p")
        .child(el("b").text(&hold.reason))
        .text(&format!("{more} The runbook says: "))
        .child(el("b").text(advice_words(hold.advice)))
        .text(". Nothing further can be ticked.");
    let button = |class: &str, text: &str| el("button").attr("type", "button").class(class).text(text);
    let again = button("btn", "Run again ")
        .child(el("kbd").text("g"))
        .on_click(move || {
            if !stuck {
                on_run.run(place.clone());
            }
        });
    let again = match &hold.refusal {
        Some(refusal) => again.attr("aria-disabled", "true").attr("title", refusal),
        None => again,
    };
    let acts = div("acts")
        .child(button(lead, "Start rollback").on_click(move || on_rollback.run(())))
        .child(again)
        .child(button("btn bare", "Show the step").on_click(move || on_show.run(step.clone())));
    el("section")
        .class("holdbar")
        .role("alert")
        .label("Hold")
        .child(status(Word::Hold, "HOLD"))
        .child(words)
        .child(acts)
}
