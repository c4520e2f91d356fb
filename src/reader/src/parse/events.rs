//! What each event of pulldown-cmark does to the stack of containers.

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, CowStr, Event, LinkType, Tag, TagEnd};

use super::builder::{BlockBuilder, DEEPEST};
use super::container::{Container, Frame};
use super::pieces::pieces;
use crate::annotation::CoveredBy;
use crate::blocks::Mark;
use holdpoint_domain::runbook::{Block, Inline, Mentioned, Severity};

impl BlockBuilder<'_, '_> {
    pub fn event(&mut self, event: Event<'_>, start: usize, end: usize) {
        match event {
            Event::Start(tag) => self.start(tag, start, end),
            Event::End(tag) => self.end(tag, end),
            Event::Text(text) => self.text(text, start, end),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                let text = text.into_string();
                // A span that holds more than a comment may only have begun with a mark that has no other one.
                let inside = text.trim();
                let alone =
                    inside.starts_with("<!--") && inside.ends_with("-->") && inside.matches("<!--").count() == 1;
                let example = alone || !inside.contains("<!");
                self.cover(start, end, if example { CoveredBy::Example } else { CoveredBy::Code });
                self.inline(Inline::Code { text }, start, end);
            }
            Event::Html(text) => self.html(&text, start, end),
            Event::InlineHtml(text) if is_line_break(&text) => self.inline(Inline::Break, start, end),
            Event::InlineHtml(text) => {
                if self.too_deep == 0 {
                    let pieces = pieces(&text, self.source, start, end);
                    self.directives(&text, &pieces);
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
                    container: Container::Item { task },
                    ..
                }) = self
                    .stack
                    .iter_mut()
                    .rev()
                    .find(|frame| matches!(frame.container, Container::Item { .. }))
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
        let container = match tag {
            Tag::Paragraph => Container::Paragraph { implicit: false },
            Tag::Heading { level, .. } => Container::Heading(level as u8),
            Tag::BlockQuote(_) => Container::Quote,
            Tag::CodeBlock(CodeBlockKind::Fenced(ref info)) => {
                let language = info
                    .split([' ', ',', '\t', '{'])
                    .next()
                    .map_or_else(String::new, str::to_owned);
                let shows = ["markdown", "md", "mdx", "html", "xml"];
                let example = shows.iter().any(|one| one.eq_ignore_ascii_case(&language));
                self.cover(start, end, if example { CoveredBy::Example } else { CoveredBy::Code });
                Container::Code {
                    language,
                    text: String::new(),
                }
            }
            Tag::CodeBlock(CodeBlockKind::Indented) => {
                self.cover(start, end, CoveredBy::Code);
                Container::Code {
                    language: String::new(),
                    text: String::new(),
                }
            }
            Tag::HtmlBlock => Container::Html {
                text: String::new(),
                pieces: Vec::new(),
            },
            Tag::List(first) => Container::List {
                start: first,
                items: Vec::new(),
            },
            Tag::Item => Container::Item { task: None },
            Tag::Table(_) => Container::Table {
                head: Vec::new(),
                rows: Vec::new(),
            },
            Tag::TableHead | Tag::TableRow => Container::Row { cells: Vec::new() },
            Tag::TableCell => Container::Cell,
            Tag::Emphasis => Container::Emphasis,
            Tag::Strong => Container::Strong,
            Tag::Strikethrough => Container::Strike,
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
            Tag::FootnoteDefinition(_) => Container::Quote,
            Tag::Superscript | Tag::Subscript => Container::Plain,
            Tag::DefinitionList | Tag::DefinitionListTitle | Tag::DefinitionListDefinition | Tag::MetadataBlock(_) => {
                Container::Quote
            }
        };
        let footnote = match &tag {
            Tag::FootnoteDefinition(name) => Some(name.to_string()),
            _ => None,
        };
        if container.holds_inlines()
            && !matches!(
                container,
                Container::Paragraph { .. } | Container::Heading(_) | Container::Cell
            )
        {
            self.open_implicit(start);
        } else {
            self.close_implicit(start);
        }
        self.stack.push(Frame {
            container,
            mark: Mark {
                start,
                end,
                inner: start,
                children: Vec::new(),
            },
            blocks: Vec::new(),
            inlines: Vec::new(),
        });
        if let Some(name) = footnote {
            self.text(CowStr::Boxed(format!("[^{name}]: ").into()), start, start);
            self.close_implicit(start);
        }
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

    fn link(&mut self, link_type: LinkType, target: &str, at: usize) -> Container {
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
        Container::Link { target, allowed }
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

/// `<br>`, `<br/>`, `<br />`.
fn is_line_break(html: &str) -> bool {
    html.get(..3).is_some_and(|tag| tag.eq_ignore_ascii_case("<br"))
        && html[3..].chars().all(|one| matches!(one, ' ' | '/' | '>'))
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
