//! Steps in fences: lines with boxes, comments that number commands, and numbered instructions.

use crate::boxes::after_box;
use crate::console::{is_comment, only_comments, typed};
use crate::duration::{bracketed_time, waiting_in};
use crate::labels::labelled;
use crate::parts::{StepContent, paragraph, terminal};
use crate::reader::Reader;
use crate::step_builder::StepBuilder;
use crate::titles::is_optional;
use crate::words::{self, Fence};
use holdpoint_domain::runbook::{Block, Inline, Part};

/// Reads a line of a fence as a step: its number and its title.
type LineForm = fn(&str) -> Option<(Option<&str>, &str)>;

/// Steps that were found in a fence, and what stands before the first.
pub(super) struct FenceSteps {
    pub before: String,
    pub builders: Vec<StepBuilder>,
}

/// What a fence is, by what stands in it and before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FenceForm {
    /// Lines with boxes.
    Boxes,
    /// Comments that number its commands.
    NumberedComments,
    /// Numbered instructions.
    NumberedLines,
    Command,
    /// Data, output, a drawing, a text to send, comments alone: to be read.
    Text,
}

/// What a fence is. `lead` is the text before it, `least` how many numbered comments make steps.
pub(super) fn fence_form(language: &str, text: &str, lead: &str, least: usize) -> FenceForm {
    let fence = words::fence(language);
    if fence == Fence::Text {
        return FenceForm::Text;
    }
    if has_boxes(language, text) {
        return FenceForm::Boxes;
    }
    if words::is_drawing(text) {
        return FenceForm::Text;
    }
    let unknown = fence == Fence::Unknown;
    if unknown && words::is_message(lead, text) {
        return FenceForm::Text;
    }
    let numbered =
        |form: LineForm, least: usize| text.lines().filter(|line| form(line).is_some()).take(least).count() == least;
    if numbered(comment_line, least) {
        return FenceForm::NumberedComments;
    }
    if unknown && numbered(instruction_line, 2) {
        return FenceForm::NumberedLines;
    }
    if only_comments(text) {
        return FenceForm::Text;
    }
    let runs = !unknown || typed(text).is_some() || {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !is_comment(line));
        lines.next().is_some_and(words::is_command_line)
    };
    if runs { FenceForm::Command } else { FenceForm::Text }
}

impl Reader<'_, '_> {
    /// Steps in a fence: lines with a box, comments that number its commands, or numbered instructions.
    pub fn fence_steps(&self, language: &str, text: &str, line: u32, form: FenceForm) -> Option<FenceSteps> {
        let mark: LineForm = match form {
            FenceForm::Boxes => box_line,
            FenceForm::NumberedComments => comment_line,
            FenceForm::NumberedLines => instruction_line,
            FenceForm::Command | FenceForm::Text => return None,
        };
        let mut before = String::new();
        // Boxes that are indented further are sub-steps: (indentation, step), the outermost first.
        let mut open: Vec<(usize, StepBuilder)> = Vec::new();
        let mut builders: Vec<StepBuilder> = Vec::new();
        let mut body = FenceBody {
            language,
            boxes: form == FenceForm::Boxes,
            indent: 0,
            lines: Vec::new(),
        };
        let mut comment = false;
        for (line, text) in (line..).zip(text.lines()) {
            let inside = body.boxes && (comment || text.trim_start().starts_with("<!--"));
            comment = inside && !text.contains("-->");
            match mark(text).filter(|_| !inside) {
                Some((number, title)) => {
                    body.give_to(open.last_mut().map(|(_, builder)| builder));
                    let depth = indent(text);
                    body.indent = depth;
                    while open.last().is_some_and(|(outer, _)| !body.boxes || depth < outer + 2) {
                        close(&mut open, &mut builders);
                    }
                    let mut builder = StepBuilder {
                        number: number.map(str::to_owned),
                        title: title.trim().replace('`', ""),
                        at: self.source.line_start(line),
                        timebox: bracketed_time(title).or_else(|| waiting_in(title)),
                        optional: is_optional(title),
                        ..StepBuilder::default()
                    };
                    builder.take_blanks();
                    open.push((depth, builder));
                }
                None if open.is_empty() => {
                    before.push_str(text);
                    before.push('\n');
                }
                None => body.lines.push((line, text)),
            }
        }
        body.give_to(open.last_mut().map(|(_, builder)| builder));
        while !open.is_empty() {
            close(&mut open, &mut builders);
        }
        if body.boxes {
            renumber(&mut builders);
        }
        Some(FenceSteps { before, builders })
    }
}

/// Takes the innermost open step to where it belongs.
fn close(open: &mut Vec<(usize, StepBuilder)>, builders: &mut Vec<StepBuilder>) {
    let Some((_, builder)) = open.pop() else { return };
    match open.last_mut() {
        Some((_, outer)) => outer.children.push(builder),
        None => builders.push(builder),
    }
}

/// `1.` before each line counts, as in Markdown.
fn renumber(builders: &mut [StepBuilder]) {
    let same = builders.len() > 1
        && builders[0].number.is_some()
        && builders.iter().all(|one| one.number == builders[0].number);
    for (at, builder) in builders.iter_mut().enumerate() {
        if same {
            builder.number = Some((at + 1).to_string());
        }
        renumber(&mut builder.children);
    }
}

/// Whether a fence has lines with boxes.
pub(super) fn has_boxes(language: &str, text: &str) -> bool {
    words::fence(language) == Fence::Unknown && text.lines().any(|line| box_line(line).is_some())
}

/// The lines that follow a step in a fence.
struct FenceBody<'a> {
    language: &'a str,
    /// Steps are lines with boxes: what is indented below one may be its command.
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
        let (mut comment, mut goes_on) = (false, false);
        for (line, text) in lines {
            let shown = text.trim().trim_matches(FRAME).trim();
            let inline = [Inline::Text { text: shown.to_owned() }];
            let inside = self.boxes && (comment || shown.starts_with("<!--"));
            comment = inside && !shown.contains("-->");
            let runs = match (unknown, self.boxes) {
                (false, _) => true,
                (true, true) => {
                    let indented = shown.is_empty() || indent(text) > self.indent;
                    indented
                        && !inside
                        && (shown.is_empty() || goes_on || labelled(&inline).is_none() && words::may_run(shown))
                }
                (true, false) => shown.is_empty() || words::is_command_line(text),
            };
            goes_on = runs && shown.ends_with(['\\', '`', '|']);
            if runs {
                command_lines.push((line, text));
            } else {
                self.run(&mut command_lines, &mut content);
                if !inside && !shown.is_empty() {
                    note(shown, &inline, self.boxes, &mut content);
                }
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
        terminal(self.language, &text.join("\n"), first, content);
    }
}

/// A line below a step that is nothing to run: a label, a blank to fill in, what must be seen, or a note.
fn note(shown: &str, inline: &[Inline], boxes: bool, content: &mut StepContent) {
    let bare = shown.trim_start_matches(['-', '*', '+', '•', ' ']);
    let seen = boxes
        && ["should ", "must be ", "must show", "expect "]
            .iter()
            .any(|word| bare.to_lowercase().contains(word));
    if labelled(inline).is_none() && seen {
        content.parts.push(Part::Expected {
            blocks: vec![Block::Paragraph {
                content: vec![Inline::Text { text: bare.to_owned() }],
            }],
        });
    } else {
        paragraph(inline, None, content);
    }
}

/// What frames are drawn with.
const FRAME: [char; 6] = ['│', '┃', '║', '|', '▏', '▕'];

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// `□ Tag the release`, `[ ] …`, `1. [ ] …`, `- [ ] …`, also within a frame.
fn box_line(line: &str) -> Option<(Option<&str>, &str)> {
    let mut rest = line.trim_start();
    if rest.starts_with(FRAME) {
        rest = rest.trim_start_matches(FRAME).trim_start();
        rest = rest.trim_end().trim_end_matches(FRAME);
    }
    let mut number = None;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    if (1..=4).contains(&digits) && rest[digits..].starts_with(['.', ')']) {
        number = Some(&rest[..digits]);
        rest = rest[digits + 1..].trim_start();
    } else if let Some(bullet) = ["- ", "* ", "+ "].iter().find_map(|bullet| rest.strip_prefix(bullet)) {
        rest = bullet.trim_start();
    }
    let (_, title) = after_box(rest)?;
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
