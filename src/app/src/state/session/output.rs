//! The output of running gates, with a cap.

use std::collections::VecDeque;

use holdpoint_domain::session::RunId;
use holdpoint_domain::wire::Live;

/// Bytes of live output that are kept per run: the latest ones.
const MAX_OUTPUT: usize = 64 * 1024;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveRun {
    pieces: VecDeque<String>,
    length: usize,
    /// The beginning was dropped, because there was more than the page keeps.
    pub cut: bool,
    /// The last attempt that ended: its number, from 1, and its summary.
    pub attempt: Option<(u32, String)>,
}

impl LiveRun {
    pub fn output(&self) -> String {
        self.pieces.iter().map(String::as_str).collect()
    }

    fn push(&mut self, piece: String) {
        self.length += piece.len();
        self.pieces.push_back(piece);
        while self.length > MAX_OUTPUT && self.pieces.len() > 1 {
            self.length -= self.pieces.pop_front().map_or(0, |first| first.len());
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
