//! Which sections have steps, and in which form.

use super::finder::Finder;
use crate::annotation::StepsFrom;
use crate::fences::{has_boxes, has_numbered_comments};
use crate::labels::{label_lines, labelled};
use crate::numbering::Numbering;
use crate::sections::Section;
use crate::tables::is_check_table;
use crate::words::{self, Fence, Label};
use holdpoint_domain::runbook::{Block, Inline, ListItem, ProcedureKind};

/// What a section inherits from those above it.
#[derive(Clone, Copy, Default)]
pub(super) struct Above {
    /// One of their headings can be a procedure's.
    pub procedure: bool,
    /// One of their headings is of things to look up.
    pub reference: bool,
    /// An annotation says `reference`.
    pub explicit_reference: bool,
}

/// The forms of steps in a section's own text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Task items, boxes and tables of checks.
    Checks,
    Ordered,
    Bullets,
    Fence,
    AnyTable,
}

impl Finder<'_, '_, '_, '_> {
    /// The sub-sections that are steps, and the section that holds them.
    pub(super) fn heading_steps(&self, at: usize, here: Above, explicit: bool) -> Option<(usize, Vec<usize>)> {
        let section = &self.sections[at];
        if let Some(steps) = self.step_children(at, here, explicit) {
            return Some((at, steps));
        }
        let words = section.words.procedure && section.level > 1 || explicit;
        if !words || here.reference && !explicit {
            return None;
        }
        // “Rollback steps” below “Rollback procedure” holds the steps of the latter.
        let mut wrappers = section.children.iter().filter(|&&child| {
            let child = &self.sections[child];
            !child.args.procedure && child.args.kind.is_none() && child.words.wrapper
        });
        let (&wrapper, None) = (wrappers.next()?, wrappers.next()) else {
            return None;
        };
        if section.words.plural {
            return None;
        }
        let steps = self.step_children(wrapper, here, true)?;
        Some((wrapper, steps))
    }

    pub(super) fn step_children(&self, at: usize, here: Above, explicit: bool) -> Option<Vec<usize>> {
        let section = &self.sections[at];
        let child = |&&child: &&usize| &self.sections[child];
        let is_step = |section: &Section| {
            let other = section.args.procedure || section.args.reference || section.args.kind.is_some();
            !other && (section.args.step || section.numbering == Numbering::Step)
        };
        let steps: Vec<usize> = section
            .children
            .iter()
            .filter(|at| is_step(child(at)))
            .copied()
            .collect();
        if !steps.is_empty() && section.level > 0 {
            let asked = steps.iter().any(|&step| self.sections[step].args.step);
            return (!here.reference || explicit || asked).then_some(steps);
        }
        let numbered: Vec<usize> = section
            .children
            .iter()
            .filter(|at| {
                let section = child(at);
                let other = section.args.procedure || section.args.reference || section.args.kind.is_some();
                section.numbering == Numbering::Plain && !other
            })
            .copied()
            .collect();
        if explicit && section.args.steps == Some(StepsFrom::Headings) && numbered.is_empty() {
            let plain: Vec<usize> = section
                .children
                .iter()
                .filter(|at| {
                    let args = &child(at).args;
                    !args.procedure && !args.reference && args.kind.is_none()
                })
                .copied()
                .collect();
            return (!plain.is_empty()).then_some(plain);
        }
        if numbered.is_empty() {
            return None;
        }
        if explicit {
            return Some(numbered);
        }
        let lookup = numbered.iter().any(|&child| self.sections[child].words.reference);
        let nested = numbered.iter().any(|&child| !self.sections[child].children.is_empty());
        let allowed = match section.level {
            0 => false,
            // Documents number their chapters; only a flat one under a telling title is a procedure.
            1 => section.words.procedure && !lookup && !nested && numbered.len() > 1,
            _ => {
                let kind = section.words.kind;
                let own = section.words.procedure;
                let watched = kind == Some(ProcedureKind::Monitoring);
                own && !watched
                    && !section.words.plural
                    && !here.reference
                    && numbered.len() > 1
                    && !numbered.iter().any(|&child| self.has_checks(child))
            }
        };
        allowed.then_some(numbered)
    }

    pub(super) fn has_checks(&self, at: usize) -> bool {
        self.body(&self.sections[at]).blocks.iter().any(is_checks)
    }

    pub(super) fn list_form(&self, section: &Section) -> Option<Form> {
        let blocks = self.body(section).blocks;
        if blocks
            .iter()
            .any(|block| matches!(block, Block::List { items, .. } if items.iter().any(|item| item.task.is_some())))
        {
            Some(Form::Checks)
        } else if blocks
            .iter()
            .any(|block| matches!(block, Block::List { start: Some(_), .. }))
        {
            Some(Form::Ordered)
        } else {
            Some(Form::Bullets)
        }
    }

    /// The form in which a section has steps, if it may have any.
    pub(super) fn form(&self, at: usize, here: Above, explicit: bool) -> Option<Form> {
        let section = &self.sections[at];
        let own = section.words.procedure;
        if here.reference && !own && !explicit {
            return None;
        }
        let blocks = self.body(section).blocks;
        if blocks.iter().any(is_checks) {
            return Some(Form::Checks);
        }
        if !(own || here.procedure || explicit) {
            return None;
        }
        let mut before: Option<&Block> = None;
        for block in blocks {
            match block {
                Block::List { start: Some(_), .. } if !before.is_some_and(lists_facts) => return Some(Form::Ordered),
                _ => {}
            }
            before = Some(block);
        }
        let fence =
            |block: &Block| matches!(block, Block::Code { language, text } if has_numbered_comments(language, text));
        if blocks.iter().any(fence) {
            return Some(Form::Fence);
        }
        (explicit && blocks.iter().any(|block| matches!(block, Block::List { .. }))).then_some(Form::Bullets)
    }

    /// A section that says by its title what to verify or do, and by a fence how: one step.
    pub(super) fn is_single(&self, at: usize, here: Above, explicit: bool) -> bool {
        let section = &self.sections[at];
        if section.level < 2 || here.reference && !explicit {
            return false;
        }
        let kind = section.words.kind;
        let telling = kind.is_some_and(|kind| kind != ProcedureKind::Setup && kind != ProcedureKind::Release)
            && !section.words.plural;
        let runs = self
            .body(section)
            .blocks
            .iter()
            .any(|block| matches!(block, Block::Code { language, .. } if words::fence(language) == Fence::Command));
        let steps_below = section.children.iter().any(|&child| {
            let child = &self.sections[child];
            child.numbering != Numbering::None || child.args.procedure || child.args.kind.is_some()
        });
        (telling && !steps_below || explicit) && runs
    }
}

/// Whether an annotation says that the section is a procedure.
pub(super) fn marked(section: &Section) -> bool {
    let args = &section.args;
    args.procedure || args.kind.is_some() || args.steps.is_some_and(|steps| steps != StepsFrom::None)
}

pub(super) fn has_tasks(items: &[ListItem]) -> bool {
    items.iter().any(|item| item.task.is_some())
}

/// Task items, boxes or a table of checks.
pub(super) fn is_checks(block: &Block) -> bool {
    match block {
        Block::List { items, .. } => has_tasks(items),
        Block::Code { language, text } => has_boxes(language, text),
        Block::Table { head, rows } => is_check_table(head, rows),
        _ => false,
    }
}

/// `This runs:` before an ordered list: the list says what a machine does, and is not for people to do.
pub(super) fn lists_facts(block: &Block) -> bool {
    let Block::Paragraph { content } = block else {
        return false;
    };
    let line = label_lines(content).pop().unwrap_or_default();
    let text: &[Inline] = &line;
    labelled(text).is_some_and(|labelled| matches!(labelled.label, Label::Checks | Label::Expected | Label::Why))
}
