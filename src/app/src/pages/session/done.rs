//! What stands in the step's place when every step is done, or the session is closed.

use holdpoint_domain::session::{ClientCommand, Standing};
use leptos::prelude::*;

use super::ui::{OpenDialog, use_ui};
use crate::components::keys::{KeyHint, shortcut};
use crate::state::session::use_session;

/// How it ended, in figures, and what is left to do. What is on its way may still be refused, so only what the proxy recorded
/// counts as done or closed here.
#[component]
pub fn DonePanel() -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let waits = Memo::new(move |_| {
        session.is_pending(|command| {
            use ClientCommand::{Close, Skip, Tick};
            matches!(command, Tick { .. } | Skip { .. } | Close { .. })
        })
    });
    let title = move || match ui.standing.get() {
        Standing::Completed => "Completed",
        Standing::RolledBack => "Closed as rolled back",
        Standing::Abandoned => "Given up",
        Standing::Hold => "Every step is done, but a gate holds",
        Standing::Go | Standing::RollingBack if waits.get() => "Waiting for Holdpoint’s answer",
        Standing::Go | Standing::RollingBack => "Every step is done",
    };
    let summary = move || {
        session.with_confirmed(|state| {
            let summary = state.closed.as_ref().map(|closed| closed.summary.clone());
            summary.filter(|summary| !summary.is_empty())
        })
    };
    let undone = Memo::new(move |_| session.with(|state| state.rollback.is_some()));
    let open = move |dialog: OpenDialog| ui.dialog.set(Some(dialog));
    view! {
        <article class="step done-panel" aria-labelledby="step-title">
            <h2 id="step-title" tabindex="-1">{title}</h2>
            {move || summary().map(|summary| view! { <p class="lead">{summary}</p> })}
            <Facts />
            <div class="acts">
                <button
                    type="button"
                    class="btn primary"
                    hidden=move || ui.closed.get()
                    on:click=move |_| open(OpenDialog::Close)
                >
                    "Close session"
                </button>
                <button type="button" class="btn" aria-keyshortcuts=shortcut("n") on:click=move |_| open(OpenDialog::Note)>
                    "Note "<KeyHint key="n" />
                </button>
                <button
                    type="button"
                    class="btn danger"
                    hidden=move || ui.closed.get() || undone.get()
                    on:click=move |_| open(OpenDialog::Rollback)
                >
                    "Roll back"
                </button>
            </div>
        </article>
    }
}

#[component]
fn Facts() -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let steps = move || {
        let (done, all) = session.with_confirmed(|state| state.progress());
        format!("{done} of {all}")
    };
    let gate_runs = move || {
        session.with_confirmed(|state| {
            let verdicts = state.runs.iter().filter_map(|run| run.verdict.as_ref());
            let passed = verdicts.filter(|verdict| verdict.passes()).count();
            format!("{passed} of {} passed", state.runs.len())
        })
    };
    let notes = move || session.with_confirmed(|state| state.notes.len());
    view! {
        <dl class="facts">
            <div><dt>"Steps"</dt><dd>{steps}</dd></div>
            <div><dt>"Gate runs"</dt><dd>{gate_runs}</dd></div>
            <div><dt>"Notes"</dt><dd>{notes}</dd></div>
            <div><dt>"Time"</dt><dd>{move || ui.elapsed()}</dd></div>
        </dl>
    }
}
