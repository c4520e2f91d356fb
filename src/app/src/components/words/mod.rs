//! Words for how things stand. A status is always three things at once: a colour, a mark and a word.

#[cfg(test)]
mod contrast;
mod standing;
mod title;

pub use standing::{Ending, Rollback, RollbackFacts, Stands, rollback_sentence, rollback_words};
pub use title::{StepTitle, title_and_aside};

use holdpoint_domain::gate::Outcome;
use leptos::prelude::*;

/// The kind of a status. It decides colour and mark; the word itself is given beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// A disc, green: go, pass, done.
    Go,
    /// Two bars, amber: hold, inconclusive, stale.
    Hold,
    /// A cross, red: fail, no-go.
    NoGo,
    /// An open ring, grey: waiting.
    Wait,
    /// A turning ring in the accent colour: running.
    Run,
    /// An arrow back, amber: being undone, undone.
    Back,
    /// A triangle, amber: going on against a problem, or with a known risk.
    Alert,
}

impl Word {
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Go => "word go",
            Self::Hold => "word hold",
            Self::NoGo => "word nogo",
            Self::Wait => "word wait",
            Self::Run => "word run",
            Self::Back => "word back",
            Self::Alert => "word alert",
        }
    }

    #[must_use]
    pub fn of_outcome(outcome: Outcome) -> (Self, &'static str) {
        match outcome {
            Outcome::Pass => (Self::Go, "PASS"),
            Outcome::Fail => (Self::NoGo, "FAIL"),
            Outcome::Inconclusive => (Self::Hold, "INCONCLUSIVE"),
        }
    }
}

/// A status: its mark and its word, in its colour.
#[component]
pub fn StatusWord(#[prop(into)] kind: Signal<Word>, #[prop(into)] text: Signal<String>) -> impl IntoView {
    view! { <span class=move || kind.get().class()>{text}</span> }
}

/// The environment, as a badge: red for production, dashed for a rehearsal.
#[component]
pub fn EnvBadge(
    #[prop(into)] name: String,
    production: bool,
    rehearsal: bool,
    /// The rehearsal is a drill.
    #[prop(optional, into)]
    drill: bool,
) -> impl IntoView {
    let (class, text) = match (rehearsal, production) {
        (true, _) if drill => ("env rehearsal", "REHEARSAL: DRILL".to_owned()),
        (true, _) => ("env rehearsal", "REHEARSAL".to_owned()),
        (false, true) => ("env production", name.to_ascii_uppercase()),
        (false, false) => ("env", name.to_ascii_uppercase()),
    };
    view! { <span class=class>{text}</span> }
}
