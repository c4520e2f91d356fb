//! The output of running gates, with a cap.

use std::collections::VecDeque;

use holdpoint_domain::session::RunId;
use holdpoint_domain::wire::Live;

/// Bytes of live output that are kept per run: the latest ones.
const MAX_OUTPUT: usize = 64 * 1024;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveRun {
    /// As they came, each with its number.
    pieces: VecDeque<(usize, String)>,
    length: usize,
    /// The beginning was dropped, because there was more than the page keeps.
    pub cut: bool,
    /// The last attempt that ended: its number, from 1, and its summary.
    pub attempt: Option<(u32, String)>,
}

impl LiveRun {
    /// What was received, in pieces that never change, each with its number.
    pub fn pieces(&self) -> Vec<(usize, String)> {
        self.pieces.iter().cloned().collect()
    }

    pub fn has_output(&self) -> bool {
        !self.pieces.is_empty()
    }

    fn push(&mut self, piece: String) {
        self.length += piece.len();
        let number = self.pieces.back().map_or(0, |(last, _)| last + 1);
        self.pieces.push_back((number, piece));
        while self.length > MAX_OUTPUT && self.pieces.len() > 1 {
            self.length -= self.pieces.pop_front().map_or(0, |(_, first)| first.len());
            self.cut = true;
        }
    }
}

/// The running gates of a session. Few run at a time.
#[derive(Clone, Debug, Default)]
pub struct LiveRuns(Vec<(RunId, LiveRun)>);

impl LiveRuns {
    pub fn get(&self, run: RunId) -> Option<&LiveRun> {
        self.0.iter().find(|(id, _)| *id == run).map(|(_, live)| live)
    }

    pub fn add(&mut self, live: Live) {
        match live {
            Live::Output { run, text } => self.entry(run).push(text),
            Live::Attempt { run, number, summary } => self.entry(run).attempt = Some((number, summary)),
        }
    }

    /// For a run that finished: its verdict carries the output itself.
    pub fn remove(&mut self, run: RunId) {
        self.0.retain(|(id, _)| *id != run);
    }

    fn entry(&mut self, run: RunId) -> &mut LiveRun {
        let place = self.0.iter().position(|(id, _)| *id == run).unwrap_or_else(|| {
            self.0.push((run, LiveRun::default()));
            self.0.len() - 1
        });
        &mut self.0[place].1
    }
}
