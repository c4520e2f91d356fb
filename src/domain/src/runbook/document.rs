//! The text of a runbook: blocks and inlines, with nothing lost.
//!
//! They are in procedures, too, and so in stored events: see [`Procedure`](super::Procedure).

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use serde::{Deserialize, Serialize};

/// A block of the document. The page makes a view from each; there is no HTML in between.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Block {
    Heading {
        /// 1 to 6.
        level: u8,
        /// The fragment that links lead to.
        anchor: String,
        content: Vec<Inline>,
    },
    Paragraph {
        content: Vec<Inline>,
    },
    Quote {
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        blocks: Vec<Block>,
    },
    List {
        /// The first number of an ordered list.
        start: Option<u64>,
        items: Vec<ListItem>,
    },
    /// A fenced or indented code block. Drawings are such blocks, too.
    Code {
        /// The fence's first word; empty when there is none.
        language: String,
        /// As written.
        text: String,
    },
    Table {
        head: Vec<Vec<Inline>>,
        /// Its rows, each as long as it was written.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// Raw HTML: shown as the text it is. Comments that address Holdpoint are kept here too, and not shown.
    Html {
        /// As written.
        text: String,
        /// It is a comment, which GitHub hides.
        comment: bool,
    },
    Rule,
}

/// One item of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListItem {
    /// A task item, and whether the author wrote it as ticked (which ticks nothing in a session).
    pub task: Option<bool>,
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub blocks: Vec<Block>,
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "inline", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Inline {
    Text {
        text: String,
    },
    Code {
        text: String,
    },
    Emphasis {
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        content: Vec<Inline>,
    },
    Strong {
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        content: Vec<Inline>,
    },
    Strike {
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        content: Vec<Inline>,
    },
    /// A link whose scheme is allowed (http, https, mailto, a path or a fragment of this runbook). Any other link is kept as
    /// text and makes a diagnostic.
    Link {
        /// Where it leads.
        target: String,
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        content: Vec<Inline>,
    },
    /// Raw HTML within text: shown as the text it is.
    Html {
        /// As written.
        text: String,
        /// It is a comment, which GitHub hides.
        comment: bool,
    },
    Break,
}

/// The plain text of inline content, marks removed.
#[must_use]
pub fn inline_text(content: &[Inline]) -> String {
    let mut text = String::new();
    push_inline_text(content, &mut text);
    text
}

fn push_inline_text(content: &[Inline], into: &mut String) {
    for piece in content {
        match piece {
            Inline::Text { text } | Inline::Code { text } | Inline::Html { text, comment: false } => {
                into.push_str(text)
            }
            Inline::Html { comment: true, .. } => {}
            Inline::Emphasis { content }
            | Inline::Strong { content }
            | Inline::Strike { content }
            | Inline::Link { content, .. } => push_inline_text(content, into),
            Inline::Break => into.push(' '),
        }
    }
}
