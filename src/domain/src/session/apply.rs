//! Folding events into a session's state.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::drill::SealedDrill;
use super::entries::{
    Caution, Closed, Confirmed, Done, Filled, Hold, HowDone, NotFollowed, Note, Observed, Run, Taken, Timer,
};
use super::event::{Actor, Event, LiftedBy, Record, Started, StepId};
use super::state::State;
use super::step_index::Place;
use crate::gate::GateSnapshot;

impl State {
    /// Folds events into a state.
    pub fn fold<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut state = Self::default();
        for record in records {
            state.apply(record);
        }
        state
    }

    /// Folds one event, and says which steps it touches; see [`State::apply_event`].
    pub fn apply(&mut self, record: &Record) -> Vec<StepId> {
        self.head = self.head.max(record.seq);
        let touched = self.apply_event(&record.event, record.at, &record.actor);
        self.note_pace(record.at);
        touched
    }

    /// Folds one event that may not have been recorded yet, as the page does to be instant. It costs what the event changes
    /// and not what the session holds; only the start costs as much as there are steps. How long steps took counts recorded events
    /// alone, so that it changes no time.
    ///
    /// Gives the ids of the steps whose line in an outline may look different now, each once, in the outline's order:
    ///
    /// - the step that the event names, and those it is a sub-step of;
    /// - when a top-level step of a sequential procedure became done or open, the one after it, which shows when it began;
    /// - when another step is next now, or the session was closed: the step that was next and the one that is, each with
    ///   those it is a sub-step of;
    /// - when holds were lifted, every step that held, with those it is a sub-step of;
    /// - when another declaration of a gate was taken, every step that names the gate;
    /// - for the start, all steps.
    ///
    /// [`State::row`] of every other step is what it was before.
    pub fn apply_event(&mut self, event: &Event, at: DateTime<Utc>, actor: &Actor) -> Vec<StepId> {
        if let Event::SessionStarted(started) = event {
            return self.begin(started, at);
        }
        let before = (self.index.next(), self.closed.is_some());
        let mut touched = self.touched_by(event);
        self.change(event, at, actor);
        self.note_at_hand();
        let after = (self.index.next(), self.closed.is_some());
        if before != after {
            for place in [before.0, after.0].into_iter().flatten() {
                self.with_ancestors(place, &mut touched);
            }
        }
        self.ids_of(touched)
    }

    /// A session has one start. A second one in a log changes nothing: the procedure of a session stays what it was.
    fn begin(&mut self, started: &Started, at: DateTime<Utc>) -> Vec<StepId> {
        if self.started.is_some() {
            return Vec::new();
        }
        self.started_at = Some(at);
        self.started = Some(Arc::new(started.clone()));
        self.make_index(&started.procedure);
        self.note_at_hand();
        self.ids_of(0..self.index.steps.len())
    }

    /// The step that is next has been at hand, whatever is taken back later.
    fn note_at_hand(&mut self) {
        if let Some(next) = self.next_step().map(|step| step.id.clone()) {
            self.worked_on.insert(next);
        }
    }

    /// Whether evidence that is made now is of the step's work: it is done, or it is its turn and nobody's word is waited for.
    pub(super) fn is_in_turn(&self, step: &str) -> bool {
        let place = self.index.steps.place(step);
        let waits = self.step(step).is_some_and(|step| self.waits_for_work(step));
        self.is_done(step) || !waits && place.is_some_and(|place| self.is_current_at(place))
    }

    fn ids_of(&self, places: impl IntoIterator<Item = Place>) -> Vec<StepId> {
        let steps = places.into_iter().filter_map(|place| self.step_at(place));
        steps.map(|step| step.id.clone()).collect()
    }

    fn with_ancestors(&self, place: Place, into: &mut BTreeSet<Place>) {
        into.insert(place);
        into.extend(self.index.steps.ancestors(place));
    }

    /// The steps that an event touches whatever is next after it.
    fn touched_by(&self, event: &Event) -> BTreeSet<Place> {
        let mut touched = BTreeSet::new();
        let mut touch = |step: &StepId| {
            if let Some(place) = self.index.steps.place(step) {
                self.with_ancestors(place, &mut touched);
            }
        };
        event.step().into_iter().for_each(&mut touch);
        match event {
            Event::DeclarationTaken { gate, .. } => touched.extend(self.index.steps.with_gate(gate)),
            Event::HoldLifted { .. } => self.holds.keys().for_each(|(step, _)| touch(step)),
            // The step of the run is the one that the event names, but in a log that was not made by `decide`.
            Event::GateFinished { run, .. } => self
                .open_run_with(*run)
                .map(|run| &run.step)
                .into_iter()
                .for_each(touch),
            Event::StepTicked { step, .. } | Event::StepUnticked { step, .. } | Event::StepSkipped { step, .. }
                if self.is_sequential() =>
            {
                let place = self.index.steps.place(step);
                touched.extend(place.and_then(|place| self.index.steps.next_on_top(place)));
            }
            _ => {}
        }
        touched
    }

    fn change(&mut self, event: &Event, at: DateTime<Utc>, actor: &Actor) {
        if let Event::StepTicked { step, .. }
        | Event::StepSkipped { step, .. }
        | Event::WorkConfirmed { step }
        | Event::GateStarted { step, .. }
        | Event::GateObserved { step, .. } = event
        {
            self.worked_on.insert(step.clone());
        }
        let actor = || actor.clone();
        let done = |how: HowDone| Done {
            at,
            actor: actor(),
            how,
        };
        match event {
            Event::SessionStarted(_) => {}
            Event::StepTicked { step, by } => {
                self.set_done(step, Some(done(HowDone::Ticked(by.clone()))));
            }
            Event::StepUnticked { step, .. } => {
                self.set_done(step, None);
                self.move_evidence_cutoff(step);
            }
            Event::StepSkipped { step, reason } => {
                self.set_done(step, Some(done(HowDone::Skipped(reason.clone()))));
            }
            Event::WorkConfirmed { step } => {
                let confirmed = Confirmed { at, actor: actor() };
                self.confirmed.insert(step.clone(), confirmed);
                let place = self.index.steps.place(step);
                place.into_iter().for_each(|place| self.update_gates(place));
            }
            Event::GateStarted { run, step, gate, auto } => {
                let place = self.index.steps.place(step);
                let run = Run {
                    id: *run,
                    step: step.clone(),
                    gate: gate.clone(),
                    auto: *auto,
                    started: at,
                    actor: actor(),
                    in_turn: self.is_in_turn(step),
                    verdict: None,
                };
                if self.index.runs.start(self.runs.len(), &run) {
                    self.runs.push(run);
                }
                place.into_iter().for_each(|place| self.update_gates(place));
            }
            Event::GateFinished {
                run,
                step,
                gate,
                verdict,
            } => {
                let at = self.index.runs.finish(*run, &self.runs);
                if let Some(at) = at {
                    self.runs[at].verdict = Some(verdict.clone());
                }
                let key = (step.clone(), gate.clone());
                let lifts = |hold: &Hold| at.is_some_and(|at| at >= hold.runs_before);
                if self.counts(gate, verdict) {
                    self.cautions.remove(&key);
                    self.never_passed.remove(&key);
                    if self.holds.get(&key).is_some_and(lifts) {
                        self.holds.remove(&key);
                    }
                    if at.is_some_and(|at| at >= self.runs_before_taken(gate)) {
                        self.old_ticks.remove(&key);
                    }
                }
            }
            Event::GateObserved {
                observation,
                step,
                gate,
                verdict,
            } => {
                let seen = Observed {
                    id: *observation,
                    in_turn: self.is_in_turn(step),
                    verdict: verdict.clone(),
                };
                if self.observation_lifts(step, gate, verdict) {
                    self.holds.remove(&(step.clone(), gate.clone()));
                }
                if self.decides(gate) && self.counts(gate, verdict) {
                    let key = (step.clone(), gate.clone());
                    self.old_ticks.remove(&key);
                    self.cautions.remove(&key);
                    self.never_passed.remove(&key);
                }
                self.observed.insert((step.clone(), gate.clone()), seen);
                let sees = self.gate_snapshot(gate).is_some_and(GateSnapshot::sees_release);
                self.browser_saw_release |= sees && verdict.passes();
                let place = self.index.steps.place(step);
                place.into_iter().for_each(|place| self.update_gates(place));
            }
            Event::HoldPlaced {
                step,
                gate,
                run,
                reason,
                advice,
            } => {
                let key = (step.clone(), gate.clone());
                let asked = self.index.runs.by_id(*run);
                let hold = Hold {
                    run: *run,
                    since: self.holds.get(&key).map_or(at, |hold| hold.since),
                    reason: reason.clone(),
                    advice: *advice,
                    runs_before: self.runs.len(),
                    corrected: asked.is_some_and(|at| at < self.runs_before_taken(gate)),
                };
                self.cautions.remove(&key);
                self.holds.insert(key, hold);
            }
            Event::ProceededWithCaution {
                step,
                gate,
                run,
                reason,
            } => {
                let key = (step.clone(), gate.clone());
                self.holds.remove(&key);
                let caution = Caution {
                    in_turn: self.is_in_turn(step),
                    at,
                    actor: actor(),
                    run: *run,
                    reason: reason.clone(),
                };
                let decided = (step.clone(), *run);
                self.decisions.insert(decided, (gate.clone(), caution.clone()));
                self.cautions.insert(key, caution);
                let place = self.index.steps.place(step);
                place.into_iter().for_each(|place| self.update_gates(place));
            }
            Event::DeclarationTaken { gate, old, new, reason } => {
                let taken = Taken {
                    at,
                    actor: actor(),
                    reason: reason.clone(),
                    snapshot: GateSnapshot::clone(new),
                    runs_before: self.runs.len(),
                };
                self.take(gate, old.as_deref(), taken);
            }
            // Earlier versions ended an emergency by its rollback. It goes on now, and what holds goes on holding.
            Event::HoldLifted {
                by: LiftedBy::Rollback { .. },
            } if self.is_emergency() => {}
            Event::HoldLifted {
                by: LiftedBy::Rollback { .. },
            } => self.left_holds.append(&mut self.holds),
            Event::HoldLifted { .. } => self.holds.clear(),
            Event::NoteAdded { step, text, written } => self.notes.push(Note {
                at,
                actor: actor(),
                step: step.clone(),
                text: text.clone(),
                written: *written,
            }),
            Event::StepNotFollowed { step, reason } => self.not_followed.push(NotFollowed {
                at,
                actor: actor(),
                step: step.clone(),
                reason: reason.clone(),
            }),
            // A session has one plan: another one in a log is none of its own.
            Event::DrillRevealed { drill } => {
                self.drill.get_or_insert_with(|| Arc::new(SealedDrill::clone(drill)));
            }
            Event::ValueFilled { step, field, value } => {
                let filled = Filled {
                    at,
                    actor: actor(),
                    value: value.clone(),
                };
                self.values.insert((step.clone(), field.clone()), filled);
            }
            Event::TimerStarted { step, seconds } => {
                let timer = Timer {
                    started: at,
                    seconds: *seconds,
                };
                self.timers.insert(step.clone(), timer);
            }
            Event::RollbackStarted { session, .. } => self.rollback = Some(*session),
            Event::Annotated { annotation } => self.annotations.apply(annotation, at, &actor()),
            Event::SessionClosed { outcome, summary } => {
                self.closed = Some(Closed {
                    at,
                    actor: actor(),
                    outcome: *outcome,
                    summary: summary.clone(),
                });
            }
        }
    }
}
