//! Containers of blocks or inlines that are still open.

use crate::blocks::Mark;
use holdpoint_domain::runbook::{Block, Inline, ListItem};

/// A container that is still open.
pub(super) struct Frame {
    pub container: Container,
    pub mark: Mark,
    pub blocks: Vec<Block>,
    pub inlines: Vec<Inline>,
}

pub(super) enum Container {
    Paragraph {
        implicit: bool,
    },
    Heading(u8),
    Quote,
    List {
        start: Option<u64>,
        items: Vec<ListItem>,
    },
    Item {
        task: Option<bool>,
    },
    Code {
        language: String,
        text: String,
    },
    Html {
        text: String,
        /// Where each of its lines begins: (offset in `text`, offset in the source).
        pieces: Vec<(usize, usize)>,
    },
    Table {
        head: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    Row {
        cells: Vec<Vec<Inline>>,
    },
    Cell,
    Emphasis,
    Strong,
    Strike,
    Plain,
    Link {
        target: String,
        allowed: bool,
    },
}

impl Container {
    pub fn holds_inlines(&self) -> bool {
        use Container::*;
        matches!(
            self,
            Paragraph { .. } | Heading(_) | Cell | Emphasis | Strong | Strike | Plain | Link { .. }
        )
    }
}
