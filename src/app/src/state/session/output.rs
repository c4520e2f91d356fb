//! What running gates say before they have a verdict, with a cap.

use std::collections::VecDeque;

use holdpoint_domain::session::RunId;
use holdpoint_domain::wire::Live;

/// Bytes of live output that are kept per run: the latest ones.
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

/// What each running gate has said. Few run at a time.
#[derive(Clone, Debug, Default)]
pub struct LiveRuns(Vec<(RunId, LiveRun)>);

impl LiveRuns {
    /// What a run has said so far.
    pub fn of(&self, run: RunId) -> Option<&LiveRun> {
        self.0.iter().find(|(id, _)| *id == run).map(|(_, live)| live)
    }

    /// Takes what a running gate says.
    pub fn hear(&mut self, live: Live) {
        match live {
            Live::Output { run, text } => self.entry(run).push(text),
            Live::Attempt { run, number, summary } => self.entry(run).attempt = Some((number, summary)),
        }
    }

    /// Forgets a run: its verdict carries the output itself.
    pub fn finished(&mut self, run: RunId) {
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
