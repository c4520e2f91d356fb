//! A step's parts in the order in which a captain needs them: what to do, what to expect, what else; what to do when it
//! fails comes last.

use std::collections::BTreeMap;

use holdpoint_domain::runbook::{Block, CommandBlock, Field, OnFail, Part, Step};

use crate::cells::{Callback, Read};
use crate::components::command::{Copied, command_view};
use crate::components::dom::{El, div, el};
use crate::components::markdown::blocks_view;

/// Parts of one kind that stand together.
#[derive(Debug, PartialEq)]
pub enum Group<'a> {
    /// Commands to run, each with its number within the step.
    Do(Vec<(usize, &'a CommandBlock)>),
    /// Pieces of text under a label.
    Text(&'a str, Vec<&'a [Block]>),
    /// Values to fill in.
    Fields(Vec<&'a Field>),
}

/// A step, sorted.
#[derive(Debug, Default, PartialEq)]
pub struct Sorted<'a> {
    /// Why the step exists.
    pub lead: Vec<&'a [Block]>,
    /// What to do and to expect, in the order of the source.
    pub groups: Vec<Group<'a>>,
    /// What to do when it fails.
    pub if_it_fails: Vec<(OnFail, &'a [Block])>,
}

/// Sorts a step's parts.
pub fn sorted(step: &Step) -> Sorted<'_> {
    let mut sorted = Sorted::default();
    let mut commands = 0;
    for part in &step.parts {
        match part {
            Part::Why { blocks } => sorted.lead.push(blocks),
            Part::IfItFails { action, blocks } => sorted.if_it_fails.push((*action, blocks)),
            Part::Command { command } => {
                commands += 1;
                match sorted.groups.last_mut() {
                    Some(Group::Do(group)) => group.push((commands, command)),
                    _ => sorted.groups.push(Group::Do(vec![(commands, command)])),
                }
            }
            Part::Field { field } => match sorted.groups.last_mut() {
                Some(Group::Fields(group)) => group.push(field),
                _ => sorted.groups.push(Group::Fields(vec![field])),
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

fn text<'a>(groups: &mut Vec<Group<'a>>, label: &'a str, blocks: &'a [Block]) {
    match groups.last_mut() {
        Some(Group::Text(last, group)) if *last == label => group.push(blocks),
        _ => groups.push(Group::Text(label, vec![blocks])),
    }
}

/// A labelled part of a step; text without a label stands alone.
pub fn part(label: &str, class: &str, content: Vec<El>) -> El {
    let part = div(&format!("part {class}"));
    let part = if label.is_empty() {
        part
    } else {
        part.child(el("h3").class("label").text(label))
    };
    part.child(div("part-body").all(content))
}

/// Text of a runbook within a step. Its headings stand below the step's own, and carry no ids.
pub fn prose(blocks: &[Block]) -> El {
    div("prose").all(blocks_view(blocks, 2, false))
}

/// Several pieces of text, one after the other.
pub fn proses(pieces: &[&[Block]]) -> El {
    let mut prose = div("prose");
    for blocks in pieces {
        prose = prose.all(blocks_view(blocks, 2, false));
    }
    prose
}

/// Commands to run, each with its number within the step.
pub fn commands(
    commands: &[(usize, &CommandBlock)],
    values: &BTreeMap<String, String>,
    copied: Read<Option<Copied>>,
    on_copy: Callback<(usize, String)>,
) -> Vec<El> {
    let mut views = Vec::new();
    for (number, command) in commands {
        views.push(command_view(command, *number, values, copied, on_copy));
    }
    views
}
