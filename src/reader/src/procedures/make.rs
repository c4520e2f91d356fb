//! Procedures made of the sections that have steps.

use super::Finder;
use super::recognise::{Above, Form, has_tasks, lists_facts};
use crate::comment::{Said, Settings, StepsFrom};
use crate::draft::{Blocks, Draft};
use crate::fences::has_boxes;
use crate::forms::bracketed_time;
use crate::parts::blocks_text;
use crate::slug::{Numbering, waiting_in};
use holdpoint_domain::runbook::{Block, Order, Part, Severity};

impl<'d> Finder<'_, '_, '_, 'd> {
    pub(super) fn make_of_headings(&mut self, at: usize, holder: usize, steps: Vec<usize>) -> Vec<usize> {
        let sections = self.sections;
        let section = &sections[at];
        let first = sections[steps[0]].heading.unwrap_or(section.end);
        let mut intro = self.body(section).shown();
        let mut consumed = Vec::new();
        // Sections before the first step explain; those that are read otherwise too are also listed by themselves.
        for &child in &section.children {
            if child == holder {
                consumed.push(holder);
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
        let mut drafts = Vec::with_capacity(steps.len());
        for &step in &steps {
            let draft = self.heading_step(step);
            drafts.push(draft);
        }
        self.push(at, intro, drafts, Some(Order::Sequential));
        if holder == at {
            consumed.extend(steps);
        } else {
            // Sections beside the steps are looked at by themselves.
            for &inner in &sections[holder].children {
                if steps.binary_search(&inner).is_err() {
                    self.visit(
                        inner,
                        Above {
                            procedure: true,
                            ..Above::default()
                        },
                    );
                }
            }
        }
        consumed
    }

    pub(super) fn subtree(&self, at: usize) -> Blocks<'d> {
        let section = &self.sections[at];
        self.all.slice(section.heading.unwrap_or(0)..section.end)
    }

    /// A heading that is a step, with the sections below it.
    pub(super) fn heading_step(&mut self, at: usize) -> Draft {
        let sections = self.sections;
        let section = &sections[at];
        let mut parts = Vec::new();
        let mut children = Vec::new();
        let own = self.reader.content(self.body(section));
        parts.extend(own.parts);
        children.extend(own.children);
        for &child in &section.children {
            let below = &sections[child];
            if below.settings.procedure || below.settings.reference || below.settings.kind.is_some() {
                self.visit(
                    child,
                    Above {
                        procedure: true,
                        ..Above::default()
                    },
                );
            } else if below.numbering != Numbering::None && below.numbering != Numbering::Case || below.settings.step {
                children.push(self.heading_step(child));
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
        let mut settings = section.settings.clone();
        settings.merge(self.reader.settle(start, end.max(start), &mut children));
        Draft {
            number: section.number.clone(),
            title: section.title.clone(),
            at: section.at,
            timebox: bracketed_time(&section.title).or_else(|| waiting(&parts)),
            on_fail: None,
            parts,
            children,
            settings,
        }
    }

    /// Steps from a section's own text.
    pub(super) fn make_of_body(&mut self, at: usize, form: Form) -> Option<()> {
        let section = &self.sections[at];
        let body = self.body(section);
        let mut intro = Vec::new();
        let mut drafts: Vec<Draft> = Vec::new();
        let mut between: Vec<usize> = Vec::new();
        // Where the author says that steps come from fences, one numbered comment is a step.
        let least = if section.settings.steps == Some(StepsFrom::Fence) {
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
                    if *start > 1 && !drafts.is_empty() {
                        for at in std::mem::take(&mut between) {
                            let content = self.reader.content(body.slice(at..at + 1));
                            if let Some(last) = drafts.last_mut() {
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
                    drafts.extend(steps);
                }
                None => between.push(index),
            }
            before = Some(block);
        }
        intro.extend(between.drain(..).flat_map(|at| body.slice(at..at + 1).shown()));
        if drafts.is_empty() {
            return None;
        }
        let start = body.marks.first().map_or(section.at, |mark| mark.start);
        let end = body.marks.last().map_or(section.at, |mark| mark.end);
        let plain = self.reader.take_plain(start, end);
        for settings in plain {
            // A comment on the line after a list item ends the list for Markdown; it still means that item.
            let before = drafts.partition_point(|draft| draft.at < settings.at).checked_sub(1);
            match before.and_then(|before| drafts.get_mut(before)) {
                Some(draft) if form != Form::Fence => draft.settings.merge(settings),
                _ => {
                    let message = "This comment stands at no step: put it at the end of a heading, list item or table \
                                   row, or say step=N before a fence";
                    self.reader.source.remark(settings.at, Severity::Error, message);
                }
            }
        }
        self.reader.settle(start, end, &mut drafts);
        self.push(at, intro, drafts, None);
        Some(())
    }

    pub(super) fn fence(
        &mut self,
        language: &str,
        text: &str,
        inner: usize,
        intro: &mut Vec<Block>,
        least: usize,
    ) -> Option<Vec<Draft>> {
        let line = self.reader.source.line(inner);
        let steps = self.reader.fence_steps(language, text, line, least)?;
        if !steps.before.trim().is_empty() {
            intro.push(Block::Code {
                language: language.to_owned(),
                text: steps.before,
            });
        }
        Some(steps.drafts)
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
        let mut draft = Draft {
            title: section.title.clone(),
            at: section.at,
            parts: content.parts,
            children: content.children,
            ..Draft::default()
        };
        let start = body.marks.first().map_or(section.at, |mark| mark.start);
        let end = body.marks.last().map_or(section.at, |mark| mark.end);
        draft.settings = self.reader.settle(start, end, &mut draft.children);
        // What is said at the heading about a step is about this one; the rest is about the procedure.
        let heading = section.settings.clone().into_said();
        draft.settings.merge(Settings::from(Said {
            gates: heading.gates,
            plain: heading.plain,
            optional: heading.optional,
            on_fail: heading.on_fail,
            ..Said::default()
        }));
        self.push(at, intro, vec![draft], Some(Order::Sequential));
    }
}

/// A waiting time in a step's instructions.
fn waiting(parts: &[Part]) -> Option<u64> {
    parts.iter().find_map(|part| match part {
        Part::Text { blocks } => waiting_in(&blocks_text(blocks)),
        _ => None,
    })
}
