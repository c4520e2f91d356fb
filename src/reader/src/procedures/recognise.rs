//! Which sections have steps in the headings below them, and what the words around a section say.

use super::finder::Finder;
use crate::annotation::StepsFrom;
use crate::boxes::is_boxes;
use crate::cues::{Cue, Cues, Form, Weighed};
use crate::fences::{FenceForm, fence_form, has_boxes};
use crate::labels::lists_facts;
use crate::numbering::Numbering;
use crate::sections::Section;
use crate::tables::check_table;
use crate::titles::commands_in;
use holdpoint_domain::runbook::{Block, ProcedureKind};

/// What a section inherits from those above it.
#[derive(Clone, Copy, Default)]
pub(super) struct Above {
    /// One of their headings, or its own, can be a procedure's.
    pub procedure: bool,
    /// One of their headings, or its own, is of things to look up.
    pub reference: bool,
    /// An annotation says `reference`.
    pub explicit_reference: bool,
    /// The document's title says that it tells what to do.
    pub title: bool,
    /// A section beside it is a procedure.
    pub siblings: bool,
}

impl Finder<'_, '_, '_, '_> {
    /// What the words around a section say about any candidate in it.
    pub(super) fn context(&self, at: usize, here: Above, explicit: bool) -> Cues {
        let words = &self.sections[at].words;
        let own = words.procedure;
        Cues::default()
            .with(Cue::Author, explicit)
            .with(Cue::OwnHeading, own)
            .with(Cue::HeadingAbove, !own && here.procedure)
            .with(Cue::DocumentTitle, !own && !here.procedure && here.title)
            .with(Cue::Siblings, here.siblings)
            .with(Cue::Lookup, words.reference)
            .with(Cue::LookupAbove, here.reference && !words.reference && !own)
            .with(Cue::HeadingTells, words.tells)
    }

    /// The sub-sections that are steps, and the section that holds them.
    pub(super) fn heading_steps(&mut self, at: usize, here: Above, explicit: bool) -> Option<(usize, Vec<usize>)> {
        let section = &self.sections[at];
        if let Some(steps) = self.step_children(at, here, explicit) {
            return Some((at, steps));
        }
        let words = section.words.procedure && section.level > 1 || explicit;
        if words && (!here.reference || explicit) && !section.words.plural {
            // “Rollback steps” below “Rollback procedure” holds the steps of the latter.
            let mut wrappers = section.children.iter().filter(|&&child| {
                let child = &self.sections[child];
                !child.args.procedure && child.args.kind.is_none() && child.words.wrapper
            });
            if let (Some(&wrapper), None) = (wrappers.next(), wrappers.next())
                && let Some(steps) = self.step_children(wrapper, here, true)
            {
                return Some((wrapper, steps));
            }
        }
        Some((at, self.command_sections(at, here, explicit)?))
    }

    fn step_children(&mut self, at: usize, here: Above, explicit: bool) -> Option<Vec<usize>> {
        let sections = self.sections;
        let section = &sections[at];
        let own = |child: &Section| child.args.procedure || child.args.reference || child.args.kind.is_some();
        let children = |is: &dyn Fn(&Section) -> bool| -> Vec<usize> {
            let children = section.children.iter().copied();
            children
                .filter(|&child| !own(&sections[child]) && is(&sections[child]))
                .collect()
        };
        let steps = children(&|child| child.args.step || child.numbering == Numbering::Step);
        let asked = steps.iter().any(|&step| sections[step].args.step);
        if !steps.is_empty() && (section.level > 0 || steps.len() > 1) {
            let cues = self.context(at, here, explicit || asked);
            return self.weigh_sections(Form::StepHeadings, cues, steps);
        }
        let numbered = children(&|child| child.numbering == Numbering::Plain);
        if explicit && section.args.steps == Some(StepsFrom::Headings) && numbered.is_empty() {
            let plain = children(&|_| true);
            return (!plain.is_empty()).then_some(plain);
        }
        if numbered.is_empty() || section.level == 0 || numbered.len() < 2 && !explicit {
            return None;
        }
        let any = |is: &dyn Fn(&Section) -> bool| numbered.iter().any(|&child| is(&sections[child]));
        let verbs = numbered.iter().filter(|&&child| sections[child].words.verb).count() * 2 >= numbered.len();
        let words = self.context(at, here, explicit);
        // Documents number their chapters; only a flat one is a procedure.
        let nested = section.level == 1 && any(&|child| !child.children.is_empty());
        let cues = words
            .with(Cue::EntryVerbs, verbs)
            .with(
                Cue::Lookup,
                words.has(Cue::Lookup) || any(&|child| child.words.reference),
            )
            .with(Cue::Chapters, nested)
            .with(Cue::Plural, section.words.plural)
            .with(Cue::Watched, section.words.kind == Some(ProcedureKind::Monitoring))
            .with(
                Cue::OwnLists,
                section.level > 1 && numbered.iter().any(|&child| self.has_checks(child)),
            );
        self.weigh_sections(Form::NumberedHeadings, cues, numbered)
    }

    /// Sections beside each other that each have a command, or begin with a verb and stand between those that have.
    fn command_sections(&mut self, at: usize, here: Above, explicit: bool) -> Option<Vec<usize>> {
        let sections = self.sections;
        let section = &sections[at];
        if section.args.steps.is_some() || section.level <= 1 && !(here.title || section.words.guide || explicit) {
            return None;
        }
        let kind = |child: &Section| {
            let exclusive = [
                ProcedureKind::Rollback,
                ProcedureKind::Emergency,
                ProcedureKind::Monitoring,
            ];
            child
                .words
                .kind
                .filter(|kind| exclusive.contains(kind) && Some(*kind) != section.words.kind)
        };
        let may_be = |&child: &usize| {
            let child = &sections[child];
            let free = child.args.is_empty()
                || child.args.step
                || !(child.args.procedure
                    || child.args.reference
                    || child.args.kind.is_some()
                    || child.args.steps.is_some());
            free && child.children.is_empty()
                && !child.words.reference
                && !child.words.tells
                && child.numbering != Numbering::Case
                && kind(child).is_none()
        };
        let candidates: Vec<usize> = section
            .children
            .iter()
            .copied()
            .filter(may_be)
            .filter(|&child| !self.has_lists(child))
            .collect();
        let runs: Vec<bool> = candidates.iter().map(|&child| self.has_command(child)).collect();
        let commands = runs.iter().filter(|runs| **runs).count();
        let told = candidates.iter().filter(|&&child| sections[child].words.verb).count();
        // Without several commands every heading must say what to do.
        if commands < 2 && !(told > 2 && told == candidates.len() && told == section.children.len()) {
            return None;
        }
        let steps: Vec<usize> = candidates
            .iter()
            .zip(&runs)
            .filter(|&(&child, runs)| {
                *runs || sections[child].words.verb && !self.body(&sections[child]).blocks.is_empty()
            })
            .map(|(&child, _)| child)
            .collect();
        let verbs = steps.iter().filter(|&&child| sections[child].words.verb).count() * 2 >= steps.len();
        let cues = self
            .context(at, here, explicit)
            .with(Cue::Commands, commands > 0)
            .with(Cue::EntryVerbs, verbs)
            .with(Cue::Plural, section.words.plural)
            .with(Cue::Systems, steps.iter().any(|&child| sections[child].words.platform));
        self.weigh_sections(Form::CommandSections, cues, steps)
    }

    fn weigh_sections(&mut self, form: Form, cues: Cues, steps: Vec<usize>) -> Option<Vec<usize>> {
        let at = self.sections[*steps.first()?].at;
        let weighed = Weighed { form, at, cues };
        let taken = weighed.is_steps();
        self.reader.weighed.push((weighed, if taken { steps.len() } else { 0 }));
        taken.then_some(steps)
    }

    fn has_checks(&self, at: usize) -> bool {
        self.body(&self.sections[at]).blocks.iter().any(is_checks)
    }

    /// Numbered lists or checks that would be steps by themselves.
    fn has_lists(&self, at: usize) -> bool {
        let mut before: Option<&Block> = None;
        self.body(&self.sections[at]).blocks.iter().any(|block| {
            let facts = before.replace(block).is_some_and(lists_facts);
            is_checks(block) || matches!(block, Block::List { start: Some(_), .. }) && !facts
        })
    }

    /// A fence to run, or a sentence with a command.
    pub(super) fn has_command(&self, at: usize) -> bool {
        self.body(&self.sections[at]).blocks.iter().any(|block| match block {
            Block::Code { .. } => is_command(block),
            Block::Paragraph { content } => !commands_in(content).is_empty(),
            _ => false,
        })
    }
}

/// Whether an annotation says that the section is a procedure.
pub(super) fn marked(section: &Section) -> bool {
    let args = &section.args;
    args.procedure || args.kind.is_some() || args.steps.is_some_and(|steps| steps != StepsFrom::None)
}

/// A fence with something to run.
pub(super) fn is_command(block: &Block) -> bool {
    matches!(block, Block::Code { language, text } if matches!(
        fence_form(language, text, "", 2),
        FenceForm::Command | FenceForm::NumberedComments
    ))
}

/// Task items, boxes or a table of checks.
pub(super) fn is_checks(block: &Block) -> bool {
    match block {
        Block::List { .. } | Block::Paragraph { .. } => is_boxes(block),
        Block::Code { language, text } => has_boxes(language, text),
        Block::Table { head, rows } => check_table(head, rows).is_some(),
        _ => false,
    }
}
