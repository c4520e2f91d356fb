//! Finding procedures, steps and what stands in them in a runbook that was read.

use std::collections::BTreeSet;

use super::{CommandBlock, Field, Part, Procedure, ProcedureKind, Runbook, Step};

impl Runbook {
    /// The procedure with this id.
    #[must_use]
    pub fn procedure(&self, id: &str) -> Option<&Procedure> {
        self.procedures.iter().find(|procedure| procedure.id == id)
    }

    /// What can undo the procedure with this id: the one that the runbook names for it, else every rollback of the runbook
    /// that has steps.
    #[must_use]
    pub fn rollbacks_of(&self, id: &str) -> Vec<&Procedure> {
        let named = self.procedure(id).and_then(|one| one.rollback.as_deref());
        self.procedures.iter().filter(|one| one.undoes(id, named)).collect()
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
    /// Which of these procedures can undo this one, by the rule of [`Runbook::rollbacks_of`]. For whoever has compiled
    /// procedures of a runbook and no runbook.
    #[must_use]
    pub fn rollbacks_among<'a>(&self, known: impl IntoIterator<Item = &'a Self>) -> Vec<&'a Self> {
        let named = self.rollback.as_deref();
        known.into_iter().filter(|one| one.undoes(&self.id, named)).collect()
    }

    /// Whether it can undo the procedure with this id, for which the runbook names that rollback or none.
    fn undoes(&self, id: &str, named: Option<&str>) -> bool {
        match named {
            Some(named) => self.id == named,
            None => self.kind == ProcedureKind::Rollback && self.id != id && !self.steps.is_empty(),
        }
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
