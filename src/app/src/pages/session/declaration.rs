//! A gate that was corrected in `gates.toml`: what the session goes by beside what is declared now, and the taking of it.

use holdpoint_domain::gate::ComparedLine;
use holdpoint_domain::session::{ClientCommand, GateId};
use holdpoint_domain::wire::GateDeclaration;
use leptos::prelude::*;

use super::ui::use_ui;
use crate::api;
use crate::components::forms::TextForm;
use crate::components::loading::Loaded;
use crate::state::session::use_session;

const OLD: &str = "The session goes by";
const NEW: &str = "gates.toml now";

#[component]
pub fn DeclarationDialog(gate: GateId) -> impl IntoView {
    let session = use_session();
    let declaration = LocalResource::new(move || {
        let gate = gate.clone();
        async move { api::declaration(session.id, &gate).await }
    });
    view! {
        <Loaded resource=declaration what="the gate's declaration" let:declaration>
            <Compared declaration />
        </Loaded>
    }
}

#[component]
fn Compared(declaration: GateDeclaration) -> impl IntoView {
    let GateDeclaration {
        gate,
        title,
        changed,
        digest,
        lines,
        ..
    } = declaration;
    let (differing, same): (Vec<_>, Vec<_>) = lines.into_iter().partition(ComparedLine::differs);
    let said = match (&digest, changed, differing.is_empty()) {
        (None, ..) => {
            "gates.toml does not declare this gate for the session's environment any more, so there is nothing to take. Declare \
             it there and start the proxy anew."
        }
        (Some(_), false, _) => "gates.toml declares this gate as the session goes by it, so there is nothing to take.",
        (Some(_), true, true) => {
            "gates.toml declares this gate otherwise than the session goes by it. What differs is not shown, because it may be \
             secret: look into gates.toml."
        }
        (Some(_), true, false) => "gates.toml declares this gate otherwise than the session goes by it.",
    };
    let count = same.len();
    let rest = (count > 0).then(|| {
        view! {
            <details>
                <summary>{format!("What is the same in both: {count}")}</summary>
                <LinesTable caption="What is the same in both" lines=same />
            </details>
        }
    });
    let table = (!differing.is_empty()).then(|| view! { <LinesTable caption="What differs" lines=differing /> });
    let take = digest
        .filter(|_| changed)
        .map(|digest| view! { <TakeForm gate digest /> });
    view! {
        <p><b>{title}</b></p>
        <p>{said}</p>
        {table}
        {rest}
        {take}
    }
}

#[component]
fn LinesTable(caption: &'static str, lines: Vec<ComparedLine>) -> impl IntoView {
    let rows = lines.into_iter().map(|line| {
        let differs = line.differs();
        view! {
            <tr class:differs=differs>
                <th scope="row">{line.label}</th>
                <td data-label=OLD>{text(line.old)}</td>
                <td data-label=NEW>{text(line.new)}</td>
            </tr>
        }
    });
    view! {
        <table class="compare">
            <caption>{caption}</caption>
            <thead>
                <tr><th scope="col">"Of the gate"</th><th scope="col">{OLD}</th><th scope="col">{NEW}</th></tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

fn text(said: Option<String>) -> AnyView {
    match said {
        Some(said) => view! { <code>{said}</code> }.into_any(),
        None => view! { <span class="quiet">"nothing"</span> }.into_any(),
    }
}

#[component]
fn TakeForm(gate: GateId, digest: String) -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let (reason, set_reason) = signal(String::new());
    let command = move |reason: String| ClientCommand::TakeDeclaration {
        gate: gate.clone(),
        digest: digest.clone(),
        reason,
    };
    let wish = command.clone();
    // Why it cannot be taken now whatever the reason is.
    let refusal = Memo::new(move |_| session.refusal(wish("-".to_owned())));
    let on_save = Callback::new(move |reason| {
        session.send_then(command(reason), move || ui.dialog.set(None));
    });
    view! {
        <p>
            "Once it is taken, nothing that this gate has said so far is evidence: it has to be run anew, and what it holds stays on \
             hold until it passes. Steps that it ticked stay ticked, and say so."
        </p>
        <Show
            when=move || refusal.with(Option::is_none)
            fallback=move || view! { <p class="problem" role="status">{move || refusal.get()}</p> }
        >
            <TextForm
                label="Reason"
                button="Take the corrected gate"
                hint="The reason is part of the record."
                text=reason
                set_text=set_reason
                on_save
            />
        </Show>
    }
}
