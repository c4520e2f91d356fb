//! Where the lines of raw HTML stand in the source: the marks of lists and quotes before each line are no part of it.

use crate::source::Source;

/// The lines of HTML that stands between two offsets: (offset in the HTML, offset in the source), in order.
pub(super) fn pieces(html: &str, source: &Source<'_>, start: usize, end: usize) -> Vec<(usize, usize)> {
    let written = source.text.get(start..end).unwrap_or_default();
    if written == html {
        return vec![(0, start)];
    }
    let mut pieces = Vec::new();
    let (mut within, mut at) = (0, start);
    for (line, whole) in html.split_inclusive('\n').zip(written.split_inclusive('\n')) {
        pieces.push((within, at + whole.len().saturating_sub(line.len())));
        within += line.len();
        at += whole.len();
    }
    pieces
}

/// The offset in the source of an offset in the HTML.
pub(super) fn place(pieces: &[(usize, usize)], at: usize) -> usize {
    let before = pieces.partition_point(|(within, _)| *within <= at);
    let (within, source) = pieces.get(before.saturating_sub(1)).copied().unwrap_or_default();
    source + (at - within.min(at))
}
