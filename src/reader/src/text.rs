//! The text of blocks and inlines.

use holdpoint_domain::runbook::{Block, Inline, inline_text};

/// Text on one line.
pub(super) fn one_line(content: &[Inline]) -> String {
    let text = without_footnotes(inline_text(content));
    if !text.contains(['\n', '\t']) && !text.contains("  ") && text.trim().len() == text.len() {
        return text;
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text without the marks of footnotes: `[^1]`.
fn without_footnotes(text: String) -> String {
    if !text.contains("[^") {
        return text;
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("[^") {
        let name = rest[at + 2..]
            .find([']', ' ', '['])
            .filter(|end| *end > 0 && rest[at + 2 + end..].starts_with(']'));
        let end = name.map_or(at + 2, |end| at + 3 + end);
        clean.push_str(&rest[..if name.is_some() { at } else { end }]);
        rest = &rest[end..];
    }
    clean.push_str(rest);
    clean
}

/// The beginning of running text, as far as `longest` bytes or a little further.
pub(super) fn inline_lead(content: &[Inline], longest: usize) -> String {
    let mut lead = String::new();
    push_lead(content, longest, &mut lead);
    lead
}

fn push_lead(content: &[Inline], longest: usize, into: &mut String) {
    for piece in content {
        if into.len() >= longest {
            return;
        }
        match piece {
            Inline::Text { text } | Inline::Code { text } => {
                into.push_str(&text[..text.floor_char_boundary(longest - into.len())]);
            }
            Inline::Html { .. } => {}
            Inline::Emphasis { content }
            | Inline::Strong { content }
            | Inline::Strike { content }
            | Inline::Link { content, .. } => push_lead(content, longest, into),
            Inline::Break => into.push('\n'),
        }
    }
}

/// Whether nothing of it is shown.
pub(super) fn is_blank(content: &[Inline]) -> bool {
    content.iter().all(|inline| match inline {
        Inline::Text { text } | Inline::Code { text } | Inline::Html { text, comment: false } => text.trim().is_empty(),
        Inline::Html { comment: true, .. } | Inline::Break => true,
        Inline::Emphasis { content }
        | Inline::Strong { content }
        | Inline::Strike { content }
        | Inline::Link { content, .. } => is_blank(content),
    })
}

/// Whether running text has more than one line.
pub(super) fn has_breaks(inlines: &[Inline]) -> bool {
    inlines.iter().any(|inline| match inline {
        Inline::Break => true,
        Inline::Text { text } => text.contains('\n'),
        _ => false,
    })
}

/// The text of blocks, marks removed, blocks on lines of their own.
pub(super) fn blocks_text(blocks: &[Block]) -> String {
    let mut text = String::new();
    push_blocks_text(blocks, &mut text);
    text.truncate(text.trim_end().len());
    text
}

fn push_blocks_text(blocks: &[Block], into: &mut String) {
    for block in blocks {
        match block {
            Block::Heading { content, .. } | Block::Paragraph { content } => into.push_str(inline_text(content).trim()),
            Block::Quote { blocks } => push_blocks_text(blocks, into),
            Block::List { items, .. } => items.iter().for_each(|item| push_blocks_text(&item.blocks, into)),
            Block::Code { text, .. } => into.push_str(text.trim_end()),
            Block::Table { head, rows } => {
                for row in std::iter::once(head).chain(rows) {
                    let cells: Vec<String> = row.iter().map(|cell| inline_text(cell)).collect();
                    into.push_str(&cells.join(" | "));
                    into.push('\n');
                }
            }
            Block::Html { text, comment: false } => into.push_str(text.trim_end()),
            Block::Html { comment: true, .. } | Block::Rule => {}
        }
        if !into.is_empty() && !into.ends_with('\n') {
            into.push('\n');
        }
    }
}
