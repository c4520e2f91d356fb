//! Words for how things stand. A status is always three things at once: a colour, a mark and a word.

#[cfg(test)]
mod brief_tests;
#[cfg(test)]
mod contrast;
mod title;

pub use title::{StepTitle, title_and_aside};

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::Standing;
use holdpoint_domain::wire::SessionBrief;
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

    /// What a session's own events say. Those of its rollback say more.
    #[must_use]
    pub fn of_standing(standing: Standing, kind: Option<ProcedureKind>) -> (Self, &'static str) {
        match (standing, kind) {
            (Standing::Go, Some(ProcedureKind::Emergency)) => (Self::Alert, "RESPONDING"),
            (Standing::Go, Some(ProcedureKind::Rollback)) => (Self::Back, "ROLLING BACK"),
            (Standing::Go, _) => (Self::Go, "GO"),
            (Standing::Hold, _) => (Self::Hold, "HOLD"),
            (Standing::RollingBack, _) => (Self::Back, "ROLLBACK STARTED"),
            (Standing::Completed, _) => (Self::Go, "COMPLETED"),
            (Standing::RolledBack, _) => (Self::Back, "CLOSED AS ROLLED BACK"),
            (Standing::Abandoned, _) => (Self::Wait, "ABANDONED"),
        }
    }

    /// What the list says of a session, by its own entry and that of its rollback, however and whenever that was started.
    #[must_use]
    pub fn of_brief(session: &SessionBrief, rollback: Option<&SessionBrief>) -> (Self, &'static str) {
        if session.unreadable {
            return (Self::NoGo, "CANNOT BE READ");
        }
        let own = Self::of_own(session);
        let closed = session.closed.is_some();
        // A session that is not closed and has no rollback of its own in its log goes on.
        if session.undone_by.is_none() || !(closed || session.standing == Standing::RollingBack) {
            return own;
        }
        let Some(rollback) = rollback.filter(|rollback| !rollback.unreadable) else {
            return (Self::Back, "ROLLBACK STARTED");
        };
        match rollback.standing {
            Standing::Go | Standing::RollingBack => (Self::Back, "ROLLING BACK"),
            Standing::Hold => (Self::Hold, "ROLLBACK ON HOLD"),
            Standing::Abandoned | Standing::RolledBack => (Self::Hold, "ROLLBACK GIVEN UP"),
            Standing::Completed if rollback.without_pass => (Self::Alert, "ROLLBACK FINISHED WITH CAUTION"),
            Standing::Completed if rollback.left_out => (Self::Alert, "ROLLBACK FINISHED, STEPS LEFT OUT"),
            // An emergency is not what its rollback undoes.
            Standing::Completed
                if session.kind == Some(ProcedureKind::Emergency) && session.standing != Standing::RolledBack =>
            {
                own
            }
            Standing::Completed if closed => (Self::Back, "ROLLED BACK"),
            Standing::Completed => (Self::Back, "ROLLBACK FINISHED"),
        }
    }

    fn of_own(session: &SessionBrief) -> (Self, &'static str) {
        match session.standing {
            Standing::Completed if session.without_pass => (Self::Alert, "COMPLETED WITH CAUTION"),
            Standing::Completed if session.left_out => (Self::Wait, "COMPLETED, STEPS LEFT OUT"),
            standing => Self::of_standing(standing, session.kind),
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
pub fn EnvBadge(#[prop(into)] name: String, production: bool, rehearsal: bool) -> impl IntoView {
    let (class, text) = match (rehearsal, production) {
        (true, _) => ("env rehearsal", "REHEARSAL".to_owned()),
        (false, true) => ("env production", name.to_ascii_uppercase()),
        (false, false) => ("env", name.to_ascii_uppercase()),
    };
    view! { <span class=class>{text}</span> }
}
