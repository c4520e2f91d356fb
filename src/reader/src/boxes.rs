//! Boxes to tick that are characters of the text: `☐ Open the page`, `[ ] Open the page`.

use crate::text::is_blank;
use holdpoint_domain::runbook::{Block, Inline, ListItem};

/// Boxes, and whether each is ticked.
const BOXES: [(&str, bool); 18] = [
    (":white_large_square:", false),
    (":white_medium_square:", false),
    ("☐", false),
    ("□", false),
    ("⬜", false),
    ("▢", false),
    ("◻", false),
    ("🔲", false),
    ("❏", false),
    ("❑", false),
    ("⃞", false),
    ("[ ]", false),
    ("☑", true),
    ("☒", true),
    ("[x]", true),
    ("[X]", true),
    ("[]", false),
    ("\u{2B1A}", false),
];

/// Whether the box at the start of a text is ticked, and the text behind it.
pub(super) fn after_box(text: &str) -> Option<(bool, &str)> {
    let text = text.trim_start();
    // Most texts begin with a letter.
    if text.starts_with(|one: char| one.is_ascii() && !matches!(one, '[' | ':')) {
        return None;
    }
    let (ticked, rest) = BOXES
        .iter()
        .find_map(|(mark, ticked)| Some((*ticked, text.strip_prefix(mark)?)))?;
    let rest = rest.trim_start_matches(['\u{FE0F}', '\u{FE0E}']);
    // `[ ](link)` and `[]: x` are no boxes.
    let apart = !text.starts_with('[') || rest.is_empty() || rest.starts_with(char::is_whitespace);
    apart.then(|| (ticked, rest.trim()))
}

/// Whether running text begins with a box that has something behind it.
pub(super) fn begins_with_box(content: &[Inline]) -> bool {
    match content.first() {
        Some(Inline::Text { text }) => {
            let line = text.split('\n').next().unwrap_or_default();
            after_box(line).is_some_and(|(_, rest)| !rest.is_empty() || content.len() > 1 && !is_blank(&content[1..]))
        }
        Some(Inline::Strong { content } | Inline::Emphasis { content }) => begins_with_box(content),
        _ => false,
    }
}

/// Whether an item is a task item or begins with a box.
pub(super) fn is_task(item: &ListItem) -> bool {
    item.task.is_some() || matches!(item.blocks.first(), Some(Block::Paragraph { content }) if begins_with_box(content))
}

/// Whether a list has a box, at whatever depth below its items.
pub(super) fn has_tasks(items: &[ListItem]) -> bool {
    items
        .iter()
        .any(|item| is_task(item) || item.blocks.iter().any(is_boxes))
}

/// Whether a block is a list or a paragraph with a box.
pub(super) fn is_boxes(block: &Block) -> bool {
    match block {
        Block::List { items, .. } => has_tasks(items),
        Block::Paragraph { content } => has_box_line(content),
        Block::Quote { blocks } => blocks.iter().any(is_boxes),
        _ => false,
    }
}

/// Whether one of a paragraph's lines begins with a box.
pub(super) fn has_box_line(content: &[Inline]) -> bool {
    if begins_with_box(content) {
        return true;
    }
    content.iter().enumerate().any(|(at, piece)| match piece {
        Inline::Text { text } => text
            .split('\n')
            .skip(1)
            .any(|line| after_box(line).is_some_and(|(_, rest)| !rest.is_empty() || at + 1 < content.len())),
        Inline::Break => begins_with_box(&content[at + 1..]),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_characters_of_many_kinds() {
        for text in ["☐ Open", "□ Open", "⬜️ Open", "[ ] Open", "☐Open"] {
            assert_eq!(after_box(text), Some((false, "Open")), "{text}");
        }
        assert_eq!(after_box("☑ Open"), Some((true, "Open")));
        for text in ["Open", "[ ](x)", "[x](y) z", "[link] x", ""] {
            assert_eq!(after_box(text), None, "{text}");
        }
    }
}
