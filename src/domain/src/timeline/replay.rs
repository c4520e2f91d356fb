//! The state of a session as it stood at any of its events, by the session's own rules.
//!
//! It is folded from the nearest state that was kept. How many are kept is bounded, by their number and by what they weigh; the
//! more events there are, the further apart they stand.

use crate::session::{Event, Record, State};

/// Events between two states that are kept, at first.
const EVERY: usize = 256;
/// States that are kept at most.
const KEPT: usize = 16;
/// Bytes of what gates answered and people wrote, in all states that are kept.
const WEIGHT: usize = 32 * 1024 * 1024;

/// What looks different after another moment was chosen: the places of steps in the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// These, in order; all others are what they were.
    Steps(Vec<u32>),
    /// Any may be.
    All,
}

/// A session at one of its events.
#[derive(Clone, Debug)]
pub struct Replay {
    state: State,
    /// Events that are folded in.
    at: usize,
    /// The hash of the last one, by which another log is told.
    hash: String,
    /// The steps that each event touches, of all that were ever folded in. None for the start, which touches all.
    touched: Vec<Option<Box<[u32]>>>,
    kept: Vec<Kept>,
    every: usize,
}

#[derive(Clone, Debug)]
struct Kept {
    at: usize,
    state: State,
    weight: usize,
}

impl Default for Replay {
    fn default() -> Self {
        Self {
            state: State::default(),
            at: 0,
            hash: String::new(),
            touched: Vec::new(),
            kept: Vec::new(),
            every: EVERY,
        }
    }
}

impl Replay {
    /// The session as it stood after the event that was chosen last; before the first choice it has not begun.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The number of that event.
    #[must_use]
    pub fn at(&self) -> u64 {
        self.at as u64
    }

    /// Goes to the moment just after the event with this number, 0 being the time before the first one. `records` is the whole log,
    /// which may have become longer; another log is begun anew.
    pub fn go(&mut self, records: &[Record], seq: u64) -> Moved {
        let is_same = self.at <= records.len()
            && self
                .at
                .checked_sub(1)
                .is_none_or(|last| records[last].hash == self.hash);
        if !is_same {
            *self = Self::default();
        }
        let target = usize::try_from(seq).unwrap_or(usize::MAX).min(records.len());
        let before = self.at;
        let nearest = self.kept.iter().rev().find(|kept| kept.at <= target);
        match nearest {
            Some(kept) if target < self.at || kept.at > self.at => {
                (self.at, self.state) = (kept.at, kept.state.clone());
            }
            None if target < self.at => (self.at, self.state) = (0, State::default()),
            _ => {}
        }
        while self.at < target {
            self.fold(&records[self.at]);
            if self.at.is_multiple_of(self.every) && self.kept.last().is_none_or(|last| last.at < self.at) {
                self.keep(records[..self.at].iter().map(weight_of).sum());
            }
        }
        self.hash = self
            .at
            .checked_sub(1)
            .map_or_else(String::new, |last| records[last].hash.clone());
        if is_same {
            self.between(before, target)
        } else {
            Moved::All
        }
    }

    fn fold(&mut self, record: &Record) {
        let touched = self.state.apply(record);
        if self.touched.len() == self.at {
            let all = matches!(record.event, Event::SessionStarted(_));
            let places = touched.iter().filter_map(|step| self.state.position(step));
            let places = places.filter_map(|place| u32::try_from(place).ok()).collect();
            self.touched.push((!all).then_some(places));
        }
        self.at += 1;
    }

    fn keep(&mut self, weight: usize) {
        self.kept.push(Kept {
            at: self.at,
            state: self.state.clone(),
            weight,
        });
        let weigh = |kept: &[Kept]| kept.iter().map(|kept| kept.weight).sum::<usize>();
        while self.kept.len() > KEPT || (weigh(&self.kept) > WEIGHT && !self.kept.is_empty()) {
            self.every *= 2;
            let every = self.every;
            self.kept.retain(|kept| kept.at.is_multiple_of(every));
        }
    }

    fn between(&self, one: usize, other: usize) -> Moved {
        let mut places = Vec::new();
        for touched in &self.touched[one.min(other)..one.max(other)] {
            match touched {
                None => return Moved::All,
                Some(steps) => places.extend_from_slice(steps),
            }
        }
        places.sort_unstable();
        places.dedup();
        Moved::Steps(places)
    }

    /// States that are kept.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.kept.len()
    }
}

/// Bytes of an event that a state keeps, roughly.
fn weight_of(record: &Record) -> usize {
    match &record.event {
        Event::GateFinished { verdict, .. } | Event::GateObserved { verdict, .. } => {
            256 + verdict.output.len() + verdict.request.len() + verdict.summary.len()
        }
        Event::NoteAdded { text, .. } => 128 + text.len(),
        _ => 128,
    }
}
