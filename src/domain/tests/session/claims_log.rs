//! A walk through the log of a session, for what claims need: written without the rules that it is held against.

use super::naive;
use holdpoint_domain::gate::Verdict;
use holdpoint_domain::runbook::Step;
use holdpoint_domain::session::*;

/// The log of a session.
pub(super) struct Log<'a>(pub(super) &'a [Record]);

impl<'a> Log<'a> {
    pub(super) fn events(&self) -> impl DoubleEndedIterator<Item = &'a Event> + use<'a> {
        self.0.iter().map(|record| &record.event)
    }

    pub(super) fn start(&self) -> &'a Started {
        match self.events().next() {
            Some(Event::SessionStarted(started)) => started,
            other => panic!("a log begins with a start: {other:?}"),
        }
    }

    pub(super) fn closed(&self) -> Option<SessionOutcome> {
        self.events().find_map(|event| match event {
            Event::SessionClosed { outcome, .. } => Some(*outcome),
            _ => None,
        })
    }

    pub(super) fn closed_at(&self) -> chrono::DateTime<chrono::Utc> {
        let closed = self
            .0
            .iter()
            .find(|record| matches!(record.event, Event::SessionClosed { .. }));
        closed.map_or(self.0[0].at, |record| record.at)
    }

    /// What last happened to a step: that it was ticked, left out or taken back.
    pub(super) fn last_of(&self, step: &Step) -> Option<&'a Event> {
        self.events().rev().find(|event| {
            matches!(event, Event::StepTicked { step: of, .. } | Event::StepUnticked { step: of, .. }
                | Event::StepSkipped { step: of, .. } if *of == step.id)
        })
    }

    pub(super) fn ticked(&self, step: &Step) -> Option<&'a TickedBy> {
        match self.last_of(step) {
            Some(Event::StepTicked { by, .. }) => Some(by),
            _ => None,
        }
    }

    pub(super) fn left_out(&self, step: &Step) -> bool {
        matches!(self.last_of(step), Some(Event::StepSkipped { .. }))
    }

    pub(super) fn is_over(&self, step: &Step) -> bool {
        self.ticked(step).is_some() || self.left_out(step)
    }

    /// Whether something holds: since it was placed nothing lifted it, nobody decided to go on, and no run of the gate that was
    /// started after it passed. No browser decides here.
    pub(super) fn holds(&self) -> bool {
        let events: Vec<&Event> = self.events().collect();
        events.iter().enumerate().any(|(at, event)| {
            let Event::HoldPlaced { step, gate, .. } = event else {
                return false;
            };
            let later = &events[at..];
            let began = |run: &RunId| {
                let mut starts = later.iter();
                starts.any(|event| matches!(event, Event::GateStarted { run: one, .. } if one == run))
            };
            let declared = self.start().gates.contains_key(gate);
            !later.iter().any(|event| match event {
                Event::HoldLifted { .. } => true,
                Event::ProceededWithCaution { step: of, gate: by, .. } => (of, by) == (step, gate),
                Event::GateFinished {
                    run,
                    step: of,
                    gate: by,
                    verdict,
                } => (of, by) == (step, gate) && declared && verdict.passes() && began(run),
                _ => false,
            })
        })
    }

    /// Whether a gate of the step or of a sub-step was gone on with, and has not passed since, nor was a tick taken back.
    pub(super) fn gone_on_within(&self, step: &Step) -> bool {
        let events: Vec<&Event> = self.events().collect();
        events.iter().enumerate().any(|(at, event)| {
            let Event::ProceededWithCaution { step: id, gate, .. } = event else {
                return false;
            };
            let ends = |event: &&Event| match event {
                Event::StepUnticked { .. } => true,
                Event::GateFinished {
                    step: of,
                    gate: by,
                    verdict,
                    ..
                } => (of, by) == (id, gate) && verdict.passes(),
                _ => false,
            };
            step.contains(id) && !events[at..].iter().any(ends)
        })
    }

    pub(super) fn rollback(&self) -> bool {
        self.events()
            .any(|event| matches!(event, Event::RollbackStarted { .. }))
    }

    /// Every step, sub-steps included.
    pub(super) fn steps(&self) -> Vec<&'a Step> {
        self.start().procedure.in_order()
    }

    /// The top-level step that the author marked as the one that goes live, with its place.
    pub(super) fn live(&self) -> Option<(usize, &'a Step)> {
        let mut steps = self.start().procedure.steps.iter().enumerate();
        steps.find(|(_, step)| step.live)
    }

    /// The first top-level step with this in its plain title that was ticked, with its place.
    pub(super) fn titled(&self, word: &str) -> Option<(usize, &'a Step)> {
        let steps = self.start().procedure.steps.iter().enumerate();
        let named = |step: &Step| step.plain.as_deref().unwrap_or_default().contains(word);
        let mut with = steps.filter(|(_, step)| named(step) && self.ticked(step).is_some());
        with.next()
    }

    /// The place of the newest decision to go on without a pass that stands: nothing has ended it, and no other one of its gate came
    /// after it.
    pub(super) fn standing_decision(&self) -> Option<usize> {
        let steps = self.steps();
        let mut newest: Option<(usize, &Record, (&StepId, &GateId))> = None;
        let mut seen = std::collections::BTreeSet::new();
        for (at, record) in self.0.iter().enumerate().rev() {
            let Event::ProceededWithCaution { step: of, gate, .. } = &record.event else {
                continue;
            };
            let step = steps.iter().find(|step| step.id == *of)?;
            if !seen.insert((of, gate)) || naive::gone_on_with(self.0, step, gate).is_none() {
                continue;
            }
            // Of those of one moment, the one whose step and gate come last.
            if newest.is_none_or(|(_, other, key)| (record.at, (of, gate)) > (other.at, key)) {
                newest = Some((at, record, (of, gate)));
            }
        }
        newest.map(|(at, ..)| at)
    }

    /// The verdicts of a gate that compares the release and does not ask by its name, by the proxy, the last one first: the order is that
    /// of the starts.
    pub(super) fn comparisons(&self) -> Vec<(usize, &'a Verdict)> {
        let sees = |gate: &GateId| self.start().gates.get(gate).is_some_and(|gate| gate.compares_release);
        let started = self.events().rev().filter_map(|event| match event {
            Event::GateStarted { run, gate, .. } if sees(gate) => {
                self.events().enumerate().find_map(|(at, event)| match event {
                    Event::GateFinished { run: of, verdict, .. } if of == run => Some((at, verdict)),
                    _ => None,
                })
            }
            _ => None,
        });
        started.collect()
    }

    /// Whether a browser ever saw such a gate pass.
    pub(super) fn browser_saw(&self) -> bool {
        let sees = |gate: &GateId| self.start().gates.get(gate).is_some_and(|gate| gate.compares_release);
        self.events()
            .any(|event| matches!(event, Event::GateObserved { gate, verdict, .. } if sees(gate) && verdict.passes()))
    }

    /// Whether the last comparison passed, and none held since.
    pub(super) fn new_version_seen(&self) -> bool {
        self.comparisons().first().is_some_and(|(at, verdict)| {
            let held_since = self.events().skip(at + 1).any(|event| {
                matches!(event, Event::HoldPlaced { gate, .. }
                    if self.start().gates.get(gate).is_some_and(|gate| gate.compares_release))
            });
            verdict.passes() && !held_since
        })
    }
}
