//! What can be done with the shown step, and what is left when every step is done.

use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{ClientCommand, HowDone, Standing, State, TickedBy};
use leptos::prelude::*;

use crate::cells::Derived;
use super::desk::{Asking, Desk};
use crate::components::icons::{Glyph, Icon};
use crate::components::time::{Clip, clock, local};
use crate::components::words::{StatusWord, Word};

/// The buttons under a step.
#[component]
pub fn StepActions(desk: Desk, step: Step) -> impl IntoView {
    let store = desk.store;
    let id = StoredValue::new(step.id.clone());
    let open = Derived::new(move |()| store.with(|state| state.closed.is_none()));
    let done = Derived::new(move |()| store.with(|state| id.with_value(|id| state.is_done(id))));
    let by_hand = step.gates.is_empty() && step.children.is_empty();
    let optional = step.optional;
    let mine = Derived::new(move |()| store.with(|state| id.with_value(|id| can_take_back(state, id))));
    view! {
        <DoneLine desk=desk id=step.id.clone() />
        <div class="acts">
            <Show when=move || by_hand && open.get() && !done.get()><TickButton desk=desk id=id.get_value() /></Show>
            <button type="button" class="btn" on:click=move |_| desk.asking.set(Some(Asking::Note))>
                <Icon glyph=Glyph::Note />"Note "<kbd>"n"</kbd>
            </button>
            <Show when=move || optional && open.get() && !done.get()>
                <button type="button" class="btn bare" on:click=move |_| desk.asking.set(Some(Asking::Skip(id.get_value())))>"Skip step"</button>
            </Show>
            <Show when=move || mine.get() && open.get()>
                <button type="button" class="btn bare" on:click=move |_| desk.asking.set(Some(Asking::TakeBack(id.get_value())))>"Take back"</button>
            </Show>
            <Show when=move || open.get()>
                <span class="acts-end">
                    <button type="button" class="btn bare" on:click=move |_| desk.asking.set(Some(Asking::Close))>"Close session"</button>
                    <Show when=move || store.with(|state| state.rollback.is_none())>
                        <button type="button" class="btn danger" on:click=move |_| desk.asking.set(Some(Asking::Rollback))>
                            <Icon glyph=Glyph::Back />"Roll back"
                        </button>
                    </Show>
                </span>
            </Show>
        </div>
    }
}

#[component]
fn TickButton(desk: Desk, id: String) -> impl IntoView {
    let id = StoredValue::new(id);
    let refusal = Derived::new(move |()| desk.store.refusal(ClientCommand::Tick { step: id.get_value() }));
    let refused = move || refusal.with(Option::is_some);
    view! {
        <button
            type="button"
            class="btn primary tick-button"
            aria-disabled=move || refused().then_some("true")
            aria-describedby="tick-reason"
            on:click=move |_| desk.tick(id.get_value())
        >
            <Icon glyph=Glyph::Check />"Tick step "<kbd>"x"</kbd>
        </button>
        <span id="tick-reason" class="tick-reason quiet small">{move || refusal.get()}</span>
    }
}

/// Who did the step, when, and by what right.
#[component]
fn DoneLine(desk: Desk, id: String) -> impl IntoView {
    let pending = StoredValue::new(id.clone());
    let line = Derived::new(move |()| {
        desk.store.with(|state| {
            let done = state.done.get(&id)?;
            let at = local(done.at, Clip::Seconds);
            Some(match &done.how {
                HowDone::Ticked(TickedBy::Gate { .. }) => format!("Ticked by its gates at {at}"),
                HowDone::Ticked(TickedBy::Children) => format!("Ticked with its last sub-step at {at}"),
                HowDone::Ticked(TickedBy::Person) => format!("Ticked by {} at {at}", done.actor.name()),
                HowDone::Skipped(reason) => format!("Skipped by {} at {at}: {reason}", done.actor.name()),
            })
        })
    });
    let waits = move || {
        pending.with_value(|id| {
            desk.store.is_pending(|command| match command {
                ClientCommand::Tick { step } | ClientCommand::Skip { step, .. } => step == id,
                _ => false,
            })
        })
    };
    move || {
        line.get().map(|line| {
            let (kind, text) = if waits() { (Word::Wait, "WAITING TO BE SENT") } else { (Word::Go, "DONE") };
            view! { <p class="done-line"><StatusWord kind=kind text=text /><span>{line}</span></p> }
        })
    }
}

fn can_take_back(state: &State, step: &str) -> bool {
    let how = state.done.get(step).map(|done| &done.how);
    matches!(how, Some(HowDone::Ticked(TickedBy::Person) | HowDone::Skipped(_))) && state.rollback.is_none()
}

/// Every step is done, or the session is closed.
#[component]
pub fn DonePanel(desk: Desk) -> impl IntoView {
    let store = desk.store;
    let title = move || match desk.standing.get() {
        Standing::Completed => "Completed",
        Standing::RolledBack => "Rolled back",
        Standing::Abandoned => "Abandoned",
        Standing::Hold => "Every step is done, but a gate holds",
        Standing::Go | Standing::RollingBack => "Every step is done",
    };
    let facts = move || {
        store.with(|state| {
            let end = state.closed.as_ref().map_or_else(|| desk.app.clock.now(), |closed| closed.at);
            let passed = state.runs.iter().filter(|run| run.verdict.as_ref().is_some_and(|verdict| verdict.passes())).count();
            let (done, all) = state.progress();
            let took = state.started_at.map_or_else(String::new, |began| clock(end - began));
            [
                ("Steps", format!("{done} of {all}")),
                ("Gate runs", format!("{passed} of {} passed", state.runs.len())),
                ("Notes", state.notes.len().to_string()),
                ("Time", took),
            ]
        })
    };
    let summary = move || store.with(|state| state.closed.as_ref().map(|closed| closed.summary.clone()).filter(|text| !text.is_empty()));
    view! {
        <article class="step done-panel" aria-labelledby="step-title">
            <h2 id="step-title" tabindex="-1">{title}</h2>
            {move || summary().map(|summary| view! { <p class="lead">{summary}</p> })}
            <dl class="facts">
                {move || facts().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })}
            </dl>
            <div class="acts">
                <Show when=move || store.with(|state| state.closed.is_none())>
                    <button type="button" class="btn primary" on:click=move |_| desk.asking.set(Some(Asking::Close))>"Close session"</button>
                </Show>
                <button type="button" class="btn" on:click=move |_| desk.asking.set(Some(Asking::Note))>"Note "<kbd>"n"</kbd></button>
                <Show when=move || store.with(|state| state.closed.is_none() && state.rollback.is_none())>
                    <button type="button" class="btn danger" on:click=move |_| desk.asking.set(Some(Asking::Rollback))>"Roll back"</button>
                </Show>
            </div>
        </article>
    }
}
