//! One session of a timeline, folded event by event.

use std::collections::{BTreeMap, BTreeSet};

use super::span::{ClockBack, HoldEnd, Lane, LaneRole, Mark, Moment, Span, SpanKind, StepEnd};
use crate::gate::{Outcome, Source, Verdict};
use crate::runbook::{Order, Step};
use crate::session::{Event, GateId, Record, RunId, SessionId, State, StepId, TickedBy, describe};

type Held = (StepId, GateId);

/// What is known of a session so far. A number of a span is its place among the spans.
#[derive(Clone, Debug, Default)]
pub(super) struct LaneFold {
    session: SessionId,
    state: State,
    events: Vec<Moment>,
    clock_back: Option<ClockBack>,
    spans: Vec<Span>,
    closed: Option<Moment>,
    /// The top-level step of each step.
    tops: BTreeMap<StepId, StepId>,
    /// The step that was next after the last event.
    next: Option<StepId>,
    open_steps: BTreeMap<StepId, usize>,
    open_phases: BTreeMap<StepId, usize>,
    /// The last span of each step that was finished.
    finished: BTreeMap<StepId, usize>,
    runs: BTreeMap<RunId, usize>,
    run_counts: BTreeMap<Held, u32>,
    open_holds: BTreeMap<Held, usize>,
    /// Holds whose gate was declared anew since they were placed.
    corrected: BTreeSet<Held>,
    open_timers: BTreeMap<StepId, usize>,
}

impl LaneFold {
    pub(super) fn new(session: SessionId) -> Self {
        Self {
            session,
            ..Self::default()
        }
    }

    pub(super) fn undoes(&self) -> Option<SessionId> {
        self.state.started.as_ref()?.undoes
    }

    pub(super) fn events(&self) -> &[Moment] {
        &self.events
    }

    pub(super) fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    pub(super) fn add(&mut self, record: &Record) {
        let at = self.moment(record);
        let was_started = self.state.started.is_some();
        self.state.apply(record);
        match &record.event {
            Event::SessionStarted(started) if !was_started => {
                for top in &started.procedure.steps {
                    note_tops(top, &top.id, &mut self.tops);
                }
            }
            Event::StepTicked { step, by } => {
                let end = match by {
                    TickedBy::Person => StepEnd::Person,
                    TickedBy::Gate { .. } => StepEnd::Gates,
                    TickedBy::Children => StepEnd::SubSteps,
                    TickedBy::Caution { .. } => StepEnd::WithoutPass,
                };
                self.finish_step(step, at, end, record, "");
            }
            Event::StepSkipped { step, reason } => self.finish_step(step, at, StepEnd::LeftOut, record, reason),
            Event::StepUnticked { step, .. } => {
                if let Some(span) = self.finished.remove(step).and_then(|place| self.spans.get_mut(place))
                    && let SpanKind::Step { taken_back, .. } = &mut span.kind
                {
                    *taken_back = Some(at.seq);
                }
            }
            Event::GateStarted { run, step, gate, auto } => self.start_run(at, (*run, step, gate, *auto), record),
            Event::GateFinished {
                run,
                step,
                gate,
                verdict,
            } => self.finish_run(at, (*run, step, gate), verdict, record),
            Event::GateObserved {
                observation,
                step,
                gate,
                verdict,
            } => {
                let kind = SpanKind::Gate {
                    step: step.clone(),
                    gate: gate.clone(),
                    run: *observation,
                    verdict: Some(proven(verdict)),
                    source: Source::Browser,
                    number: 0,
                    attempts: verdict.attempts,
                };
                let label = self.state.gate_title(gate);
                let span = self.push(kind, label, at, record);
                (span.to, span.detail) = (Some(at), verdict.summary.clone());
            }
            Event::HoldPlaced { step, gate, reason, .. } => self.place_hold(at, (step, gate, reason), record),
            Event::DeclarationTaken { gate, .. } => {
                let held = self.open_holds.keys().filter(|(_, held)| held == gate);
                self.corrected.extend(held.cloned());
            }
            Event::TimerStarted { step, seconds } => {
                self.end(self.open_timers.get(step).copied(), at);
                let kind = SpanKind::Timer {
                    step: step.clone(),
                    seconds: *seconds,
                };
                let label = self.state.step_label(step);
                self.push(kind, label, at, record);
                self.open_timers.insert(step.clone(), self.spans.len() - 1);
            }
            _ => {}
        }
        self.mark(at, record);
        self.end_holds(at, &record.event);
        self.follow_next(at, record);
        if matches!(record.event, Event::SessionClosed { .. }) && self.closed.is_none() {
            self.close(at);
        }
    }

    pub(super) fn lane(&self, role: LaneRole) -> Lane {
        let started = self.state.started.as_deref();
        Lane {
            session: self.session,
            role,
            name: started.map_or_else(|| "A session without a start".to_owned(), |started| started.name()),
            captain: started.map_or_else(String::new, |started| started.captain.clone()),
            environment: started.map_or_else(String::new, |started| started.environment_title.clone()),
            rehearsal: started.is_some_and(|started| started.rehearsal),
            events: self.events.clone(),
            spans: self.spans.clone(),
            closed: self.closed,
            clock_back: self.clock_back,
        }
    }

    fn moment(&mut self, record: &Record) -> Moment {
        let last = self.events.last();
        if last.is_some_and(|last| record.at < last.at) {
            let back = self.clock_back.get_or_insert(ClockBack {
                events: 0,
                first: record.seq,
            });
            back.events += 1;
        }
        let moment = Moment {
            seq: record.seq,
            at: record.at,
            drawn: last.map_or(record.at, |last| last.drawn.max(record.at)),
        };
        self.events.push(moment);
        moment
    }

    fn push(&mut self, kind: SpanKind, label: String, from: Moment, record: &Record) -> &mut Span {
        self.spans.push(Span {
            kind,
            label,
            from,
            to: None,
            by: record.actor.name().to_owned(),
            detail: String::new(),
        });
        let last = self.spans.len() - 1;
        &mut self.spans[last]
    }

    fn end(&mut self, place: Option<usize>, at: Moment) {
        if let Some(span) = place.and_then(|place| self.spans.get_mut(place)) {
            span.to.get_or_insert(at);
        }
    }

    fn top_of(&self, step: &StepId) -> StepId {
        self.tops.get(step).unwrap_or(step).clone()
    }

    /// A span of the step, and of the phase that it is in, unless there are such.
    fn begin_step(&mut self, step: &StepId, at: Moment, record: &Record) {
        let top = self.top_of(step);
        if !self.open_phases.contains_key(&top) && !self.state.is_done(&top) {
            let kind = SpanKind::Phase {
                step: top.clone(),
                end: None,
            };
            let label = self.state.step_label(&top);
            self.push(kind, label, at, record);
            self.open_phases.insert(top, self.spans.len() - 1);
        }
        if !self.open_steps.contains_key(step) {
            let kind = SpanKind::Step {
                step: step.clone(),
                end: None,
                taken_back: None,
            };
            let label = self.state.step_label(step);
            self.push(kind, label, at, record);
            self.open_steps.insert(step.clone(), self.spans.len() - 1);
        }
    }

    fn finish_step(&mut self, step: &StepId, at: Moment, how: StepEnd, record: &Record, reason: &str) {
        // It is done by now, so that its phase has a span only where it had one before, or where it is none of a phase.
        if !self.open_steps.contains_key(step) {
            self.begin_step(step, at, record);
        }
        let by = record.actor.name();
        let finish = |span: &mut Span| {
            span.to = Some(at);
            by.clone_into(&mut span.by);
            reason.clone_into(&mut span.detail);
        };
        if let Some(place) = self.open_steps.remove(step) {
            let span = &mut self.spans[place];
            finish(span);
            if let SpanKind::Step { end, .. } = &mut span.kind {
                *end = Some(how);
            }
            self.finished.insert(step.clone(), place);
        }
        if self.top_of(step) == *step {
            let place = self.open_phases.remove(step).unwrap_or_else(|| {
                let kind = SpanKind::Phase {
                    step: step.clone(),
                    end: None,
                };
                let label = self.state.step_label(step);
                self.push(kind, label, at, record);
                self.spans.len() - 1
            });
            let span = &mut self.spans[place];
            finish(span);
            if let SpanKind::Phase { end, .. } = &mut span.kind {
                *end = Some(how);
            }
        }
    }

    fn start_run(&mut self, at: Moment, (run, step, gate, auto): (RunId, &StepId, &GateId, bool), record: &Record) {
        if self.runs.contains_key(&run) {
            return;
        }
        let number = self.run_counts.entry((step.clone(), gate.clone())).or_default();
        *number += 1;
        let kind = SpanKind::Gate {
            step: step.clone(),
            gate: gate.clone(),
            run,
            verdict: None,
            source: Source::Proxy,
            number: *number,
            attempts: 0,
        };
        let label = self.state.gate_title(gate);
        let span = self.push(kind, label, at, record);
        if auto {
            "by itself".clone_into(&mut span.by);
        }
        self.runs.insert(run, self.spans.len() - 1);
    }

    fn finish_run(
        &mut self,
        at: Moment,
        (run, step, gate): (RunId, &StepId, &GateId),
        found: &Verdict,
        record: &Record,
    ) {
        // A log in which a run ends that nobody started still tells what it came to.
        if !self.runs.contains_key(&run) {
            self.start_run(at, (run, step, gate, false), record);
        }
        let Some(span) = self.runs.get(&run).and_then(|place| self.spans.get_mut(*place)) else {
            return;
        };
        if let SpanKind::Gate { verdict, attempts, .. } = &mut span.kind
            && verdict.is_none()
        {
            (*verdict, *attempts) = (Some(proven(found)), found.attempts);
            (span.to, span.detail) = (Some(at), found.summary.clone());
        }
    }

    fn place_hold(&mut self, at: Moment, (step, gate, reason): (&StepId, &GateId, &String), record: &Record) {
        let key = (step.clone(), gate.clone());
        // Another failure of what holds already goes on with the hold.
        if self.open_holds.contains_key(&key) {
            return;
        }
        self.corrected.remove(&key);
        let kind = SpanKind::Hold {
            step: step.clone(),
            gate: gate.clone(),
            ended: None,
        };
        let label = format!("{} at {}", self.state.gate_title(gate), self.state.step_label(step));
        self.push(kind, label, at, record).detail.clone_from(reason);
        self.open_holds.insert(key, self.spans.len() - 1);
    }

    fn end_holds(&mut self, at: Moment, event: &Event) {
        let changes = matches!(
            event,
            Event::GateFinished { .. }
                | Event::GateObserved { .. }
                | Event::ProceededWithCaution { .. }
                | Event::HoldLifted { .. }
                | Event::SessionClosed { .. }
        );
        if self.open_holds.is_empty() || !changes {
            return;
        }
        let closed = matches!(event, Event::SessionClosed { .. });
        let over = |key: &&Held| closed || !self.state.holds.contains_key(*key);
        let over: Vec<Held> = self.open_holds.keys().filter(over).cloned().collect();
        for key in over {
            let how = HoldEnd::of(event, self.corrected.contains(&key));
            let Some(place) = self.open_holds.remove(&key) else {
                continue;
            };
            self.end(Some(place), at);
            if let SpanKind::Hold { ended, .. } = &mut self.spans[place].kind {
                *ended = how;
            }
        }
    }

    fn mark(&mut self, at: Moment, record: &Record) {
        let kind = match &record.event {
            Event::SessionStarted(_) => Mark::Started,
            Event::NoteAdded { .. } => Mark::Note,
            Event::ValueFilled { .. } => Mark::Value,
            Event::WorkConfirmed { .. } => Mark::WorkDone,
            Event::StepUnticked { .. } => Mark::TakenBack,
            Event::ProceededWithCaution { .. } => Mark::WentOnWithoutPass,
            Event::DeclarationTaken { .. } => Mark::Declaration,
            Event::RollbackStarted { .. } => Mark::RollbackStarted,
            Event::SessionClosed { outcome, .. } => Mark::Closed(*outcome),
            _ => return,
        };
        let told = describe(&self.state, record);
        let label = format!("{}: {}", told.subject, told.what);
        let span = self.push(SpanKind::Mark(kind), label, at, record);
        (span.to, span.detail) = (Some(at), told.detail);
    }

    /// Begins and ends the spans of what is next.
    fn follow_next(&mut self, at: Moment, record: &Record) {
        let over = self.state.closed.is_some() || self.state.is_being_undone();
        let sequential = self
            .state
            .procedure
            .as_ref()
            .is_some_and(|procedure| procedure.order == Order::Sequential);
        let worked_on = || match &record.event {
            Event::NoteAdded { .. } => None,
            event => event.step().filter(|step| !self.state.is_done(step)),
        };
        let next = match (over, sequential) {
            (true, _) => None,
            (false, true) => self.state.next_step().map(|step| step.id.clone()),
            (false, false) => worked_on().cloned(),
        };
        if next == self.next {
            return;
        }
        if over || sequential {
            let left: Vec<StepId> = self
                .open_steps
                .keys()
                .filter(|step| Some(*step) != next.as_ref())
                .cloned()
                .collect();
            for step in left {
                let place = self.open_steps.remove(&step);
                self.end(place, at);
            }
            let top = next.as_ref().map(|next| self.top_of(next));
            let left: Vec<StepId> = self
                .open_phases
                .keys()
                .filter(|phase| Some(*phase) != top.as_ref())
                .cloned()
                .collect();
            for phase in left {
                let place = self.open_phases.remove(&phase);
                self.end(place, at);
            }
        }
        if let Some(next) = &next {
            self.begin_step(next, at, record);
        }
        self.next = next;
    }

    fn close(&mut self, at: Moment) {
        self.closed = Some(at);
        let steps = std::mem::take(&mut self.open_steps);
        let phases = std::mem::take(&mut self.open_phases);
        let timers = std::mem::take(&mut self.open_timers);
        for place in steps
            .into_values()
            .chain(phases.into_values())
            .chain(timers.into_values())
        {
            self.end(Some(place), at);
        }
    }
}

fn note_tops(step: &Step, top: &StepId, into: &mut BTreeMap<StepId, StepId>) {
    into.insert(step.id.clone(), top.clone());
    for child in &step.children {
        note_tops(child, top, into);
    }
}

/// What says *pass* without having compared anything is none.
fn proven(verdict: &Verdict) -> Outcome {
    match verdict.outcome {
        Outcome::Pass if !verdict.passes() => Outcome::Inconclusive,
        outcome => outcome,
    }
}
