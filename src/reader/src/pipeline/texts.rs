//! Text of the runbook for the panel: plain, on one line, and of a bounded length.

use holdpoint_domain::runbook::{Block, Inline};

use crate::text::{blocks_text, one_line};
use crate::words::folded;

/// Characters that are kept of each text.
const LONGEST: usize = 600;

/// A cell's or a paragraph's text.
pub(super) fn text(content: &[Inline]) -> String {
    cut(&one_line(content))
}

pub(super) fn cut(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The items of a list, or the lines of a paragraph.
pub(super) fn lines(block: &Block) -> Vec<String> {
    let lines: Vec<String> = match block {
        Block::List { items, .. } => items.iter().map(|item| cut(&blocks_text(&item.blocks))).collect(),
        Block::Paragraph { content } => broken(content).iter().map(|line| text(line)).collect(),
        Block::Quote { blocks } => blocks.iter().flat_map(lines).collect(),
        _ => Vec::new(),
    };
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

/// A paragraph's content at its hard breaks.
fn broken(content: &[Inline]) -> Vec<Vec<Inline>> {
    let pieces = content.split(|piece| matches!(piece, Inline::Break));
    pieces.map(<[Inline]>::to_vec).collect()
}

/// Words in small letters with a blank between them and none around: to compare with what is known.
pub(super) fn words(text: &str) -> String {
    folded(text).trim().to_owned()
}
