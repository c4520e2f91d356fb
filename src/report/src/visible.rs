//! Characters that change how a report reads, as their numbers.

use std::borrow::Cow;

use holdpoint_domain::runbook::reorders_or_hides;

/// Adds a character; a control, and one that reorders or hides what stands around it, as `⟨U+202E⟩`.
pub(super) fn push(out: &mut String, one: char) {
    if one.is_control() || reorders_or_hides(one) {
        out.push_str(&format!("⟨U+{:04X}⟩", u32::from(one)));
    } else {
        out.push(one);
    }
}

/// Whether a byte is a character that every export shows as it is.
pub(super) fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// A text whose lines stay lines.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    let shown = |byte: u8| is_plain(byte) || matches!(byte, b'\n' | b'\r' | b'\t');
    if text.bytes().all(shown) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '\n' | '\r' | '\t' => out.push(one),
            other => push(&mut out, other),
        }
    }
    Cow::Owned(out)
}
