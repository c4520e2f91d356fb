//! What programs and platforms printed, as text that stays where it is put.

use crate::visible;

/// The text with the characters that a terminal, a spreadsheet or a page would act on as their numbers. Lines and tabs stay.
pub(super) fn plain(text: &str) -> String {
    let is_shown = |byte: u8| visible::is_plain(byte) || matches!(byte, b'\n' | b'\t');
    if text.bytes().all(is_shown) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                characters.next_if_eq(&'\n');
                out.push('\n');
            }
            '\n' | '\t' => out.push(character),
            other => visible::push(&mut out, other),
        }
    }
    out
}

/// A fenced block of Markdown that holds exactly [`plain`] text: its fence is longer than every row of backticks in it.
pub(super) fn fenced(plain: &str) -> String {
    let longest = plain
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let end = if plain.ends_with('\n') || plain.is_empty() {
        ""
    } else {
        "\n"
    };
    format!("{fence}text\n{plain}{end}{fence}\n")
}
