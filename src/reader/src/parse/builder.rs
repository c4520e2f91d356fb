//! The stack of open containers; each becomes a block or an inline when it ends.

use std::collections::BTreeSet;

use pulldown_cmark::CowStr;

use super::container::{Container, Frame};
use super::pieces::place;
use crate::annotation::{Covered, CoveredBy, Directive, directives, remark_strays};
use crate::blocks::Mark;
use crate::front_matter::FrontMatter;
use crate::slug::{UniqueIds, anchor};
use crate::source::Source;
use crate::suggest::nearest;
use holdpoint_domain::runbook::{Block, Inline, ListItem, Severity, inline_text};

/// Deeper nesting is flattened into text: views and clones of blocks recurse, and stacks end.
pub(super) const DEEPEST: usize = 48;

/// The blocks of a source, a mark for each of them, and the annotations.
pub struct Document {
    pub blocks: Vec<Block>,
    pub marks: Vec<Mark>,
    pub directives: Vec<Directive>,
}

/// Blocks that are finished, and the stack of containers that are not.
pub(super) struct BlockBuilder<'s, 't> {
    pub source: &'s Source<'t>,
    pub stack: Vec<Frame>,
    pub blocks: Vec<Block>,
    pub marks: Vec<Mark>,
    pub directives: Vec<Directive>,
    /// Parts of the source that are comments or code.
    pub covered: Vec<Covered>,
    pub anchors: UniqueIds,
    /// Anchors of raw HTML, in lower case.
    pub named: BTreeSet<String>,
    pub fragments: Vec<(String, usize)>,
    pub too_deep: usize,
    pub said_too_deep: bool,
}

impl<'s, 't> BlockBuilder<'s, 't> {
    pub fn new(source: &'s Source<'t>) -> Self {
        Self {
            source,
            stack: Vec::with_capacity(DEEPEST),
            blocks: Vec::new(),
            marks: Vec::new(),
            directives: Vec::new(),
            covered: Vec::new(),
            anchors: UniqueIds::default(),
            named: BTreeSet::new(),
            fragments: Vec::new(),
            too_deep: 0,
            said_too_deep: false,
        }
    }

    /// Adds what the file says about itself before its Markdown.
    pub fn front_matter(&mut self, said: &FrontMatter<'_>) {
        self.cover(0, said.end, CoveredBy::Example);
        self.block(
            Block::Code {
                language: said.language.to_owned(),
                text: said.text.to_owned(),
            },
            Mark {
                end: said.end,
                ..Mark::default()
            },
        );
    }

    /// Notes that a part of the source is no open text.
    pub(super) fn cover(&mut self, start: usize, end: usize, by: CoveredBy) {
        if self.too_deep == 0 {
            self.covered.push(Covered { start, end, by });
        }
    }

    /// Reads the annotations of raw HTML.
    pub(super) fn directives(&mut self, html: &str, pieces: &[(usize, usize)]) {
        self.named_anchors(html);
        let place = |at| place(pieces, at);
        directives(html, place, self.source, &mut self.directives, &mut self.covered);
    }

    /// `<a name="x">` and `<a id="x">`: links may lead there, too.
    fn named_anchors(&mut self, html: &str) {
        for (at, key) in html.match_indices("name=").chain(html.match_indices("id=")) {
            let tag = html[..at].rfind('<').is_some_and(|open| !html[open..at].contains('>'));
            let value = html[at + key.len()..].trim_start_matches(['"', '\'']);
            let end = value.find(['"', '\'', '>', ' ']).unwrap_or(value.len());
            if tag && end > 0 {
                self.named.insert(value[..end].to_lowercase());
            }
        }
    }

    pub(super) fn close(&mut self, frame: Frame) {
        let Frame {
            container,
            mark,
            blocks,
            inlines,
        } = frame;
        match container {
            Container::Paragraph { .. } => self.block(Block::Paragraph { content: inlines }, mark),
            Container::Heading(level) => {
                let anchor = self.anchors.take(anchor(&inline_text(&inlines)), 1);
                self.block(
                    Block::Heading {
                        level,
                        anchor,
                        content: inlines,
                    },
                    mark,
                );
            }
            Container::Quote => self.block(Block::Quote { blocks }, mark),
            Container::List { start, items } => self.block(Block::List { start, items }, mark),
            Container::Item { task } => {
                if let Some(Frame {
                    container: Container::List { items, .. },
                    mark: list,
                    ..
                }) = self.stack.last_mut()
                {
                    tight(items, ListItem { task, blocks });
                    tight(&mut list.children, mark);
                }
            }
            Container::Code { language, text } => self.block(Block::Code { language, text }, mark),
            Container::Html { text, pieces } => {
                self.directives(&text, &pieces);
                let comment = is_comment(&text);
                self.block(Block::Html { text, comment }, mark);
            }
            Container::Table { head, rows } => self.block(Block::Table { head, rows }, mark),
            Container::Row { cells } => {
                if let Some(Frame {
                    container: Container::Table { head, rows },
                    mark: table,
                    ..
                }) = self.stack.last_mut()
                {
                    // The head is the first row that ends; pulldown gives it no other sign than its tag.
                    if head.is_empty() && rows.is_empty() {
                        *head = cells;
                    } else {
                        tight(rows, cells);
                        tight(&mut table.children, mark);
                    }
                }
            }
            Container::Cell => {
                if let Some(Frame {
                    container: Container::Row { cells },
                    ..
                }) = self.stack.last_mut()
                {
                    tight(cells, inlines);
                }
            }
            Container::Emphasis => self.push(Inline::Emphasis { content: inlines }),
            Container::Strong => self.push(Inline::Strong { content: inlines }),
            Container::Strike => self.push(Inline::Strike { content: inlines }),
            Container::Link { target, allowed: true } => self.push(Inline::Link {
                target,
                content: inlines,
            }),
            Container::Link { target, allowed: false } => {
                let same = inline_text(&inlines) == target;
                self.extend(inlines);
                if !same {
                    self.push(Inline::Text {
                        text: format!(" ({target})"),
                    });
                }
            }
            Container::Plain => self.extend(inlines),
        }
    }

    pub(super) fn block(&mut self, block: Block, mark: Mark) {
        match self.stack.last_mut() {
            None => {
                self.blocks.push(block);
                self.marks.push(mark);
            }
            Some(frame) => {
                tight(&mut frame.blocks, block);
                tight(&mut frame.mark.children, mark);
            }
        }
    }

    pub(super) fn text(&mut self, text: CowStr<'_>, start: usize, end: usize) {
        match self.stack.last_mut() {
            Some(Frame {
                container: Container::Code { text: code, .. },
                mark,
                ..
            }) => {
                if code.is_empty() {
                    mark.inner = start;
                    code.reserve_exact(text.len());
                }
                code.push_str(&text);
            }
            Some(Frame {
                container: Container::Html { text: html, pieces },
                ..
            }) => {
                pieces.push((html.len(), start));
                html.push_str(&text);
            }
            Some(Frame { container, inlines, .. }) if container.holds_inlines() => {
                if let Some(Inline::Text { text: before }) = inlines.last_mut() {
                    before.push_str(&text);
                } else {
                    tight(
                        inlines,
                        Inline::Text {
                            text: text.into_string(),
                        },
                    );
                }
            }
            _ => self.inline(
                Inline::Text {
                    text: text.into_string(),
                },
                start,
                end,
            ),
        }
    }

    pub(super) fn html(&mut self, text: &str, start: usize, end: usize) {
        match self.stack.last_mut() {
            Some(Frame {
                container: Container::Html { text: html, pieces },
                ..
            }) => {
                pieces.push((html.len(), start));
                html.push_str(text);
            }
            _ => self.inline(
                Inline::Html {
                    text: text.to_owned(),
                    comment: false,
                },
                start,
                end,
            ),
        }
    }

    pub(super) fn inline(&mut self, inline: Inline, start: usize, end: usize) {
        // Beyond the deepest level even code may be open where only text can be added.
        if let Some(Frame {
            container: Container::Code { text, .. } | Container::Html { text, .. },
            ..
        }) = self.stack.last_mut()
        {
            text.push_str(&inline_text(&[inline]));
            return;
        }
        self.open_implicit(start);
        if let Some(frame) = self.stack.last_mut()
            && !frame.container.holds_inlines()
        {
            // A list or a table at the deepest level: its items are beyond it, and their text needs a place.
            self.too_deep_text(inline, start, end);
            return;
        }
        self.push(inline);
    }

    /// Text inside a list or table whose items are already too deep: it becomes one more item or cell.
    pub(super) fn too_deep_text(&mut self, inline: Inline, start: usize, end: usize) {
        let Some(frame) = self.stack.last_mut() else { return };
        match &mut frame.container {
            Container::List { items, .. } => {
                let mark = Mark {
                    start,
                    end,
                    inner: start,
                    children: Vec::new(),
                };
                if let Some(ListItem { blocks, .. }) = items.last_mut()
                    && let Some(Block::Paragraph { content }) = blocks.last_mut()
                {
                    content.push(inline);
                    return;
                }
                items.push(ListItem {
                    task: None,
                    blocks: vec![Block::Paragraph { content: vec![inline] }],
                });
                frame.mark.children.push(Mark {
                    children: vec![mark.clone()],
                    ..mark
                });
            }
            Container::Table { head, .. } => head.push(vec![inline]),
            Container::Row { cells } => cells.push(vec![inline]),
            _ => {}
        }
    }

    pub(super) fn push(&mut self, inline: Inline) {
        match self.stack.last_mut() {
            Some(frame) => tight(&mut frame.inlines, inline),
            None => {
                self.blocks.push(Block::Paragraph { content: vec![inline] });
                self.marks.push(Mark::default());
            }
        }
    }

    pub(super) fn extend(&mut self, inlines: Vec<Inline>) {
        if let Some(frame) = self.stack.last_mut() {
            frame.inlines.extend(inlines);
        }
    }

    /// A tight list item has its text without a paragraph around it; blocks need one.
    pub(super) fn open_implicit(&mut self, start: usize) {
        let needs = match self.stack.last() {
            None => true,
            Some(frame) => matches!(frame.container, Container::Item { .. } | Container::Quote),
        };
        if needs {
            self.stack.push(Frame {
                container: Container::Paragraph { implicit: true },
                mark: Mark {
                    start,
                    end: start,
                    inner: start,
                    children: Vec::new(),
                },
                blocks: Vec::new(),
                inlines: Vec::new(),
            });
        }
    }

    pub(super) fn close_implicit(&mut self, end: usize) {
        if matches!(
            self.stack.last(),
            Some(Frame {
                container: Container::Paragraph { implicit: true },
                ..
            })
        ) && let Some(mut frame) = self.stack.pop()
        {
            frame.mark.end = end;
            self.close(frame);
        }
    }

    pub(super) fn finish(mut self) -> Document {
        while let Some(frame) = self.stack.pop() {
            self.close(frame);
        }
        let mut hints = 0;
        for (fragment, at) in &self.fragments {
            let wanted = fragment.to_lowercase();
            let known = fragment.is_empty() || self.anchors.contains(&wanted) || self.named.contains(&wanted);
            if !known {
                // Looking for a near name costs; a text with very many broken links gets the first few hints.
                hints += 1;
                let near = if hints > 20 {
                    None
                } else {
                    nearest(fragment, self.anchors.all())
                };
                let hint = near.map_or_else(String::new, |near| format!("; did you mean “#{near}”?"));
                let message = format!("No heading here has the anchor “#{fragment}”{hint}");
                self.source.remark(*at, Severity::Error, message);
            }
        }
        remark_strays(self.source, std::mem::take(&mut self.covered));
        self.directives.sort_by_key(|directive| directive.start);
        Document {
            blocks: self.blocks,
            marks: self.marks,
            directives: self.directives,
        }
    }
}

/// Whether HTML is nothing but comments, which GitHub does not show.
fn is_comment(html: &str) -> bool {
    let mut rest = html.trim();
    if rest.is_empty() {
        return false;
    }
    while let Some(inside) = rest.strip_prefix("<!--") {
        match inside.find("-->") {
            Some(close) => rest = inside[close + 3..].trim_start(),
            None => return false,
        }
        if rest.is_empty() {
            return true;
        }
    }
    false
}

/// Pushes without spare capacity: most blocks have one child, and the usual room for four makes a document four times as large
/// in memory.
fn tight<T>(into: &mut Vec<T>, value: T) {
    if into.len() == into.capacity() {
        into.reserve_exact(into.len().max(1));
    }
    into.push(value);
}
