//! Markdown to blocks. Beside each block stands a [`Mark`] that says where it is in the source.

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::comment::{Directive, directives};
use super::slug::{Unique, anchor};
use super::source::Source;
use super::{Block, Inline, ListItem, Mentioned, Severity, inline_text};

/// Deeper nesting is flattened into text: views and clones of blocks recurse, and stacks end.
const DEEPEST: usize = 48;

/// The one place that says which Markdown this is: GitHub's.
#[must_use]
pub fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM
}

/// Where a block, list item or table row stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Mark {
    pub start: usize,
    pub end: usize,
    /// Where a code block's text starts.
    pub inner: usize,
    /// Marks of a list's items, an item's blocks, a table's rows.
    pub children: Vec<Mark>,
}

/// What parsing makes of the source.
pub(super) struct Document {
    pub blocks: Vec<Block>,
    pub marks: Vec<Mark>,
    pub directives: Vec<Directive>,
}

pub(super) fn parse(source: &Source<'_>) -> Document {
    let mut builder = Builder {
        source,
        stack: Vec::with_capacity(DEEPEST),
        blocks: Vec::new(),
        marks: Vec::new(),
        directives: Vec::new(),
        anchors: Unique::default(),
        fragments: Vec::new(),
        too_deep: 0,
        said_too_deep: false,
    };
    for (event, range) in Parser::new_ext(source.text, options()).into_offset_iter() {
        builder.event(event, range.start, range.end);
    }
    builder.finish()
}

/// A container that is still open.
struct Frame {
    kind: Kind,
    mark: Mark,
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
}

enum Kind {
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

impl Kind {
    fn holds_inlines(&self) -> bool {
        use Kind::*;
        matches!(
            self,
            Paragraph { .. } | Heading(_) | Cell | Emphasis | Strong | Strike | Plain | Link { .. }
        )
    }
}

struct Builder<'s, 't> {
    source: &'s Source<'t>,
    stack: Vec<Frame>,
    blocks: Vec<Block>,
    marks: Vec<Mark>,
    directives: Vec<Directive>,
    anchors: Unique,
    fragments: Vec<(String, usize)>,
    too_deep: usize,
    said_too_deep: bool,
}

impl Builder<'_, '_> {
    fn event(&mut self, event: Event<'_>, start: usize, end: usize) {
        match event {
            Event::Start(tag) => self.start(tag, start, end),
            Event::End(tag) => self.end(tag, end),
            Event::Text(text) => self.text(text, start, end),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                let text = text.into_string();
                self.inline(Inline::Code { text }, start, end);
            }
            Event::Html(text) => self.html(&text, start, end),
            Event::InlineHtml(text) => {
                if self.too_deep == 0 {
                    directives(&text, start, self.source, &mut self.directives);
                }
                let comment = text.starts_with("<!--");
                self.inline(
                    Inline::Html {
                        text: text.into_string(),
                        comment,
                    },
                    start,
                    end,
                );
            }
            Event::FootnoteReference(name) => self.inline(
                Inline::Text {
                    text: format!("[^{name}]"),
                },
                start,
                end,
            ),
            // A soft break is white space to a reader, and the end of a label's line to us.
            Event::SoftBreak => self.text(CowStr::Borrowed("\n"), start, end),
            Event::HardBreak => self.inline(Inline::Break, start, end),
            Event::Rule => {
                if self.too_deep == 0 {
                    self.close_implicit(start);
                    self.block(
                        Block::Rule,
                        Mark {
                            start,
                            end,
                            ..Mark::default()
                        },
                    );
                }
            }
            Event::TaskListMarker(done) => {
                if let Some(Frame {
                    kind: Kind::Item { task },
                    ..
                }) = self
                    .stack
                    .iter_mut()
                    .rev()
                    .find(|frame| matches!(frame.kind, Kind::Item { .. }))
                {
                    *task = Some(done);
                }
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>, start: usize, end: usize) {
        if self.too_deep > 0 {
            self.too_deep += 1;
            return;
        }
        if self.stack.len() >= DEEPEST {
            self.too_deep = 1;
            if !self.said_too_deep {
                self.said_too_deep = true;
                let message = format!("This is nested more than {DEEPEST} deep; what is deeper is shown as plain text");
                self.source.remark(start, Severity::Warning, message);
            }
            return;
        }
        let kind = match tag {
            Tag::Paragraph => Kind::Paragraph { implicit: false },
            Tag::Heading { level, .. } => Kind::Heading(level as u8),
            Tag::BlockQuote(_) => Kind::Quote,
            Tag::CodeBlock(CodeBlockKind::Fenced(ref info)) => {
                let language = info
                    .split([' ', ',', '\t', '{'])
                    .next()
                    .map_or_else(String::new, str::to_owned);
                Kind::Code {
                    language,
                    text: String::new(),
                }
            }
            Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Code {
                language: String::new(),
                text: String::new(),
            },
            Tag::HtmlBlock => Kind::Html { text: String::new() },
            Tag::List(first) => Kind::List {
                start: first,
                items: Vec::new(),
            },
            Tag::Item => Kind::Item { task: None },
            Tag::Table(_) => Kind::Table {
                head: Vec::new(),
                rows: Vec::new(),
            },
            Tag::TableHead | Tag::TableRow => Kind::Row { cells: Vec::new() },
            Tag::TableCell => Kind::Cell,
            Tag::Emphasis => Kind::Emphasis,
            Tag::Strong => Kind::Strong,
            Tag::Strikethrough => Kind::Strike,
            Tag::Link {
                link_type,
                ref dest_url,
                ..
            } => self.link(link_type, dest_url, start),
            Tag::Image {
                link_type,
                ref dest_url,
                ..
            } => self.link(link_type, dest_url, start),
            Tag::FootnoteDefinition(_) => Kind::Quote,
            Tag::Superscript | Tag::Subscript => Kind::Plain,
            Tag::DefinitionList | Tag::DefinitionListTitle | Tag::DefinitionListDefinition | Tag::MetadataBlock(_) => {
                Kind::Quote
            }
        };
        if kind.holds_inlines() && !matches!(kind, Kind::Paragraph { .. } | Kind::Heading(_) | Kind::Cell) {
            self.open_implicit(start);
        } else {
            self.close_implicit(start);
        }
        self.stack.push(Frame {
            kind,
            mark: Mark {
                start,
                end,
                inner: start,
                children: Vec::new(),
            },
            blocks: Vec::new(),
            inlines: Vec::new(),
        });
        if let Tag::BlockQuote(Some(callout)) = tag {
            let name = match callout {
                BlockQuoteKind::Note => "Note",
                BlockQuoteKind::Tip => "Tip",
                BlockQuoteKind::Important => "Important",
                BlockQuoteKind::Warning => "Warning",
                BlockQuoteKind::Caution => "Caution",
            };
            let content = vec![Inline::Strong {
                content: vec![Inline::Text { text: name.to_owned() }],
            }];
            self.block(
                Block::Paragraph { content },
                Mark {
                    start,
                    end: start,
                    ..Mark::default()
                },
            );
        }
    }

    fn link(&mut self, link_type: LinkType, target: &str, at: usize) -> Kind {
        let email = matches!(link_type, LinkType::Email) && !target.starts_with("mailto:");
        let target = if email {
            format!("mailto:{target}")
        } else {
            target.to_owned()
        };
        let allowed = is_allowed(&target);
        if allowed {
            if let Some(fragment) = target.strip_prefix('#') {
                self.fragments.push((fragment.to_owned(), at));
            }
            self.source.mention(at, Mentioned::Link { target: target.clone() });
        } else {
            let shown: String = target.chars().take(60).collect();
            let message = format!(
                "The link to “{shown}” is shown as text: links may lead to http, https, mailto, a path or a #fragment"
            );
            self.source.remark(at, Severity::Error, message);
        }
        Kind::Link { target, allowed }
    }

    fn end(&mut self, tag: TagEnd, end: usize) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        if matches!(tag, TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition) {
            self.close_implicit(end);
        }
        if let Some(frame) = self.stack.pop() {
            self.close(frame);
        }
    }

    fn close(&mut self, frame: Frame) {
        let Frame {
            kind,
            mut mark,
            blocks,
            inlines,
        } = frame;
        match kind {
            Kind::Paragraph { .. } => self.block(Block::Paragraph { content: inlines }, mark),
            Kind::Heading(level) => {
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
            Kind::Quote => {
                mark.children.clear();
                self.block(Block::Quote { blocks }, mark);
            }
            Kind::List { start, items } => self.block(Block::List { start, items }, mark),
            Kind::Item { task } => {
                if let Some(Frame {
                    kind: Kind::List { items, .. },
                    mark: list,
                    ..
                }) = self.stack.last_mut()
                {
                    items.push(ListItem { task, blocks });
                    list.children.push(mark);
                }
            }
            Kind::Code { language, text } => self.block(Block::Code { language, text }, mark),
            Kind::Html { text } => {
                directives(&text, mark.start, self.source, &mut self.directives);
                let comment = is_comment(&text);
                self.block(Block::Html { text, comment }, mark);
            }
            Kind::Table { head, rows } => self.block(Block::Table { head, rows }, mark),
            Kind::Row { cells } => {
                if let Some(Frame {
                    kind: Kind::Table { head, rows },
                    mark: table,
                    ..
                }) = self.stack.last_mut()
                {
                    // The head is the first row that ends; pulldown gives it no other sign than its tag.
                    if head.is_empty() && rows.is_empty() {
                        *head = cells;
                    } else {
                        rows.push(cells);
                        table.children.push(mark);
                    }
                }
            }
            Kind::Cell => {
                if let Some(Frame {
                    kind: Kind::Row { cells },
                    ..
                }) = self.stack.last_mut()
                {
                    cells.push(inlines);
                }
            }
            Kind::Emphasis => self.push(Inline::Emphasis { content: inlines }),
            Kind::Strong => self.push(Inline::Strong { content: inlines }),
            Kind::Strike => self.push(Inline::Strike { content: inlines }),
            Kind::Link { target, allowed: true } => self.push(Inline::Link {
                target,
                content: inlines,
            }),
            Kind::Link { target, allowed: false } => {
                let same = inline_text(&inlines) == target;
                self.extend(inlines);
                if !same {
                    self.push(Inline::Text {
                        text: format!(" ({target})"),
                    });
                }
            }
            Kind::Plain => self.extend(inlines),
        }
    }

    fn block(&mut self, block: Block, mark: Mark) {
        match self.stack.last_mut() {
            None => {
                self.blocks.push(block);
                self.marks.push(mark);
            }
            Some(frame) => {
                frame.blocks.push(block);
                frame.mark.children.push(mark);
            }
        }
    }

    fn text(&mut self, text: CowStr<'_>, start: usize, end: usize) {
        match self.stack.last_mut() {
            Some(Frame {
                kind: Kind::Code { text: code, .. },
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
                kind: Kind::Html { text: html },
                ..
            }) => html.push_str(&text),
            Some(Frame { kind, inlines, .. }) if kind.holds_inlines() => {
                if let Some(Inline::Text { text: before }) = inlines.last_mut() {
                    before.push_str(&text);
                } else {
                    inlines.push(Inline::Text {
                        text: text.into_string(),
                    });
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

    fn html(&mut self, text: &str, start: usize, end: usize) {
        match self.stack.last_mut() {
            Some(Frame {
                kind: Kind::Html { text: html },
                ..
            }) => html.push_str(text),
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

    fn inline(&mut self, inline: Inline, start: usize, end: usize) {
        // Beyond the deepest level even code may be open where only text can be added.
        if let Some(Frame {
            kind: Kind::Code { text, .. } | Kind::Html { text },
            ..
        }) = self.stack.last_mut()
        {
            text.push_str(&inline_text(&[inline]));
            return;
        }
        self.open_implicit(start);
        if let Some(frame) = self.stack.last_mut()
            && !frame.kind.holds_inlines()
        {
            // A list or a table at the deepest level: its items are beyond it, and their text needs a place.
            self.too_deep_text(inline, start, end);
            return;
        }
        self.push(inline);
    }

    /// Text inside a list or table whose items are already too deep: it becomes one more item or cell.
    fn too_deep_text(&mut self, inline: Inline, start: usize, end: usize) {
        let Some(frame) = self.stack.last_mut() else { return };
        match &mut frame.kind {
            Kind::List { items, .. } => {
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
            Kind::Table { head, .. } => head.push(vec![inline]),
            Kind::Row { cells } => cells.push(vec![inline]),
            _ => {}
        }
    }

    fn push(&mut self, inline: Inline) {
        match self.stack.last_mut() {
            Some(frame) => frame.inlines.push(inline),
            None => {
                self.blocks.push(Block::Paragraph { content: vec![inline] });
                self.marks.push(Mark::default());
            }
        }
    }

    fn extend(&mut self, inlines: Vec<Inline>) {
        if let Some(frame) = self.stack.last_mut() {
            frame.inlines.extend(inlines);
        }
    }

    /// A tight list item has its text without a paragraph around it; blocks need one.
    fn open_implicit(&mut self, start: usize) {
        let needs = match self.stack.last() {
            None => true,
            Some(frame) => matches!(frame.kind, Kind::Item { .. } | Kind::Quote),
        };
        if needs {
            self.stack.push(Frame {
                kind: Kind::Paragraph { implicit: true },
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

    fn close_implicit(&mut self, end: usize) {
        if matches!(
            self.stack.last(),
            Some(Frame {
                kind: Kind::Paragraph { implicit: true },
                ..
            })
        ) && let Some(mut frame) = self.stack.pop()
        {
            frame.mark.end = end;
            self.close(frame);
        }
    }

    fn finish(mut self) -> Document {
        while let Some(frame) = self.stack.pop() {
            self.close(frame);
        }
        let mut hints = 0;
        for (fragment, at) in &self.fragments {
            let known = fragment.is_empty() || self.anchors.contains(&fragment.to_lowercase());
            if !known {
                // Looking for a near name costs; a text with very many broken links gets the first few hints.
                hints += 1;
                let near = if hints > 20 {
                    None
                } else {
                    super::lint::nearest(fragment, self.anchors.all())
                };
                let hint = near.map_or_else(String::new, |near| format!("; did you mean “#{near}”?"));
                let message = format!("No heading here has the anchor “#{fragment}”{hint}");
                self.source.remark(*at, Severity::Error, message);
            }
        }
        self.directives.sort_by_key(|directive| directive.start);
        Document {
            blocks: self.blocks,
            marks: self.marks,
            directives: self.directives,
        }
    }
}

/// Nothing but comments: GitHub shows none of it.
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

/// Browsers drop control characters and white space before they look at a scheme; so must this.
fn is_allowed(target: &str) -> bool {
    let mut scheme = String::new();
    for character in target.chars().filter(|c| !c.is_whitespace() && !c.is_control()) {
        match character {
            ':' => return matches!(scheme.as_str(), "http" | "https" | "mailto"),
            '/' | '?' | '#' => return true,
            _ if scheme.len() > 64 => {}
            _ => scheme.extend(character.to_lowercase()),
        }
    }
    true
}
