//! Where an answer's output goes: redacted, streamed while it comes, and kept as a beginning and an end.

use std::collections::VecDeque;

use holdpoint_domain::gate::OUTPUT_KEPT;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use super::Progress;
use super::redact::{RedactedStream, Redaction};
use super::shown::Shown;

/// Bytes of live output that wait for a slow reader; older ones are given up, because the verdict keeps the output anyway.
const PENDING: usize = 64 * 1024;
/// Bytes that are kept for the marker between beginning and end.
const MARKER: usize = 64;

/// Which of a program's streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Out,
    Err,
}

/// Collects the output of one try.
pub(super) struct Sink {
    /// Of the standard output and of the standard error.
    shown: [Shown; 2],
    /// It follows each stream on its own, and both together.
    redacted: RedactedStream,
    kept: HeadTail,
    live: Option<Live>,
    bytes: u64,
}

struct Live {
    progress: Sender<Progress>,
    pending: String,
    /// The beginning of a character that is not whole yet.
    partial: Vec<u8>,
}

impl Sink {
    /// A sink whose output is also sent while it comes, if there is somewhere to send it.
    pub(super) fn new(redaction: &Redaction, progress: Option<Sender<Progress>>) -> Self {
        Self {
            shown: Default::default(),
            redacted: redaction.stream(),
            kept: HeadTail::new(OUTPUT_KEPT - MARKER),
            live: progress.map(|progress| Live {
                progress,
                pending: String::new(),
                partial: Vec::new(),
            }),
            bytes: 0,
        }
    }

    /// Takes output in.
    pub(super) fn push(&mut self, stream: Stream, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let shown = self.shown[stream as usize].push(bytes);
        let clean = self.redacted.push_on(stream as usize, &shown);
        self.give(&clean);
    }

    /// The output that is kept, and how many bytes there were in all.
    pub(super) fn finish(mut self) -> (String, u64) {
        let clean = self.redacted.finish();
        self.give(&clean);
        (self.kept.text(), self.bytes)
    }

    fn give(&mut self, clean: &[u8]) {
        if clean.is_empty() {
            return;
        }
        self.kept.push(clean);
        if let Some(live) = &mut self.live {
            live.send(clean);
        }
    }
}

impl Live {
    fn send(&mut self, bytes: &[u8]) {
        self.partial.extend_from_slice(bytes);
        // Up to three bytes at the end may be a character whose rest is still to come.
        let whole = match std::str::from_utf8(&self.partial) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) | Ok(_) => self.partial.len(),
        };
        self.pending.push_str(&readable(&self.partial[..whole]));
        self.partial.drain(..whole);
        if self.pending.len() > PENDING {
            let cut = (self.pending.len() - PENDING..).find(|at| self.pending.is_char_boundary(*at));
            self.pending.drain(..cut.unwrap_or(self.pending.len()));
        }
        if self.pending.is_empty() {
            return;
        }
        // A full or closed channel must not hold the gate up: the text waits, or nobody wants it.
        let text = std::mem::take(&mut self.pending);
        if let Err(TrySendError::Full(Progress::Output { text })) = self.progress.try_send(Progress::Output { text }) {
            self.pending = text;
        }
    }
}

/// Bytes as text that can be stored and shown: what is not UTF-8 is replaced.
fn readable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The beginning and the end of something that may be long.
struct HeadTail {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    half: usize,
    bytes: usize,
}

impl HeadTail {
    fn new(kept: usize) -> Self {
        Self {
            head: Vec::new(),
            tail: VecDeque::new(),
            half: kept / 2,
            bytes: 0,
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        let (head, tail) = bytes.split_at(bytes.len().min(self.half - self.head.len()));
        self.head.extend_from_slice(head);
        // Only the last bytes of a large piece can be part of the end.
        self.tail.extend(&tail[tail.len().saturating_sub(self.half)..]);
        let over = self.tail.len().saturating_sub(self.half);
        self.tail.drain(..over);
    }

    fn text(&self) -> String {
        let left_out = self.bytes - self.head.len() - self.tail.len();
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        if left_out == 0 {
            return bounded(readable(&[self.head.as_slice(), &tail].concat()), 2 * self.half);
        }
        // A character that the cut goes through is left out on both sides.
        let head = match std::str::from_utf8(&self.head) {
            Err(error) if error.error_len().is_none() => &self.head[..error.valid_up_to()],
            _ => &self.head,
        };
        let start = tail.iter().position(|byte| byte & 0xC0 != 0x80).unwrap_or(tail.len());
        let (head, tail) = (
            bounded(readable(head), self.half),
            bounded(readable(&tail[start..]), self.half),
        );
        format!("{head}\n… {left_out} bytes left out …\n{tail}")
    }
}

/// Replacing bytes that are not UTF-8 makes text longer; what is beyond the limit is cut off.
fn bounded(mut text: String, limit: usize) -> String {
    if text.len() > limit {
        let cut = (0..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(cut);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::redact::MASK;
    use super::*;

    #[test]
    fn a_long_output_keeps_its_beginning_and_its_end() {
        let mut sink = Sink::new(&Redaction::default(), None);
        sink.push(Stream::Out, b"first\n");
        for _ in 0..10_000 {
            sink.push(Stream::Out, "füllung\n".as_bytes());
        }
        sink.push(Stream::Err, b"last\n");
        let (text, bytes) = sink.finish();
        assert_eq!(bytes, 6 + 10_000 * 9 + 5);
        assert!(text.len() <= OUTPUT_KEPT && text.starts_with("first\n") && text.ends_with("last\n"));
        assert!(text.contains("bytes left out") && !text.contains('\u{fffd}'), "{text}");
    }

    #[test]
    fn a_secret_in_two_halves_on_two_streams_is_masked() {
        let mut sink = Sink::new(&Redaction::new(["hunter2-hunter2"]), None);
        sink.push(Stream::Out, b"<hunter2-");
        sink.push(Stream::Err, b"(between)");
        sink.push(Stream::Out, b"hunter2>");
        let (text, _) = sink.finish();
        assert!(!text.contains("hunter2-hunter2"), "{text}");
        assert!(text.contains(MASK), "{text}");
    }

    #[test]
    fn a_secret_with_backspaces_and_nul_in_it_is_masked_where_a_person_would_read_it() {
        for output in [
            "<hunXX\u{8}\u{8}ter2-hunter2>",
            "<hun\0ter2-\0hunter2>",
            "<h\u{8}hunter2-hunter2>",
        ] {
            let mut sink = Sink::new(&Redaction::new(["hunter2-hunter2"]), None);
            output.bytes().for_each(|byte| sink.push(Stream::Out, &[byte]));
            let (text, bytes) = sink.finish();
            assert!(text.ends_with(&format!("<{MASK}>")) && !text.contains("ter2"), "{text}");
            assert_eq!(bytes, output.len() as u64);
        }
    }

    #[tokio::test]
    async fn live_output_is_redacted_and_never_blocks() {
        let (progress, mut shown) = tokio::sync::mpsc::channel(1);
        let mut sink = Sink::new(&Redaction::new(["hunter2-hunter2"]), Some(progress));
        for piece in [
            "a hunter2-",
            "hunter2 b ",
            "ü",
            " and much more text behind it",
            " to the end of the line",
        ] {
            sink.push(Stream::Out, piece.as_bytes());
        }
        sink.finish();
        let Some(Progress::Output { text }) = shown.recv().await else {
            panic!("something is shown")
        };
        assert!(text.starts_with("a ") && !text.contains("hunter2"), "{text}");
    }

    proptest! {
        #[test]
        fn what_is_kept_is_bounded(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..9000), 0..8)) {
            let mut sink = Sink::new(&Redaction::default(), None);
            chunks.iter().for_each(|chunk| sink.push(Stream::Out, chunk));
            prop_assert!(sink.finish().0.len() <= OUTPUT_KEPT);
        }
    }
}
