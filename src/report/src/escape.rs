//! Text that stays text in Markdown.

use crate::visible;

/// What makes markup.
const MARKUP: &[u8] = b"\\|`*_[]#~<>&";

/// Keeps what people and platforms wrote from being Markdown: no new cell, no new line, no HTML, no link, no stress, no
/// other order of what stands around it.
pub(super) fn escape(text: &str) -> String {
    let text = text.trim();
    let is_text = |byte: u8| visible::is_plain(byte) && !MARKUP.contains(&byte);
    if text.bytes().all(is_text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '~' => {
                out.push('\\');
                out.push(character);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push(' '),
            other => visible::push(&mut out, other),
        }
    }
    out
}

/// What [`escape`] gave, so that it stays text at the start of a line, too: no item of a list, and no underline of a heading.
pub(super) fn line_start(escaped: &str) -> String {
    let digits = escaped.chars().take_while(char::is_ascii_digit).count();
    let (number, rest) = escaped.split_at(digits);
    let marks: &[char] = match digits {
        0 => &['-', '+', '='],
        _ => &['.', ')'],
    };
    match rest.starts_with(marks) {
        true => format!("{number}\\{rest}"),
        false => escaped.to_owned(),
    }
}
