//! The tree of headings.

use std::ops::Range;

use crate::annotation::AnnotationArgs;
use crate::blocks::Blocks;
use crate::numbering::{Numbering, numbered};
use crate::reader::Reader;
use crate::text::one_line;
use crate::titles::is_optional;
use crate::words;
use holdpoint_domain::runbook::Block;

/// A heading and what stands under it. The first section is the text before any heading.
pub(super) struct Section {
    pub level: u8,
    pub title: String,
    pub numbering: Numbering,
    pub number: Option<String>,
    /// What its words say.
    pub words: words::Heading,
    /// Offset of the heading.
    pub at: usize,
    /// The heading's own block; none for the text before any heading.
    pub heading: Option<usize>,
    /// Blocks between the heading and the next one.
    pub body: Range<usize>,
    /// One past the last block of the whole subtree.
    pub end: usize,
    pub parent: Option<usize>,
    pub children: Vec<usize>,
    pub args: AnnotationArgs,
    /// Its heading says that it may be left out.
    pub optional: bool,
}

/// Makes the tree from the document's blocks. Comments that follow a heading at once belong to it. What stands before any heading goes by
/// the document's name; blocks before `first` are none of its text.
pub(super) fn sections(all: Blocks<'_>, first: usize, name: &str, reader: &mut Reader<'_, '_>) -> Vec<Section> {
    let mut sections = vec![Section {
        level: 0,
        title: name.to_owned(),
        numbering: Numbering::None,
        number: None,
        words: words::Heading {
            reference: false,
            ..words::heading(name)
        },
        at: 0,
        heading: None,
        body: first..all.blocks.len(),
        end: all.blocks.len(),
        parent: None,
        children: Vec::new(),
        args: AnnotationArgs::default(),
        optional: false,
    }];
    let mut open = vec![0_usize];
    for (at, (block, mark)) in all.iter().enumerate() {
        let Block::Heading { level, content, .. } = block else {
            continue;
        };
        let last = sections.len() - 1;
        sections[last].body.end = at;
        while open.len() > 1 && sections[open[open.len() - 1]].level >= *level {
            if let Some(closed) = open.pop() {
                sections[closed].end = at;
            }
        }
        let parent = open[open.len() - 1];
        let said = all.blocks[at + 1..]
            .iter()
            .take_while(|block| matches!(block, Block::Html { comment: true, .. }))
            .count();
        let args = reader.take_heading(mark.start, all.marks[at + said].end);
        let text = one_line(content);
        let (numbering, number, title) = numbered(&text);
        let title = if numbering == Numbering::Case {
            text.clone()
        } else {
            title.to_owned()
        };
        let title = args.title.clone().unwrap_or(title);
        sections.push(Section {
            level: *level,
            words: words::heading(&text),
            optional: is_optional(&text),
            title,
            numbering,
            number,
            at: mark.start,
            heading: Some(at),
            body: at + 1..all.blocks.len(),
            end: all.blocks.len(),
            parent: Some(parent),
            children: Vec::new(),
            args,
        });
        let new = sections.len() - 1;
        sections[parent].children.push(new);
        open.push(new);
    }
    sections
}
