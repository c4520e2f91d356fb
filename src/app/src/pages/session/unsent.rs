//! What was done without a connection and waits to be sent: it is shown where it will stand, and said not to be recorded yet.

use holdpoint_domain::session::{ClientCommand, SessionId, StepId};
use leptos::prelude::*;

use super::refused::command_words;
use crate::components::time::NearTime;
use crate::state::app::use_app;
use crate::state::outbox::Outbox;
use crate::state::outbox_entry::OutboxEntry;
use crate::state::session::use_session;

/// At the top of the log, the newest first as there.
#[component]
pub fn Unsent() -> impl IntoView {
    let (outbox, session) = (use_app().outbox, use_session());
    let now = use_app().clock.signal();
    let unsent = Memo::new(move |_| outbox.unsent(session.id));
    let row = move |entry: OutboxEntry| {
        let at = entry.asked().map(|at| view! { <NearTime at now seconds=true /> });
        let (name, written) = command_words(&entry.request.command);
        let of = step_of(&entry.request.command);
        let title = of.and_then(|step| session.with_untracked(|state| state.step(step).map(|step| step.title.clone())));
        let title = title.map(|title| format!(" · {title}"));
        view! {
            <li class="pending">
                <span>{at}</span>
                <span><b>{name}</b>{title}{written}" "<span class="by">{entry.request.actor}" · not sent yet"</span></span>
            </li>
        }
    };
    view! {
        <Show when=move || unsent.with(|unsent| !unsent.is_empty())>
            <h3 class="small">"Not sent yet"</h3>
            <ol role="list" aria-label="Not sent yet">
                {move || unsent.get().into_iter().rev().map(row).collect_view()}
            </ol>
        </Show>
    }
}

/// Whether a note on the step waits to be sent; tracked.
pub fn has_unsent_note(outbox: Outbox, session: SessionId, step: &str) -> bool {
    outbox
        .unsent(session)
        .iter()
        .any(|entry| matches!(&entry.request.command, ClientCommand::AddNote { step: Some(of), .. } if of == step))
}

/// The step that a command is about.
fn step_of(command: &ClientCommand) -> Option<&StepId> {
    match command {
        ClientCommand::AddNote { step, .. } => step.as_ref(),
        ClientCommand::Tick { step }
        | ClientCommand::Untick { step, .. }
        | ClientCommand::Skip { step, .. }
        | ClientCommand::ConfirmWork { step }
        | ClientCommand::RunGate { step, .. }
        | ClientCommand::ProceedWithCaution { step, .. }
        | ClientCommand::MarkNotFollowed { step, .. }
        | ClientCommand::FillValue { step, .. }
        | ClientCommand::StartTimer { step, .. } => Some(step),
        ClientCommand::CancelGate { .. }
        | ClientCommand::TakeDeclaration { .. }
        | ClientCommand::Annotate { .. }
        | ClientCommand::Close { .. } => None,
    }
}
