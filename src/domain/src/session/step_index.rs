//! A procedure's steps by id and by order, found without walking its tree. Made once, when a session starts.

use std::collections::BTreeMap;

use super::event::{GateId, StepId};
use crate::runbook::{Procedure, Step};

/// A step's place in the outline, from 0: a step stands before its sub-steps.
pub(super) type Place = usize;
/// A step's place in the order in which steps are done, from 0: sub-steps are done before the step they belong to.
pub(super) type Turn = usize;

/// The index of a procedure's steps.
#[derive(Debug, Default, PartialEq)]
pub(super) struct StepIndex {
    places: BTreeMap<StepId, Place>,
    /// By place.
    lines: Vec<Line>,
    /// By turn.
    turns: Vec<Place>,
    /// The steps that name a gate, in the outline's order.
    of_gates: BTreeMap<GateId, Vec<Place>>,
}

/// What is known of the step at a place.
#[derive(Debug, PartialEq)]
struct Line {
    parent: Option<Place>,
    /// Its index among the steps beside it.
    slot: usize,
    turn: Turn,
    /// The first place after its sub-steps.
    end: Place,
    /// Sub-steps right below it.
    children: usize,
    gated: bool,
}

impl StepIndex {
    pub(super) fn of(procedure: &Procedure) -> Self {
        let mut steps = Self::default();
        steps.add(&procedure.steps, None);
        steps
    }

    fn add(&mut self, steps: &[Step], parent: Option<Place>) {
        for (slot, step) in steps.iter().enumerate() {
            let place = self.lines.len();
            self.places.entry(step.id.clone()).or_insert(place);
            self.lines.push(Line {
                parent,
                slot,
                turn: 0,
                end: 0,
                children: step.children.len(),
                gated: !step.gates.is_empty(),
            });
            for gate in &step.gates {
                let named = self.of_gates.entry(gate.clone()).or_default();
                // A step may name a gate twice.
                if named.last() != Some(&place) {
                    named.push(place);
                }
            }
            self.add(&step.children, Some(place));
            self.lines[place].turn = self.turns.len();
            self.lines[place].end = self.lines.len();
            self.turns.push(place);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn place(&self, id: &str) -> Option<Place> {
        self.places.get(id).copied()
    }

    /// The steps that name the gate.
    pub(super) fn with_gate(&self, gate: &str) -> &[Place] {
        self.of_gates.get(gate).map_or(&[], Vec::as_slice)
    }

    pub(super) fn turn(&self, place: Place) -> Turn {
        self.lines[place].turn
    }

    pub(super) fn at_turn(&self, turn: Turn) -> Place {
        self.turns[turn]
    }

    pub(super) fn parent(&self, place: Place) -> Option<Place> {
        self.lines[place].parent
    }

    /// The steps that it is a sub-step of, the nearest first.
    pub(super) fn ancestors(&self, place: Place) -> impl Iterator<Item = Place> {
        std::iter::successors(self.parent(place), |place| self.parent(*place))
    }

    /// Whether the other place is this one or within it.
    pub(super) fn contains(&self, place: Place, other: Place) -> bool {
        (place..self.lines[place].end).contains(&other)
    }

    /// The turns of a step and its sub-steps at any depth; the step itself is the last of them.
    pub(super) fn turns_within(&self, place: Place) -> std::ops::RangeInclusive<Turn> {
        let line = &self.lines[place];
        line.turn + 1 - (line.end - place)..=line.turn
    }

    /// The next step beside it on the procedure's top level; none for a sub-step.
    pub(super) fn next_on_top(&self, place: Place) -> Option<Place> {
        let line = &self.lines[place];
        (line.parent.is_none() && line.end < self.lines.len()).then_some(line.end)
    }

    /// Its index among the procedure's top-level steps; none for a sub-step.
    pub(super) fn slot_on_top(&self, place: Place) -> Option<usize> {
        let line = &self.lines[place];
        line.parent.is_none().then_some(line.slot)
    }

    /// How many sub-steps stand right below it.
    pub(super) fn children(&self, place: Place) -> usize {
        self.lines[place].children
    }

    /// Whether it has sub-steps and no gates, so that it is done when they are.
    pub(super) fn follows_children(&self, place: Place) -> bool {
        let line = &self.lines[place];
        line.children > 0 && !line.gated
    }

    /// The step at a place, in as many hops as it lies deep. The procedure is the one that the index was made of.
    pub(super) fn step<'a>(&self, procedure: &'a Procedure, place: Place) -> Option<&'a Step> {
        let line = self.lines.get(place)?;
        match line.parent {
            None => procedure.steps.get(line.slot),
            Some(parent) => self.step(procedure, parent)?.children.get(line.slot),
        }
    }
}
