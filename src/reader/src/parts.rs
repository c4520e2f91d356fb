//! The parts of a step, and the label that gives each its meaning.

use crate::blanks::{blanks, fields};
use crate::console::typed;
use crate::labels::{Labelled, ends_with_colon, label_lines, labelled};
use crate::step_builder::StepBuilder;
use crate::text::{blocks_text, has_breaks, is_blank};
use crate::words::{self, Label};
use holdpoint_domain::runbook::{Block, CommandBlock, Inline, OnFail, Part, inline_text};

/// The parts and sub-steps that were found in the text of a step.
#[derive(Default)]
pub(super) struct StepContent {
    pub parts: Vec<Part>,
    pub children: Vec<StepBuilder>,
}

impl StepContent {
    /// Adds a block that no label claims.
    pub fn text(&mut self, block: Block) {
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
    pub fn close(mut self) -> Self {
        self.parts.retain(|part| match part {
            Part::Why { blocks } | Part::Expected { blocks } | Part::Checks { blocks, .. } => !blocks.is_empty(),
            _ => true,
        });
        self
    }
}

/// Adds a block to the part that an open label opened, or as a text.
pub(super) fn place(block: &Block, open: Option<Label>, content: &mut StepContent) {
    match open {
        Some(label) => content.attach(label, block.clone()),
        None => content.text(block.clone()),
    }
}

/// Sorts a paragraph's lines; returns the label that the next block belongs to.
pub(super) fn paragraph(inlines: &[Inline], open: Option<Label>, content: &mut StepContent) -> Option<Label> {
    if !has_breaks(inlines) {
        return label_line(inlines, open, content);
    }
    label_lines(inlines)
        .iter()
        .fold(open, |open, line| label_line(line, open, content))
}

fn label_line(line: &[Inline], open: Option<Label>, content: &mut StepContent) -> Option<Label> {
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
            if has_blank(line)
                && let Some((_, labels)) = blanks(&inline_text(line))
            {
                content.parts.extend(fields(labels));
            }
            None
        }
    }
}

/// Whether a line may have a blank to fill in.
fn has_blank(line: &[Inline]) -> bool {
    line.iter().any(|piece| match piece {
        Inline::Text { text } | Inline::Code { text } => text.contains("__"),
        Inline::Strong { content } | Inline::Emphasis { content } => has_blank(content),
        _ => false,
    })
}

/// Adds a command. Of a terminal's text, what was typed is the command, and what was printed is what must be seen.
pub(super) fn terminal(language: &str, text: &str, line: u32, content: &mut StepContent) {
    let Some(parts) = typed(text) else {
        content.parts.push(Part::Command {
            command: command(language, text, line),
        });
        return;
    };
    for part in parts {
        content.parts.push(if part.printed {
            Part::Expected {
                blocks: vec![Block::Code {
                    language: String::new(),
                    text: part.text.trim_end().to_owned() + "\n",
                }],
            }
        } else {
            Part::Command {
                command: command(language, &part.text, line + part.line),
            }
        });
    }
}

/// A command block, with what its comments expect.
pub(super) fn command(language: &str, text: &str, line: u32) -> CommandBlock {
    let text = text.trim_end();
    let first = text.lines().take_while(|line| line.trim().is_empty()).count();
    let text = text.trim_start_matches(['\n', '\r']);
    CommandBlock {
        language: language.to_owned(),
        text: without_margin(text),
        line: line + first as u32,
        expected: expected_in(text),
    }
}

/// Text without the blanks that all of its lines begin with.
fn without_margin(text: &str) -> String {
    let shown = || text.lines().filter(|line| !line.trim().is_empty());
    let margin = shown()
        .map(|line| line.len() - line.trim_start_matches([' ', '\t']).len())
        .min()
        .unwrap_or(0);
    if margin == 0 {
        return text.to_owned();
    }
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.get(margin..).unwrap_or_default())
        .collect();
    lines.join("\n")
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

/// What a cell says to do when its row fails; none for `N/A` and dashes.
pub(super) fn failing(text: &str) -> Option<OnFail> {
    let words = text.trim().to_ascii_lowercase();
    let nothing = words.is_empty() || ["n/a", "none", "-", "–", "—", "nothing"].contains(&words.as_str());
    (!nothing).then(|| words::action(text))
}
