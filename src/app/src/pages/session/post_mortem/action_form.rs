//! The form for an action item: a new one, or one that is written again.

use chrono::NaiveDate;
use holdpoint_domain::session::{ActionId, ActionItem, Annotation, SessionId};
use leptos::prelude::*;
use uuid::Uuid;

use super::editing::{Editing, FormEnd, waits_words};
use crate::components::attention::use_attention;
use crate::components::forms::SubmitForm;
use crate::state::drafts::Draft;
use crate::state::session::use_session;

/// What is typed into the form. Copying it copies handles.
#[derive(Clone, Copy)]
pub struct ActionDrafts {
    /// The item that is written again; empty for a new one.
    id: Draft,
    text: Draft,
    owner: Draft,
    due: Draft,
}

impl ActionDrafts {
    pub fn of(session: SessionId) -> Self {
        let draft = |what: &str| Draft::of(session, &format!("post-mortem.action.{what}"));
        Self {
            id: draft("id"),
            text: draft("text"),
            owner: draft("owner"),
            due: draft("due"),
        }
    }

    /// Fills the form with an item, or empties it.
    pub fn fill(&self, item: Option<&ActionItem>) {
        let of = |read: fn(&ActionItem) -> String| item.map(read).unwrap_or_default();
        self.id.set_text.set(of(|item| item.id.to_string()));
        self.text.set_text.set(of(|item| item.text.clone()));
        self.owner.set_text.set(of(|item| item.owner.clone()));
        self.due
            .set_text
            .set(of(|item| item.due.map(|due| due.to_string()).unwrap_or_default()));
    }

    fn clear(&self) {
        [self.id, self.text, self.owner, self.due].iter().for_each(Draft::clear);
    }

    fn id(&self) -> Option<ActionId> {
        self.id.text.with_untracked(|id| id.parse().ok())
    }

    /// # Errors
    /// What is wrong with the day.
    fn annotation(&self) -> Result<Annotation, String> {
        let text = |draft: &Draft| draft.text.with_untracked(|text| text.trim().to_owned());
        let due = match text(&self.due).as_str() {
            "" => None,
            due => match NaiveDate::parse_from_str(due, "%Y-%m-%d") {
                Ok(due) => Some(due),
                Err(_) => return Err("The due day is a day like 2026-12-01, or empty.".to_owned()),
            },
        };
        Ok(Annotation::Action {
            id: self.id().unwrap_or_else(Uuid::now_v7),
            text: text(&self.text),
            owner: text(&self.owner),
            due,
        })
    }
}

#[component]
pub fn ActionForm(editing: Editing, drafts: ActionDrafts) -> impl IntoView {
    let (session, attention) = (use_session(), use_attention());
    let problem = RwSignal::new(None::<String>);
    let end = move || {
        drafts.clear();
        editing.end();
    };
    let save = Callback::new(move |()| {
        let saved = move || {
            end();
            attention.say(waits_words("the action item"));
        };
        let sent = drafts.annotation();
        let sent = sent.and_then(|annotation| session.annotate(annotation, saved));
        problem.set(sent.err());
    });
    let title = move || match drafts.id.text.with(String::is_empty) {
        true => "A new action item",
        false => "Change the action item",
    };
    view! {
        <SubmitForm on_submit=save>
            <fieldset>
                <legend>{title}</legend>
                <div class="field">
                    <label for="actions-field">"What is to be done"</label>
                    <textarea id="actions-field" rows="2" maxlength="2000" bind:value=(drafts.text.text, drafts.text.set_text)></textarea>
                </div>
                <div class="fields two">
                    <div class="field">
                        <label for="action-owner">"Owner"</label>
                        <input id="action-owner" type="text" maxlength="100" bind:value=(drafts.owner.text, drafts.owner.set_text) />
                    </div>
                    <div class="field">
                        <label for="action-due">"Due day"</label>
                        <input id="action-due" type="date" bind:value=(drafts.due.text, drafts.due.set_text) />
                    </div>
                </div>
            </fieldset>
            <FormEnd problem on_cancel=Callback::new(move |()| end()) />
        </SubmitForm>
    }
}
