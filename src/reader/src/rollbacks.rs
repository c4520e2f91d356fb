//! Which procedure undoes which.

use std::collections::{BTreeSet, HashMap};

use crate::blocks::Blocks;
use crate::procedures::Found;
use crate::sections::Section;
use crate::source::Source;
use crate::suggest::nearest;
use holdpoint_domain::runbook::{Block, Inline, ListItem, ProcedureKind};

/// Sets the rollback of each procedure: the one that the author names, else one that it links to, else the only one of the
/// runbook.
pub(super) fn link_rollbacks(found: &mut Found, sections: &[Section], all: Blocks<'_>, source: &Source<'_>) {
    let explicit = std::mem::take(&mut found.rollbacks);
    if !explicit.is_empty() {
        let known: BTreeSet<String> = found.procedures.iter().map(|procedure| procedure.id.clone()).collect();
        for (index, id, at) in explicit {
            if known.contains(&id) {
                found.procedures[index].rollback = Some(id);
                continue;
            }
            let listed = || known.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ");
            let hint = nearest(&id, known.iter().take(200).map(String::as_str)).map_or_else(
                || format!("there are: {}", listed()),
                |near| format!("did you mean “{near}”?"),
            );
            source.fault(at, format!("No procedure here has the id “{id}”; {hint}"));
        }
    }
    let undoes = |index: usize| found.procedures[index].kind == ProcedureKind::Rollback;
    let mut undoing = (0..found.procedures.len()).filter(|&index| undoes(index));
    let Some(first) = undoing.next() else { return };
    let only = undoing.next().is_none().then_some(first);
    // The rollback procedure that each anchor leads to: its own heading's, or that of a section around it. An anchor around
    // several leads to none of them.
    let mut anchors: HashMap<&str, Option<usize>> = HashMap::new();
    for &(section, index) in found.owners.iter().filter(|(_, index)| undoes(*index)) {
        let mut at = Some(section);
        while let Some(here) = at {
            if let Some(Block::Heading { anchor, level: 2.., .. }) = sections[here].heading.map(|at| &all.blocks[at]) {
                anchors
                    .entry(anchor)
                    .and_modify(|several| *several = None)
                    .or_insert(Some(index));
            }
            at = sections[here].parent;
        }
    }
    for &(section, index) in &found.owners {
        let procedure = &found.procedures[index];
        if procedure.kind == ProcedureKind::Rollback || procedure.rollback.is_some() {
            continue;
        }
        let start = sections[section].heading.unwrap_or(0);
        let blocks = all.slice(start..sections[section].end).blocks;
        let linked = find_link(blocks, &|target| {
            anchors.get(target.strip_prefix('#')?).copied().flatten()
        });
        found.procedures[index].rollback = linked.or(only).map(|at| found.procedures[at].id.clone());
    }
}

fn find_link(blocks: &[Block], wanted: &impl Fn(&str) -> Option<usize>) -> Option<usize> {
    let item = |ListItem { blocks, .. }: &ListItem| find_link(blocks, wanted);
    blocks.iter().find_map(|block| match block {
        Block::Heading { content, .. } | Block::Paragraph { content } => find_inline_link(content, wanted),
        Block::Quote { blocks } => find_link(blocks, wanted),
        Block::List { items, .. } => items.iter().find_map(item),
        Block::Table { rows, .. } => rows.iter().flatten().find_map(|cell| find_inline_link(cell, wanted)),
        _ => None,
    })
}

fn find_inline_link(content: &[Inline], wanted: &impl Fn(&str) -> Option<usize>) -> Option<usize> {
    content.iter().find_map(|inline| match inline {
        Inline::Link { target, content } => wanted(target).or_else(|| find_inline_link(content, wanted)),
        Inline::Emphasis { content } | Inline::Strong { content } | Inline::Strike { content } => {
            find_inline_link(content, wanted)
        }
        _ => None,
    })
}
