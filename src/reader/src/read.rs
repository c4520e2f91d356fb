//! From text to runbook.

use crate::blocks::Blocks;
use crate::procedures::{self, Found};
use crate::reader::Reader;
use crate::rollbacks::link_rollbacks;
use crate::sections::sections;
use crate::source::{Remarks, Source, without_nul};
use crate::text::one_line;
use crate::{faults, invisible, metadata, parse};
use holdpoint_domain::runbook::{Block, HeadingAt, Runbook};

/// Reads a runbook. It never fails: what was not understood is in the runbook's diagnostics, and all text is in its blocks.
#[must_use]
pub fn read(file_name: &str, text: &str) -> Runbook {
    read_with(file_name, text, None)
}

/// Reads a runbook from bytes that may not be UTF-8. Bytes that are not become U+FFFD, and a diagnostic names the first of them.
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
        source.fault(offset, "The file is not UTF-8 from here on: save it as UTF-8");
    }
    if let Some(offset) = nul {
        source.fault(
            offset,
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
    let mut found = procedures::find(&mut reader, all, &sections);
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
    let title = title(&blocks).unwrap_or_else(|| file_name.to_owned());
    let metadata = metadata::metadata(&blocks);
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
    Runbook {
        title,
        metadata,
        blocks,
        headings,
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
            let title = one_line(content);
            (!title.is_empty()).then_some(title)
        }
        _ => None,
    })
}
