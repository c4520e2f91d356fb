//! From text to runbook.

use std::borrow::Cow;

use crate::blocks::Blocks;
use crate::cues::Weighed;
use crate::front_matter::{FrontMatter, front_matter};
use crate::outline::Reason;
use crate::procedures::{self, Found};
use crate::reader::Reader;
use crate::rollbacks::link_rollbacks;
use crate::sections::sections;
use crate::source::{Remarks, Source, without_nul};
use crate::text::one_line;
use crate::{faults, invisible, metadata, mojibake, parse, words};
use holdpoint_domain::runbook::{Block, HeadingAt, Runbook, Severity};

/// Reads a runbook. It never fails: what was not understood is in the runbook's diagnostics, and all text is in its blocks.
#[must_use]
pub fn read(file_name: &str, text: &str) -> Runbook {
    read_with(file_name, text, None).0
}

/// Reads a runbook from bytes that may not be UTF-8. Bytes that are not become U+FFFD, and a diagnostic names the first of them.
#[must_use]
pub fn read_bytes(file_name: &str, bytes: &[u8]) -> Runbook {
    let (text, first) = text_of(bytes);
    read_with(file_name, &text, first).0
}

/// Everything in a runbook that could be steps, in the order of the source, with what was decided and why.
#[must_use]
pub fn reasons(file_name: &str, bytes: &[u8]) -> Vec<Reason> {
    let (text, first) = text_of(bytes);
    let (_, weighed) = read_with(file_name, &text, first);
    weighed
        .into_iter()
        .map(|(line, weighed, steps)| Reason {
            line,
            form: weighed.form.name(),
            steps,
            weight: weighed.weight(),
            base: weighed.base(),
            cues: weighed.reasons(),
        })
        .collect()
}

fn text_of(bytes: &[u8]) -> (Cow<'_, str>, Option<usize>) {
    let first = std::str::from_utf8(bytes).err().map(|error| error.valid_up_to());
    (String::from_utf8_lossy(bytes), first)
}

/// The runbook, and its candidates with the line of each and how many steps were made of it.
fn read_with(file_name: &str, text: &str, invalid: Option<usize>) -> (Runbook, Vec<(u32, Weighed, usize)>) {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let (clean, nul) = without_nul(text);
    let (clean, repaired) = mojibake::repaired(&clean);
    let source = Source::new(&clean);
    if let Some((offset, name)) = repaired {
        let message = format!(
            "This text was UTF-8 and was saved once as {name}; it is shown as it was meant. Save the file as UTF-8 again"
        );
        source.remark(offset, Severity::Warning, message);
    }
    if let Some(offset) = invalid {
        source.fault(offset, "The file is not UTF-8 from here on: save it as UTF-8");
    }
    if let Some(offset) = nul {
        source.fault(
            offset,
            "The file has a NUL character here, shown as “\u{FFFD}”: delete it",
        );
    }
    let front_matter = front_matter(&clean);
    let said = |key| front_matter.as_ref().and_then(|said| said.value(key));
    let parse::Document {
        blocks,
        marks,
        directives,
    } = parse::parse(&source, front_matter.as_ref());
    let mut reader = Reader {
        source: &source,
        directives,
        weighed: Vec::new(),
    };
    let all = Blocks {
        blocks: &blocks,
        marks: &marks,
    };
    let title = title(&blocks);
    let guide = words::heading(title.as_deref().unwrap_or_default()).guide
        || [said("title"), said("name"), Some(file_name.to_owned())]
            .into_iter()
            .flatten()
            .any(|name| words::heading(&name).guide);
    let title = title
        .or_else(|| said("title"))
        .or_else(|| said("name"))
        .unwrap_or_else(|| file_name.to_owned());
    // What stands before any heading goes by the name that the file gives itself.
    let name = said("name").unwrap_or_else(|| title.clone());
    let sections = sections(all, usize::from(front_matter.is_some()), &name, &mut reader);
    let mut found = procedures::find(&mut reader, all, &sections, guide);
    link_rollbacks(&mut found, &sections, all, &source);
    for directive in reader.directives.iter().filter(|directive| !directive.used) {
        let message = "This comment belongs to no procedure and no step: put it at the end of a heading, list item or \
                       table row";
        source.fault(directive.start, message);
    }
    invisible::remark_invisible(&source);
    let headings = sections.iter().filter_map(|section| {
        let Block::Heading { level, anchor, .. } = &blocks[section.heading?] else {
            return None;
        };
        Some(HeadingAt {
            line: source.line(section.at),
            level: *level,
            anchor: anchor.clone(),
            title: section.title.clone(),
        })
    });
    let headings = headings.collect();
    let mut metadata = front_matter.as_ref().map_or_else(Vec::new, FrontMatter::metadata);
    metadata.extend(metadata::metadata(&blocks));
    let mut weighed: Vec<(u32, Weighed, usize)> = std::mem::take(&mut reader.weighed)
        .into_iter()
        .map(|(weighed, steps)| (source.line(weighed.at), weighed, steps))
        .collect();
    weighed.sort_by_key(|(_, weighed, _)| weighed.at);
    let Found {
        mut procedures,
        references,
        owners,
        ..
    } = found;
    let extents = faults::extents(&owners, &sections, all, clean.len());
    drop(sections);
    let Remarks {
        diagnostics,
        mentions,
        faults,
        more_faults,
    } = source.finish();
    let faults: Vec<_> = faults.iter().map(|(at, index)| (*at, &diagnostics[*index])).collect();
    faults::assign(&mut procedures, &extents, &faults, more_faults, &clean);
    let runbook = Runbook {
        title,
        metadata,
        blocks,
        headings,
        procedures,
        references,
        mentions,
        diagnostics,
    };
    (runbook, weighed)
}

/// The first heading of level one.
fn title(blocks: &[Block]) -> Option<String> {
    blocks.iter().find_map(|block| match block {
        Block::Heading { level: 1, content, .. } => {
            let title = one_line(content);
            (!title.is_empty()).then_some(title)
        }
        _ => None,
    })
}
