//! What a runbook says about itself: audience, version, last updated, time to complete.

use crate::text::blocks_text;
use holdpoint_domain::runbook::{Block, Inline, Metadata, inline_text};

/// Names that are metadata without further marks.
const NAMES: [&str; 20] = [
    "audience",
    "target",
    "version",
    "document version",
    "last updated",
    "last update",
    "updated",
    "time to complete",
    "duration",
    "owner",
    "author",
    "authors",
    "status",
    "date",
    "reviewed",
    "last reviewed",
    "scope",
    "applies to",
    "estimated time",
    "maintainer",
];

/// Reads block quotes and emphasised lines before the first section, and the document's last lines.
pub(super) fn metadata(blocks: &[Block]) -> Vec<Metadata> {
    let mut found = Vec::new();
    let mut headings = 0;
    for block in blocks {
        match block {
            Block::Heading { level, .. } => {
                headings += 1;
                if *level > 1 || headings > 1 {
                    break;
                }
            }
            Block::Quote { blocks } => {
                for block in blocks {
                    if let Block::Paragraph { content } = block {
                        lines(content, true, &mut found);
                    }
                }
            }
            Block::Paragraph { content } => lines(content, false, &mut found),
            _ => {}
        }
    }
    let closing = blocks
        .iter()
        .rev()
        .take_while(|block| {
            matches!(
                block,
                Block::Paragraph { .. } | Block::Rule | Block::Html { comment: true, .. }
            )
        })
        .take(6);
    let closing: Vec<&Block> = closing.collect();
    if closing.len() < blocks.len() {
        for block in closing.into_iter().rev() {
            if let Block::Paragraph { content } = block {
                lines(content, false, &mut found);
            }
        }
    }
    found
}

/// Reads a paragraph's lines. In a quote, any bold name with a colon counts.
fn lines(content: &[Inline], quoted: bool, into: &mut Vec<Metadata>) {
    let bold = matches!(content.first(), Some(Inline::Strong { .. }));
    let text = blocks_text(&[Block::Paragraph {
        content: separated(content),
    }]);
    if text.len() > 2000 {
        return;
    }
    for line in text.lines() {
        let line = line.trim();
        if let Some((name, value)) = line.split_once(':') {
            let (name, value) = (name.trim(), value.trim());
            let known = NAMES.iter().any(|known| known.eq_ignore_ascii_case(name));
            let named = known || quoted && bold && name.split_whitespace().count() <= 4;
            if named && !value.is_empty() {
                into.push(Metadata {
                    name: name.to_owned(),
                    value: value.to_owned(),
                });
            }
        } else if let Some(value) = line.strip_prefix("Version ") {
            for (at, piece) in value.split('|').map(str::trim).enumerate() {
                let name = if at == 0 { "Version" } else { "Date" };
                into.push(Metadata {
                    name: name.to_owned(),
                    value: piece.to_owned(),
                });
            }
        }
    }
}

/// Hard breaks as new lines.
fn separated(content: &[Inline]) -> Vec<Inline> {
    content
        .iter()
        .map(|piece| match piece {
            Inline::Break => Inline::Text { text: "\n".to_owned() },
            Inline::Emphasis { content } | Inline::Strong { content } => Inline::Text {
                text: inline_text(&separated(content)),
            },
            other => other.clone(),
        })
        .collect()
}
