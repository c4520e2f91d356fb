//! The events that were received, and the two states that follow from them.
//!
//! `confirmed` is what the proxy recorded. `shown` is ahead of it by the commands that this browser still has to send, tried
//! by the proxy's own rules. Both take events one by one; `shown` is copied from `confirmed` only where the proxy recorded
//! something else than what was tried.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use chrono::{DateTime, Utc};
use holdpoint_domain::session::{Actor, Command, CommandId, Event, Record, State, StepId, decide};
use holdpoint_domain::wire::SendCommand;

use super::rows::Row;

/// A session's events, folded.
#[derive(Debug, Default)]
pub struct Fold {
    records: Vec<Record>,
    /// Events that came before the ones in front of them, by their places. Where two have one place, what came last is taken.
    early: BTreeMap<u64, Record>,
    confirmed: State,
    shown: State,
    /// Commands on their way, in the order in which they are sent.
    tried: Vec<Tried>,
    /// What they made in `shown` and the proxy has not recorded yet, in order.
    ahead: VecDeque<(CommandId, Event)>,
    /// How many events there were when commands were last tried.
    tried_after: usize,
}

/// A command on its way.
#[derive(Debug)]
struct Tried {
    request: SendCommand,
    /// The rules refused it here. What others do may make it possible.
    refused: bool,
}

/// Steps whose lines may have to be drawn anew.
#[derive(Debug, PartialEq, Eq)]
pub enum Touched {
    /// These.
    Steps(Vec<StepId>),
    /// Any of them.
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

/// What came of receiving events.
#[derive(Debug)]
pub struct Received {
    /// The events that were applied, by their places in [`Fold::records`].
    pub applied: Range<usize>,
    /// Steps whose lines may have to be drawn anew.
    pub touched: Touched,
    /// An event does not go on from the one before it: it is of another log, so everything has to be fetched anew.
    pub other_log: bool,
}

impl Fold {
    /// The events, in order.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The session as the proxy recorded it.
    pub fn confirmed(&self) -> &State {
        &self.confirmed
    }

    /// The session with the commands on their way tried on it.
    pub fn shown(&self) -> &State {
        &self.shown
    }

    /// How a step stands on screen.
    pub fn row(&self, step: &str) -> Option<Row> {
        Some(Row {
            step: self.shown.row(step)?,
            sending: self.shown.is_done(step) != self.confirmed.is_done(step),
        })
    }

    /// Takes events from wherever they came: the first load, the stream, an accepted command, the browser's own storage. Each
    /// is applied once, in order; those that came early wait for the ones before them. Then the commands on their way are
    /// followed.
    pub fn receive(&mut self, incoming: Vec<Record>, pending: &[SendCommand], now: DateTime<Utc>) -> Received {
        let from = self.records.len();
        let mut touched = Vec::new();
        let (mut wrong_guess, mut other_log) = (false, false);
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
            match self.ahead.front() {
                _ if wrong_guess => {}
                None => touched.extend(self.shown.apply(&record)),
                Some((command, event)) if *command == record.command && *event == record.event => {
                    self.ahead.pop_front();
                    // Once more, with the proxy's own time. That is right only while nothing that was tried later undoes it.
                    let step = record.event.step();
                    if step.is_some() && self.ahead.iter().any(|(_, later)| later.step() == step) {
                        wrong_guess = true;
                    } else {
                        touched.extend(self.shown.apply(&record));
                    }
                }
                Some(_) => wrong_guess = true,
            }
            self.records.push(record);
        }
        let followed = if wrong_guess {
            self.try_anew(self.on_their_way(pending), now)
        } else {
            self.follow(pending, now)
        };
        Received {
            applied: from..self.records.len(),
            touched: followed.with(touched),
            other_log,
        }
    }

    /// Follows the commands on their way: tries those that came, and takes back what was tried of those that the proxy
    /// refused, or carried out otherwise.
    pub fn follow(&mut self, pending: &[SendCommand], now: DateTime<Utc>) -> Touched {
        let wanted = self.on_their_way(pending);
        self.tried
            .retain(|tried| wanted.iter().any(|request| request.id == tried.request.id));
        let in_order = self
            .tried
            .iter()
            .zip(&wanted)
            .all(|(tried, request)| tried.request.id == request.id);
        let settled = self
            .ahead
            .iter()
            .all(|(command, _)| self.tried.iter().any(|tried| tried.request.id == *command));
        let may_differ_now = self.tried_after != self.records.len() && self.tried.iter().any(|tried| tried.refused);
        if !(in_order && settled) || may_differ_now {
            return self.try_anew(wanted, now);
        }
        let new = wanted.into_iter().skip(self.tried.len()).collect();
        Touched::Steps(self.try_each(new, now))
    }

    /// The commands that wait to be sent, after those that were answered and whose events wait for others in front of them.
    fn on_their_way(&self, pending: &[SendCommand]) -> Vec<SendCommand> {
        let answered = self.tried.iter().map(|tried| &tried.request).filter(|request| {
            let waits = pending.iter().any(|other| other.id == request.id);
            !waits && self.early.values().any(|record| record.command == request.id)
        });
        answered.chain(pending).cloned().collect()
    }

    fn try_anew(&mut self, wanted: Vec<SendCommand>, now: DateTime<Utc>) -> Touched {
        self.shown = self.confirmed.clone();
        self.ahead.clear();
        self.tried.clear();
        self.try_each(wanted, now);
        Touched::All
    }

    fn try_each(&mut self, requests: Vec<SendCommand>, now: DateTime<Utc>) -> Vec<StepId> {
        self.tried_after = self.records.len();
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
                if !matches!(event, Event::NoteAdded { .. }) {
                    touched.extend(self.shown.apply_event(&event, now, &actor));
                    self.ahead.push_back((request.id, event));
                }
            }
            self.tried.push(Tried { request, refused });
        }
        touched
    }
}

#[cfg(test)]
mod tests;
