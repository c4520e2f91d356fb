//! Procedures made of the sections that have steps.

use super::finder::Finder;
use super::recognise::{Form, has_tasks, lists_facts};
use crate::annotation::{AnnotationArgs, ArgValues, StepsFrom};
use crate::blocks::Blocks;
use crate::duration::{bracketed_time, waiting_in};
use crate::fences::has_boxes;
use crate::numbering::Numbering;
use crate::step_builder::StepBuilder;
use crate::text::blocks_text;
use holdpoint_domain::runbook::{Block, Order, Part};

/// What sub-sections that are steps become.
pub(super) struct HeadingSteps {
    pub intro: Vec<Block>,
    pub builders: Vec<StepBuilder>,
    /// Sections within the steps that are procedures of their own.
    pub procedures: Vec<usize>,
}

impl<'d> Finder<'_, '_, '_, 'd> {
    /// Steps made of sub-sections, which stand under `holder`: the section itself, or the one below it that only wraps them.
    pub fn steps_of_headings(&mut self, at: usize, holder: usize, steps: &[usize]) -> HeadingSteps {
        let sections = self.sections;
        let section = &sections[at];
        let first = sections[steps[0]].heading.unwrap_or(section.end);
        let mut intro = self.body(section).shown();
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
            parts,
            children,
            args,
        }
    }

    /// Steps from a section's own text.
    pub(super) fn make_of_body(&mut self, at: usize, form: Form) -> Option<()> {
        let section = &self.sections[at];
        let body = self.body(section);
        let mut intro = Vec::new();
        let mut builders: Vec<StepBuilder> = Vec::new();
        let mut between: Vec<usize> = Vec::new();
        // Where the author says that steps come from fences, one numbered comment is a step.
        let least = if section.args.steps == Some(StepsFrom::Fence) {
            1
        } else {
            2
        };
        let mut before: Option<&Block> = None;
        for (index, (block, mark)) in body.iter().enumerate() {
            let steps = match (form, block) {
                (Form::Checks, Block::List { start, items }) if has_tasks(items) => {
                    Some(self.reader.list_steps(*start, items, &mark.children))
                }
                (
                    Form::Ordered,
                    Block::List {
                        start: Some(start),
                        items,
                    },
                ) if !before.is_some_and(lists_facts) => {
                    // A list that goes on after a fence: what stands between belongs to the step before it.
                    if *start > 1 && !builders.is_empty() {
                        for at in std::mem::take(&mut between) {
                            let content = self.reader.content(body.slice(at..at + 1));
                            if let Some(last) = builders.last_mut() {
                                last.parts.extend(content.parts);
                                last.children.extend(content.children);
                            }
                        }
                    }
                    Some(self.reader.list_steps(Some(*start), items, &mark.children))
                }
                (Form::Bullets, Block::List { start, items }) => {
                    Some(self.reader.list_steps(*start, items, &mark.children))
                }
                (Form::Checks, Block::Table { head, rows }) => {
                    self.reader.table_steps(head, rows, &mark.children, false)
                }
                (Form::AnyTable, Block::Table { head, rows }) => {
                    self.reader.table_steps(head, rows, &mark.children, true)
                }
                (Form::Checks, Block::Code { language, text }) if has_boxes(language, text) => {
                    self.fence(language, text, mark.inner, &mut intro, least)
                }
                (Form::Fence, Block::Code { language, text }) => {
                    self.fence(language, text, mark.inner, &mut intro, least)
                }
                _ => None,
            };
            match steps {
                Some(steps) => {
                    intro.extend(between.drain(..).flat_map(|at| body.slice(at..at + 1).shown()));
                    builders.extend(steps);
                }
                None => between.push(index),
            }
            before = Some(block);
        }
        intro.extend(between.drain(..).flat_map(|at| body.slice(at..at + 1).shown()));
        if builders.is_empty() {
            return None;
        }
        let start = body.marks.first().map_or(section.at, |mark| mark.start);
        let end = body.marks.last().map_or(section.at, |mark| mark.end);
        let plain = self.reader.take_plain(start, end);
        for args in plain {
            // A comment on the line after a list item ends the list for Markdown; it still means that item.
            let before = builders.partition_point(|builder| builder.at < args.at).checked_sub(1);
            match before.and_then(|before| builders.get_mut(before)) {
                Some(builder) if form != Form::Fence => builder.args.merge(args),
                _ => {
                    let message = "This comment stands at no step: put it at the end of a heading, list item or table \
                                   row, or say step=N before a fence";
                    self.reader.source.fault(args.at, message);
                }
            }
        }
        self.reader.settle(start, end, &mut builders);
        self.push(at, intro, builders, None);
        Some(())
    }

    pub(super) fn fence(
        &mut self,
        language: &str,
        text: &str,
        inner: usize,
        intro: &mut Vec<Block>,
        least: usize,
    ) -> Option<Vec<StepBuilder>> {
        let line = self.reader.source.line(inner);
        let steps = self.reader.fence_steps(language, text, line, least)?;
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

/// A waiting time in a step's instructions.
fn waiting(parts: &[Part]) -> Option<u64> {
    parts.iter().find_map(|part| match part {
        Part::Text { blocks } => waiting_in(&blocks_text(blocks)),
        _ => None,
    })
}
