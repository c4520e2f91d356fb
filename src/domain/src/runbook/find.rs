//! Finding procedures, steps and what stands in them in a runbook that was read.

use std::collections::BTreeSet;

use super::book::Runbook;
use super::document::{Block, inline_text};
use super::procedure::{CommandBlock, Field, Part, Procedure, ProcedureKind, Step};

impl Runbook {
    /// The procedure with this id.
    #[must_use]
    pub fn procedure(&self, id: &str) -> Option<&Procedure> {
        self.procedures.iter().find(|procedure| procedure.id == id)
    }

    /// The fragments that links into this runbook may lead to.
    pub fn anchors(&self) -> impl Iterator<Item = &str> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Heading { anchor, content, .. } if !inline_text(content).is_empty() => Some(anchor.as_str()),
            _ => None,
        })
    }
}

impl Step {
    /// The commands in the step, in order.
    pub fn commands(&self) -> impl Iterator<Item = &CommandBlock> {
        self.parts.iter().filter_map(|part| match part {
            Part::Command { command } => Some(command),
            _ => None,
        })
    }

    /// The values to fill in, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.parts.iter().filter_map(|part| match part {
            Part::Field { field } => Some(field),
            _ => None,
        })
    }

    /// Whether this is the step with the id, or one of its sub-steps is.
    #[must_use]
    pub fn contains(&self, id: &str) -> bool {
        self.id == id || self.children.iter().any(|child| child.contains(id))
    }

    /// What the executive reads: the plain title if there is one.
    #[must_use]
    pub fn plain_title(&self) -> &str {
        self.plain.as_deref().unwrap_or(&self.title)
    }
}

impl Procedure {
    /// Which of these procedures of its runbook are offered to undo this one: the one that it names as its rollback, else
    /// every other rollback that has steps.
    #[must_use]
    pub fn rollbacks_among<'a>(&self, known: impl IntoIterator<Item = &'a Self>) -> Vec<&'a Self> {
        let undoes = |one: &&Self| match self.rollback.as_deref() {
            Some(named) => one.id == named,
            None => one.id != self.id && one.is_rollback_with_steps(),
        };
        known.into_iter().filter(undoes).collect()
    }

    /// Which of these procedures of its runbook may be wanted to undo this one, or to undo what undoes it: every rollback
    /// that has steps, and what it names as its rollback, what that one names, and so on.
    #[must_use]
    pub fn rollbacks_to_keep<'a>(&self, known: impl IntoIterator<Item = &'a Self>) -> Vec<&'a Self> {
        let known: Vec<&Self> = known.into_iter().filter(|one| one.id != self.id).collect();
        let mut kept: BTreeSet<&str> = BTreeSet::new();
        let by_kind = known.iter().copied().filter(|one| one.is_rollback_with_steps());
        let named = |of: &Self| known.iter().copied().find(|one| Some(&one.id) == of.rollback.as_ref());
        let mut waiting: Vec<&Self> = by_kind.chain(named(self)).collect();
        while let Some(one) = waiting.pop() {
            if kept.insert(&one.id) {
                waiting.extend(named(one));
            }
        }
        known
            .iter()
            .copied()
            .filter(|one| kept.contains(one.id.as_str()))
            .collect()
    }

    fn is_rollback_with_steps(&self) -> bool {
        self.kind == ProcedureKind::Rollback && !self.steps.is_empty()
    }

    /// Every step and sub-step in the order in which they are done: sub-steps before the step they belong to.
    #[must_use]
    pub fn in_order(&self) -> Vec<&Step> {
        fn walk<'a>(steps: &'a [Step], into: &mut Vec<&'a Step>) {
            for step in steps {
                walk(&step.children, into);
                into.push(step);
            }
        }
        let mut all = Vec::new();
        walk(&self.steps, &mut all);
        all
    }

    /// A step whose id an earlier one has, in the order in which they are done.
    #[must_use]
    pub fn duplicate_step(&self) -> Option<&Step> {
        let mut known = BTreeSet::new();
        self.in_order().into_iter().find(|step| !known.insert(&step.id))
    }

    /// The gates that the procedure names, each once.
    #[must_use]
    pub fn gates(&self) -> BTreeSet<&str> {
        let steps = self.in_order().into_iter();
        steps.flat_map(|step| &step.gates).map(String::as_str).collect()
    }

    /// The step or sub-step with this id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        fn find<'a>(steps: &'a [Step], id: &str) -> Option<&'a Step> {
            steps.iter().find_map(|step| {
                if step.id == id {
                    Some(step)
                } else {
                    find(&step.children, id)
                }
            })
        }
        find(&self.steps, id)
    }
}
