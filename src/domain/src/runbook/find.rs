//! Finding procedures in a runbook that was read.

use super::{Procedure, ProcedureKind, Runbook};

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
        let undoes = |one: &&Procedure| match named {
            Some(named) => one.id == named,
            None => one.kind == ProcedureKind::Rollback && one.id != id && !one.steps.is_empty(),
        };
        self.procedures.iter().filter(undoes).collect()
    }
}
