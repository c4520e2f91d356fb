//! The text that is read, and where things stand in it.

use std::borrow::Cow;
use std::cell::RefCell;

use holdpoint_domain::runbook::{Diagnostic, Mention, Mentioned, Place, Severity};

/// The limit of diagnostics; hostile input would make millions.
const MOST_DIAGNOSTICS: usize = 500;

/// A runbook's text while it is read: offsets are bytes, places are made at the end and all at once.
pub(super) struct Source<'a> {
    pub text: &'a str,
    lines: Vec<u32>,
    remarks: RefCell<Vec<(usize, Severity, String)>>,
    more_remarks: RefCell<usize>,
    mentions: RefCell<Vec<(usize, Mentioned)>>,
}

impl<'a> Source<'a> {
    pub fn new(text: &'a str) -> Self {
        let mut lines = Vec::with_capacity(text.len() / 32 + 1);
        lines.push(0);
        lines.extend(
            text.bytes()
                .enumerate()
                .filter(|&(_, byte)| byte == b'\n')
                .map(|(at, _)| at as u32 + 1),
        );
        Self {
            text,
            lines,
            remarks: RefCell::default(),
            more_remarks: RefCell::default(),
            mentions: RefCell::default(),
        }
    }

    /// The line that an offset stands on, from 1.
    pub fn line(&self, offset: usize) -> u32 {
        line_of(&self.lines, offset)
    }

    /// The offset at which a line (from 1) starts.
    pub fn line_start(&self, line: u32) -> usize {
        self.lines
            .get(line.saturating_sub(1) as usize)
            .map_or(self.text.len(), |&start| start as usize)
    }

    /// Adds a diagnostic at an offset in bytes.
    pub fn remark(&self, offset: usize, severity: Severity, message: impl Into<String>) {
        let mut remarks = self.remarks.borrow_mut();
        if remarks.len() < MOST_DIAGNOSTICS {
            remarks.push((offset, severity, message.into()));
        } else {
            *self.more_remarks.borrow_mut() += 1;
        }
    }

    /// Whether the limit is reached, so that a further remark would only be counted. If so, this call counts one.
    pub fn is_full(&self) -> bool {
        let full = self.remarks.borrow().len() >= MOST_DIAGNOSTICS;
        if full {
            *self.more_remarks.borrow_mut() += 1;
        }
        full
    }

    /// Adds a gate or a link for lint to look up.
    pub fn mention(&self, offset: usize, of: Mentioned) {
        self.mentions.borrow_mut().push((offset, of));
    }

    /// The diagnostics and mentions, in the order of the source.
    pub fn finish(self) -> (Vec<Diagnostic>, Vec<Mention>) {
        let mut remarks = self.remarks.into_inner();
        let more = self.more_remarks.into_inner();
        if more > 0 {
            let message = format!("{more} more remarks are left out; mend the ones above first");
            let last = remarks.iter().map(|(offset, ..)| *offset).max().unwrap_or(0);
            remarks.push((last, Severity::Error, message));
        }
        remarks.sort_by_key(|(offset, ..)| *offset);
        let mut mentions = self.mentions.into_inner();
        mentions.sort_by_key(|(offset, _)| *offset);
        let mut cursor = Cursor::new(self.text, &self.lines);
        let diagnostics = remarks
            .into_iter()
            .map(|(offset, severity, message)| Diagnostic {
                place: cursor.place(offset),
                severity,
                message,
            })
            .collect();
        let mut cursor = Cursor::new(self.text, &self.lines);
        let mentions = mentions
            .into_iter()
            .map(|(offset, of)| Mention {
                place: cursor.place(offset),
                of,
            })
            .collect();
        (diagnostics, mentions)
    }
}

/// Turns rising offsets into places. Each line's characters are counted once, however long it is and however many offsets
/// stand on it.
struct Cursor<'a> {
    text: &'a str,
    lines: &'a [u32],
    at: usize,
    place: Place,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str, lines: &'a [u32]) -> Self {
        Self {
            text,
            lines,
            at: 0,
            place: Place { line: 1, column: 1 },
        }
    }

    fn place(&mut self, offset: usize) -> Place {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = line_of(self.lines, offset);
        if line > self.place.line {
            self.place = Place { line, column: 1 };
            self.at = self.lines[line as usize - 1] as usize;
        }
        if let Some(passed) = self.text.get(self.at..offset) {
            self.place.column += passed.chars().count() as u32;
            self.at = offset;
        }
        self.place
    }
}

fn line_of(lines: &[u32], offset: usize) -> u32 {
    lines.partition_point(|&start| start as usize <= offset) as u32
}

/// NUL has no place in text: it becomes U+FFFD, as Markdown wants it. The second value is the offset of the first one.
pub(super) fn without_nul(text: &str) -> (Cow<'_, str>, Option<usize>) {
    match text.find('\0') {
        None => (Cow::Borrowed(text), None),
        Some(first) => (Cow::Owned(text.replace('\0', "\u{FFFD}")), Some(first)),
    }
}
