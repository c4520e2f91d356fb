//! The step that is shown: large, and everything else steps back.

use std::collections::BTreeMap;

use holdpoint_domain::runbook::{Field, OnFail, Step};
use holdpoint_domain::session::{ClientCommand, Note, State};

use super::actions::step_actions;
use super::desk::Desk;
use super::gates::step_gate;
use crate::cells::{Callback, Read};
use crate::components::dom::{El, button, div, el, paragraph, phrase};
use crate::components::fields::{FilledIn, field_input, timer_view};
use crate::components::outline::row_of;
use crate::components::parts::{Group, commands, part, prose, proses, sorted};
use crate::components::words::with_title;

/// A step.
pub fn step_view(desk: Desk, id: String) -> El {
    let (procedure, values) = desk
        .store
        .with_untracked(|state| (state.procedure.clone(), state.values_for_placeholders()));
    let found = procedure
        .as_ref()
        .and_then(|procedure| Some((procedure.step(&id)?, place(&procedure.steps, &id))));
    let Some((step, place)) = found else {
        return paragraph("quiet").text("This session's procedure has no such step.");
    };
    let parts = sorted(step);
    let mut shown = Vec::new();
    if !parts.lead.is_empty() {
        shown.push(div("lead").child(proses(&parts.lead)));
    }
    if let Some(seconds) = step.timebox_seconds {
        shown.push(part("Time", "", vec![step_timer(desk, step.id.clone(), seconds)]));
    }
    for group in &parts.groups {
        shown.push(group_view(desk, step, group, &values));
    }
    if !step.gates.is_empty() {
        let mut gates = Vec::new();
        for gate in &step.gates {
            gates.push(step_gate(desk, step.id.clone(), gate.clone()));
        }
        shown.push(part("Gate", "gates", gates));
    }
    if !step.children.is_empty() {
        shown.push(part("Sub-steps", "", vec![sub_steps(desk, step)]));
    }
    for (action, blocks) in &parts.if_it_fails {
        let class = if *action == OnFail::Rollback {
            "fails rollback"
        } else {
            "fails"
        };
        shown.push(part("If it fails", class, vec![prose(blocks)]));
    }
    let [done, acts] = step_actions(desk, step);
    let optional = if step.optional { " · optional" } else { "" };
    el("article")
        .class("step")
        .attr("aria-labelledby", "step-title")
        .child(paragraph("step-no").text(&place).text(optional))
        .child(with_title(
            el("h2").id("step-title").attr("tabindex", "-1"),
            &step.title,
        ))
        .all(shown)
        .child(el("div").live_children(move || step_notes(desk, &id)))
        .child(done)
        .child(acts)
}

fn group_view(desk: Desk, step: &Step, group: &Group<'_>, values: &BTreeMap<String, String>) -> El {
    match group {
        Group::Do(list) => {
            let on_copy = Callback::new(move |(number, text)| desk.copy(number, text));
            part("Do", "", commands(list, values, desk.copied.into(), on_copy))
        }
        Group::Text(label, blocks) => part(label, "", vec![proses(blocks)]),
        Group::Fields(fields) => part(
            "Fill in",
            "",
            fields.iter().map(|field| fill_in(desk, &step.id, field)).collect(),
        ),
    }
}

fn fill_in(desk: Desk, step: &str, field: &Field) -> El {
    let (place, to) = ((step.to_owned(), field.id.clone()), step.to_owned());
    let save = move |(field, value)| {
        desk.store.ask(ClientCommand::FillValue {
            step: to.clone(),
            field,
            value,
        })
    };
    let filled = Read::derive(move || filled_in(desk, &place));
    field_input(step, field, filled, desk.closed.into(), Callback::new(save))
}

fn filled_in(desk: Desk, place: &(String, String)) -> FilledIn {
    let pending = desk.store.is_pending(|command| {
        matches!(command, ClientCommand::FillValue { step, field, .. } if *step == place.0 && *field == place.1)
    });
    desk.store.with(|state| match state.values.get(place) {
        Some(filled) => {
            let by = Some((filled.actor.name().to_owned(), filled.at));
            FilledIn {
                value: filled.value.clone(),
                by,
                pending,
            }
        }
        None => FilledIn {
            pending,
            ..FilledIn::default()
        },
    })
}

fn step_timer(desk: Desk, id: String, seconds: u64) -> El {
    let asked = id.clone();
    let ends = move |state: &State| {
        let timer = state.timers.get(&id).copied()?;
        let length = i64::try_from(timer.seconds)
            .ok()
            .and_then(chrono::TimeDelta::try_seconds)?;
        timer.started.checked_add_signed(length)
    };
    timer_view(
        seconds,
        Read::derive(move || desk.store.with(&ends)),
        Read::derive(move || desk.app.clock.now()),
        desk.closed.into(),
        Callback::new(move |seconds| {
            desk.store.ask(ClientCommand::StartTimer {
                step: asked.clone(),
                seconds,
            })
        }),
    )
}

/// The sub-steps of a step, as ways to them.
fn sub_steps(desk: Desk, step: &Step) -> El {
    let line = |child: &Step| {
        let (id, chosen) = (child.id.clone(), child.id.clone());
        let word = move || {
            desk.rows
                .with(|rows| row_of(rows, &id).map_or("", |row| row.status.word()))
        };
        el("li")
            .child(
                button("link")
                    .on_click(move || desk.select(Some(chosen.clone())))
                    .text(&child.title),
            )
            .child(phrase("quiet small").live_word(word))
    };
    el("ul").class("substeps").each(&step.children, line)
}

/// What people wrote about the step.
fn step_notes(desk: Desk, id: &str) -> Vec<El> {
    let note = |note: &Note| {
        let who = phrase("quiet small").text(note.actor.name());
        paragraph("note").text(&format!("{} ", note.text)).child(who)
    };
    let notes: Vec<_> = desk.store.with(|state| {
        state
            .notes
            .iter()
            .filter(|note| note.step.as_deref() == Some(id))
            .map(note)
            .collect()
    });
    if notes.is_empty() {
        Vec::new()
    } else {
        vec![part("Notes", "", notes)]
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
        if step.id == id {
            Some(path)
        } else {
            path_to(&step.children, id, &path)
        }
    })
}
