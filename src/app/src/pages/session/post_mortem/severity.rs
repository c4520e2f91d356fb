//! The severity by a person's word.

use holdpoint_domain::session::{Annotation, SeverityLevel};
use leptos::prelude::*;

use super::editing::{EditButton, Editing, FormEnd, Waits, by, waits_words};
use crate::components::attention::use_attention;
use crate::components::forms::{Radio, SubmitForm};
use crate::state::drafts::Draft;
use crate::state::session::use_session;

/// Chosen to take the word back.
const BACK: &str = "back";

/// What each level means, in the words in which the report's suggestion is made.
fn about(level: SeverityLevel) -> &'static str {
    match level {
        SeverityLevel::Sev1 => "Production was down or wrong for users, or could not be brought back.",
        SeverityLevel::Sev2 => "Production had trouble, or may have had.",
        SeverityLevel::Sev3 => "Trouble that production and its users did not feel.",
        SeverityLevel::NoIncident => "Nothing that anybody has to learn from.",
    }
}

#[component]
pub fn Severity() -> impl IntoView {
    let session = use_session();
    let said = Memo::new(move |_| session.with(|state| state.annotations.severity.clone()));
    let editing = Editing::of(session.id, "severity");
    let level = Draft::of(session.id, "post-mortem.severity.level");
    let reason = Draft::of(session.id, "post-mortem.severity.reason");
    let begin = Callback::new(move |()| {
        let said = said.get_untracked().map(|said| said.value);
        level
            .set_text
            .set(said.as_ref().map_or(String::new(), |said| said.level.word().to_owned()));
        reason.set_text.set(said.map_or(String::new(), |said| said.reason));
    });
    let shown = move || match said.get() {
        None => view! { <p class="quiet">"Nobody has said one yet."</p> }.into_any(),
        Some(said) => view! {
            <p class="written"><b>{said.value.level.word()}</b>": "{said.value.reason}</p>
            <p class="by small quiet">{by(&said.actor, said.at)}</p>
        }
        .into_any(),
    };
    let waits = Signal::derive(move || session.is_annotating(|one| matches!(one, Annotation::Severity { .. })));
    view! {
        <section aria-labelledby="severity-title">
            <div class="part-head">
                <h2 id="severity-title">"Severity"</h2>
                <EditButton editing of="Severity" is_written=Signal::derive(move || said.with(Option::is_some)) on_begin=begin />
            </div>
            {shown}
            <Waits waits />
            <Show when=move || editing.is_on()>
                <SeverityForm editing level reason />
            </Show>
        </section>
    }
}

#[component]
fn SeverityForm(editing: Editing, level: Draft, reason: Draft) -> impl IntoView {
    let (session, attention) = (use_session(), use_attention());
    let problem = RwSignal::new(None::<String>);
    let end = move || {
        level.clear();
        reason.clear();
        editing.end();
    };
    let save = Callback::new(move |()| {
        let chosen = level.text.get_untracked();
        let level = SeverityLevel::ALL.into_iter().find(|one| one.word() == chosen);
        if level.is_none() && chosen != BACK {
            return problem.set(Some("Choose a severity.".to_owned()));
        }
        let reason = reason.text.get_untracked().trim().to_owned();
        let said = session.with_untracked(|state| state.annotations.severity.clone());
        if said.is_some_and(|said| Some(said.value.level) == level && said.value.reason == reason) {
            return end();
        }
        let saved = move || {
            end();
            attention.say(waits_words("the severity"));
        };
        problem.set(session.annotate(Annotation::Severity { level, reason }, saved).err());
    });
    let levels = SeverityLevel::ALL.map(|one| {
        view! {
            <Radio
                group="severity-level"
                name=one.word()
                about=about(one)
                chosen=Signal::derive(move || level.text.with(|chosen| chosen == one.word()))
                on_choose=Callback::new(move |()| level.set_text.set(one.word().to_owned()))
            />
        }
    });
    let said = session.with_untracked(|state| state.annotations.severity.is_some());
    let back = said.then(|| {
        view! {
            <Radio
                group="severity-level"
                name="Take it back"
                about="What the events suggest stands alone again."
                chosen=Signal::derive(move || level.text.with(|chosen| chosen == BACK))
                on_choose=Callback::new(move |()| level.set_text.set(BACK.to_owned()))
            />
        }
    });
    view! {
        <SubmitForm on_submit=save>
            <fieldset>
                <legend>"How severe was it?"</legend>
                {levels}
                {back}
            </fieldset>
            <div class="field">
                <label for="severity-field">"Reason"</label>
                <textarea id="severity-field" rows="2" maxlength="2000" bind:value=(reason.text, reason.set_text)></textarea>
            </div>
            <FormEnd problem on_cancel=Callback::new(move |()| end()) />
        </SubmitForm>
    }
}
