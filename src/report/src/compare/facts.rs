//! What came of a session's steps: a fold of its records.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::{Event, Record, Started, State, StepId};
use holdpoint_domain::summary::{completed_unverified, given_up_maybe_live};
use holdpoint_domain::timeline::{Lane, SpanKind, StepEnd, TimelineFold};
use holdpoint_domain::wire::{ComparedSide, GateFacts, RollbackStanding, SessionStanding, StepFacts, StepOutcome};

use crate::holds::HoldsFold;

/// Takes a session's records in order.
#[derive(Clone, Debug, Default)]
pub struct FactsFold {
    timeline: TimelineFold,
    state: State,
    holds: HoldsFold,
    without_pass: BTreeMap<StepId, u32>,
}

/// What came of a session.
#[derive(Clone, Debug)]
pub struct SessionFacts {
    pub(super) started: Arc<Started>,
    pub(super) side: ComparedSide,
    stands: SessionStanding,
    pub(super) open: bool,
    /// Its clock went back, so that lengths may be wrong.
    pub(super) clock_back: bool,
    /// In the outline's order.
    pub(super) steps: Vec<FactsOfStep>,
}

/// What came of a step.
#[derive(Clone, Debug)]
pub(super) struct FactsOfStep {
    pub id: StepId,
    pub title: String,
    pub label: String,
    pub phase: bool,
    pub timebox: Option<u64>,
    pub facts: StepFacts,
}

impl SessionFacts {
    /// Says how the session's rollback stands, which its own log does not tell.
    pub fn tell_rollback(&mut self, rollback: RollbackStanding) {
        self.stands.rollback = rollback;
        self.side.stands = Some(self.stands.words().to_owned());
    }
}

impl FactsFold {
    /// Takes one record more.
    pub fn add(&mut self, record: &Record) {
        self.timeline.add(record);
        self.state.apply(record);
        self.holds.add(&self.state, record);
        if let Event::ProceededWithCaution { step, .. } = &record.event {
            *self.without_pass.entry(step.clone()).or_default() += 1;
        }
    }

    /// What came of the session. None for a log without a start.
    #[must_use]
    pub fn finish(self) -> Option<SessionFacts> {
        let started = self.state.started.clone()?;
        let timeline = self.timeline.timeline(None)?;
        let lane = timeline.lanes.first()?;
        let mut facts = of_lane(lane, timeline.axis.to);
        for (step, decisions) in &self.without_pass {
            facts.entry(step.clone()).or_default().without_pass = *decisions;
        }
        let mut steps = Vec::new();
        for step in &started.procedure.steps {
            self.outline(step, &mut facts, &mut steps);
        }
        number(&mut steps, lane);
        let sum = |of: fn(&StepFacts) -> u32| steps.iter().map(|step| of(&step.facts)).sum();
        let closed = self.state.closed.as_ref().map(|closed| closed.at);
        let seconds = closed
            .zip(self.state.started_at)
            .map(|(to, from)| (to - from).num_seconds());
        let stands = self.stands();
        let side = ComparedSide {
            session: Some(lane.session),
            name: started.name(),
            environment: Some(started.environment_title.clone()),
            production: started.production,
            rehearsal: started.rehearsal,
            captain: Some(started.captain.clone()),
            standing: Some(self.state.standing()),
            stands: Some(stands.words().to_owned()),
            started: self.state.started_at,
            seconds: seconds.and_then(|seconds| u64::try_from(seconds).ok()),
            gate_runs: sum(|facts| facts.gates.iter().map(|gate| gate.runs).sum()),
            holds: sum(|facts| facts.holds),
            seconds_on_hold: self.holds.finish(&self.state).seconds,
            without_pass: sum(|facts| facts.without_pass),
            left_out: sum(|facts| u32::from(facts.end == Some(StepOutcome::LeftOut))),
        };
        Some(SessionFacts {
            stands,
            open: closed.is_none(),
            clock_back: lane.clock_back.is_some(),
            started,
            side,
            steps,
        })
    }

    fn stands(&self) -> SessionStanding {
        let state = &self.state;
        SessionStanding {
            standing: state.standing(),
            kind: state.started.as_deref().map(Started::acts_as),
            left_out: state.left_something_out(),
            without_pass: state.went_on_without_pass(),
            maybe_live: given_up_maybe_live(state),
            unverified: completed_unverified(state),
            rollback: match state.rollback {
                None => RollbackStanding::None,
                Some(_) => RollbackStanding::Unknown,
            },
        }
    }

    /// The step and those in it, with what came of them.
    fn outline(&self, step: &Step, facts: &mut BTreeMap<StepId, StepFacts>, into: &mut Vec<FactsOfStep>) {
        let mut own = facts.remove(&step.id).unwrap_or_default();
        // What was taken back and not done again is not done.
        if !self.state.is_done(&step.id) {
            (own.end, own.seconds, own.by) = (None, None, None);
        }
        into.push(FactsOfStep {
            id: step.id.clone(),
            title: step.title.clone(),
            label: self.state.step_label(&step.id),
            phase: !step.children.is_empty(),
            timebox: step.timebox_seconds,
            facts: own,
        });
        for child in &step.children {
            self.outline(child, facts, into);
        }
    }
}

/// From a time to another one.
type Interval = (DateTime<Utc>, DateTime<Utc>);

/// By step, what the spans of a lane say.
fn of_lane(lane: &Lane, end: DateTime<Utc>) -> BTreeMap<StepId, StepFacts> {
    let mut all: BTreeMap<StepId, StepFacts> = BTreeMap::new();
    // The length of a step with sub-steps is that of its phase.
    let phases: BTreeSet<&StepId> = lane
        .spans
        .iter()
        .filter_map(|span| match &span.kind {
            SpanKind::Phase { step, .. } => Some(step),
            _ => None,
        })
        .collect();
    let mut held: BTreeMap<&StepId, Vec<Interval>> = BTreeMap::new();
    for span in &lane.spans {
        let add_length = |facts: &mut StepFacts| {
            if let Some(seconds) = span.seconds() {
                facts.seconds = Some(facts.seconds.unwrap_or(0) + seconds);
            }
        };
        match &span.kind {
            SpanKind::Phase { step, .. } => add_length(all.entry(step.clone()).or_default()),
            SpanKind::Step { step, end, .. } => {
                let facts = all.entry(step.clone()).or_default();
                if !phases.contains(step) {
                    add_length(facts);
                }
                if let Some(end) = end {
                    facts.end = Some(match end {
                        StepEnd::LeftOut => StepOutcome::LeftOut,
                        StepEnd::WithoutPass => StepOutcome::WithoutPass,
                        StepEnd::Person | StepEnd::Gates | StepEnd::SubSteps => StepOutcome::Done,
                    });
                    facts.by = Some(match end {
                        StepEnd::Gates => "its gates".to_owned(),
                        StepEnd::SubSteps => "its sub-steps".to_owned(),
                        _ => span.by.clone(),
                    });
                }
            }
            SpanKind::Gate {
                step,
                gate,
                verdict,
                number,
                ..
            } => {
                let gates = &mut all.entry(step.clone()).or_default().gates;
                let place = gates.iter().position(|known| known.gate == *gate).unwrap_or_else(|| {
                    gates.push(GateFacts {
                        gate: gate.clone(),
                        title: span.label.clone(),
                        runs: 0,
                        verdict: None,
                    });
                    gates.len() - 1
                });
                gates[place].runs += u32::from(*number > 0);
                gates[place].verdict = verdict.or(gates[place].verdict);
            }
            SpanKind::Hold { step, .. } => {
                all.entry(step.clone()).or_default().holds += 1;
                held.entry(step).or_default().push((span.from.drawn, span.end(end)));
            }
            SpanKind::Timer { .. } | SpanKind::Mark(_) => {}
        }
    }
    for (step, spans) in held {
        all.entry(step.clone()).or_default().seconds_on_hold = together(spans);
    }
    all
}

/// The seconds in which at least one of these lasted.
fn together(mut spans: Vec<Interval>) -> u64 {
    spans.sort_unstable();
    let mut seconds = 0;
    let mut until = DateTime::<Utc>::MIN_UTC;
    for (from, to) in spans {
        seconds += (to - from.max(until)).num_seconds().max(0);
        until = until.max(to);
    }
    u64::try_from(seconds).unwrap_or(0)
}

/// Numbers the steps that are done in the order in which they were.
fn number(steps: &mut [FactsOfStep], lane: &Lane) {
    let mut last: BTreeMap<&StepId, u64> = BTreeMap::new();
    for span in &lane.spans {
        if let (SpanKind::Step { step, end: Some(_), .. }, Some(to)) = (&span.kind, span.to) {
            last.insert(step, to.seq);
        }
    }
    let done = steps.iter().enumerate().filter(|(_, step)| step.facts.end.is_some());
    let mut order: Vec<(u64, usize)> = done
        .filter_map(|(place, step)| Some((*last.get(&step.id)?, place)))
        .collect();
    order.sort_unstable();
    for (number, (_, place)) in (1..).zip(order) {
        steps[place].facts.place = Some(number);
    }
}
