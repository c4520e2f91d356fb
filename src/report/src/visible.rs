//! Characters that change how a report reads, as their numbers.

use holdpoint_domain::runbook::reorders_or_hides;

/// Adds a character; a control, and one that reorders or hides what stands around it, as `⟨U+202E⟩`.
pub(super) fn push(out: &mut String, one: char) {
    if one.is_control() || reorders_or_hides(one) {
        out.push_str(&format!("⟨U+{:04X}⟩", u32::from(one)));
    } else {
        out.push(one);
    }
}

/// A text whose lines stay lines.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '\n' | '\r' | '\t' => out.push(one),
            other => push(&mut out, other),
        }
    }
    out
}
