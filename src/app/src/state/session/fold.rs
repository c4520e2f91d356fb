//! Receiving: events in their order, each once; live output with a cap.

use std::collections::VecDeque;

use holdpoint_domain::session::{Event, RunId, State};
use holdpoint_domain::wire::Live;
use leptos::prelude::*;

use super::SessionStore;
use super::follow::REOPEN;
use crate::api::{Reading, Received};

/// Characters of live output that are kept per run: the latest ones.
const MOST_OUTPUT: usize = 64 * 1024;

/// What a running gate has said so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveRun {
    pieces: VecDeque<String>,
    length: usize,
    /// The beginning was dropped, because there was more than the page keeps.
    pub cut: bool,
    /// The last try that came to its end: its number, and what came of it.
    pub attempt: Option<(u32, String)>,
}

impl LiveRun {
    /// The output as one text.
    pub fn output(&self) -> String {
        self.pieces.iter().map(String::as_str).collect()
    }

    fn push(&mut self, piece: String) {
        self.length += piece.len();
        self.pieces.push_back(piece);
        while self.length > MOST_OUTPUT && self.pieces.len() > 1 {
            self.length -= self.pieces.pop_front().map_or(0, |first| first.len());
            self.cut = true;
        }
    }
}

/// What a run has said; few run at a time.
fn of_run(runs: &mut Vec<(RunId, LiveRun)>, run: RunId) -> &mut LiveRun {
    let place = runs.iter().position(|(id, _)| *id == run).unwrap_or_else(|| {
        runs.push((run, LiveRun::default()));
        runs.len() - 1
    });
    &mut runs[place].1
}

impl SessionStore {
    /// Takes events from wherever they came: the first load, the stream, an accepted command, the browser's own storage.
    /// Each is applied once, in order; those that came early wait for the ones before them, and all of them for the reading.
    /// Gives back the applied ones. Where one does not go on from what is known, everything is fetched anew.
    pub(super) fn receive(&self, incoming: Vec<Received>) -> Vec<Received> {
        // An answer may come when its page was left already.
        if !self.records.is_here() {
            return Vec::new();
        }
        let mut next = self.records.with_untracked(Vec::len) as u64 + 1;
        let mut ready: Vec<Received> = Vec::new();
        let mut hash = self
            .records
            .with_untracked(|records| records.last().map(|record| record.hash.clone()));
        let mut astray = false;
        self.early.update_value(|early| {
            // The newest stand first: where two have one place, what the proxy said last is taken.
            let mut waiting: Vec<Received> = incoming;
            waiting.append(early);
            waiting.retain(|one| one.record.seq >= next);
            *early = waiting;
            if self.reading.with_untracked(Option::is_none) {
                return;
            }
            let mut before = early.len() + 1;
            // As long as some fit, others may fit behind them. What comes in order is taken in one go.
            while early.len() < before {
                before = early.len();
                for one in std::mem::take(early) {
                    if one.record.seq == next {
                        // An event that does not go on from the one before it is of another log.
                        astray |= hash.as_ref().is_some_and(|hash| *hash != one.record.prev);
                        if astray {
                            return;
                        }
                        hash = Some(one.record.hash.clone());
                        ready.push(one);
                        next += 1;
                    } else if one.record.seq > next {
                        early.push(one);
                    }
                }
            }
        });
        if astray {
            self.catch_up_in(REOPEN);
        }
        if !ready.is_empty() {
            self.confirmed
                .update(|state| ready.iter().for_each(|one| state.apply(&one.record)));
            self.records
                .update(|records| records.extend(ready.iter().map(|one| one.record.clone())));
            self.drop_finished(&ready);
        }
        ready
    }

    /// Starts from nothing with what the proxy read of the session's text.
    pub(super) fn begin(&self, reading: Reading) {
        self.records.set(Vec::new());
        self.confirmed.set(State::with_procedure(reading.procedure.clone()));
        self.reading.set(Some(reading));
    }

    /// Takes a piece of live output.
    pub(super) fn hear(&self, live: Live) {
        self.live.update(|runs| match live {
            Live::Output { run, text } => of_run(runs, run).push(text),
            Live::Attempt { run, number, summary } => of_run(runs, run).attempt = Some((number, summary)),
        });
    }

    /// A verdict carries the output itself, so what was heard live is of no more use.
    fn drop_finished(&self, received: &[Received]) {
        let finished = received.iter().filter_map(|one| match &one.record.event {
            Event::GateFinished { run, .. } => Some(*run),
            _ => None,
        });
        let finished: Vec<_> = finished.collect();
        if self
            .live
            .with_untracked(|live| live.iter().any(|(run, _)| finished.contains(run)))
        {
            self.live.update(|live| live.retain(|(run, _)| !finished.contains(run)));
        }
    }
}
