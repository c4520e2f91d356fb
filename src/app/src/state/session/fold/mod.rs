//! The events that were received, and the two states that follow from them.
//!
//! `confirmed` is what the proxy recorded. `shown` is an optimistic update of it: the commands that this browser still has to
//! send, carried out by the proxy's own rules. Both take events one by one; `shown` is copied from `confirmed` only where the
//! proxy recorded something else than what was predicted.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use chrono::{DateTime, Utc};
use holdpoint_domain::session::{Actor, Command, CommandId, Event, Record, State, StepId, decide};
use holdpoint_domain::wire::SendCommand;

use super::rows::Row;

#[derive(Debug, Default)]
pub struct Fold {
    records: Vec<Record>,
    /// Events that came before the ones in front of them, by their places. Where two have one place, what came last is taken.
    early: BTreeMap<u64, Record>,
    confirmed: State,
    shown: State,
    /// Commands in flight, in the order in which they are sent.
    predictions: Vec<Predicted>,
    /// The events that they made in `shown` and that the proxy has not recorded yet, in order.
    predicted_events: VecDeque<(CommandId, Event)>,
    /// How many events there were at the last prediction.
    predicted_after: usize,
}

/// A command in flight.
#[derive(Debug)]
struct Predicted {
    request: SendCommand,
    /// The rules refused it here. What others do may make it possible.
    refused: bool,
}

/// Steps whose rows may have changed.
#[derive(Debug, PartialEq, Eq)]
pub enum Touched {
    Steps(Vec<StepId>),
    All,
}

impl Touched {
    fn with(self, more: Vec<StepId>) -> Self {
        match self {
            Self::Steps(mut steps) => {
                steps.extend(more);
                Self::Steps(steps)
            }
            Self::All => Self::All,
        }
    }
}

#[derive(Debug)]
pub struct Received {
    /// The events that were applied, by their places in [`Fold::records`].
    pub applied: Range<usize>,
    pub touched: Touched,
    /// An event does not go on from the one before it: it is of another log, so everything has to be fetched anew.
    pub other_log: bool,
}

impl Fold {
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The session as the proxy recorded it.
    pub fn confirmed(&self) -> &State {
        &self.confirmed
    }

    /// The session with the commands in flight carried out on it.
    pub fn shown(&self) -> &State {
        &self.shown
    }

    pub fn row(&self, step: &str) -> Option<Row> {
        Some(Row {
            step: self.shown.row(step)?,
            sending: self.shown.is_done(step) != self.confirmed.is_done(step),
        })
    }

    /// Takes events from wherever they came: the first load, the stream, an accepted command, the browser's own storage. Each
    /// is applied once, in order; those that came early wait for the ones before them. Then [`Self::follow`] runs.
    pub fn receive(&mut self, incoming: Vec<Record>, pending: &[SendCommand], now: DateTime<Utc>) -> Received {
        let from = self.records.len();
        let mut touched = Vec::new();
        let (mut mispredicted, mut other_log) = (false, false);
        self.early
            .extend(incoming.into_iter().map(|record| (record.seq, record)));
        while let Some((seq, record)) = self.early.pop_first() {
            let next = self.records.len() as u64 + 1;
            if seq < next {
                continue;
            }
            if seq > next {
                self.early.insert(seq, record);
                break;
            }
            if self.records.last().is_some_and(|last| last.hash != record.prev) {
                other_log = true;
                self.early.clear();
                break;
            }
            touched.extend(self.confirmed.apply(&record));
            match self.predicted_events.front() {
                _ if mispredicted => {}
                None => touched.extend(self.shown.apply(&record)),
                Some((command, event)) if *command == record.command && *event == record.event => {
                    self.predicted_events.pop_front();
                    // Once more, with the proxy's own time. That is right only while no later prediction undoes it.
                    let step = record.event.step();
                    let annotated = matches!(record.event, Event::Annotated { .. });
                    let undoes = |later: &Event| match step {
                        Some(_) => later.step() == step,
                        None => annotated && matches!(later, Event::Annotated { .. }),
                    };
                    if self.predicted_events.iter().any(|(_, later)| undoes(later)) {
                        mispredicted = true;
                    } else {
                        touched.extend(self.shown.apply(&record));
                        self.shown.take_times_of(&self.confirmed);
                    }
                }
                Some(_) => mispredicted = true,
            }
            self.records.push(record);
        }
        let followed = if mispredicted {
            self.predict_again(self.in_flight(pending), now)
        } else {
            self.follow(pending, now)
        };
        Received {
            applied: from..self.records.len(),
            touched: followed.with(touched),
            other_log,
        }
    }

    /// Predicts what the commands in flight will do: adds the new ones, and takes back those that the proxy refused or carried
    /// out otherwise.
    pub fn follow(&mut self, pending: &[SendCommand], now: DateTime<Utc>) -> Touched {
        let wanted = self.in_flight(pending);
        self.predictions
            .retain(|prediction| wanted.iter().any(|request| request.id == prediction.request.id));
        let in_order = self
            .predictions
            .iter()
            .zip(&wanted)
            .all(|(prediction, request)| prediction.request.id == request.id);
        let settled = self.predicted_events.iter().all(|(command, _)| {
            self.predictions
                .iter()
                .any(|prediction| prediction.request.id == *command)
        });
        let may_differ_now =
            self.predicted_after != self.records.len() && self.predictions.iter().any(|prediction| prediction.refused);
        if !(in_order && settled) || may_differ_now {
            return self.predict_again(wanted, now);
        }
        let new = wanted.into_iter().skip(self.predictions.len()).collect();
        Touched::Steps(self.predict(new, now))
    }

    /// The commands that wait to be sent, after those that were answered and whose events wait in `early`.
    fn in_flight(&self, pending: &[SendCommand]) -> Vec<SendCommand> {
        let answered = self
            .predictions
            .iter()
            .map(|prediction| &prediction.request)
            .filter(|request| {
                let waits = pending.iter().any(|other| other.id == request.id);
                !waits && self.early.values().any(|record| record.command == request.id)
            });
        answered.chain(pending).cloned().collect()
    }

    fn predict_again(&mut self, wanted: Vec<SendCommand>, now: DateTime<Utc>) -> Touched {
        self.shown = self.confirmed.clone();
        self.predicted_events.clear();
        self.predictions.clear();
        self.predict(wanted, now);
        Touched::All
    }

    fn predict(&mut self, requests: Vec<SendCommand>, now: DateTime<Utc>) -> Vec<StepId> {
        self.predicted_after = self.records.len();
        let mut touched = Vec::new();
        for request in requests {
            let recorded = self.records.iter().rev().any(|record| record.command == request.id);
            let decided = match recorded {
                true => Ok(Vec::new()),
                false => decide(&self.shown, &Command::Client(request.command.clone()), now),
            };
            // What the rules refuse here changes nothing on screen. The proxy's word is final, so the command is sent all the
            // same, and its refusal is shown with the proxy's reason.
            let refused = decided.is_err();
            let actor = Actor::Person {
                name: request.actor.clone(),
            };
            for event in decided.unwrap_or_default() {
                // A note changes no rule, and applied twice would be there twice: it is shown once it is recorded.
                if !matches!(event, Event::NoteAdded { .. } | Event::StepNotFollowed { .. }) {
                    touched.extend(self.shown.apply_event(&event, now, &actor));
                    self.predicted_events.push_back((request.id, event));
                }
            }
            self.predictions.push(Predicted { request, refused });
        }
        touched
    }
}

#[cfg(test)]
mod tests;
