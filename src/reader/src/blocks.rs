//! Blocks, and where they stand in the source.

use holdpoint_domain::runbook::Block;

/// The place of a block, list item or table row: offsets in bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Mark {
    pub start: usize,
    pub end: usize,
    /// Where a code block's text starts.
    pub inner: usize,
    /// Marks of a list's items, an item's blocks, a table's rows.
    pub children: Vec<Mark>,
}

/// Consecutive blocks and where they stand.
#[derive(Clone, Copy)]
pub(super) struct Blocks<'a> {
    pub blocks: &'a [Block],
    pub marks: &'a [Mark],
}

impl<'a> Blocks<'a> {
    pub fn iter(self) -> impl Iterator<Item = (&'a Block, &'a Mark)> {
        self.blocks.iter().zip(self.marks)
    }

    pub fn slice(self, range: std::ops::Range<usize>) -> Self {
        let end = range.end.min(self.blocks.len()).min(self.marks.len());
        let start = range.start.min(end);
        Self {
            blocks: &self.blocks[start..end],
            marks: &self.marks[start..end],
        }
    }

    /// Without comments that are not shown.
    pub fn shown(self) -> Vec<Block> {
        self.blocks.iter().filter(|block| !is_hidden(block)).cloned().collect()
    }
}

/// A comment, or what only folds other blocks on GitHub: `<details>`.
fn is_hidden(block: &Block) -> bool {
    match block {
        Block::Html { comment: true, .. } => true,
        Block::Html { text, .. } => text.split_whitespace().all(|tag| {
            matches!(
                tag,
                "<details>" | "<details" | "open>" | "</details>" | "<br>" | "</summary>"
            )
        }),
        _ => false,
    }
}
