//! The content of a step: its blocks sorted into parts and sub-steps. Lists are in this file, too, because their items are
//! steps with content of their own.

use crate::blocks::{Blocks, Mark};
use crate::duration::{bracketed_time, waiting_in};
use crate::labels::{label_lines, labelled};
use crate::parts::{StepContent, command, paragraph, place};
use crate::reader::Reader;
use crate::step_builder::StepBuilder;
use crate::text::{blocks_text, has_breaks, one_line};
use crate::words::{self, Fence, Label};
use holdpoint_domain::runbook::{Block, Inline, ListItem, Part};

impl Reader<'_, '_> {
    /// Sorts blocks into parts and sub-steps.
    pub fn content(&mut self, blocks: Blocks<'_>) -> StepContent {
        let mut content = StepContent::default();
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
                        content.children.extend(steps.builders);
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

    /// A step for each item.
    pub fn list_steps(&mut self, start: Option<u64>, items: &[ListItem], marks: &[Mark]) -> Vec<StepBuilder> {
        let mut builders = Vec::with_capacity(items.len());
        for (at, (item, mark)) in items.iter().zip(marks).enumerate() {
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
                let (title, trailing) = title_and_command(lines.first().unwrap_or(inlines));
                builder.title = title;
                if let Some(text) = trailing {
                    let line = self.source.line(mark.start);
                    content.parts.push(Part::Command {
                        command: command("", &text, line),
                    });
                }
                for line in lines.iter().skip(1) {
                    paragraph(line, None, &mut content);
                }
            }
            let more = self.content(rest);
            content.parts.extend(more.parts);
            content.children.extend(more.children);
            if builder.title.is_empty() {
                builder.title = first_words(&content);
            }
            builder.args = self.settle(mark.start, mark.end, &mut content.children);
            builder.timebox = bracketed_time(&builder.title).or_else(|| waiting_in(&builder.title));
            builder.parts = content.parts;
            builder.children = content.children;
            builders.push(builder);
        }
        builders
    }
}

fn is_labelled_item(item: &ListItem) -> bool {
    matches!(item.blocks.first(), Some(Block::Paragraph { content }) if labelled(content).is_some())
}

/// `Run the doctor – \`python -m tools.doctor\``: the code after the dash is the step's command.
fn title_and_command(content: &[Inline]) -> (String, Option<String>) {
    let separators = ['–', '—', ':', '-', '→', ' '];
    let shown = content.iter().rposition(|piece| match piece {
        Inline::Html { comment, .. } => !comment,
        Inline::Text { text } => !text.trim().is_empty(),
        _ => true,
    });
    if let Some(last) = shown
        && let Inline::Code { text: code } = &content[last]
        && (words::is_command_line(code) || code.contains(' '))
    {
        let before = one_line(&content[..last]);
        let title = before.trim_end_matches(separators);
        if !title.is_empty() && title.len() < before.len() {
            return (title.to_owned(), Some(code.clone()));
        }
    }
    (one_line(content), None)
}

fn first_words(content: &StepContent) -> String {
    let text = content.parts.iter().find_map(|part| match part {
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
            || {
                content
                    .children
                    .first()
                    .map_or_else(String::new, |child| child.title.clone())
            },
            |line| line.trim().chars().take(120).collect(),
        )
}
