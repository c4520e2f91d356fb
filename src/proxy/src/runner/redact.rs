//! Keeping secrets out of everything that is stored, streamed or logged.
//!
//! A secret is looked for in each form that a program might print it in; [`ENCODINGS`](super::ENCODINGS) lists them. Matches may
//! overlap, and whatever any of them covers is replaced, so that no piece of one secret is left beside another. The stream keeps
//! back what may be the beginning of a form, so that a secret cut in two by a chunk's end is found all the same, and ordinary text
//! is shown at once. Of a program's two streams each is followed on its own, and both in the order in which they came.

use std::sync::Arc;

use super::decode::Meant;
use super::scan::{FORMS, Marks, Patterns, Scanner};
use super::secret_encodings::patterns;

/// What stands in place of a secret.
pub const MASK: &str = "••••••";
/// Bytes that a secret must have: shorter ones are in every text, and could not be kept out of it.
pub const LEAST_BYTES: usize = 4;
/// Bytes that are kept back at most, besides what the longest secret takes: a program that stops in the middle of something that
/// looks like a secret must not fill the memory with what it says elsewhere.
const MOST_HELD: u64 = 64 * 1024;
/// Bytes that one byte of a secret takes at most when it is encoded twice.
const WIDEST: u64 = 12;

/// The secrets to keep out.
#[derive(Clone, Default)]
pub struct Redaction {
    /// By form; nothing where there is no secret.
    patterns: Option<Arc<[Patterns; 3]>>,
    longest: usize,
}

impl Redaction {
    /// Keeps these secrets out. Those that are too short are left alone.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut parts: Vec<&str> = Vec::new();
        for secret in secrets {
            let lines = secret.lines().filter(|line| line.len() >= 16 && *line != secret);
            parts.extend(std::iter::once(secret).chain([secret.trim()]).chain(lines));
        }
        parts.retain(|part| part.len() >= LEAST_BYTES);
        parts.sort_unstable();
        parts.dedup();
        if parts.is_empty() {
            return Self::default();
        }
        let patterns = FORMS.map(|form| {
            let mut texts: Vec<_> = parts.iter().flat_map(|part| patterns(part, form)).collect();
            texts.retain(|text| text.len() >= LEAST_BYTES);
            texts.sort_unstable();
            texts.dedup();
            Patterns::new(&texts)
        });
        Self {
            patterns: Some(Arc::new(patterns)),
            longest: parts.iter().map(|part| part.len()).max().unwrap_or(0),
        }
    }

    /// The text without secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if self.patterns.is_none() {
            return text.to_owned();
        }
        let mut stream = self.stream();
        let mut clean = stream.push(text.as_bytes());
        clean.extend(stream.finish());
        String::from_utf8_lossy(&clean).into_owned()
    }

    /// Where the first secret in the text begins, in bytes.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<usize> {
        let mut stream = self.stream();
        stream.follow(0, text.as_bytes());
        let (start, _) = stream.marks.iter().next()?;
        usize::try_from(start).ok()
    }

    /// Whether the text holds a secret.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    /// A stream that keeps secrets out.
    #[must_use]
    pub fn stream(&self) -> RedactedStream {
        RedactedStream {
            patterns: self.patterns.clone(),
            room: MOST_HELD.max(WIDEST * self.longest as u64),
            joined: self.patterns.as_ref().map(|patterns| Scanner::new(patterns)),
            first: None,
            apart: None,
            held: Vec::new(),
            base: 0,
            marks: Marks::default(),
            masked_to: 0,
        }
    }
}

/// Takes bytes in, and gives them out a little later without the secrets.
#[derive(Clone)]
pub struct RedactedStream {
    patterns: Option<Arc<[Patterns; 3]>>,
    /// Bytes that may be held.
    room: u64,
    /// Follows everything in the order of its coming.
    joined: Option<Scanner>,
    /// The channel of all bytes so far, while it is one.
    first: Option<usize>,
    /// Follow each of two channels, once there are two.
    apart: Option<[Scanner; 2]>,
    /// Bytes that may still be part of a secret.
    held: Vec<u8>,
    /// How many bytes were given out before them.
    base: u64,
    /// What secrets cover of the bytes that are held.
    marks: Marks,
    /// Up to here the mask was given out.
    masked_to: u64,
}

impl RedactedStream {
    /// Takes a chunk in; what comes out belongs to this chunk or earlier ones.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        self.push_on(0, chunk)
    }

    /// Takes a chunk of one of two channels in, 0 or 1.
    pub fn push_on(&mut self, channel: usize, chunk: &[u8]) -> Vec<u8> {
        if self.patterns.is_none() {
            return chunk.to_vec();
        }
        self.follow(channel, chunk);
        let end = self.end();
        let scanners = self.joined.iter().chain(self.apart.iter().flatten());
        let whole = scanners.filter_map(Scanner::pending).min().unwrap_or(end);
        let upto = whole.max(end.saturating_sub(self.room)).max(self.base);
        self.give(upto)
    }

    /// The rest.
    pub fn finish(&mut self) -> Vec<u8> {
        self.give(self.end())
    }

    fn end(&self) -> u64 {
        self.base + self.held.len() as u64
    }

    fn follow(&mut self, channel: usize, chunk: &[u8]) {
        let (Some(patterns), Some(joined)) = (&self.patterns, &mut self.joined) else {
            return;
        };
        // As long as there was one channel, what both said is what that one said.
        if self.apart.is_none() && self.first.is_some_and(|first| first != channel) {
            let mut apart = [Scanner::new(patterns), Scanner::new(patterns)];
            apart[1 - channel.min(1)] = joined.clone();
            self.apart = Some(apart);
        }
        self.first.get_or_insert(channel);
        for byte in chunk {
            let start = self.base + self.held.len() as u64;
            let one = Meant {
                byte: *byte,
                start,
                end: start + 1,
            };
            self.held.push(*byte);
            joined.take(one, patterns, &mut self.marks);
            if let Some(apart) = &mut self.apart {
                apart[channel.min(1)].take(one, patterns, &mut self.marks);
            }
        }
    }

    /// Gives out what is held before this place, clean.
    fn give(&mut self, upto: u64) -> Vec<u8> {
        let count = usize::try_from(upto - self.base)
            .unwrap_or(usize::MAX)
            .min(self.held.len());
        let mut clean = Vec::with_capacity(count);
        // What an earlier range covered stays covered; one that overlaps it goes on under the same mask.
        let mut at = self.base.max(self.masked_to.min(upto));
        for (start, end) in self.marks.iter() {
            if start >= upto {
                break;
            }
            if end <= self.masked_to {
                continue;
            }
            if start >= self.masked_to {
                clean.extend_from_slice(self.between(at, start));
                clean.extend_from_slice(MASK.as_bytes());
            }
            self.masked_to = end;
            at = end.min(upto);
        }
        clean.extend_from_slice(self.between(at, upto));
        self.marks.forget(upto);
        self.held.drain(..count);
        self.base = upto;
        clean
    }

    fn between(&self, from: u64, to: u64) -> &[u8] {
        let at = |place: u64| {
            usize::try_from(place.saturating_sub(self.base))
                .unwrap_or(usize::MAX)
                .min(self.held.len())
        };
        &self.held[at(from).min(at(to))..at(to)]
    }
}

#[cfg(test)]
mod tests;
