//! Markdown to blocks. Beside each block stands a [`Mark`] that says where it is in the source.

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::comment::{Directive, directives};
use crate::slug::Unique;
use crate::source::Source;
use holdpoint_domain::runbook::{Block, Inline, ListItem, Mentioned, Severity};

mod build;

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
