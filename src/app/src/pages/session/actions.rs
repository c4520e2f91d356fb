//! What can be done with the shown step, and what is left when every step is done.

use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{ClientCommand, HowDone, Standing, State, TickedBy};

use super::desk::{Asking, Desk};
use crate::cells::{Derived, Held};
use crate::components::dom::{El, button, div, el, paragraph, phrase};
use crate::components::icons::{Glyph, icon};
use crate::components::time::{Clip, clock, local};
use crate::components::words::{Word, status};

/// How a step was done, and the buttons under it.
pub fn step_actions(desk: Desk, step: &Step) -> [El; 2] {
    let store = desk.store;
    let id = Held::new(step.id.clone());
    let closed = desk.closed;
    let done = Derived::new(move |()| store.with(|state| id.with_untracked(|id| state.is_done(id))));
    let by_hand = step.gates.is_empty() && step.children.is_empty();
    let optional = step.optional;
    let mine = Derived::new(move |()| store.with(|state| id.with_untracked(|id| can_take_back(state, id))));
    let no_rollback = Derived::new(move |()| store.with(|state| state.rollback.is_none()));
    let ask = move |class: &str, asking: fn(String) -> Asking| {
        button(class).on_click(move || desk.asking.set(Some(asking(id.get_untracked()))))
    };
    let note = ask("btn", |_| Asking::Note)
        .child(icon(Glyph::Note))
        .text("Note ")
        .child(el("kbd").text("n"));
    let skip = ask("btn bare", Asking::Skip)
        .text("Skip step")
        .live_hidden(move || !(optional && !closed.get() && !done.get()));
    let back = ask("btn bare", Asking::TakeBack)
        .text("Take back")
        .live_hidden(move || !mine.get() || closed.get());
    let close = ask("btn bare", |_| Asking::Close).text("Close session");
    let undo = ask("btn danger", |_| Asking::Rollback)
        .child(icon(Glyph::Back))
        .text("Roll back")
        .live_hidden(move || !no_rollback.get());
    let end = phrase("acts-end")
        .live_hidden(move || closed.get())
        .child(close)
        .child(undo);
    let acts = div("acts");
    let acts = if by_hand {
        let [tick, reason] = tick_button(desk, id, done);
        acts.child(tick).child(reason)
    } else {
        acts
    };
    [
        done_line(desk, step.id.clone()),
        acts.child(note).child(skip).child(back).child(end),
    ]
}

fn tick_button(desk: Desk, id: Held<String>, done: Derived<bool>) -> [El; 2] {
    let refusal = Derived::new(move |()| {
        desk.store.refusal(ClientCommand::Tick {
            step: id.get_untracked(),
        })
    });
    let hidden = move || desk.closed.get() || done.get();
    let tick = button("btn primary tick-button")
        .live_hidden(hidden)
        .live_mark("aria-disabled", "true", move || refusal.with(Option::is_some))
        .attr("aria-describedby", "tick-reason")
        .on_click(move || desk.tick(id.get_untracked()))
        .child(icon(Glyph::Check))
        .text("Tick step ")
        .child(el("kbd").text("x"));
    let reason = el("span")
        .id("tick-reason")
        .class("tick-reason quiet small")
        .live_hidden(hidden)
        .live_text(move || refusal.get().unwrap_or_default());
    [tick, reason]
}

/// Who did the step, when, and by what right.
fn done_line(desk: Desk, id: String) -> El {
    let pending = id.clone();
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
    let waits = Derived::new(move |()| {
        desk.store.is_pending(|command| match command {
            ClientCommand::Tick { step } | ClientCommand::Skip { step, .. } => *step == pending,
            _ => false,
        })
    });
    let shown = move || {
        let Some(line) = line.get() else { return Vec::new() };
        let (kind, text) = if waits.get() {
            (Word::Wait, "WAITING TO BE SENT")
        } else {
            (Word::Go, "DONE")
        };
        vec![
            paragraph("done-line")
                .child(status(kind, text))
                .child(el("span").text(&line)),
        ]
    };
    el("div").live_children(shown)
}

fn can_take_back(state: &State, step: &str) -> bool {
    let how = state.done.get(step).map(|done| &done.how);
    matches!(how, Some(HowDone::Ticked(TickedBy::Person) | HowDone::Skipped(_))) && state.rollback.is_none()
}

/// Every step is done, or the session is closed.
pub fn done_panel(desk: Desk) -> El {
    let store = desk.store;
    // What is on its way may still be refused, so only what the proxy recorded counts as done or closed here.
    let waits = Derived::new(move |()| {
        store.is_pending(|command| {
            matches!(
                command,
                ClientCommand::Tick { .. } | ClientCommand::Skip { .. } | ClientCommand::Close { .. }
            )
        })
    });
    let title = move || match desk.standing.get() {
        Standing::Completed => "Completed",
        Standing::RolledBack => "Rolled back",
        Standing::Abandoned => "Abandoned",
        Standing::Hold => "Every step is done, but a gate holds",
        Standing::Go | Standing::RollingBack if waits.get() => "Waiting for the proxy’s answer",
        Standing::Go | Standing::RollingBack => "Every step is done",
    };
    let facts = move || {
        let facts = store.with_confirmed(|state| {
            let end = state
                .closed
                .as_ref()
                .map_or_else(|| desk.app.clock.now(), |closed| closed.at);
            let passed = state
                .runs
                .iter()
                .filter(|run| run.verdict.as_ref().is_some_and(|verdict| verdict.passes()))
                .count();
            let (done, all) = state.progress();
            let took = state.started_at.map_or_else(String::new, |began| clock(end - began));
            [
                ("Steps", format!("{done} of {all}")),
                ("Gate runs", format!("{passed} of {} passed", state.runs.len())),
                ("Notes", state.notes.len().to_string()),
                ("Time", took),
            ]
        });
        facts
            .map(|(name, value)| el("div").child(el("dt").text(name)).child(el("dd").text(&value)))
            .into()
    };
    let summary = move || {
        store.with_confirmed(|state| {
            state
                .closed
                .as_ref()
                .map(|closed| closed.summary.clone())
                .unwrap_or_default()
        })
    };
    let closed = move || desk.closed.get();
    let undone = move || store.with(|state| state.rollback.is_some());
    let close = button("btn primary")
        .text("Close session")
        .live_hidden(closed)
        .on_click(move || desk.asking.set(Some(Asking::Close)));
    let note = button("btn")
        .text("Note ")
        .child(el("kbd").text("n"))
        .on_click(move || desk.asking.set(Some(Asking::Note)));
    let undo = button("btn danger")
        .text("Roll back")
        .live_hidden(move || closed() || undone())
        .on_click(move || desk.asking.set(Some(Asking::Rollback)));
    el("article")
        .class("step done-panel")
        .attr("aria-labelledby", "step-title")
        .child(el("h2").id("step-title").attr("tabindex", "-1").live_word(title))
        .child(paragraph("lead").live_text(summary))
        .child(el("dl").class("facts").live_children(facts))
        .child(div("acts").child(close).child(note).child(undo))
}
