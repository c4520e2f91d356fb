//! Choosing a drill of those that can strike in a procedure.

use holdpoint_domain::runbook::Procedure;
use holdpoint_domain::session::{DrillPlan, SealedDrill};
use holdpoint_domain::wire::{ChooseDrill, DrillOffer};
use uuid::Uuid;

use super::declared::Drill;
use super::draw::{Ground, Known, plan, usable, which};
use super::error::DrillError;

/// The drills of a file, and what they can strike at.
pub(crate) struct Choice<'a> {
    pub(crate) drills: &'a [Drill],
    pub(crate) ground: Ground<'a>,
    /// What is known of a fault; nothing if there is none.
    pub(crate) known: &'a dyn Fn(&str) -> Option<Known>,
}

impl<'a> Choice<'a> {
    /// What a procedure has where a gate is there or not.
    pub(crate) fn new(
        drills: &'a [Drill],
        procedure: &'a Procedure,
        is_here: &dyn Fn(&str) -> bool,
        known: &'a dyn Fn(&str) -> Option<Known>,
    ) -> Self {
        Self {
            drills,
            ground: Ground::new(procedure, is_here),
            known,
        }
    }

    fn offered(&self) -> Vec<&'a Drill> {
        let can = |drill: &&Drill| !usable(drill, &self.ground, self.known).is_empty();
        self.drills.iter().filter(can).collect()
    }

    pub(crate) fn offers(&self) -> Vec<DrillOffer> {
        let offer = |drill: &Drill| DrillOffer {
            id: drill.id.clone(),
            title: drill.title.clone(),
            description: drill.description.clone(),
        };
        self.offered().into_iter().map(offer).collect()
    }

    /// A plan for one session, with a salt of its own.
    pub(crate) fn draw(&self, choice: &ChooseDrill) -> Result<SealedDrill, DrillError> {
        let seed = choice.seed.clone().unwrap_or_else(random);
        let (plan, salt) = (
            self.plan(choice.id.as_deref(), &seed)?,
            Uuid::new_v4().simple().to_string(),
        );
        Ok(SealedDrill { plan, salt })
    }

    /// What a seed draws of a drill; of one that it draws itself where none is named.
    pub(crate) fn plan(&self, id: Option<&str>, seed: &str) -> Result<DrillPlan, DrillError> {
        let offered = self.offered();
        let drill = match id {
            Some(id) => {
                let named = offered.into_iter().find(|drill| drill.id == id);
                named.ok_or_else(|| DrillError::Unknown { id: id.to_owned() })?
            }
            None => which(seed, offered.len())
                .map(|at| offered[at])
                .ok_or(DrillError::None)?,
        };
        Ok(plan(drill, seed, usable(drill, &self.ground, self.known)))
    }
}

/// A seed that nobody guesses: 64 bits.
fn random() -> String {
    let mut random = Uuid::new_v4().simple().to_string();
    random.truncate(8);
    random + &Uuid::new_v4().simple().to_string()[..8]
}
