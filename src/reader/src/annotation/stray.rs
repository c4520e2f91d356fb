//! Annotations that Markdown does not show as comments: in open text, in code, in what is nested too deep.

use super::near::{NEARLY, meant_in_code, meant_in_text, named_in_code};
use crate::source::Source;
use holdpoint_domain::runbook::Severity;

/// A part of the source that is no open text.
#[derive(Clone, Copy, Debug)]
pub struct Covered {
    /// Offsets in bytes.
    pub start: usize,
    pub end: usize,
    pub by: CoveredBy,
}

/// What a part of the source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoveredBy {
    /// A comment of HTML, which was read.
    Comment,
    /// Code in which a comment can be meant: steps are made of it, or four blanks too many made it code.
    Code,
    /// Code that shows Markdown or HTML, or stands in a line: what is in it is an example.
    Example,
}

/// Remarks on everything outside of comments that could have been meant as an annotation.
pub fn remark_strays(source: &Source<'_>, mut covered: Vec<Covered>) {
    covered.sort_by_key(|one| (one.start, one.end));
    let mut from = 0;
    for one in covered {
        let start = source.boundary(one.start);
        let end = source.boundary(one.end);
        if start > from {
            lines(source, from, start, |line| {
                meant_in_text(line).map(|at| (at, Severity::Error))
            });
        }
        match one.by {
            CoveredBy::Comment => {}
            CoveredBy::Code => lines(source, start.max(from), end, |line| {
                meant_in_code(line)
                    .map(|at| (at, Severity::Error))
                    .or_else(|| named_in_code(line))
            }),
            CoveredBy::Example => lines(source, start.max(from), end, |line| {
                meant_in_code(line).map(|at| (at, Severity::Warning))
            }),
        }
        from = from.max(end);
    }
    lines(source, from, source.text.len(), |line| {
        meant_in_text(line).map(|at| (at, Severity::Error))
    });
}

/// Looks at each line between two offsets, and remarks on the first place in it that `find` gives.
fn lines(source: &Source<'_>, from: usize, to: usize, find: impl Fn(&str) -> Option<(usize, Severity)>) {
    let Some(text) = source.text.get(from..to) else { return };
    let mut start = from;
    for line in text.split_inclusive('\n') {
        match find(line) {
            Some((at, Severity::Error)) => source.fault(start + at, NEARLY),
            Some((at, severity)) => {
                let message = "This comment stands in code, so it is shown and says nothing; a step's gate stands outside of it: <!-- holdpoint: gate=NAME -->";
                source.remark(start + at, severity, message);
            }
            None => {}
        }
        start += line.len();
    }
}
