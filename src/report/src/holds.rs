//! How long each gate held, and what ended that.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::evidence::time_utc;
use holdpoint_domain::session::{Event, GateId, Record, State, StepId, span_in_words};
use holdpoint_domain::timeline::HoldEnd;

/// What ended a hold, in the report's words.
pub(super) fn end_in_words(end: HoldEnd) -> &'static str {
    match end {
        HoldEnd::Pass => "a pass",
        HoldEnd::Caution => "the decision to proceed with caution",
        HoldEnd::Declaration => "a pass, by a corrected declaration that was taken meanwhile",
        HoldEnd::Rollback => "not lifted: a rollback was started",
        HoldEnd::Closed => "not lifted: the session was closed",
    }
}

/// The time in which one gate held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HoldSpan {
    /// Its number and title in the runbook.
    pub step: String,
    /// Its title in `gates.toml`.
    pub gate: String,
    pub from: DateTime<Utc>,
    /// None while it holds.
    pub to: Option<DateTime<Utc>>,
    /// To the log's last event where it still holds.
    pub seconds: u64,
    pub ended_by: Option<HoldEnd>,
}

/// Every hold of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Holds {
    /// In the order in which they were placed.
    pub spans: Vec<HoldSpan>,
    /// The time in which one gate at least held. Two that held at the same time count once.
    pub seconds: u64,
    /// Since when one gate at least holds, where one does.
    pub since: Option<DateTime<Utc>>,
    /// The time on hold that has ended.
    pub seconds_ended: u64,
}

impl Holds {
    /// The time on hold; none where nothing held. How long one lasts that has not ended, no log can tell.
    pub(super) fn in_words(&self) -> Option<String> {
        let ended = span_in_words(self.seconds_ended);
        match self.since.map(time_utc) {
            None => (!self.spans.is_empty()).then_some(ended),
            Some(since) if self.seconds_ended == 0 => Some(format!("on hold since {since}, not ended")),
            Some(since) => Some(format!("{ended} before, and on hold since {since}, not ended")),
        }
    }
}

type Key = (StepId, GateId);

/// The holds of a log, found event by event.
#[derive(Clone, Debug, Default)]
pub(super) struct HoldsFold {
    /// In the order in which they were placed, with step and gate.
    spans: Vec<(Key, HoldSpan)>,
    /// The place of each open hold among the spans.
    open: BTreeMap<Key, usize>,
    /// Since when one gate at least holds.
    since: Option<DateTime<Utc>>,
    /// Those of whose gate a corrected declaration was taken while it held at the step.
    corrected: BTreeSet<Key>,
    seconds: u64,
    /// The time of the last event.
    last: DateTime<Utc>,
}

impl HoldsFold {
    /// Takes an event, and the state just after it.
    pub(super) fn add(&mut self, now: &State, record: &Record) {
        self.last = record.at;
        if let Event::DeclarationTaken { gate, .. } = &record.event {
            let held = self.open.keys().filter(|(_, held)| held == gate);
            self.corrected.extend(held.cloned());
        }
        let closed = matches!(record.event, Event::SessionClosed { .. });
        let ended: Vec<Key> = self
            .open
            .keys()
            .filter(|key| closed || !now.holds.contains_key(*key))
            .cloned()
            .collect();
        for key in ended {
            let place = self.open.remove(&key);
            if let Some((_, span)) = place.and_then(|place| self.spans.get_mut(place)) {
                span.to = Some(record.at);
                span.seconds = seconds(span.from, record.at);
                span.ended_by = HoldEnd::of(&record.event, self.corrected.contains(&key));
            }
        }
        if let Event::HoldPlaced { step, gate, .. } = &record.event {
            let key = (step.clone(), gate.clone());
            if !self.open.contains_key(&key) {
                self.since.get_or_insert(record.at);
                self.corrected.remove(&key);
                self.open.insert(key.clone(), self.spans.len());
                let span = HoldSpan {
                    step: String::new(),
                    gate: String::new(),
                    from: record.at,
                    to: None,
                    seconds: 0,
                    ended_by: None,
                };
                self.spans.push((key, span));
            }
        }
        if self.open.is_empty()
            && let Some(since) = self.since.take()
        {
            self.seconds += seconds(since, record.at);
        }
    }

    /// With the names that the whole log has for steps and gates.
    pub(super) fn finish(self, state: &State) -> Holds {
        let last = self.last;
        let spans = self.spans.into_iter().map(|((step, gate), span)| HoldSpan {
            step: state.step_label(&step),
            gate: state.gate_title(&gate),
            seconds: span.to.map_or_else(|| seconds(span.from, last), |_| span.seconds),
            ..span
        });
        Holds {
            spans: spans.collect(),
            seconds: self.seconds + self.since.map_or(0, |since| seconds(since, last)),
            since: self.since,
            seconds_ended: self.seconds,
        }
    }
}

fn seconds(from: DateTime<Utc>, to: DateTime<Utc>) -> u64 {
    u64::try_from((to - from).num_seconds()).unwrap_or(0)
}
