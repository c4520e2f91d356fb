//! What the tests of reading share: compare a text's outline, walk over all text.

// Each test file is a program of its own and uses some of these.
#![allow(dead_code)]

use holdpoint_domain::runbook::{Block, Inline, Runbook};
use holdpoint_reader::{outline, read};

/// Reads `input` and compares its outline, as text, with `expected`. Both start after a first newline, so that they stand at
/// the left margin of the test.
#[track_caller]
pub fn check(input: &str, expected: &str) {
    let input = input.strip_prefix('\n').unwrap_or(input);
    let expected = expected.strip_prefix('\n').unwrap_or(expected);
    let found = outline(&read("case.md", input)).to_text();
    assert!(found == expected, "expected:\n{expected}\nfound:\n{found}");
}

/// Every piece of text in a runbook's blocks, in order.
pub fn all_text(runbook: &Runbook) -> String {
    let mut text = String::new();
    blocks(&runbook.blocks, &mut text);
    text
}

/// Every piece of text in blocks, in order.
pub fn blocks(blocks: &[Block], into: &mut String) {
    for block in blocks {
        match block {
            Block::Heading { content, .. } | Block::Paragraph { content } => inlines(content, into),
            Block::Quote { blocks } => self::blocks(blocks, into),
            Block::List { items, .. } => items.iter().for_each(|item| self::blocks(&item.blocks, into)),
            Block::Code { text, .. } | Block::Html { text, .. } => into.push_str(text),
            Block::Table { head, rows } => {
                head.iter().for_each(|cell| inlines(cell, into));
                rows.iter().flatten().for_each(|cell| inlines(cell, into));
            }
            Block::Rule => {}
        }
        into.push('\n');
    }
}

/// Every piece of text in running text, in order.
pub fn inlines(content: &[Inline], into: &mut String) {
    for inline in content {
        match inline {
            Inline::Text { text } | Inline::Code { text } | Inline::Html { text, .. } => into.push_str(text),
            Inline::Emphasis { content }
            | Inline::Strong { content }
            | Inline::Strike { content }
            | Inline::Link { content, .. } => inlines(content, into),
            Inline::Break => into.push('\n'),
        }
    }
}

/// Reads `input` and compares what can be run of it, as text, with `expected`: remarks and what is looked up are left out.
#[track_caller]
pub fn understood(input: &str, expected: &str) {
    let mut outline = outline(&read("case.md", input.strip_prefix('\n').unwrap_or(input)));
    outline.references.clear();
    outline.diagnostics.clear();
    let found = outline.to_text();
    let found = found.split_once('\n').map_or("", |(_, rest)| rest);
    let expected = expected.strip_prefix('\n').unwrap_or(expected);
    assert!(found == expected, "expected:\n{expected}\nfound:\n{found}");
}
