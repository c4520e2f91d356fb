//! What is said on screen while something takes long: plain lines, so that a log file of a build machine reads well too.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long nothing may be said.
const PATIENCE: Duration = Duration::from_secs(15);

/// Something that is being done. While it lasts, a line every 15 seconds says so.
pub struct Progress {
    what: String,
    since: Instant,
    done: Option<Sender<()>>,
    ticker: Option<JoinHandle<()>>,
}

impl Progress {
    /// Says what is being done.
    pub fn begin(what: impl Into<String>) -> Self {
        let what = what.into();
        println!("  … {what}");
        let since = Instant::now();
        let (done, over) = mpsc::channel::<()>();
        let named = what.clone();
        let ticker = thread::spawn(move || {
            while over.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                println!("  … {named}: {} so far", seconds(since.elapsed()));
            }
        });
        Self {
            what,
            since,
            done: Some(done),
            ticker: Some(ticker),
        }
    }

    /// Says that it is done, and how long it took.
    pub fn end(mut self) -> Duration {
        self.stop();
        let took = self.since.elapsed();
        println!("  ✓ {}: {}", self.what, seconds(took));
        took
    }

    /// Says that it did not work.
    pub fn fail(mut self) -> Duration {
        self.stop();
        let took = self.since.elapsed();
        println!("  ✗ {}: {}", self.what, seconds(took));
        took
    }

    fn stop(&mut self) {
        // Dropping the sender wakes the ticker at once.
        self.done = None;
        if let Some(ticker) = self.ticker.take() {
            let joined = ticker.join();
            debug_assert!(joined.is_ok(), "the ticker only prints");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A span for people: `4.2 s`, `3 min 05 s`.
pub fn seconds(span: Duration) -> String {
    let whole = span.as_secs();
    if whole >= 60 {
        format!("{} min {:02} s", whole / 60, whole % 60)
    } else {
        format!("{:.1} s", span.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_for_people() {
        assert_eq!(seconds(Duration::from_millis(4_249)), "4.2 s");
        assert_eq!(seconds(Duration::from_secs(185)), "3 min 05 s");
    }
}
