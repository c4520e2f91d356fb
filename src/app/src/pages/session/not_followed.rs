//! In a rehearsal: that a step cannot be followed as it is written.

use holdpoint_domain::session::{ClientCommand, StepId};
use leptos::prelude::*;

use crate::components::forms::SubmitForm;
use crate::components::parts::PartView;
use crate::state::session::use_session;

/// Characters that such a word may have.
const LIMIT: &str = "2000";

/// What was said of the step, and the form to say so. Nothing in a session that is no rehearsal.
#[component]
pub fn NotFollowed(step: StepId) -> impl IntoView {
    let session = use_session();
    let rehearsal = session.with_untracked(|state| state.started.as_ref().is_some_and(|started| started.rehearsal));
    let of = step.clone();
    let said = Memo::new(move |_| {
        session.with(|state| {
            let of_step = state.not_followed.iter().filter(|one| one.step == of);
            of_step
                .map(|one| (one.reason.clone(), one.actor.name().to_owned()))
                .collect::<Vec<_>>()
        })
    });
    let row = |(reason, who)| view! { <p class="note">{reason}" "<span class="quiet small">{who}</span></p> };
    rehearsal.then(|| {
        view! {
            <Show when=move || said.with(|said| !said.is_empty())>
                <PartView label="Could not be followed">{move || said.get().into_iter().map(row).collect::<Vec<_>>()}</PartView>
            </Show>
            <Say step />
        }
    })
}

#[component]
fn Say(step: StepId) -> impl IntoView {
    let session = use_session();
    let (text, open, problem) = (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(false));
    let save = Callback::new(move |()| {
        let reason = text.with_untracked(|text| text.trim().to_owned());
        problem.set(reason.is_empty());
        if reason.is_empty() {
            return;
        }
        let step = step.clone();
        session.send_then(ClientCommand::MarkNotFollowed { step, reason }, move || {
            text.set(String::new());
            open.set(false);
        });
    });
    view! {
        <details class="not-followed" prop:open=move || open.get()>
            <summary
                on:click=move |event| {
                    event.prevent_default();
                    open.update(|open| *open = !*open);
                }
            >
                "Could not follow this step?"
            </summary>
            <SubmitForm on_submit=save>
                <label for="not-followed-text">"What could not be followed"</label>
                <textarea
                    id="not-followed-text"
                    rows="2"
                    maxlength=LIMIT
                    aria-describedby="not-followed-hint"
                    aria-invalid=move || problem.get().then_some("true")
                    bind:value=text
                    on:input=move |_| problem.set(false)
                ></textarea>
                <p id="not-followed-hint" class="quiet small" class:problem=move || problem.get()>
                    {move || match problem.get() {
                        true => "Write a few words first.",
                        false => "For the runbook’s author. It goes into the log with your name and the time.",
                    }}
                </p>
                <div class="acts">
                    <button type="submit" class="btn small">"Save"</button>
                </div>
            </SubmitForm>
        </details>
    }
}
