//! Verdicts as the log keeps them: every one of them stays to be looked at, whatever came afterwards.

use chrono::{DateTime, Utc};
use holdpoint_domain::gate::{Outcome, Source, Verdict};
use holdpoint_domain::session::{Event, Record};

use super::store::Session;

/// A verdict of a gate at a step, in the list of its runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateRun {
    /// The number of its event.
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub outcome: Outcome,
    pub source: Source,
    pub summary: String,
}

/// What a verdict rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    pub step: String,
    pub gate: String,
    pub verdict: Verdict,
}

/// The step, the gate and the verdict of an event that has one.
fn verdict_of(record: &Record) -> Option<(&str, &str, &Verdict)> {
    match &record.event {
        Event::GateFinished {
            step, gate, verdict, ..
        }
        | Event::GateObserved {
            step, gate, verdict, ..
        } => Some((step, gate, verdict)),
        _ => None,
    }
}

/// Every verdict of a gate at a step, newest first.
pub(super) fn gate_runs(records: &[Record], step: &str, gate: &str) -> Vec<GateRun> {
    let verdicts = records.iter().rev().filter_map(|record| {
        let (of, by, verdict) = verdict_of(record)?;
        ((of, by) == (step, gate)).then(|| GateRun {
            seq: record.seq,
            at: verdict.finished,
            outcome: verdict.outcome,
            source: verdict.source,
            summary: verdict.summary.clone(),
        })
    });
    verdicts.collect()
}

impl Session {
    /// Every verdict of a gate at a step, newest first; tracked.
    pub fn gate_runs(&self, step: &str, gate: &str) -> Vec<GateRun> {
        self.with_records(|records| gate_runs(records, step, gate))
    }

    /// The evidence of an event, by its number; not tracked, because an event never changes. None where it has no verdict.
    pub fn evidence(&self, seq: u64) -> Option<Evidence> {
        let place = usize::try_from(seq).ok()?.checked_sub(1)?;
        let (step, gate, verdict) = self.with_records_untracked(|records| {
            let (step, gate, verdict) = verdict_of(records.get(place)?)?;
            Some((step.to_owned(), gate.to_owned(), verdict.clone()))
        })?;
        let (step, gate) = self.with_confirmed_untracked(|state| (state.step_label(&step), state.gate_title(&gate)));
        Some(Evidence { step, gate, verdict })
    }
}
