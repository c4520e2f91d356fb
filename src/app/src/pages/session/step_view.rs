//! The step that is shown: large, and everything else steps back.

use std::collections::BTreeMap;

use holdpoint_domain::runbook::{OnFail, Step};
use holdpoint_domain::session::{ClientCommand, State};
use leptos::prelude::*;

use crate::cells::{Derived, Read};
use super::actions::StepActions;
use super::desk::Desk;
use super::gates::StepGate;
use crate::components::fields::{FieldInput, FilledIn, TimerView};
use crate::components::parts::{Commands, Group, PartView, Prose, sorted};
use crate::components::words::StepTitle;

/// A step.
#[component]
pub fn StepView(desk: Desk, id: String) -> impl IntoView {
    let found = desk.store.with_untracked(|state| {
        let procedure = state.procedure.as_ref()?;
        Some((procedure.step(&id)?.clone(), place(&procedure.steps, &id), state.values_for_placeholders()))
    });
    let Some((step, place, values)) = found else {
        return view! { <p class="quiet">"This session's procedure has no such step."</p> }.into_any();
    };
    let parts = sorted(&step);
    let groups: Vec<_> = parts.groups.into_iter().map(|group| group_view(desk, &step, group, &values)).collect();
    let fails: Vec<_> = parts
        .if_it_fails
        .into_iter()
        .map(|(action, blocks)| {
            let class = if action == OnFail::Rollback { "fails rollback" } else { "fails" };
            view! { <PartView label="If it fails" class=class><Prose blocks=blocks /></PartView> }
        })
        .collect();
    let gates: Vec<_> = step.gates.iter().map(|gate| view! { <StepGate desk=desk step=step.id.clone() gate=gate.clone() /> }).collect();
    let lead = (!parts.lead.is_empty()).then(|| view! { <div class="lead"><Prose blocks=parts.lead /></div> });
    let timer = step.timebox_seconds.map(|seconds| {
        let id = id.clone();
        view! { <PartView label="Time"><StepTimer desk=desk id=id seconds=seconds /></PartView> }
    });
    view! {
        <article class="step" aria-labelledby="step-title">
            <p class="step-no">{place}{step.optional.then_some(" · optional")}</p>
            <h2 id="step-title" tabindex="-1"><StepTitle title=step.title.clone() /></h2>
            {lead}
            {timer}
            {groups}
            {(!gates.is_empty()).then(|| view! { <PartView label="Gate" class="gates">{gates}</PartView> })}
            <SubSteps desk=desk step=step.clone() />
            {fails}
            <StepNotes desk=desk id=id />
            <StepActions desk=desk step=step />
        </article>
    }
    .into_any()
}

fn group_view(desk: Desk, step: &Step, group: Group, values: &BTreeMap<String, String>) -> AnyView {
    match group {
        Group::Do(commands) => {
            let values = values.clone();
            let on_copy = Callback::new(move |(number, text)| desk.copy(number, text));
            view! {
                <PartView label="Do">
                    <Commands commands=commands values=values copied=desk.copied on_copy=on_copy />
                </PartView>
            }
            .into_any()
        }
        Group::Text(label, blocks) => view! { <PartView label=label><Prose blocks=blocks /></PartView> }.into_any(),
        Group::Fields(fields) => {
            let inputs: Vec<_> = fields
                .into_iter()
                .map(|field| {
                    let place = StoredValue::new((step.id.clone(), field.id.clone()));
                    let save = move |(field, value)| {
                        let step = place.with_value(|(step, _)| step.clone());
                        desk.store.ask(ClientCommand::FillValue { step, field, value });
                    };
                    view! {
                        <FieldInput
                            step=step.id.clone()
                            field=field
                            filled=Read::derive(move || place.with_value(|place| filled_in(desk, place)))
                            closed=Read::derive(move || desk.store.with(|state| state.closed.is_some()))
                            on_save=Callback::new(save)
                        />
                    }
                })
                .collect();
            view! { <PartView label="Fill in">{inputs}</PartView> }.into_any()
        }
    }
}

fn filled_in(desk: Desk, place: &(String, String)) -> FilledIn {
    let pending = desk.store.is_pending(|command| {
        matches!(command, ClientCommand::FillValue { step, field, .. } if *step == place.0 && *field == place.1)
    });
    desk.store.with(|state| match state.values.get(place) {
        Some(filled) => {
            let by = Some((filled.actor.name().to_owned(), filled.at));
            FilledIn { value: filled.value.clone(), by, pending }
        }
        None => FilledIn { pending, ..FilledIn::default() },
    })
}

#[component]
fn StepTimer(desk: Desk, id: String, seconds: u64) -> impl IntoView {
    let id = StoredValue::new(id);
    let ends = move |state: &State| {
        let timer = id.with_value(|id| state.timers.get(id).copied())?;
        let length = i64::try_from(timer.seconds).ok().and_then(chrono::TimeDelta::try_seconds)?;
        timer.started.checked_add_signed(length)
    };
    view! {
        <TimerView
            seconds=seconds
            ends=Read::derive(move || desk.store.with(ends))
            now=Read::derive(move || desk.app.clock.now())
            closed=Read::derive(move || desk.store.with(|state| state.closed.is_some()))
            on_start=Callback::new(move |seconds| desk.store.ask(ClientCommand::StartTimer { step: id.get_value(), seconds }))
        />
    }
}

/// The sub-steps of a step, as ways to them.
#[component]
fn SubSteps(desk: Desk, step: Step) -> impl IntoView {
    let rows: Vec<_> = step
        .children
        .into_iter()
        .map(|child| {
            let id = StoredValue::new(child.id);
            let word = move || desk.rows.with(|rows| id.with_value(|id| rows.get(id).map(|row| row.status.word())));
            view! {
                <li>
                    <button type="button" class="link" on:click=move |_| desk.select(Some(id.get_value()))>{child.title}</button>
                    <span class="quiet small">{word}</span>
                </li>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| view! { <PartView label="Sub-steps"><ul class="substeps">{rows}</ul></PartView> })
}

/// What people wrote about the step.
#[component]
fn StepNotes(desk: Desk, id: String) -> impl IntoView {
    let notes = Derived::new(move |()| {
        desk.store.with(|state| {
            let of_step = state.notes.iter().filter(|note| note.step.as_ref() == Some(&id));
            of_step.map(|note| (note.text.clone(), note.actor.name().to_owned())).collect::<Vec<_>>()
        })
    });
    view! {
        <Show when=move || notes.with(|notes| !notes.is_empty())>
            <PartView label="Notes">
                {move || notes.get().into_iter().map(|(text, who)| view! { <p class="note">{text}" "<span class="quiet small">{who}</span></p> }).collect::<Vec<_>>()}
            </PartView>
        </Show>
    }
}

/// `Step 4 of 7`, or where a sub-step belongs.
fn place(steps: &[Step], id: &str) -> String {
    let all = steps.len();
    for (index, step) in steps.iter().enumerate() {
        if step.id == id {
            return format!("Step {} of {all}", index + 1);
        }
        if let Some(path) = path_to(&step.children, id, &(index + 1).to_string()) {
            return format!("Step {path} · part of {}", step.title);
        }
    }
    String::new()
}

fn path_to(steps: &[Step], id: &str, before: &str) -> Option<String> {
    steps.iter().enumerate().find_map(|(index, step)| {
        let path = format!("{before}.{}", index + 1);
        if step.id == id { Some(path) } else { path_to(&step.children, id, &path) }
    })
}
