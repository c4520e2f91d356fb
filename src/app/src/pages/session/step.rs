//! The step that is shown: large, and everything else steps back.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use holdpoint_domain::runbook::{Field, OnFail, Step};
use holdpoint_domain::session::{ClientCommand, Note, State, StepId};
use leptos::prelude::*;

use super::actions::StepActions;
use super::address::anchor;
use super::elsewhere::{ElsewhereBar, WORDS, is_elsewhere};
use super::gates::StepGate;
use super::not_followed::NotFollowed;
use super::ui::use_ui;
use super::unsent::has_unsent_note;
use crate::components::fields::{FieldInput, FilledIn, TimerView};
use crate::components::parts::{Commands, Group, PartView, Prose, sorted};
use crate::components::words::StepTitle;
use crate::format::near_seconds;
use crate::state::app::use_app;
use crate::state::session::{Row, use_session};

#[component]
pub fn StepView(id: StepId) -> impl IntoView {
    let found = use_session().with_untracked(|state| {
        let steps = &state.procedure.as_ref()?.steps;
        Some((
            state.step(&id)?.clone(),
            place(steps, &id),
            state.values_for_placeholders(),
        ))
    });
    let Some((step, place, values)) = found else {
        return view! { <p class="quiet">"This session’s procedure has no such step."</p> }.into_any();
    };
    let parts = sorted(&step);
    let lead = (!parts.lead.is_empty()).then(|| view! { <div class="lead"><Prose blocks=parts.lead /></div> });
    let timer = step.timebox_seconds.map(|seconds| {
        let step = step.id.clone();
        view! { <PartView label="Time"><StepTimer step seconds /></PartView> }
    });
    let groups: Vec<_> = parts
        .groups
        .into_iter()
        .map(|group| view! { <GroupView step=step.id.clone() group values=values.clone() /> })
        .collect();
    let gates: Vec<_> = step
        .gates
        .iter()
        .map(|gate| view! { <StepGate step=step.id.clone() gate=gate.clone() /> })
        .collect();
    let fails: Vec<_> = parts
        .if_it_fails
        .into_iter()
        .map(|(action, blocks)| {
            let class = if action == OnFail::Rollback {
                "fails rollback"
            } else {
                "fails"
            };
            view! { <PartView label="If it fails" class><Prose blocks /></PartView> }
        })
        .collect();
    let by_hand = step.gates.is_empty() && step.children.is_empty();
    let of = id.clone();
    let elsewhere = Memo::new(move |_| is_elsewhere(&of));
    view! {
        <article class="step" class:elsewhere=elsewhere id=anchor(&id) aria-labelledby="step-title">
            <ElsewhereBar step=id.clone() elsewhere />
            <p class="step-no">{place}{step.optional.then_some(" · optional")}</p>
            <h2 id="step-title" tabindex="-1" aria-describedby=move || elsewhere.get().then_some(WORDS)>
                <StepTitle title=step.title.clone() />
            </h2>
            {lead}
            {timer}
            {groups}
            {(!gates.is_empty()).then(|| view! { <PartView label="Gate" class="gates">{gates}</PartView> })}
            <SubSteps steps=step.children />
            {fails}
            <StepNotes step=step.id.clone() />
            <NotFollowed step=step.id.clone() />
            <StepActions step=step.id by_hand optional=step.optional />
        </article>
    }
    .into_any()
}

#[component]
fn GroupView(step: StepId, group: Group, values: BTreeMap<String, String>) -> AnyView {
    let ui = use_ui();
    match group {
        Group::Do(commands) => {
            let of = step.clone();
            let copied = Signal::derive(move || ui.copied(&of));
            let on_copy = Callback::new(move |(number, text)| ui.copy(step.clone(), number, text));
            view! { <PartView label="Do"><RealCommands /><Commands commands values copied on_copy /></PartView> }
                .into_any()
        }
        Group::Text(label, blocks) => view! { <PartView label><Prose blocks /></PartView> }.into_any(),
        Group::Fields(fields) => {
            let inputs: Vec<_> = fields
                .into_iter()
                .map(|field| view! { <StepField step=step.clone() field /> })
                .collect();
            view! { <PartView label="Fill in">{inputs}</PartView> }.into_any()
        }
    }
}

/// A rehearsal stands in for what gates ask, and for nothing that a person does elsewhere.
#[component]
fn RealCommands() -> impl IntoView {
    let rehearsal =
        use_session().with_untracked(|state| state.started.as_ref().is_some_and(|started| started.rehearsal));
    rehearsal.then(|| {
        view! {
            <p class="real-commands">
                <b>"Not part of the rehearsal: "</b>
                "a command that you copy is the runbook’s real one. Where you run it, it acts on the real platform."
            </p>
        }
    })
}

#[component]
fn StepField(step: StepId, field: Field) -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let place = (step.clone(), field.id.clone());
    let of = StoredValue::new(place.clone());
    let filled = Memo::new(move |_| {
        let pending = session.is_pending(|command| {
            matches!(command, ClientCommand::FillValue { step, field, .. } if *step == place.0 && *field == place.1)
        });
        let (value, by) = session.with(|state| {
            let filled = state.values.get(&place);
            filled
                .map(|filled| (filled.value.clone(), (filled.actor.name().to_owned(), filled.at)))
                .unzip()
        });
        FilledIn {
            value: value.unwrap_or_default(),
            by,
            pending,
        }
    });
    let typed = Memo::new(move |_| {
        let typed = ui.typed.with(|all| of.with_value(|place| all.get(place).cloned()));
        typed.filter(|typed| filled.with(|filled| filled.value != *typed))
    });
    let on_typed = Callback::new(move |text| {
        let is_saved = filled.with_untracked(|filled| filled.value == text);
        ui.typed.update(|all| match is_saved {
            true => drop(all.remove(&of.get_value())),
            false => drop(all.insert(of.get_value(), text)),
        });
    });
    let on_save = Callback::new(move |value| {
        let (step, field) = of.get_value();
        let fill = ClientCommand::FillValue { step, field, value };
        let place = of.get_value();
        session.send_then(fill, move || ui.typed.update(|all| drop(all.remove(&place))));
    });
    view! { <FieldInput step field filled typed on_typed closed=ui.closed on_save /> }
}

#[component]
fn StepTimer(step: StepId, seconds: u64) -> impl IntoView {
    let (ui, session) = (use_ui(), use_session());
    let of = step.clone();
    let ends = Memo::new(move |_| {
        session.with(|state: &State| {
            let timer = state.timers.get(&of)?;
            let length = i64::try_from(timer.seconds).ok().and_then(TimeDelta::try_seconds)?;
            timer.started.checked_add_signed(length)
        })
    });
    let on_start = Callback::new(move |seconds| {
        session.send(ClientCommand::StartTimer {
            step: step.clone(),
            seconds,
        })
    });
    view! { <TimerView seconds ends now=use_app().clock.signal() closed=ui.closed on_start /> }
}

#[component]
fn SubSteps(steps: Vec<Step>) -> impl IntoView {
    let rows: Vec<_> = steps
        .into_iter()
        .map(|step| view! { <SubStep id=step.id title=step.title /> })
        .collect();
    (!rows.is_empty())
        .then(|| view! { <PartView label="Sub-steps"><ul role="list" class="substeps">{rows}</ul></PartView> })
}

#[component]
fn SubStep(id: StepId, title: String) -> impl IntoView {
    let ui = use_ui();
    let row = use_session().row(&id);
    let word = move || row.map(|row| row.with(Row::word));
    view! {
        <li>
            <button type="button" class="link" on:click=move |_| ui.select(Some(id.clone()))>{title}</button>
            <span class="quiet small">{word}</span>
        </li>
    }
}

/// In the order of the log.
fn notes_of<'a>(state: &'a State, step: &'a str) -> impl Iterator<Item = &'a Note> {
    state
        .notes
        .iter()
        .filter(move |note| note.step.as_deref() == Some(step))
}

#[component]
fn StepNotes(step: StepId) -> impl IntoView {
    let (session, app) = (use_session(), use_app());
    let step = StoredValue::new(step);
    let notes = Memo::new(move |_| {
        let now = app.clock.now();
        session.with(|state| {
            let of_step = step.with_value(|step| notes_of(state, step).cloned().collect::<Vec<_>>());
            of_step
                .into_iter()
                .map(|note| {
                    let written = note
                        .written
                        .map(|at| format!(" · written at {}", near_seconds(at, now)));
                    let who = format!("{}{}", note.actor.name(), written.unwrap_or_default());
                    (note.text, who)
                })
                .collect::<Vec<_>>()
        })
    });
    // What waits to be sent stands after what is recorded.
    let recorded = Memo::new(move |_| {
        let waits = step.with_value(|step| has_unsent_note(app.outbox, session.id, step));
        waits.then(|| session.with_confirmed(|state| step.with_value(|step| notes_of(state, step).count())))
    });
    let note = move |(place, (text, who)): (usize, (String, String))| {
        let waits = recorded.get().is_some_and(|recorded| place >= recorded);
        let waits = waits.then_some(" · not sent yet");
        view! { <p class="note">{text}" "<span class="quiet small">{who}{waits}</span></p> }
    };
    view! {
        <Show when=move || notes.with(|notes| !notes.is_empty())>
            <PartView label="Notes">{move || notes.get().into_iter().enumerate().map(note).collect::<Vec<_>>()}</PartView>
        </Show>
    }
}

/// `Step 4 of 7`, or where a sub-step belongs: `Step 4.2 · part of MIGRATE`.
fn place(steps: &[Step], id: &str) -> String {
    let mut path = Vec::new();
    let mut level = steps;
    while let Some(at) = level.iter().position(|step| step.contains(id)) {
        path.push(at);
        if level[at].id == id {
            break;
        }
        level = &level[at].children;
    }
    match path[..] {
        [] => String::new(),
        [at] => format!("Step {} of {}", at + 1, steps.len()),
        [top, ..] => {
            let numbers: Vec<_> = path.iter().map(|at| (at + 1).to_string()).collect();
            format!("Step {} · part of {}", numbers.join("."), steps[top].title)
        }
    }
}
