//! What stands in a step: each thing gets one part, and the meaning that its label gives it.

use crate::draft::{Blocks, Draft, Reader};
use crate::words::{self, Fence, Label};
use holdpoint_domain::runbook::{Block, CommandBlock, Inline, ListItem, OnFail, Part, inline_text};

/// What a step contains.
#[derive(Default)]
pub(super) struct Content {
    pub parts: Vec<Part>,
    pub children: Vec<Draft>,
}

/// A line that starts with a label.
pub(super) struct Labelled {
    pub label: Label,
    pub rest: Vec<Inline>,
    /// The label as written.
    pub name: String,
}

impl Content {
    /// Adds a block that no label claims.
    fn text(&mut self, block: Block) {
        if let Some(Part::Text { blocks }) = self.parts.last_mut() {
            blocks.push(block);
        } else {
            self.parts.push(Part::Text { blocks: vec![block] });
        }
    }

    fn open(&mut self, labelled: Labelled) {
        let empty = is_blank(&labelled.rest);
        let blocks = if empty {
            Vec::new()
        } else {
            vec![Block::Paragraph { content: labelled.rest }]
        };
        self.parts.push(match labelled.label {
            Label::Why => Part::Why { blocks },
            Label::Expected => Part::Expected { blocks },
            Label::Checks => Part::Checks {
                label: labelled.name,
                blocks,
            },
            Label::Fails(action) => {
                let action = action.unwrap_or_else(|| words::action(&blocks_text(&blocks)));
                Part::IfItFails { action, blocks }
            }
        });
    }

    /// Adds a block to the part that the last label opened.
    fn attach(&mut self, label: Label, block: Block) {
        match self.parts.last_mut() {
            Some(Part::Why { blocks } | Part::Expected { blocks } | Part::Checks { blocks, .. }) => blocks.push(block),
            Some(Part::IfItFails { action, blocks }) => {
                blocks.push(block);
                if label == Label::Fails(None) {
                    *action = words::action(&blocks_text(blocks));
                }
            }
            _ => self.text(block),
        }
    }

    /// Drops parts that a label opened and nothing filled.
    fn close(mut self) -> Self {
        self.parts.retain(|part| match part {
            Part::Why { blocks } | Part::Expected { blocks } | Part::Checks { blocks, .. } => !blocks.is_empty(),
            _ => true,
        });
        self
    }
}

impl Reader<'_, '_> {
    /// Sorts blocks into parts and sub-steps.
    pub fn content(&mut self, blocks: Blocks<'_>) -> Content {
        let mut content = Content::default();
        let mut open: Option<Label> = None;
        for (block, mark) in blocks.iter() {
            match block {
                Block::Html { comment: true, .. } => continue,
                Block::Paragraph { content: inlines } => {
                    open = paragraph(inlines, open, &mut content);
                    continue;
                }
                Block::Quote { blocks }
                    if blocks
                        .iter()
                        .any(|block| matches!(block, Block::Paragraph { content } if labelled(content).is_some())) =>
                {
                    for block in blocks {
                        match block {
                            Block::Paragraph { content: inlines } => open = paragraph(inlines, open, &mut content),
                            other => content.text(other.clone()),
                        }
                    }
                    continue;
                }
                Block::List { start, items } => {
                    let tasks = items.iter().any(|item| item.task.is_some());
                    if tasks || start.is_some() && open.is_none() {
                        let steps = self.list_steps(*start, items, &mark.children);
                        content.children.extend(steps);
                    } else if open.is_none() && items.iter().any(is_labelled_item) {
                        self.labelled_items(*start, items, &mark.children, &mut content);
                    } else {
                        place(block, open, &mut content);
                    }
                }
                Block::Code { language, text } => {
                    let line = self.source.line(mark.inner);
                    let fence = words::fence(language);
                    let data = matches!(open, Some(Label::Expected | Label::Checks));
                    if fence == Fence::Text || data && fence == Fence::Unknown || words::is_drawing(text) {
                        place(block, open, &mut content);
                    } else if let Some(steps) = self.fence_steps(language, text, line, 2) {
                        if !steps.before.trim().is_empty() {
                            content.text(Block::Code {
                                language: language.clone(),
                                text: steps.before,
                            });
                        }
                        content.children.extend(steps.drafts);
                    } else if fence == Fence::Command || text.lines().next().is_some_and(words::is_command_line) {
                        content.parts.push(Part::Command {
                            command: command(language, text, line),
                        });
                    } else {
                        place(block, open, &mut content);
                    }
                }
                Block::Table { head, rows } => match self.table_steps(head, rows, &mark.children, false) {
                    Some(steps) => content.children.extend(steps),
                    None => place(block, open, &mut content),
                },
                Block::Rule => {}
                other => content.text(other.clone()),
            }
            open = None;
        }
        content.close()
    }

    /// Bullets such as `- **Why:** …`: each is a part of its own.
    fn labelled_items(
        &mut self,
        start: Option<u64>,
        items: &[ListItem],
        marks: &[crate::parse::Mark],
        content: &mut Content,
    ) {
        for (item, mark) in items.iter().zip(marks) {
            if is_labelled_item(item) {
                let inner = self.content(Blocks {
                    blocks: &item.blocks,
                    marks: &mark.children,
                });
                content.parts.extend(inner.parts);
                content.children.extend(inner.children);
            } else {
                content.text(Block::List {
                    start,
                    items: vec![item.clone()],
                });
            }
        }
    }
}

fn is_labelled_item(item: &ListItem) -> bool {
    matches!(item.blocks.first(), Some(Block::Paragraph { content }) if labelled(content).is_some())
}

fn place(block: &Block, open: Option<Label>, content: &mut Content) {
    match open {
        Some(label) => content.attach(label, block.clone()),
        None => content.text(block.clone()),
    }
}

/// Sorts a paragraph's lines; returns the label that the next block belongs to.
pub(super) fn paragraph(inlines: &[Inline], open: Option<Label>, content: &mut Content) -> Option<Label> {
    if !has_breaks(inlines) {
        return label_line(inlines, open, content);
    }
    label_lines(inlines)
        .iter()
        .fold(open, |open, line| label_line(line, open, content))
}

fn label_line(line: &[Inline], open: Option<Label>, content: &mut Content) -> Option<Label> {
    match labelled(line) {
        Some(labelled) => {
            let waits = ends_with_colon(line) || is_blank(&labelled.rest);
            let label = labelled.label;
            content.open(labelled);
            waits.then_some(label)
        }
        None if is_blank(line) => open,
        None => {
            let block = Block::Paragraph { content: line.to_vec() };
            match open {
                Some(label) => content.attach(label, block),
                None => content.text(block),
            }
            None
        }
    }
}

fn ends_with_colon(line: &[Inline]) -> bool {
    inline_text(line).trim_end().ends_with(':')
}

/// Nothing in it is shown.
pub(super) fn is_blank(content: &[Inline]) -> bool {
    content.iter().all(|inline| match inline {
        Inline::Text { text } | Inline::Code { text } | Inline::Html { text, comment: false } => text.trim().is_empty(),
        Inline::Html { comment: true, .. } | Inline::Break => true,
        Inline::Emphasis { content }
        | Inline::Strong { content }
        | Inline::Strike { content }
        | Inline::Link { content, .. } => is_blank(content),
    })
}

/// Whether running text has more than one line.
pub(super) fn has_breaks(inlines: &[Inline]) -> bool {
    inlines.iter().any(|inline| match inline {
        Inline::Break => true,
        Inline::Text { text } => text.contains('\n'),
        _ => false,
    })
}

/// Splits a paragraph before each line that starts with a label. Most paragraphs stay whole.
pub(super) fn label_lines(inlines: &[Inline]) -> Vec<Vec<Inline>> {
    if !has_breaks(inlines) {
        return vec![inlines.to_vec()];
    }
    let mut lines: Vec<(Vec<Inline>, Inline)> = vec![(Vec::new(), Inline::Break)];
    let newline = || Inline::Text { text: "\n".to_owned() };
    for inline in inlines {
        match inline {
            Inline::Break => lines.push((Vec::new(), Inline::Break)),
            Inline::Text { text } if text.contains('\n') => {
                for (at, piece) in text.split('\n').enumerate() {
                    if at > 0 {
                        lines.push((Vec::new(), newline()));
                    }
                    if !piece.is_empty()
                        && let Some((line, _)) = lines.last_mut()
                    {
                        line.push(Inline::Text { text: piece.to_owned() });
                    }
                }
            }
            other => {
                if let Some((line, _)) = lines.last_mut() {
                    line.push(other.clone());
                }
            }
        }
    }
    let mut groups: Vec<Vec<Inline>> = Vec::new();
    for (line, before) in lines {
        match groups.last_mut() {
            Some(group) if labelled(&line).is_none() => {
                group.push(before);
                group.extend(line);
            }
            _ => groups.push(line),
        }
    }
    groups
}

/// Reads the label that a line starts with: `**Why:** …`, `Verify:`, `STOP if any gate fails.`
pub(super) fn labelled(line: &[Inline]) -> Option<Labelled> {
    let mut line = line;
    while let [Inline::Text { text }, rest @ ..] = line
        && !rest.is_empty()
        && !text.chars().any(char::is_alphanumeric)
    {
        line = rest;
    }
    let (first, rest) = line.split_first()?;
    if let Inline::Strong { content } | Inline::Emphasis { content } = first {
        let name = inline_text(content);
        let name = name.trim();
        let bare = name.trim_end_matches([':', '.', '–', '—', ' ']);
        let label = words::label(bare)?;
        if let Label::Fails(_) = label {
            return Some(Labelled {
                label,
                rest: line.to_vec(),
                name: bare.to_owned(),
            });
        }
        let mut rest = rest.to_vec();
        let mut colon = name.ends_with(':') || rest.is_empty();
        if let Some(Inline::Text { text }) = rest.first_mut() {
            let trimmed = text.trim_start();
            colon |= trimmed.starts_with([':', '–', '—']) || trimmed.is_empty();
            *text = trimmed.trim_start_matches([':', '–', '—', ' ']).to_owned();
        }
        return colon.then(|| Labelled {
            label,
            rest,
            name: bare.to_owned(),
        });
    }
    let Inline::Text { text } = first else { return None };
    // Labels are short: a long text is looked at no further than one can be.
    let mut end = text.len().min(80);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let begins = text.trim_start();
    if let Some(colon) = text[..end].find(':')
        && text[colon + 1..].chars().next().is_none_or(char::is_whitespace)
    {
        let name = text[..colon].trim();
        let label = words::label(name);
        match label {
            Some(Label::Fails(_)) | None => {}
            Some(label) => {
                let mut content = vec![Inline::Text {
                    text: text[colon + 1..].trim_start().to_owned(),
                }];
                content.extend(rest.iter().cloned());
                return Some(Labelled {
                    label,
                    rest: content,
                    name: name.to_owned(),
                });
            }
        }
    }
    let starts = [
        "if ", "stop ", "halt ", "abort ", "roll", "proceed ", "on ", "when ", "caution ", "no-go ",
    ];
    let can_fail = begins.get(..8.min(begins.len())).is_none_or(|start| {
        let start = start.to_ascii_lowercase();
        starts.iter().any(|word| start.starts_with(word))
    });
    if can_fail {
        let whole = inline_text(line);
        let clause = whole.split([',', ':', '.', ';']).next().unwrap_or_default();
        if let Some(label @ Label::Fails(_)) = words::label(clause) {
            return Some(Labelled {
                label,
                rest: line.to_vec(),
                name: clause.to_owned(),
            });
        }
    }
    None
}

/// A command block, with what its comments expect.
pub(super) fn command(language: &str, text: &str, line: u32) -> CommandBlock {
    let text = text.trim_end();
    let first = text.lines().take_while(|line| line.trim().is_empty()).count();
    let text = text.trim_start_matches(['\n', '\r']);
    CommandBlock {
        language: language.to_owned(),
        text: text.to_owned(),
        line: line + first as u32,
        expected: expected_in(text),
    }
}

/// `-- Expected: 0 rows` in a command's comments.
fn expected_in(text: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let comment = line.trim_start();
        let said = ["--", "#", "//"]
            .iter()
            .find_map(|mark| comment.strip_prefix(mark))?
            .trim_start();
        let start = said.get(..8)?;
        if !start.eq_ignore_ascii_case("expected") {
            return None;
        }
        let (head, value) = said.split_once(':')?;
        (head.split_whitespace().count() <= 3 && !value.trim().is_empty()).then(|| value.trim().to_owned())
    })
}

/// What the table says to do when a row fails; `N/A` and dashes say nothing.
pub(super) fn failing(text: &str) -> Option<OnFail> {
    let words = text.trim().to_ascii_lowercase();
    let nothing = words.is_empty() || ["n/a", "none", "-", "–", "—", "nothing"].contains(&words.as_str());
    (!nothing).then(|| words::action(text))
}

/// The text of blocks, marks removed, blocks on lines of their own.
pub(super) fn blocks_text(blocks: &[Block]) -> String {
    let mut text = String::new();
    push_blocks_text(blocks, &mut text);
    text.truncate(text.trim_end().len());
    text
}

fn push_blocks_text(blocks: &[Block], into: &mut String) {
    for block in blocks {
        match block {
            Block::Heading { content, .. } | Block::Paragraph { content } => into.push_str(inline_text(content).trim()),
            Block::Quote { blocks } => push_blocks_text(blocks, into),
            Block::List { items, .. } => items.iter().for_each(|item| push_blocks_text(&item.blocks, into)),
            Block::Code { text, .. } => into.push_str(text.trim_end()),
            Block::Table { head, rows } => {
                for row in std::iter::once(head).chain(rows) {
                    let cells: Vec<String> = row.iter().map(|cell| inline_text(cell)).collect();
                    into.push_str(&cells.join(" | "));
                    into.push('\n');
                }
            }
            Block::Html { text, comment: false } => into.push_str(text.trim_end()),
            Block::Html { comment: true, .. } | Block::Rule => {}
        }
        if !into.is_empty() && !into.ends_with('\n') {
            into.push('\n');
        }
    }
}
