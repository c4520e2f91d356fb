//! Runbook text as views. There is no HTML in between: each block and each piece of text becomes an element of its own.

mod command;
mod inline;
mod link;

pub use command::{CommandText, filled};
pub use inline::Inlines;

use holdpoint_domain::runbook::{Block, Inline, ListItem, inline_text};
use leptos::html;
use leptos::prelude::*;

use crate::components::clipboard::CopyButton;
use crate::components::scroll::tab_stop;

#[component]
pub fn Blocks(
    blocks: Vec<Block>,
    /// Levels by which headings are moved down, so that the page keeps one outline.
    #[prop(default = 1)]
    offset: u8,
    /// Whether headings carry the ids that links lead to. Off where the same text also stands elsewhere on the page.
    #[prop(default = true)]
    anchors: bool,
    /// Whether code has a button that copies it.
    #[prop(optional)]
    copy: bool,
) -> impl IntoView {
    let look = Look { offset, anchors, copy };
    look.blocks(&blocks)
}

/// How headings and code are shown; the rest of the text is shown one way.
#[derive(Clone, Copy)]
struct Look {
    offset: u8,
    anchors: bool,
    copy: bool,
}

impl Look {
    fn blocks(self, blocks: &[Block]) -> Vec<AnyView> {
        blocks.iter().map(|block| self.block(block)).collect()
    }

    fn block(self, block: &Block) -> AnyView {
        match block {
            Block::Heading { level, anchor, content } => self.heading(*level, anchor, content),
            Block::Paragraph { content } => view! { <p><Inlines content=content.clone() /></p> }.into_any(),
            Block::Quote { blocks } => view! { <blockquote>{self.blocks(blocks)}</blockquote> }.into_any(),
            Block::List { start: None, items } => view! { <ul class:tasks=has_tasks(items) role=has_tasks(items).then_some("list")>{self.items(items)}</ul> }.into_any(),
            Block::List { start: Some(first), items } => {
                let start = (*first != 1).then(|| first.to_string());
                view! { <ol class:tasks=has_tasks(items) role=has_tasks(items).then_some("list") start=start>{self.items(items)}</ol> }.into_any()
            }
            Block::Code { language, text } => code(language, text, self.copy),
            Block::Table { head, rows } => table(head, rows),
            Block::Html { comment: true, .. } => ().into_any(),
            Block::Html { text, comment: false } => {
                view! { <pre class="raw" tabindex="0" role="group" aria-label="HTML, shown as text"><code>{text.clone()}</code></pre> }
                    .into_any()
            }
            Block::Rule => view! { <hr /> }.into_any(),
        }
    }

    fn heading(self, level: u8, anchor: &str, content: &[Inline]) -> AnyView {
        let id = (self.anchors && !anchor.is_empty()).then(|| anchor.to_owned());
        let text = view! { <Inlines content=content.to_vec() /> };
        match level.saturating_add(self.offset) {
            0 | 1 => view! { <h1 id=id tabindex="-1">{text}</h1> }.into_any(),
            2 => view! { <h2 id=id tabindex="-1">{text}</h2> }.into_any(),
            3 => view! { <h3 id=id tabindex="-1">{text}</h3> }.into_any(),
            4 => view! { <h4 id=id tabindex="-1">{text}</h4> }.into_any(),
            5 => view! { <h5 id=id tabindex="-1">{text}</h5> }.into_any(),
            _ => view! { <h6 id=id tabindex="-1">{text}</h6> }.into_any(),
        }
    }

    fn items(self, items: &[ListItem]) -> Vec<AnyView> {
        items.iter().map(|item| self.item(item)).collect()
    }

    fn item(self, item: &ListItem) -> AnyView {
        // A tight list's item is one paragraph; without the element it keeps the list's rhythm.
        let content = match item.blocks.split_first() {
            Some((Block::Paragraph { content }, rest)) => {
                let rest = self.blocks(rest);
                view! { <Inlines content=content.clone() />{rest} }.into_any()
            }
            _ => self.blocks(&item.blocks).into_any(),
        };
        match item.task {
            None => view! { <li>{content}</li> }.into_any(),
            Some(written) => {
                let (mark, words) = if written {
                    ("☑", "Task, written as done: ")
                } else {
                    ("☐", "Task: ")
                };
                view! {
                    <li class="task">
                        <span class="task-mark" aria-hidden="true">{mark}</span>
                        <span class="sr-only">{words}</span>
                        <div>{content}</div>
                    </li>
                }
                .into_any()
            }
        }
    }
}

fn has_tasks(items: &[ListItem]) -> bool {
    items.iter().any(|item| item.task.is_some())
}

fn code(language: &str, text: &str, copy: bool) -> AnyView {
    // A drawing or a sample is no language.
    let language = if language == "text" { "" } else { language };
    let name = if language.is_empty() {
        "Code".to_owned()
    } else {
        format!("Code, {language}")
    };
    let badge =
        (!language.is_empty()).then(|| view! { <span class="lang" aria-hidden="true">{language.to_owned()}</span> });
    let element = NodeRef::<html::Pre>::new();
    let stop = tab_stop(element);
    // A sample in no language, and a drawing, is nothing to run.
    let copies = copy && !language.is_empty();
    let copy = copies.then(|| view! { <CopyButton text /> });
    view! {
        <div class="code" class:copies=copies>
            {badge}
            <pre node_ref=element tabindex=stop role="group" aria-label=name><code>{text.to_owned()}</code></pre>
            {copy}
        </div>
    }
    .into_any()
}

fn table(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> AnyView {
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
    let head_cells: Vec<_> = head
        .iter()
        .map(|cell| {
            let content = view! { <Inlines content=cell.clone() /> };
            // An empty corner heads nothing, and must not be announced as a heading.
            if cell.is_empty() {
                view! { <td>{content}</td> }.into_any()
            } else {
                view! { <th scope="col">{content}</th> }.into_any()
            }
        })
        .collect();
    let body: Vec<_> = rows
        .iter()
        .map(|row| {
            let cells: Vec<_> = row
                .iter()
                .map(|cell| view! { <td><Inlines content=cell.clone() /></td> })
                .collect();
            view! { <tr>{cells}</tr> }
        })
        .collect();
    let element = NodeRef::<html::Div>::new();
    let stop = tab_stop(element);
    view! {
        <div node_ref=element class="scroll" tabindex=stop role="group" aria-label=name>
            <table>
                <thead><tr>{head_cells}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}
