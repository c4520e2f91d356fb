//! What a decision would change, laid over the state: the steps that it would tick, and the evidence that it would record.
//! The state itself is never copied.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::event::{Event, RunId, TickedBy};
use super::gates::{GateState, NewEvidence};
use super::state::State;
use super::step_index::{Place, Turn};

/// A state with the steps that a decision would have done.
pub(super) struct Trial<'a> {
    state: &'a State,
    done: BTreeSet<Place>,
    /// By place: how many of the sub-steps right below are among `done`.
    children: BTreeMap<Place, usize>,
}

impl<'a> Trial<'a> {
    pub(super) fn new(state: &'a State) -> Self {
        Self {
            state,
            done: BTreeSet::new(),
            children: BTreeMap::new(),
        }
    }

    /// Takes a step that is open in the state as done.
    pub(super) fn mark(&mut self, place: Place) {
        if self.done.insert(place)
            && let Some(parent) = self.state.index.steps.parent(place)
        {
            *self.children.entry(parent).or_default() += 1;
        }
    }

    fn is_open(&self, place: Place) -> bool {
        let index = &self.state.index;
        index.open.contains(&index.steps.turn(place)) && !self.done.contains(&place)
    }

    fn has_open_children(&self, place: Place) -> bool {
        let marked = self.children.get(&place).copied().unwrap_or(0);
        self.state.index.open_children[place] > marked
    }

    /// Ticks every step that can be worked on and whose gates all pass with the new evidence, and the steps that this
    /// completes.
    pub(super) fn tick_gated(mut self, run: RunId, new: NewEvidence<'_>, now: DateTime<Utc>) -> Vec<Event> {
        let state = self.state;
        let mut ticks = Vec::new();
        for turn in state.gated_candidates(new) {
            let place = state.index.steps.at_turn(turn);
            let step = state.step_at(place).filter(|_| !self.has_open_children(place));
            match step.filter(|step| state.gates_pass_with(step, now, Some(new))) {
                Some(step) => {
                    self.mark(place);
                    let stands = |gate: &String| state.gate_state_with(&step.id, gate, now, Some(new));
                    let mut without = step.gates.iter().filter(|gate| !stands(gate).passes());
                    let caution = without.find_map(|gate| state.caution_with(&step.id, gate, Some(new)));
                    let by = match (caution, new) {
                        (Some(run), _) => TickedBy::Caution { run },
                        // A decision about another step ends the hold that this one's evidence waited for.
                        (None, NewEvidence::Caution { .. }) => {
                            let mut own = step.gates.iter().filter_map(|gate| match stands(gate) {
                                GateState::Finished(evidence) => Some(evidence.run),
                                _ => None,
                            });
                            TickedBy::Gate {
                                run: own.next_back().unwrap_or(run),
                            }
                        }
                        (None, _) => TickedBy::Gate { run },
                    };
                    let step = step.id.clone();
                    ticks.push(Event::StepTicked { step, by });
                }
                // What comes later in a sequential procedure is not next.
                None if state.is_sequential() => break,
                None => {}
            }
        }
        if !ticks.is_empty() {
            self.tick_parents(&mut ticks);
        }
        ticks
    }

    /// Ticks the steps without gates of their own whose sub-steps are all done now.
    pub(super) fn tick_parents(mut self, events: &mut Vec<Event>) {
        let index = &self.state.index;
        let parents = self.done.iter().filter_map(|place| index.steps.parent(*place));
        let mut ready: BTreeSet<Turn> = parents.map(|place| index.steps.turn(place)).collect();
        ready.extend(&index.complete);
        // A step's turn comes after those of its sub-steps, so the first of the ready ones never waits for another.
        while let Some(turn) = ready.pop_first() {
            let place = index.steps.at_turn(turn);
            if !index.steps.follows_children(place) || !self.is_open(place) || self.has_open_children(place) {
                continue;
            }
            let Some(step) = self.state.step_at(place) else {
                continue;
            };
            events.push(Event::StepTicked {
                step: step.id.clone(),
                by: TickedBy::Children,
            });
            self.mark(place);
            ready.extend(index.steps.parent(place).map(|parent| index.steps.turn(parent)));
        }
    }
}

impl State {
    /// The turns of the open steps that new evidence may tick, in order. In a sequential procedure each of them is next once
    /// those before it are ticked. In any order they are the steps with evidence, because earlier evidence of another step
    /// may have waited for the end of a hold.
    fn gated_candidates(&self, new: NewEvidence<'_>) -> impl Iterator<Item = Turn> {
        let index = &self.index;
        let in_order = self.is_sequential().then_some(&index.open);
        // A step that was not seen before, or only by another declaration, has no evidence in the state yet.
        let seen = match new {
            NewEvidence::Seen { step, .. } | NewEvidence::Caution { step, .. } => {
                index.steps.place(step).map(|place| index.steps.turn(place))
            }
            NewEvidence::Run { .. } => None,
        };
        let seen = seen.filter(|turn| !self.is_sequential() && index.open.contains(turn));
        let tried: BTreeSet<Turn> = match seen {
            Some(turn) => index.tried.iter().copied().chain([turn]).collect(),
            None => index.tried.clone(),
        };
        in_order.into_iter().flatten().copied().chain(tried)
    }
}
