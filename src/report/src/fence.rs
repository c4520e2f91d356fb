//! What programs and platforms printed, as text that stays where it is put.

/// The text without characters that a terminal, a spreadsheet or a page would act on. Lines and tabs stay.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                characters.next_if_eq(&'\n');
                out.push('\n');
            }
            '\n' | '\t' => out.push(character),
            other if other.is_control() => out.push('\u{FFFD}'),
            other => out.push(other),
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
