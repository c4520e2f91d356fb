//! From text to runbook.

use std::collections::{BTreeSet, HashMap};

use crate::draft::{Blocks, Reader};
use crate::procedures::{Finder, Found};
use crate::sections::{Section, sections};
use crate::source::{Source, without_nul};
use crate::{metadata, parse};
use holdpoint_domain::runbook::{Block, Inline, ListItem, ProcedureKind, Runbook, Severity};

/// Reads a runbook. It never fails: what was not understood is in the runbook's diagnostics, and all text is in its blocks.
#[must_use]
pub fn read(file_name: &str, text: &str) -> Runbook {
    read_with(file_name, text, None)
}

/// Reads a runbook from bytes that may not be UTF-8. What is not becomes U+FFFD, and a diagnostic.
#[must_use]
pub fn read_bytes(file_name: &str, bytes: &[u8]) -> Runbook {
    let text = String::from_utf8_lossy(bytes);
    let first = std::str::from_utf8(bytes).err().map(|error| error.valid_up_to());
    read_with(file_name, &text, first)
}

fn read_with(file_name: &str, text: &str, invalid: Option<usize>) -> Runbook {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let (clean, nul) = without_nul(text);
    let source = Source::new(&clean);
    if let Some(offset) = invalid {
        source.remark(
            offset,
            Severity::Error,
            "The file is not UTF-8 from here on: save it as UTF-8",
        );
    }
    if let Some(offset) = nul {
        source.remark(
            offset,
            Severity::Error,
            "The file has a NUL character here, shown as “\u{FFFD}”: delete it",
        );
    }
    let parse::Document {
        blocks,
        marks,
        directives,
    } = parse::parse(&source);
    let mut reader = Reader {
        source: &source,
        directives,
    };
    let all = Blocks {
        blocks: &blocks,
        marks: &marks,
    };
    let sections = sections(all, &mut reader);
    let mut found = Finder::new(&mut reader, all, &sections).run();
    link_rollbacks(&mut found, &sections, all, &source);
    for directive in reader.directives.iter().filter(|directive| !directive.used) {
        let message = "This comment belongs to no procedure and no step: put it at the end of a heading, list item or \
                       table row";
        source.remark(directive.start, Severity::Error, message);
    }
    let title = title(&blocks).unwrap_or_else(|| file_name.to_owned());
    let metadata = metadata::metadata(&blocks);
    let Found {
        procedures, references, ..
    } = found;
    drop(sections);
    let (diagnostics, mentions) = source.finish();
    Runbook {
        title,
        metadata,
        blocks,
        procedures,
        references,
        mentions,
        diagnostics,
    }
}

/// The first heading of level one.
fn title(blocks: &[Block]) -> Option<String> {
    blocks.iter().find_map(|block| match block {
        Block::Heading { level: 1, content, .. } => {
            let title = crate::forms::one_line(content);
            (!title.is_empty()).then_some(title)
        }
        _ => None,
    })
}

/// Says which procedure undoes which: what the author says, else a link to one, else the only one there is.
fn link_rollbacks(found: &mut Found, sections: &[Section], all: Blocks<'_>, source: &Source<'_>) {
    let explicit = std::mem::take(&mut found.rollbacks);
    if !explicit.is_empty() {
        let known: BTreeSet<String> = found.procedures.iter().map(|procedure| procedure.id.clone()).collect();
        for (index, id, at) in explicit {
            if known.contains(&id) {
                found.procedures[index].rollback = Some(id);
                continue;
            }
            let listed = || known.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ");
            let hint = crate::lint::nearest(&id, known.iter().take(200).map(String::as_str)).map_or_else(
                || format!("there are: {}", listed()),
                |near| format!("did you mean “{near}”?"),
            );
            source.remark(
                at,
                Severity::Error,
                format!("No procedure here has the id “{id}”; {hint}"),
            );
        }
    }
    let undoes = |index: usize| found.procedures[index].kind == ProcedureKind::Rollback;
    let mut undoing = (0..found.procedures.len()).filter(|&index| undoes(index));
    let Some(first) = undoing.next() else { return };
    let only = undoing.next().is_none().then_some(first);
    // The rollback procedure that each anchor leads to: its own heading's, or that of a section around it. An anchor around
    // several says nothing about which one.
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
