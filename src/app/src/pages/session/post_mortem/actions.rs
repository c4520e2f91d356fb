//! Action items: what is to be done so that it does not happen again.

use holdpoint_domain::session::{ActionItem, ActionState, Annotation};
use leptos::prelude::*;

use super::action_form::{ActionDrafts, ActionForm};
use super::editing::{EditButton, Editing, Waits, by, waits_words};
use crate::components::attention::use_attention;
use crate::state::app::use_app;
use crate::state::session::use_session;

#[component]
pub fn Actions() -> impl IntoView {
    let session = use_session();
    let items = Memo::new(move |_| session.with(|state| state.annotations.actions.clone()));
    let editing = Editing::of(session.id, "actions");
    let drafts = ActionDrafts::of(session.id);
    let begin = Callback::new(move |()| drafts.fill(None));
    let edit = Callback::new(move |item: ActionItem| {
        drafts.fill(Some(&item));
        editing.begin();
    });
    let waits = Signal::derive(move || {
        session.is_annotating(|one| matches!(one, Annotation::Action { .. } | Annotation::ActionState { .. }))
    });
    let list = move || {
        let items = items.get();
        match items.is_empty() {
            true => view! { <p class="quiet">"None written yet."</p> }.into_any(),
            false => {
                let rows = items.into_iter().enumerate();
                let rows = rows.map(|(at, item)| view! { <Item number=at + 1 item edit /> });
                view! { <ol class="actions" role="list">{rows.collect_view()}</ol> }.into_any()
            }
        }
    };
    view! {
        <section aria-labelledby="actions-title">
            <div class="part-head">
                <h2 id="actions-title">"Action items"</h2>
                <EditButton editing of="an action item" is_written=false on_begin=begin />
            </div>
            {list}
            <Waits waits />
            <Show when=move || editing.is_on()>
                <ActionForm editing drafts />
            </Show>
        </section>
    }
}

/// One action item, and what can be done with it. A row is made anew when any of the list changes.
#[component]
fn Item(number: usize, item: ActionItem, edit: Callback<ActionItem>) -> impl IntoView {
    let (session, attention, clock) = (use_session(), use_attention(), use_app().clock);
    let id = item.id;
    let set = move |state: ActionState| {
        let said = move || attention.say(waits_words(&format!("action item {number}, {}", state.word())));
        if let Err(why) = session.annotate(Annotation::ActionState { id, state }, said) {
            attention.tell(why);
        }
    };
    let owner = match item.owner.is_empty() {
        true => "no owner".to_owned(),
        false => item.owner.clone(),
    };
    let due = item
        .due
        .map_or_else(|| "no due day".to_owned(), |due| format!("due {due}"));
    let overdue = item.is_overdue(clock.now_untracked().date_naive());
    let changed = match &item.stated {
        Some((at, actor)) if *at >= item.at => by(actor, *at),
        _ => by(&item.actor, item.at),
    };
    let is_open = item.state == ActionState::Open;
    let word = match (item.state, overdue) {
        (ActionState::Open, true) => "open, overdue",
        (state, _) => state.word(),
    };
    let named = move |what: &str| format!("{what}: action item {number}");
    let ended = match is_open {
        true => view! {
            <button type="button" class="btn small" aria-label=named("Done") on:click=move |_| set(ActionState::Done)>"Done"</button>
            <button type="button" class="btn bare small" aria-label=named("Drop") on:click=move |_| set(ActionState::Dropped)>"Drop"</button>
        }
        .into_any(),
        false => view! {
            <button type="button" class="btn small" aria-label=named("Reopen") on:click=move |_| set(ActionState::Open)>"Reopen"</button>
        }
        .into_any(),
    };
    let text = item.text.clone();
    view! {
        <li class:over=!is_open>
            <p class="written"><b>{format!("{number}. ")}</b>{text}</p>
            <p class="small">
                <span class="state" class:overdue=overdue>{word}</span>
                {format!(" · {owner} · {due} ")}
                <span class="quiet">{format!("· {changed}")}</span>
            </p>
            <div class="row-acts">
                {ended}
                <button type="button" class="btn bare small" aria-label=named("Edit") on:click=move |_| edit.run(item.clone())>"Edit"</button>
            </div>
        </li>
    }
}
