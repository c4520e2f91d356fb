//! Steps in fences: lines with boxes, comments that number commands, and numbered instructions.

use crate::duration::{bracketed_time, waiting_in};
use crate::labels::labelled;
use crate::parts::{StepContent, command, paragraph};
use crate::reader::Reader;
use crate::step_builder::StepBuilder;
use crate::words::{self, Fence};
use holdpoint_domain::runbook::{Inline, Part};

/// Reads a line of a fence as a step: its number and its title.
type LineForm = fn(&str) -> Option<(Option<&str>, &str)>;

/// Steps that were found in a fence, and what stands before the first.
pub(super) struct FenceSteps {
    pub before: String,
    pub builders: Vec<StepBuilder>,
}

impl Reader<'_, '_> {
    /// Steps in a fence: lines with a box, comments that number its commands (`least` of them), or numbered instructions.
    pub fn fence_steps(&self, language: &str, text: &str, line: u32, least: usize) -> Option<FenceSteps> {
        let fence = words::fence(language);
        let boxes = has_boxes(language, text);
        let mark: LineForm = match fence {
            Fence::Text => return None,
            _ if boxes => box_line,
            _ if text
                .lines()
                .filter(|line| comment_line(line).is_some())
                .take(least)
                .count()
                == least =>
            {
                comment_line
            }
            Fence::Unknown
                if text
                    .lines()
                    .filter(|line| instruction_line(line).is_some())
                    .take(2)
                    .count()
                    == 2 =>
            {
                instruction_line
            }
            _ => return None,
        };
        let mut before = String::new();
        let mut builders: Vec<StepBuilder> = Vec::new();
        let mut body = FenceBody {
            language,
            boxes,
            indent: 0,
            lines: Vec::new(),
        };
        for (line, text) in (line..).zip(text.lines()) {
            match mark(text) {
                Some((number, title)) => {
                    body.give_to(builders.last_mut());
                    body.indent = indent(text);
                    builders.push(StepBuilder {
                        number: number.map(str::to_owned),
                        title: title.trim().to_owned(),
                        at: self.source.line_start(line),
                        timebox: bracketed_time(title).or_else(|| waiting_in(title)),
                        ..StepBuilder::default()
                    });
                }
                None if builders.is_empty() => {
                    before.push_str(text);
                    before.push('\n');
                }
                None => body.lines.push((line, text)),
            }
        }
        body.give_to(builders.last_mut());
        Some(FenceSteps { before, builders })
    }
}

/// Whether a fence has lines with boxes.
pub(super) fn has_boxes(language: &str, text: &str) -> bool {
    words::fence(language) == Fence::Unknown && text.lines().any(|line| box_line(line).is_some())
}

/// Whether a fence's comments number its commands.
pub(super) fn has_numbered_comments(language: &str, text: &str) -> bool {
    words::fence(language) != Fence::Text
        && text.lines().filter(|line| comment_line(line).is_some()).take(2).count() == 2
}

/// The lines that follow a step in a fence.
struct FenceBody<'a> {
    language: &'a str,
    /// Steps are lines with boxes: what is indented below one is its command.
    boxes: bool,
    /// How far the step's own line is indented.
    indent: usize,
    lines: Vec<(u32, &'a str)>,
}

impl FenceBody<'_> {
    /// Sorts the lines into the step's parts, and starts anew.
    fn give_to(&mut self, builder: Option<&mut StepBuilder>) {
        let lines = std::mem::take(&mut self.lines);
        let Some(builder) = builder else { return };
        let mut content = StepContent::default();
        let unknown = words::fence(self.language) == Fence::Unknown;
        let mut command_lines: Vec<(u32, &str)> = Vec::new();
        for (line, text) in lines {
            let inline = [Inline::Text {
                text: text.trim().to_owned(),
            }];
            let runs = match (unknown, self.boxes) {
                (false, _) => true,
                (true, true) => (text.trim().is_empty() || indent(text) > self.indent) && labelled(&inline).is_none(),
                (true, false) => text.trim().is_empty() || words::is_command_line(text),
            };
            if runs {
                command_lines.push((line, text));
            } else {
                self.run(&mut command_lines, &mut content);
                paragraph(&inline, None, &mut content);
            }
        }
        self.run(&mut command_lines, &mut content);
        builder.parts.extend(content.parts);
    }

    /// Makes one command of consecutive lines.
    fn run(&self, lines: &mut Vec<(u32, &str)>, content: &mut StepContent) {
        let lines = std::mem::take(lines);
        let shown = || lines.iter().filter(|(_, text)| !text.trim().is_empty());
        let Some(&(first, _)) = shown().next() else { return };
        let margin = shown().map(|(_, text)| indent(text)).min().unwrap_or(0);
        let text: Vec<&str> = lines
            .iter()
            .filter(|(line, _)| *line >= first)
            .map(|(_, text)| text.get(margin..).unwrap_or("").trim_end())
            .collect();
        content.parts.push(Part::Command {
            command: command(self.language, &text.join("\n"), first),
        });
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// `□ Tag the release`, `[ ] …`, `1. [ ] …`, `- [ ] …`.
fn box_line(line: &str) -> Option<(Option<&str>, &str)> {
    let mut rest = line.trim_start();
    let mut number = None;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    if (1..=4).contains(&digits) && rest[digits..].starts_with(['.', ')']) {
        number = Some(&rest[..digits]);
        rest = rest[digits + 1..].trim_start();
    } else if let Some(bullet) = ["- ", "* ", "+ "].iter().find_map(|bullet| rest.strip_prefix(bullet)) {
        rest = bullet.trim_start();
    }
    let marks = ["□", "☐", "☑", "☒", "▢", "[ ]", "[x]", "[X]"];
    let title = marks.iter().find_map(|mark| rest.strip_prefix(mark))?;
    let title = title.strip_prefix('\u{FE0F}').unwrap_or(title).trim();
    (!title.is_empty()).then_some((number, title))
}

/// `# 1. Run the tests`, `-- 2. Verify rows`, `# Step 3: …`.
fn comment_line(line: &str) -> Option<(Option<&str>, &str)> {
    let line = line.trim_start();
    let said = ["--", "//", "::", "REM ", "#"]
        .iter()
        .find_map(|mark| line.strip_prefix(mark))?;
    let said = said.trim_start_matches('#').trim_start();
    let said = said
        .strip_prefix("Step ")
        .or_else(|| said.strip_prefix("STEP "))
        .unwrap_or(said);
    instruction_line(said)
}

/// `1. Scale to 1`.
fn instruction_line(line: &str) -> Option<(Option<&str>, &str)> {
    let digits = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len());
    if !(1..=4).contains(&digits) || !line[digits..].starts_with(['.', ')', ':']) {
        return None;
    }
    let title = line[digits + 1..].strip_prefix(' ')?.trim();
    (!title.is_empty()).then_some((Some(&line[..digits]), title))
}
