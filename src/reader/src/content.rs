//! The content of a step: its blocks sorted into parts and sub-steps. Lists are in this file, too, because their items are
//! steps with content of their own.

use std::collections::BTreeSet;

use crate::blocks::{Blocks, Mark};
use crate::boxes::{has_box_line, has_tasks};
use crate::duration::{bracketed_time, waiting_in};
use crate::fences::{FenceForm, fence_form};
use crate::groups::{group, group_labels, mark_alternatives};
use crate::labels::{label_lines, labelled};
use crate::numbering::{Numbering, numbered};
use crate::parts::{StepContent, command, paragraph, place, terminal};
use crate::reader::Reader;
use crate::step_builder::StepBuilder;
use crate::text::{blocks_text, has_breaks, inline_lead};
use crate::titles::titled;
use crate::words::{self, Fence, Label};
use holdpoint_domain::runbook::{Block, Inline, ListItem, Part, inline_text};

impl Reader<'_, '_> {
    /// Sorts blocks into parts and sub-steps.
    pub fn content(&mut self, blocks: Blocks<'_>) -> StepContent {
        let mut content = StepContent::default();
        let mut open: Option<Label> = None;
        let mut before: Option<&Block> = None;
        let groups = group_labels(
            blocks.blocks,
            |index| matches!(&blocks.blocks[index], Block::List { start, items } if start.is_some() || has_tasks(items)),
        );
        let labels: BTreeSet<usize> = groups.values().copied().collect();
        for (index, (block, mark)) in blocks.iter().enumerate() {
            let lead = before.replace(block);
            if labels.contains(&index) {
                open = None;
                continue;
            }
            match block {
                Block::Html { comment: true, .. } => continue,
                Block::Paragraph { content: inlines } => {
                    if has_box_line(inlines) {
                        let steps = self.box_lines(inlines, mark, &mut content);
                        content.children.extend(steps);
                        open = None;
                        continue;
                    }
                    open = paragraph(inlines, open, &mut content);
                    continue;
                }
                Block::Quote { blocks } if !is_note(blocks) && blocks.iter().any(is_labelled) => {
                    for block in blocks {
                        match block {
                            Block::Paragraph { content: inlines } => open = paragraph(inlines, open, &mut content),
                            other => content.text(other.clone()),
                        }
                    }
                    continue;
                }
                Block::List { start, items } => {
                    let tasks = has_tasks(items);
                    if tasks || start.is_some() && open.is_none() {
                        let mut steps = self.list_steps(*start, items, &mark.children);
                        if let Some(&label) = groups.get(&index) {
                            steps = vec![group(&blocks.blocks[label], blocks.marks[label].start, steps)];
                        }
                        content.children.extend(steps);
                    } else if open.is_none() && items.iter().any(is_labelled_item) {
                        self.labelled_items(*start, items, &mark.children, &mut content);
                    } else {
                        place(block, open, &mut content);
                    }
                }
                Block::Code { language, text } => {
                    let line = self.source.line(mark.inner);
                    let data = matches!(open, Some(Label::Expected | Label::Checks));
                    let form = fence_form(language, text, &lead_text(lead), 2);
                    if form == FenceForm::Text || data && words::fence(language) == Fence::Unknown {
                        place(block, open, &mut content);
                    } else if let Some(steps) = self.fence_steps(language, text, line, form) {
                        if !steps.before.trim().is_empty() {
                            content.text(Block::Code {
                                language: language.clone(),
                                text: steps.before,
                            });
                        }
                        content.children.extend(steps.builders);
                    } else {
                        terminal(language, text.trim_end(), line, &mut content);
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
        mark_alternatives(&mut content.children);
        content.close()
    }

    /// Bullets such as `- **Why:** …`: each is a part of its own.
    fn labelled_items(&mut self, start: Option<u64>, items: &[ListItem], marks: &[Mark], content: &mut StepContent) {
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

    /// A step for each line of a paragraph that begins with a box. Lines before the first are text, and others belong to the step before
    /// them.
    pub fn box_lines(&mut self, inlines: &[Inline], mark: &Mark, before: &mut StepContent) -> Vec<StepBuilder> {
        let mut builders: Vec<StepBuilder> = Vec::new();
        let first = self.source.line(mark.start);
        for (line, content) in (first..).zip(lines(inlines)) {
            if crate::boxes::begins_with_box(&content) {
                let at = if line == first {
                    mark.start
                } else {
                    self.source.line_start(line).min(mark.end)
                };
                let mut builder = StepBuilder {
                    at,
                    ..StepBuilder::default()
                };
                self.entitle(&content, &mut builder);
                builders.push(builder);
                continue;
            }
            let into = match builders.last_mut() {
                Some(builder) => &mut builder.parts,
                None => &mut before.parts,
            };
            let mut content_of_line = StepContent::default();
            paragraph(&content, None, &mut content_of_line);
            into.extend(content_of_line.parts);
        }
        // Comments on these lines are those of the step that stands there.
        let starts: Vec<usize> = builders.iter().map(|builder| builder.at).collect();
        for (at, builder) in builders.iter_mut().enumerate() {
            let end = starts.get(at + 1).copied().unwrap_or(mark.end);
            builder.args = self.take(builder.at, end);
        }
        builders
    }

    /// A step of a paragraph whose first line has a step's number.
    pub fn step_line(&mut self, content: &[Inline], mark: &Mark) -> StepBuilder {
        let mut builder = StepBuilder {
            at: mark.start,
            ..StepBuilder::default()
        };
        let mut lines = lines(content).into_iter();
        self.entitle(&lines.next().unwrap_or_default(), &mut builder);
        if let (Numbering::Plain, Some(number), title) = numbered(&builder.title) {
            (builder.title, builder.number) = (title.to_owned(), Some(number));
        }
        let mut rest = StepContent::default();
        for line in lines {
            paragraph(&line, None, &mut rest);
        }
        builder.parts.extend(rest.parts);
        builder
    }

    /// Gives a step its title, and what stands in its text besides.
    pub fn entitle(&self, content: &[Inline], builder: &mut StepBuilder) {
        let found = titled(content);
        let (how, number, title) = numbered(&found.title);
        if how == Numbering::Step {
            builder.number = number.or(builder.number.take());
            builder.title = title.to_owned();
        } else {
            builder.title = found.title.clone();
        }
        builder.optional = found.optional;
        builder.timebox = bracketed_time(&builder.title).or_else(|| waiting_in(&builder.title));
        let line = self.source.line(builder.at);
        builder.parts.extend(found.commands.iter().map(|text| Part::Command {
            command: command("", text, line),
        }));
        if !found.rest.is_empty() {
            let mut rest = StepContent::default();
            let lines = if has_breaks(&found.rest) {
                label_lines(&found.rest)
            } else {
                vec![found.rest]
            };
            for line in &lines {
                paragraph(line, None, &mut rest);
            }
            builder.timebox = builder.timebox.or_else(|| {
                let text: Vec<String> = lines.iter().map(|line| inline_text(line)).collect();
                waiting_in(&text.join(" "))
            });
            builder.parts.extend(rest.parts);
        }
        builder.take_blanks();
    }

    /// A step for each item.
    pub fn list_steps(&mut self, start: Option<u64>, items: &[ListItem], marks: &[Mark]) -> Vec<StepBuilder> {
        let mut builders = Vec::with_capacity(items.len());
        for (at, (item, mark)) in items.iter().zip(marks).enumerate() {
            // `- - [ ] Server`: an item that is nothing but a list.
            if let [Block::List { start, items }] = item.blocks.as_slice()
                && has_tasks(items)
            {
                let inner = mark.children.first().map_or(&[][..], |mark| &mark.children);
                builders.extend(self.list_steps(*start, items, inner));
                continue;
            }
            let mut builder = StepBuilder {
                number: start.map(|start| start.saturating_add(at as u64).to_string()),
                at: mark.start,
                ..StepBuilder::default()
            };
            let blocks = Blocks {
                blocks: &item.blocks,
                marks: &mark.children,
            };
            let mut content = StepContent::default();
            let mut rest = blocks;
            if let Some(Block::Paragraph { content: inlines }) = item.blocks.first() {
                rest = blocks.slice(1..blocks.blocks.len());
                let lines = if has_breaks(inlines) {
                    label_lines(inlines)
                } else {
                    Vec::new()
                };
                self.entitle(lines.first().unwrap_or(inlines), &mut builder);
                for line in lines.iter().skip(1) {
                    paragraph(line, None, &mut content);
                }
            }
            let more = self.content(rest);
            content.parts.extend(more.parts);
            content.children.extend(more.children);
            builder.parts.extend(content.parts);
            if builder.title.is_empty() {
                builder.title = first_words(&builder.parts, &content.children);
            }
            builder.args = self.settle(mark.start, mark.end, &mut content.children);
            builder.children = content.children;
            builders.push(builder);
        }
        builders
    }
}

/// The lines of running text.
fn lines(inlines: &[Inline]) -> Vec<Vec<Inline>> {
    let mut lines: Vec<Vec<Inline>> = vec![Vec::new()];
    for piece in inlines {
        match piece {
            Inline::Break => lines.push(Vec::new()),
            Inline::Text { text } if text.contains('\n') => {
                for (at, part) in text.split('\n').enumerate() {
                    if at > 0 {
                        lines.push(Vec::new());
                    }
                    if let Some(line) = lines.last_mut().filter(|_| !part.is_empty()) {
                        line.push(Inline::Text { text: part.to_owned() });
                    }
                }
            }
            other => {
                if let Some(line) = lines.last_mut() {
                    line.push(other.clone());
                }
            }
        }
    }
    lines
}

/// The text right before a block, as far as it may announce it.
pub(super) fn lead_text(before: Option<&Block>) -> String {
    match before {
        Some(Block::Paragraph { content }) => inline_lead(content, 200),
        Some(Block::Heading { content, .. }) => inline_lead(content, 200),
        _ => String::new(),
    }
}

/// A note says something beside the step: a failure that it names is not the step's own.
fn is_note(blocks: &[Block]) -> bool {
    const NOTES: [&str; 12] = [
        "note",
        "tip",
        "hint",
        "info",
        "important",
        "n.b",
        "nb",
        "hinweis",
        "remarque",
        "nota",
        "注意",
        "注",
    ];
    let Some(Block::Paragraph { content }) = blocks.first() else {
        return false;
    };
    let first = inline_lead(content, 40).to_lowercase();
    let first = first.trim_start_matches(|one: char| !one.is_alphanumeric());
    NOTES.iter().any(|note| {
        first.strip_prefix(note).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with([':', '.', ' ', '：', '\n']) && !rest.starts_with(" the")
        })
    })
}

fn is_labelled(block: &Block) -> bool {
    matches!(block, Block::Paragraph { content } if labelled(content).is_some())
}

fn is_labelled_item(item: &ListItem) -> bool {
    item.blocks.first().is_some_and(is_labelled)
}

fn first_words(parts: &[Part], children: &[StepBuilder]) -> String {
    let text = parts.iter().find_map(|part| match part {
        Part::Command { command } => Some(command.text.clone()),
        Part::Why { blocks }
        | Part::Expected { blocks }
        | Part::Checks { blocks, .. }
        | Part::IfItFails { blocks, .. }
        | Part::Text { blocks } => Some(blocks_text(blocks)),
        Part::Field { .. } => None,
    });
    text.as_deref()
        .and_then(|text| text.lines().find(|line| !line.trim().is_empty()))
        .map_or_else(
            || children.first().map_or_else(String::new, |child| child.title.clone()),
            |line| line.trim().chars().take(120).collect(),
        )
}
