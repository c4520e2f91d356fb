//! Characters that cannot be seen and change how a text reads.

use std::borrow::Cow;

/// Whether a character reorders what stands around it, or has no width: the bidirectional controls of Unicode, and blanks and
/// joints of no width that are not needed to write a language or an emoji.
#[must_use]
pub fn reorders_or_hides(one: char) -> bool {
    matches!(one,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{ad}' | '\u{e0001}')
}

/// The text with each of these characters as its number, so that a command reads as it runs: `⟨U+202E⟩`.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains(reorders_or_hides) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for one in text.chars() {
        if reorders_or_hides(one) {
            out.push_str(&format!("⟨U+{:04X}⟩", u32::from(one)));
        } else {
            out.push(one);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_reads_as_it_runs() {
        for (text, expected) in [
            ("rm -rf /srv", "rm -rf /srv"),
            ("echo ä 👩‍💻", "echo ä 👩‍💻"),
            ("git \u{202e}hsup", "git ⟨U+202E⟩hsup"),
            ("a\u{200b}b\u{2066}c", "a⟨U+200B⟩b⟨U+2066⟩c"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }
}
