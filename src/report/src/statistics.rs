//! Figures of many sessions, by a digest of each.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{DateTime, Utc};

use holdpoint_domain::history::{FirstHold, SessionDigest, percentile};
use holdpoint_domain::runbook::ProcedureKind;
use holdpoint_domain::session::SessionOutcome;
use holdpoint_domain::wire::{Figure, GateFigures, Statistics, StepFigures};

/// Gates and steps that are told, at most.
const TOLD: usize = 20;
/// Gates and steps that are counted, at most: more have no team, and memory has a bound. Those of the newest sessions are counted.
const COUNTED: usize = 20_000;

/// Folds sessions, newest first, into figures. It does not look whether they are rehearsals: whoever feeds it keeps those apart.
#[derive(Debug, Default)]
pub struct StatisticsFold {
    counts: Statistics,
    /// Milliseconds, one of each session that has the figure.
    duration: Vec<u64>,
    on_hold: Vec<u64>,
    to_rollback: Vec<u64>,
    rollback: Vec<u64>,
    to_recover: Vec<u64>,
    gates: HashMap<String, GateFigures>,
    /// By runbook and step.
    proceeded: HashMap<(String, String), StepFigures>,
}

impl StatisticsFold {
    /// Counts a session that is open.
    pub fn add_open(&mut self) {
        self.counts.sessions += 1;
        self.counts.open += 1;
    }

    /// Counts a session that ended and of which nothing can be read.
    pub fn add_unreadable(&mut self) {
        self.counts.sessions += 1;
        self.counts.unreadable += 1;
    }

    /// Counts a session that ended and of which a rollback was started. Where it was completed before that, the figures say so.
    pub fn add_undone(&mut self, digest: &SessionDigest) {
        self.add(digest);
        self.counts.completed_undone += u32::from(digest.outcome == SessionOutcome::Completed);
    }

    /// Counts a session that ended.
    pub fn add(&mut self, digest: &SessionDigest) {
        self.counts.sessions += 1;
        let length = digest.length_ms();
        let completed = digest.outcome == SessionOutcome::Completed;
        match digest.outcome {
            SessionOutcome::Completed => self.counts.completed += 1,
            SessionOutcome::RolledBack => self.counts.rolled_back += 1,
            SessionOutcome::Abandoned => self.counts.abandoned += 1,
        }
        if completed {
            self.duration.push(length);
        }
        if digest.first_hold.is_some() {
            self.on_hold.push(digest.held_ms);
        }
        if let (Some(trouble), Some(started)) = (digest.first_trouble, digest.rollback_started)
            && trouble <= started
        {
            self.to_rollback.push(between(trouble, started));
        }
        if completed && (digest.undoes.is_some() || digest.kind == ProcedureKind::Rollback) {
            self.rollback.push(length);
        }
        self.add_recovery(digest, completed);
        self.add_gates(digest);
        for step in &digest.proceeded {
            let key = (digest.runbook.clone(), step.step.clone());
            if self.proceeded.len() >= COUNTED && !self.proceeded.contains_key(&key) {
                continue;
            }
            let counted = self.proceeded.entry(key).or_insert_with(|| StepFigures {
                runbook: digest.runbook.clone(),
                step: step.label.clone(),
                sessions: 0,
                times: 0,
            });
            counted.sessions += 1;
            counted.times = counted.times.saturating_add(step.times);
        }
    }

    fn add_recovery(&mut self, digest: &SessionDigest, completed: bool) {
        match (digest.kind, digest.first_hold) {
            (ProcedureKind::Emergency, _) if completed => self.to_recover.push(digest.length_ms()),
            (ProcedureKind::Emergency, _) => self.counts.not_recovered += 1,
            (ProcedureKind::Release, Some(FirstHold { from, to, by_pass })) => match by_pass {
                true => self.to_recover.push(between(from, to)),
                false => self.counts.not_recovered += 1,
            },
            _ => {}
        }
    }

    fn add_gates(&mut self, digest: &SessionDigest) {
        for gate in &digest.gates {
            if self.gates.len() >= COUNTED && !self.gates.contains_key(&gate.gate) {
                continue;
            }
            let counted = self.gates.entry(gate.gate.clone()).or_insert_with(|| GateFigures {
                gate: gate.gate.clone(),
                title: gate.title.clone(),
                sessions: 0,
                runs: 0,
                failed: 0,
                inconclusive: 0,
                passed_on_repeat: 0,
            });
            let runs = gate
                .passed
                .saturating_add(gate.failed)
                .saturating_add(gate.inconclusive);
            counted.sessions += 1;
            counted.runs = counted.runs.saturating_add(runs);
            counted.failed = counted.failed.saturating_add(gate.failed);
            counted.inconclusive = counted.inconclusive.saturating_add(gate.inconclusive);
            counted.passed_on_repeat = counted.passed_on_repeat.saturating_add(gate.passed_on_repeat);
        }
    }

    /// The figures. Gates that always passed are not told.
    #[must_use]
    pub fn finish(self) -> Statistics {
        let mut gates: Vec<GateFigures> = self.gates.into_values().collect();
        gates.retain(|gate| gate.failed + gate.inconclusive > 0);
        // What passes when it is only asked again is flaky; a gate that fails for a reason does its work.
        gates.sort_by_cached_key(|gate| {
            let not_passed = gate.failed.saturating_add(gate.inconclusive);
            (Reverse(gate.passed_on_repeat), Reverse(not_passed), gate.gate.clone())
        });
        gates.truncate(TOLD);
        let mut proceeded: Vec<StepFigures> = self.proceeded.into_values().collect();
        proceeded.sort_by_cached_key(|step| (Reverse(step.times), step.step.clone()));
        proceeded.truncate(TOLD);
        Statistics {
            duration: figure(self.duration),
            on_hold: figure(self.on_hold),
            to_rollback: figure(self.to_rollback),
            rollback: figure(self.rollback),
            to_recover: figure(self.to_recover),
            gates,
            proceeded,
            ..self.counts
        }
    }
}

fn figure(mut millis: Vec<u64>) -> Figure {
    millis.sort_unstable();
    let seconds = |of_hundred| percentile(&millis, of_hundred).map(|millis| millis.div_ceil(1_000));
    Figure {
        sessions: u32::try_from(millis.len()).unwrap_or(u32::MAX),
        median_seconds: seconds(50),
        p90_seconds: seconds(90),
    }
}

fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> u64 {
    u64::try_from((to - from).num_milliseconds()).unwrap_or(0)
}
