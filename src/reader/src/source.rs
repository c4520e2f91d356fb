//! The text that is read, and where things stand in it.

use std::borrow::Cow;
use std::cell::RefCell;

use holdpoint_domain::runbook::{Diagnostic, Mention, Mentioned, Place, Severity};

/// The limit of diagnostics, and that of faults among them; hostile input would make millions.
const MOST_DIAGNOSTICS: usize = 500;

/// A runbook's text while it is read: offsets are bytes, places are made at the end and all at once.
pub(super) struct Source<'a> {
    pub text: &'a str,
    lines: Vec<u32>,
    remarks: RefCell<Vec<Remark>>,
    more_remarks: RefCell<usize>,
    /// How many of the remarks are faults.
    faults: RefCell<usize>,
    /// Faults among those that are left out.
    more_faults: RefCell<bool>,
    mentions: RefCell<Vec<(usize, Mentioned)>>,
}

/// A diagnostic whose place is an offset in bytes.
struct Remark {
    offset: usize,
    severity: Severity,
    message: String,
    /// It stands in the way of a start.
    fault: bool,
}

/// What was remarked on a source.
pub(super) struct Remarks {
    pub diagnostics: Vec<Diagnostic>,
    pub mentions: Vec<Mention>,
    /// Offsets in bytes of the faults, in the order of the source, each with the index of its diagnostic.
    pub faults: Vec<(usize, usize)>,
    /// There are more faults than are kept, so that nobody knows where they stand.
    pub more_faults: bool,
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
            faults: RefCell::default(),
            more_faults: RefCell::default(),
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

    /// The nearest offset at or before this one at which a character begins.
    pub fn boundary(&self, offset: usize) -> usize {
        self.text.floor_char_boundary(offset)
    }

    /// Adds a diagnostic at an offset in bytes.
    pub fn remark(&self, offset: usize, severity: Severity, message: impl Into<String>) {
        self.add(offset, severity, message.into(), false);
    }

    /// Adds an error because of which the procedure that it stands in cannot be started: what was meant to be a gate could be
    /// ticked by hand otherwise.
    pub fn fault(&self, offset: usize, message: impl Into<String>) {
        self.add(offset, Severity::Error, message.into(), true);
    }

    fn add(&self, offset: usize, severity: Severity, message: String, fault: bool) {
        let mut remarks = self.remarks.borrow_mut();
        // Other remarks, however many, leave no fault out.
        let mut faults = self.faults.borrow_mut();
        if remarks.len() < MOST_DIAGNOSTICS || fault && *faults < MOST_DIAGNOSTICS {
            *faults += usize::from(fault);
            remarks.push(Remark {
                offset,
                severity,
                message,
                fault,
            });
        } else {
            *self.more_remarks.borrow_mut() += 1;
            *self.more_faults.borrow_mut() |= fault;
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
    pub fn finish(self) -> Remarks {
        let mut remarks = self.remarks.into_inner();
        let more = self.more_remarks.into_inner();
        let more_faults = self.more_faults.into_inner();
        if more > 0 {
            remarks.push(Remark {
                offset: remarks.iter().map(|one| one.offset).max().unwrap_or(0),
                severity: Severity::Error,
                message: format!("{more} more remarks are left out; mend the ones above first"),
                fault: more_faults,
            });
        }
        remarks.sort_by_key(|one| one.offset);
        let mut mentions = self.mentions.into_inner();
        mentions.sort_by_key(|(offset, _)| *offset);
        let faults = remarks.iter().enumerate();
        let faults = faults
            .filter(|(_, one)| one.fault)
            .map(|(index, one)| (one.offset, index))
            .collect();
        let mut cursor = Cursor::new(self.text, &self.lines);
        let diagnostics = remarks
            .into_iter()
            .map(|one| Diagnostic {
                place: cursor.place(one.offset),
                severity: one.severity,
                message: one.message,
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
        Remarks {
            diagnostics,
            mentions,
            faults,
            more_faults,
        }
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
