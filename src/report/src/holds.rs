//! How long each gate held, and what ended that.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use holdpoint_domain::session::{Event, GateId, LiftedBy, Record, State, StepId};

/// What ended a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldEnd {
    /// The gate passed.
    Pass,
    /// A person decided to proceed with caution.
    Caution,
    /// The gate passed by a corrected declaration that was taken while it held.
    Declaration,
    /// A rollback was started. The gate had not passed.
    Rollback,
    /// The session was closed. The gate had not passed.
    Closed,
}

impl HoldEnd {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Pass => "a pass",
            Self::Caution => "the decision to proceed with caution",
            Self::Declaration => "a pass, by a corrected declaration that was taken meanwhile",
            Self::Rollback => "not lifted: a rollback was started",
            Self::Closed => "not lifted: the session was closed",
        }
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
}

type Key = (StepId, GateId);

/// The holds of a log, by the same fold that made `state`.
pub(super) fn holds(records: &[Record], state: &State) -> Holds {
    let mut holds = Holds::default();
    let placed = |record: &Record| matches!(record.event, Event::HoldPlaced { .. });
    let (true, Some(last)) = (records.iter().any(placed), records.last().map(|last| last.at)) else {
        return holds;
    };
    let mut now = State::default();
    // The place of each open hold among the spans.
    let mut open: BTreeMap<Key, usize> = BTreeMap::new();
    let mut since = last;
    // Those of whose gate a corrected declaration was taken while it held at the step.
    let mut corrected: BTreeSet<Key> = BTreeSet::new();
    for record in records {
        now.apply(record);
        if let Event::DeclarationTaken { gate, .. } = &record.event {
            corrected.extend(open.keys().filter(|(_, held)| held == gate).cloned());
        }
        let closed = matches!(record.event, Event::SessionClosed { .. });
        let was_open = !open.is_empty();
        let ended: BTreeSet<Key> = open
            .keys()
            .filter(|key| closed || !now.holds.contains_key(*key))
            .cloned()
            .collect();
        for key in ended {
            if let Some(span) = open.remove(&key).and_then(|place| holds.spans.get_mut(place)) {
                span.to = Some(record.at);
                span.seconds = seconds(span.from, record.at);
                span.ended_by = end_of(&record.event, corrected.contains(&key));
            }
        }
        if let Event::HoldPlaced { step, gate, .. } = &record.event
            && !open.contains_key(&(step.clone(), gate.clone()))
        {
            if open.is_empty() {
                since = record.at;
            }
            corrected.remove(&(step.clone(), gate.clone()));
            open.insert((step.clone(), gate.clone()), holds.spans.len());
            holds.spans.push(HoldSpan {
                step: state.step_label(step),
                gate: state.gate_title(gate),
                from: record.at,
                to: None,
                seconds: seconds(record.at, last),
                ended_by: None,
            });
        }
        if was_open && open.is_empty() {
            holds.seconds += seconds(since, record.at);
        }
    }
    if !open.is_empty() {
        holds.seconds += seconds(since, last);
    }
    holds
}

fn seconds(from: DateTime<Utc>, to: DateTime<Utc>) -> u64 {
    u64::try_from((to - from).num_seconds()).unwrap_or(0)
}

fn end_of(event: &Event, corrected: bool) -> Option<HoldEnd> {
    let pass = if corrected { HoldEnd::Declaration } else { HoldEnd::Pass };
    match event {
        Event::GateFinished { .. } | Event::GateObserved { .. } => Some(pass),
        Event::ProceededWithCaution { .. } => Some(HoldEnd::Caution),
        Event::HoldLifted { by } => Some(match by {
            LiftedBy::Pass { .. } => pass,
            LiftedBy::Rollback { .. } => HoldEnd::Rollback,
            LiftedBy::Caution { .. } => HoldEnd::Caution,
        }),
        Event::SessionClosed { .. } => Some(HoldEnd::Closed),
        _ => None,
    }
}
