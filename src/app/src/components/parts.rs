//! A step's parts in the order in which a captain needs them: what to do, what to expect, what else; what to do when it
//! fails comes last.

use std::collections::BTreeMap;

use holdpoint_domain::runbook::{Block, CommandBlock, Field, OnFail, Part, Step};
use leptos::prelude::*;

use crate::components::command::{Command, Copied};
use crate::components::markdown::Blocks;

#[derive(Clone, Debug, PartialEq)]
pub enum Group {
    /// Commands to run, each with its number within the step.
    Do(Vec<(usize, CommandBlock)>),
    Text(String, Vec<Block>),
    Fields(Vec<Field>),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sorted {
    /// Why the step exists.
    pub lead: Vec<Block>,
    /// What to do and to expect, in the order of the source.
    pub groups: Vec<Group>,
    pub if_it_fails: Vec<(OnFail, Vec<Block>)>,
}

pub fn sorted(step: &Step) -> Sorted {
    let mut sorted = Sorted::default();
    let mut commands = 0;
    for part in &step.parts {
        match part {
            Part::Why { blocks } => sorted.lead.extend(blocks.iter().cloned()),
            Part::IfItFails { action, blocks } => sorted.if_it_fails.push((*action, blocks.clone())),
            Part::Command { command } => {
                commands += 1;
                match sorted.groups.last_mut() {
                    Some(Group::Do(group)) => group.push((commands, command.clone())),
                    _ => sorted.groups.push(Group::Do(vec![(commands, command.clone())])),
                }
            }
            Part::Field { field } => match sorted.groups.last_mut() {
                Some(Group::Fields(group)) => group.push(field.clone()),
                _ => sorted.groups.push(Group::Fields(vec![field.clone()])),
            },
            Part::Expected { blocks } => text(&mut sorted.groups, "Expected", blocks),
            Part::Checks { label, blocks } => text(
                &mut sorted.groups,
                if label.is_empty() { "Checks" } else { label },
                blocks,
            ),
            Part::Text { blocks } => text(&mut sorted.groups, "", blocks),
        }
    }
    sorted
}

fn text(groups: &mut Vec<Group>, label: &str, blocks: &[Block]) {
    match groups.last_mut() {
        Some(Group::Text(last, group)) if last == label => group.extend(blocks.iter().cloned()),
        _ => groups.push(Group::Text(label.to_owned(), blocks.to_vec())),
    }
}

#[component]
pub fn PartView(
    /// Text without a label stands alone.
    #[prop(into)]
    label: String,
    #[prop(into, optional)] class: String,
    children: Children,
) -> impl IntoView {
    let heading = (!label.is_empty()).then(|| view! { <h3 class="label">{label}</h3> });
    view! {
        <div class=format!("part {class}")>
            {heading}
            <div class="part-body">{children()}</div>
        </div>
    }
}

/// Text of a runbook within a step. Its headings stand below the step's own, and carry no ids.
#[component]
pub fn Prose(blocks: Vec<Block>) -> impl IntoView {
    view! { <div class="prose"><Blocks blocks offset=2 anchors=false /></div> }
}

#[component]
pub fn Commands(
    /// Each with its number within the step.
    commands: Vec<(usize, CommandBlock)>,
    /// What `{{name}}` stands for.
    values: BTreeMap<String, String>,
    #[prop(into)] copied: Signal<Option<Copied>>,
    on_copy: Callback<(usize, String)>,
) -> impl IntoView {
    commands
        .into_iter()
        .map(|(number, command)| {
            view! { <Command command number values=values.clone() copied on_copy /> }
        })
        .collect::<Vec<_>>()
}
