//! Procedures made of the sections that have steps.

use super::body::Candidate;
use super::finder::Finder;
use crate::annotation::{AnnotationArgs, ArgValues, StepsFrom};
use crate::blocks::Blocks;
use crate::content::lead_text;
use crate::cues::Form;
use crate::duration::{bracketed_time, waiting_in};
use crate::fences::{FenceForm, fence_form};
use crate::groups::{group, group_labels, mark_alternatives};
use crate::numbering::Numbering;
use crate::parts::{StepContent, command};
use crate::step_builder::StepBuilder;
use crate::text::blocks_text;
use crate::titles::{commands_in, is_optional};
use crate::words::is_drawing;
use holdpoint_domain::runbook::{Block, Order, Part};

/// What sub-sections that are steps become.
pub(super) struct HeadingSteps {
    pub intro: Vec<Block>,
    pub builders: Vec<StepBuilder>,
    /// Sections within the steps that are procedures of their own.
    pub procedures: Vec<usize>,
}

impl<'d> Finder<'_, '_, '_, 'd> {
    /// Steps made of sub-sections, which stand under `holder`: the section itself, or the one below it that only wraps them. `own`
    /// is what introduces them in the section's own text.
    pub fn steps_of_headings(&mut self, at: usize, holder: usize, steps: &[usize], own: Vec<Block>) -> HeadingSteps {
        let sections = self.sections;
        let section = &sections[at];
        let first = sections[steps[0]].heading.unwrap_or(section.end);
        let mut intro = own;
        // Sections before the first step explain; those that are read otherwise too are also listed by themselves.
        for &child in &section.children {
            if child == holder {
                intro.extend(self.body(&sections[holder]).shown());
                for &inner in &sections[holder].children {
                    if sections[inner].end <= first {
                        intro.extend(self.subtree(inner).shown());
                    }
                }
            } else if sections[child].end <= first && steps.binary_search(&child).is_err() {
                intro.extend(self.subtree(child).shown());
            }
        }
        let mut procedures = Vec::new();
        let builders = steps
            .iter()
            .map(|&step| self.heading_step(step, &mut procedures))
            .collect();
        HeadingSteps {
            intro,
            builders,
            procedures,
        }
    }

    pub(super) fn subtree(&self, at: usize) -> Blocks<'d> {
        let section = &self.sections[at];
        self.all.slice(section.heading.unwrap_or(0)..section.end)
    }

    /// A heading that is a step, with the sections below it. Sections that are procedures by themselves go to `procedures`.
    fn heading_step(&mut self, at: usize, procedures: &mut Vec<usize>) -> StepBuilder {
        self.heard.insert(at);
        let sections = self.sections;
        let section = &sections[at];
        let mut parts = Vec::new();
        let mut children = Vec::new();
        let own = self.reader.content(self.body(section));
        parts.extend(own.parts);
        children.extend(own.children);
        for &child in &section.children {
            let below = &sections[child];
            if below.args.procedure || below.args.reference || below.args.kind.is_some() {
                procedures.push(child);
            } else if below.numbering != Numbering::None && below.numbering != Numbering::Case || below.args.step {
                children.push(self.heading_step(child, procedures));
            } else {
                let content = self.reader.content(self.subtree(child));
                parts.extend(content.parts);
                children.extend(content.children);
            }
        }
        if children.is_empty() && !parts.iter().any(|part| matches!(part, Part::Command { .. })) {
            self.sentence_commands(section.body.start, &mut parts);
        }
        mark_alternatives(&mut children);
        let start = section.at;
        let end = self
            .all
            .marks
            .get(section.body.end.wrapping_sub(1))
            .map_or(start, |mark| mark.end);
        let mut args = section.args.clone();
        args.merge(self.reader.settle(start, end.max(start), &mut children));
        StepBuilder {
            number: section.number.clone(),
            title: section.title.clone(),
            at: section.at,
            timebox: bracketed_time(&section.title).or_else(|| waiting(&parts)),
            on_fail: None,
            optional: is_optional(&section.title) || section.optional,
            parts,
            children,
            args,
            ..StepBuilder::default()
        }
    }

    /// The commands in the sentences of a step that has no other.
    fn sentence_commands(&self, first: usize, parts: &mut Vec<Part>) {
        let line = self
            .all
            .marks
            .get(first)
            .map_or(0, |mark| self.reader.source.line(mark.start));
        let mut found = Vec::new();
        for part in parts.iter() {
            let Part::Text { blocks } = part else { continue };
            for block in blocks {
                if let Block::Paragraph { content } = block {
                    found.extend(commands_in(content));
                }
            }
        }
        parts.extend(found.into_iter().map(|text| Part::Command {
            command: command("", &text, line),
        }));
    }

    /// Steps from a section's own text: those of each candidate that was taken, in order.
    pub(super) fn body_steps(&mut self, at: usize, found: &[Option<Candidate>]) -> BodySteps {
        let section = &self.sections[at];
        let body = self.body(section);
        let mut made = BodySteps::default();
        // Where the author says that steps come from fences, one numbered comment is a step.
        let least = if section.args.steps == Some(StepsFrom::Fence) {
            1
        } else {
            2
        };
        let forced = section.args.steps == Some(StepsFrom::Table);
        let groups = group_labels(body.blocks, |index| {
            found[index]
                .is_some_and(|one| one.taken && !matches!(one.weighed.form, Form::CommandSentences | Form::StepLines))
        });
        // Behind a sentence with a command everything up to the next step is that step's.
        let mut in_sentence = false;
        let mut between: Vec<usize> = Vec::new();
        // Whether what comes next stands right behind a list's last item.
        let mut adjacent = false;
        for (index, (block, mark)) in body.iter().enumerate() {
            if matches!(block, Block::Html { comment: true, .. }) {
                between.push(index);
                continue;
            }
            let taken = found[index].filter(|one| one.taken);
            let steps = taken.and_then(|one| match block {
                Block::List { start, items } => {
                    // A list that goes on after a fence: what stands between belongs to the step before it.
                    let goes_on = one.weighed.form == Form::NumberedList && start.is_some_and(|start| start > 1);
                    if goes_on && !groups.contains_key(&index) && !made.builders.is_empty() {
                        for at in std::mem::take(&mut between) {
                            self.give(body.slice(at..at + 1), &mut made.builders);
                        }
                    }
                    Some(self.reader.list_steps(*start, items, &mark.children))
                }
                Block::Paragraph { content } if one.weighed.form == Form::StepLines => {
                    Some(vec![self.reader.step_line(content, mark)])
                }
                Block::Paragraph { content } if one.weighed.form == Form::CommandSentences => {
                    let mut builder = StepBuilder {
                        at: mark.start,
                        ..StepBuilder::default()
                    };
                    self.reader.entitle(content, &mut builder);
                    builder.title = builder.title.trim_end_matches([':', '：']).to_owned();
                    Some(vec![builder])
                }
                Block::Paragraph { content } => {
                    let mut before = StepContent::default();
                    let steps = self.reader.box_lines(content, mark, &mut before);
                    made.intro.extend(before.parts.into_iter().flat_map(part_blocks));
                    Some(steps)
                }
                Block::Quote { blocks } => {
                    let content = self.reader.content(Blocks {
                        blocks,
                        marks: &mark.children,
                    });
                    made.intro.extend(content.parts.into_iter().flat_map(part_blocks));
                    Some(content.children)
                }
                Block::Table { head, rows } => self.reader.table_steps(head, rows, &mark.children, forced),
                Block::Code { language, text } => {
                    let lead = lead_text(index.checked_sub(1).map(|before| &body.blocks[before]));
                    let form = fence_form(language, text, &lead, least);
                    self.fence(language, text, mark.inner, &mut made.intro, form)
                }
                _ => None,
            });
            let Some(mut steps) = steps else {
                let fence = matches!(block, Block::Code { text, .. } if !is_drawing(text));
                if in_sentence || fence && adjacent && found[index].is_none() {
                    self.give(body.slice(index..index + 1), &mut made.builders);
                } else {
                    adjacent = false;
                    between.push(index);
                }
                continue;
            };
            if let Some(one) = taken {
                self.reader.weighed.push((one.weighed, steps.len()));
                made.sentences |= one.weighed.form == Form::CommandSentences;
                made.lines |= !matches!(
                    one.weighed.form,
                    Form::NumberedFence | Form::BoxFence | Form::NumberedLines
                );
            }
            adjacent = matches!(block, Block::List { .. } | Block::Paragraph { .. });
            in_sentence = taken.is_some_and(|one| matches!(one.weighed.form, Form::CommandSentences | Form::StepLines));
            if let Some(&label) = groups.get(&index) {
                between.retain(|&at| at != label);
                steps = vec![group(&body.blocks[label], body.marks[label].start, steps)];
            }
            made.left.extend(&between);
            made.intro
                .extend(between.drain(..).flat_map(|at| body.slice(at..at + 1).shown()));
            made.builders.extend(steps);
        }
        made.left.extend(&between);
        made.intro
            .extend(between.drain(..).flat_map(|at| body.slice(at..at + 1).shown()));
        if !made.builders.is_empty() {
            self.settle_body(at, &mut made);
        }
        made
    }

    /// Gives a block to the last step.
    fn give(&mut self, blocks: Blocks<'_>, builders: &mut [StepBuilder]) {
        let content = self.reader.content(blocks);
        let mut last = builders.last_mut();
        // Behind a group's list it is that of the last item.
        while let Some(builder) = last {
            if builder.is_group && !builder.children.is_empty() {
                last = builder.children.last_mut();
                continue;
            }
            builder.parts.extend(content.parts);
            builder.children.extend(content.children);
            return;
        }
    }

    /// Gives the annotations in a section's text to its steps.
    fn settle_body(&mut self, at: usize, made: &mut BodySteps) {
        let section = &self.sections[at];
        let body = self.body(section);
        let start = body.marks.first().map_or(section.at, |mark| mark.start);
        let end = body.marks.last().map_or(section.at, |mark| mark.end);
        let plain = self.reader.take_plain(start, end);
        for args in plain {
            // A comment on the line after a list item ends the list for Markdown; it still means that item.
            let before = made
                .builders
                .partition_point(|builder| builder.at < args.at)
                .checked_sub(1);
            match before.and_then(|before| made.builders.get_mut(before)) {
                Some(builder) if made.lines => builder.args.merge(args),
                _ => {
                    let message = "This comment stands at no step: put it at the end of a heading, list item or table \
                                   row, or say step=N before a fence";
                    self.reader.source.fault(args.at, message);
                }
            }
        }
        self.reader.settle(start, end, &mut made.builders);
        mark_alternatives(&mut made.builders);
    }

    fn fence(
        &mut self,
        language: &str,
        text: &str,
        inner: usize,
        intro: &mut Vec<Block>,
        form: FenceForm,
    ) -> Option<Vec<StepBuilder>> {
        let line = self.reader.source.line(inner);
        let steps = self.reader.fence_steps(language, text, line, form)?;
        if !steps.before.trim().is_empty() {
            intro.push(Block::Code {
                language: language.to_owned(),
                text: steps.before,
            });
        }
        Some(steps.builders)
    }

    pub(super) fn single(&mut self, at: usize) {
        let section = &self.sections[at];
        let body = self.body(section);
        let first = body
            .blocks
            .iter()
            .position(|block| !matches!(block, Block::Html { comment: true, .. } | Block::Quote { .. }))
            .unwrap_or(0);
        let intro = body.slice(0..first).shown();
        let content = self.reader.content(body.slice(first..body.blocks.len()));
        let mut builder = StepBuilder {
            title: section.title.clone(),
            at: section.at,
            parts: content.parts,
            children: content.children,
            optional: is_optional(&section.title),
            ..StepBuilder::default()
        };
        let start = body.marks.first().map_or(section.at, |mark| mark.start);
        let end = body.marks.last().map_or(section.at, |mark| mark.end);
        builder.args = self.reader.settle(start, end, &mut builder.children);
        // The arguments of a step at the heading are those of this step; the rest are the procedure's.
        let heading = section.args.clone().into_values();
        builder.args.merge(AnnotationArgs::from(ArgValues {
            gates: heading.gates,
            plain: heading.plain,
            optional: heading.optional,
            live: heading.live,
            undo: heading.undo,
            on_fail: heading.on_fail,
            ..ArgValues::default()
        }));
        self.push(at, intro, vec![builder], Some(Order::Sequential));
    }
}

/// The steps of a section's own text, and what is left of it.
#[derive(Default)]
pub(super) struct BodySteps {
    pub intro: Vec<Block>,
    pub builders: Vec<StepBuilder>,
    /// Some are lines, items or rows, at which a comment can stand.
    lines: bool,
    /// Some are sentences with a command, which are done in order.
    pub sentences: bool,
    /// Blocks that became no steps and belong to none.
    pub left: Vec<usize>,
}

/// The blocks of a part that stands before any step.
fn part_blocks(part: Part) -> Vec<Block> {
    match part {
        Part::Why { blocks }
        | Part::Expected { blocks }
        | Part::Checks { blocks, .. }
        | Part::IfItFails { blocks, .. }
        | Part::Text { blocks } => blocks,
        Part::Command { command } => vec![Block::Code {
            language: command.language,
            text: command.text + "\n",
        }],
        Part::Field { .. } => Vec::new(),
    }
}

/// A waiting time in a step's instructions.
fn waiting(parts: &[Part]) -> Option<u64> {
    parts.iter().find_map(|part| match part {
        Part::Text { blocks } => waiting_in(&blocks_text(blocks)),
        _ => None,
    })
}
