//! The events that were received, and the two states that follow from them.
//!
//! `confirmed` is what the proxy recorded. `shown` is ahead of it by the commands that this browser still has to send, tried
//! by the proxy's own rules. Both take events one by one; `shown` is copied from `confirmed` only where the proxy recorded
//! something else than what was tried.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use holdpoint_domain::session::{Actor, Command, CommandId, Event, Record, State, StepId, StepRow, decide};
use holdpoint_domain::wire::SendCommand;

use super::rows::Row;

/// A session's events, folded.
#[derive(Debug, Default)]
pub struct Fold {
    records: Vec<Record>,
    /// Events that came before the ones in front of them.
    early: Vec<Record>,
    confirmed: State,
    shown: State,
    /// Commands on their way that were tried, in the order in which they are sent.
    tried: Vec<CommandId>,
    /// What they made in `shown` and the proxy has not recorded yet, in order.
    ahead: VecDeque<(CommandId, Event)>,
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
    fn none() -> Self {
        Self::Steps(Vec::new())
    }

    fn and(&mut self, more: Vec<StepId>) {
        if let Self::Steps(steps) = self {
            steps.extend(more);
        }
    }
}

/// What came of receiving events.
#[derive(Debug)]
pub struct Received {
    /// Events that were applied, by their place in [`Fold::records`]: from here to the end.
    pub from: usize,
    /// Steps whose lines may have to be drawn anew.
    pub touched: Touched,
    /// An event does not go on from the one before it: it is of another log, so everything has to be fetched anew.
    pub astray: bool,
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
        let row: StepRow = self.shown.row(step)?;
        let sending = self.shown.is_done(step) && !self.confirmed.is_done(step);
        Some(Row { step: row, sending })
    }

    /// Takes events from wherever they came: the first load, the stream, an accepted command, the browser's own storage. Each
    /// is applied once, in order; those that came early wait for the ones before them.
    pub fn receive(&mut self, incoming: Vec<Record>, pending: &[SendCommand], now: DateTime<Utc>) -> Received {
        let from = self.records.len();
        let mut touched = Touched::none();
        let mut wrong_guess = false;
        // The newest stand first: where two have one place, what the proxy said last is taken.
        let mut waiting = incoming;
        waiting.append(&mut self.early);
        waiting.sort_by_key(|record| record.seq);
        for record in waiting {
            let next = self.records.len() as u64 + 1;
            if record.seq < next {
                continue;
            }
            if record.seq > next {
                self.early.push(record);
                continue;
            }
            if self.records.last().is_some_and(|last| last.hash != record.prev) {
                self.early.clear();
                return Received {
                    from,
                    touched: Touched::All,
                    astray: true,
                };
            }
            touched.and(self.confirmed.apply(&record));
            if !wrong_guess {
                match self.ahead.front() {
                    None => touched.and(self.shown.apply(&record)),
                    Some((command, event)) if *command == record.command && *event == record.event => {
                        self.ahead.pop_front();
                        // Once more, with the proxy's own time. What is tried can be applied twice.
                        touched.and(self.shown.apply(&record));
                    }
                    Some(_) => wrong_guess = true,
                }
            }
            self.records.push(record);
        }
        if wrong_guess {
            touched = self.try_anew(pending, now);
        }
        Received {
            from,
            touched,
            astray: false,
        }
    }

    /// Follows the commands on their way: tries those that came, and takes back what was tried of those that the proxy
    /// refused, or carried out otherwise.
    pub fn follow(&mut self, pending: &[SendCommand], now: DateTime<Utc>) -> Touched {
        self.tried
            .retain(|tried| pending.iter().any(|command| command.id == *tried));
        let in_order = self
            .tried
            .iter()
            .zip(pending)
            .all(|(tried, command)| *tried == command.id);
        let settled = self.ahead.iter().all(|(command, _)| self.tried.contains(command));
        if !(in_order && settled) {
            return self.try_anew(pending, now);
        }
        let mut touched = Touched::none();
        for command in &pending[self.tried.len()..] {
            touched.and(self.attempt(command, now));
        }
        touched
    }

    fn try_anew(&mut self, pending: &[SendCommand], now: DateTime<Utc>) -> Touched {
        self.shown = self.confirmed.clone();
        self.ahead.clear();
        self.tried.clear();
        for command in pending {
            if self.records.iter().rev().any(|record| record.command == command.id) {
                self.tried.push(command.id);
            } else {
                self.attempt(command, now);
            }
        }
        Touched::All
    }

    fn attempt(&mut self, request: &SendCommand, now: DateTime<Utc>) -> Vec<StepId> {
        self.tried.push(request.id);
        let actor = Actor::Person {
            name: request.actor.clone(),
        };
        let command = Command::Client(request.command.clone());
        // What the rules refuse here changes nothing on screen. The proxy's word is final, so the command is sent all the
        // same, and its refusal is shown with the proxy's reason.
        let events = decide(&self.shown, &command, now).unwrap_or_default();
        let mut touched = Vec::new();
        for event in events {
            // A note changes no rule, and applied twice would be there twice: it is shown once it is recorded.
            if matches!(event, Event::NoteAdded { .. }) {
                continue;
            }
            touched.extend(self.shown.apply_event(&event, now, &actor));
            self.ahead.push_back((request.id, event));
        }
        touched
    }
}

#[cfg(test)]
mod tests;
