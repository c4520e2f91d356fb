//! Runbook text as elements. There is no HTML in between: each block and each piece of text becomes an element of its own.

mod command;
mod inline;
mod link;

pub use command::{command_text, filled};

use holdpoint_domain::runbook::{Block, Inline, ListItem, inline_text};

use crate::components::dom::{El, div, el, phrase};
use inline::with_text;

/// Blocks of a runbook. Headings are moved down by `offset` levels, so that the page keeps one outline; they carry the ids
/// that links lead to unless the same text also stands elsewhere on the page.
pub fn blocks_view(blocks: &[Block], offset: u8, anchors: bool) -> Vec<El> {
    Look { offset, anchors }.blocks(blocks)
}

/// How headings are shown; the rest of the text is shown one way.
#[derive(Clone, Copy)]
struct Look {
    offset: u8,
    anchors: bool,
}

impl Look {
    fn blocks(self, blocks: &[Block]) -> Vec<El> {
        blocks.iter().filter_map(|block| self.block(block)).collect()
    }

    fn block(self, block: &Block) -> Option<El> {
        Some(match block {
            Block::Heading { level, anchor, content } => self.heading(*level, anchor, content),
            Block::Paragraph { content } => with_text(el("p"), content),
            Block::Quote { blocks } => el("blockquote").all(self.blocks(blocks)),
            Block::List { start, items } => self.list(*start, items),
            Block::Code { language, text } => code(language, text),
            Block::Table { head, rows } => table(head, rows),
            Block::Html { comment: true, .. } => return None,
            Block::Html { text, comment: false } => {
                pre("HTML, shown as text").class("raw").child(el("code").text(text))
            }
            Block::Rule => el("hr"),
        })
    }

    fn heading(self, level: u8, anchor: &str, content: &[Inline]) -> El {
        let tag = ["h1", "h2", "h3", "h4", "h5", "h6"][usize::from(level.saturating_add(self.offset).clamp(1, 6) - 1)];
        let heading = with_text(el(tag).attr("tabindex", "-1"), content);
        if self.anchors && !anchor.is_empty() {
            heading.id(anchor)
        } else {
            heading
        }
    }

    fn list(self, start: Option<u64>, items: &[ListItem]) -> El {
        let list = match start {
            None => el("ul"),
            Some(1) => el("ol"),
            Some(first) => el("ol").attr("start", &first.to_string()),
        };
        let tasks = items.iter().any(|item| item.task.is_some());
        let list = if tasks { list.class("tasks") } else { list };
        list.each(items, |item| self.item(item))
    }

    fn item(self, item: &ListItem) -> El {
        let Some(written) = item.task else {
            return self.content(el("li"), item);
        };
        let (mark, words) = if written {
            ("☑", "Task, written as done: ")
        } else {
            ("☐", "Task: ")
        };
        el("li")
            .class("task")
            .child(phrase("task-mark").attr("aria-hidden", "true").text(mark))
            .child(phrase("sr-only").text(words))
            .child(self.content(el("div"), item))
    }

    fn content(self, into: El, item: &ListItem) -> El {
        // A tight list's item is one paragraph; without the element it keeps the list's rhythm.
        match item.blocks.split_first() {
            Some((Block::Paragraph { content }, rest)) => with_text(into, content).all(self.blocks(rest)),
            _ => into.all(self.blocks(&item.blocks)),
        }
    }
}

/// Preformatted text that can be scrolled with the keyboard.
fn pre(name: &str) -> El {
    el("pre").attr("tabindex", "0").role("group").label(name)
}

fn code(language: &str, text: &str) -> El {
    // A drawing or a sample is no language.
    let language = if language == "text" { "" } else { language };
    let name = if language.is_empty() {
        "Code".to_owned()
    } else {
        format!("Code, {language}")
    };
    let code = div("code");
    let code = if language.is_empty() {
        code
    } else {
        code.child(phrase("lang").attr("aria-hidden", "true").text(language))
    };
    code.child(pre(&name).child(el("code").text(text)))
}

fn table(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> El {
    let columns: Vec<_> = head
        .iter()
        .map(|cell| inline_text(cell))
        .filter(|name| !name.is_empty())
        .collect();
    let name = if columns.is_empty() {
        "Table".to_owned()
    } else {
        format!("Table: {}", columns.join(", "))
    };
    let head_cell = |cell: &Vec<Inline>| {
        // An empty corner heads nothing, and must not be announced as a heading.
        if cell.is_empty() {
            el("td")
        } else {
            with_text(el("th").attr("scope", "col"), cell)
        }
    };
    let row = |row: &Vec<Vec<Inline>>| el("tr").each(row, |cell| with_text(el("td"), cell));
    let table = el("table")
        .child(el("thead").child(el("tr").each(head, head_cell)))
        .child(el("tbody").each(rows, row));
    div("scroll")
        .attr("tabindex", "0")
        .role("group")
        .label(&name)
        .child(table)
}
