//! Titles of steps in running text: the whole line, the first sentence of a paragraph, or the bold words it begins with.

use crate::boxes::after_box;
use crate::text::{is_blank, one_line};
use crate::words;
use holdpoint_domain::runbook::{Inline, inline_text};

/// A longer text is cut after its first sentence, and one that is longer still before what stands behind a dash or colon.
const LONG: usize = 80;
const VERY_LONG: usize = 140;

/// A step's title, what the rest of its text is, and the commands that stand in it.
#[derive(Default)]
pub(super) struct Titled {
    pub title: String,
    /// What is left of the paragraph.
    pub rest: Vec<Inline>,
    pub commands: Vec<String>,
    pub optional: bool,
}

/// Reads the beginning of a step's text.
pub(super) fn titled(content: &[Inline]) -> Titled {
    let unboxed = without_box(content);
    let content = unboxed.as_deref().unwrap_or(content);
    let (head, rest) = split(content);
    let head = head.as_deref().unwrap_or(content);
    let (title, mut commands) = title_and_commands(head);
    if !rest.is_empty() {
        commands.extend(commands_in(&rest));
    }
    Titled {
        optional: is_optional(&title),
        title,
        rest,
        commands,
    }
}

/// Whether a title says that its step may be left out.
pub(super) fn is_optional(title: &str) -> bool {
    const WORDS: [&str; 9] = [
        "optional",
        "optionally",
        "opcional",
        "facultatif",
        "facultative",
        "optionnel",
        "任意",
        "可选",
        "可選",
    ];
    let word = |text: &str| {
        let text = text.trim_matches(|one: char| !one.is_alphanumeric());
        WORDS.iter().any(|word| text.to_lowercase() == *word)
    };
    let bare = title.trim_start_matches(|one: char| !one.is_alphanumeric() && !matches!(one, '(' | '['));
    let opened = bare
        .strip_prefix(['(', '['])
        .and_then(|rest| rest.split([')', ']']).next());
    let first = bare.split([' ', ':', ',', '–', '—', '：']).next().unwrap_or_default();
    let leads = first.chars().all(|one| !one.is_lowercase())
        || bare[first.len()..].starts_with([':', ',', '：'])
        || bare[first.len()..].starts_with(" –")
        || bare[first.len()..].starts_with(" -");
    let closed = title
        .trim_end()
        .strip_suffix([')', ']', '）'])
        .and_then(|rest| rest.rsplit(['(', '[', '（']).next());
    opened.is_some_and(word) || leads && word(first) || closed.is_some_and(word)
}

fn without_box(content: &[Inline]) -> Option<Vec<Inline>> {
    match content.first()? {
        Inline::Text { text } => {
            let (_, rest) = after_box(text)?;
            let mut whole = vec![Inline::Text { text: rest.to_owned() }];
            if text.ends_with(' ') && !rest.is_empty() {
                whole = vec![Inline::Text {
                    text: format!("{rest} "),
                }];
            }
            whole.extend_from_slice(&content[1..]);
            Some(whole)
        }
        Inline::Strong { content: inner } => {
            let inner = without_box(inner)?;
            let mut whole = vec![Inline::Strong { content: inner }];
            whole.extend_from_slice(&content[1..]);
            Some(whole)
        }
        _ => None,
    }
}

/// Splits a long text after its title; the first part is none where all of it is the title.
fn split(content: &[Inline]) -> (Option<Vec<Inline>>, Vec<Inline>) {
    // A line break ends a title, unless nothing is before it.
    if let Some(at) = content.iter().position(|piece| matches!(piece, Inline::Break))
        && !is_blank(&content[..at])
    {
        return (Some(content[..at].to_vec()), content[at + 1..].to_vec());
    }
    let length: usize = content.iter().map(length).sum();
    if length <= LONG {
        return (None, Vec::new());
    }
    if let [Inline::Strong { content: lead }, rest @ ..] = content
        && !is_blank(rest)
        && inline_text(lead).trim_end().ends_with(['.', '!', '?', '。'])
    {
        return (Some(content[..1].to_vec()), trimmed(rest.to_vec()));
    }
    if let Some(parts) = split_text(content, sentence_end) {
        return parts;
    }
    if length > VERY_LONG {
        if let [Inline::Strong { .. }, rest @ ..] = content
            && !rest.is_empty()
        {
            return (Some(content[..1].to_vec()), trimmed(rest.to_vec()));
        }
        if let Some(parts) = split_text(content, clause_end) {
            return parts;
        }
    }
    (None, Vec::new())
}

fn length(piece: &Inline) -> usize {
    match piece {
        Inline::Text { text } | Inline::Code { text } => text.len(),
        Inline::Html { comment, text } => {
            if *comment {
                0
            } else {
                text.len()
            }
        }
        Inline::Break => 1,
        Inline::Emphasis { content }
        | Inline::Strong { content }
        | Inline::Strike { content }
        | Inline::Link { content, .. } => content.iter().map(length).sum(),
    }
}

type Parts = (Option<Vec<Inline>>, Vec<Inline>);

/// Splits where `end` says, in the text outside of code, links and emphasis. Comments behind the end stay with neither side.
fn split_text(content: &[Inline], end: fn(&str, usize) -> Option<usize>) -> Option<Parts> {
    let mut before = 0;
    for (at, piece) in content.iter().enumerate() {
        if let Inline::Text { text } = piece
            && let Some(cut) = end(text, before)
        {
            let mut head = content[..at].to_vec();
            head.push(Inline::Text {
                text: text[..cut].trim_end().to_owned(),
            });
            let mut rest = Vec::new();
            let left = text[cut..].trim_start();
            if !left.is_empty() {
                rest.push(Inline::Text { text: left.to_owned() });
            }
            rest.extend_from_slice(&content[at + 1..]);
            if is_blank(&rest) {
                return None;
            }
            return Some((Some(head), rest));
        }
        before += length(piece);
    }
    None
}

/// Words before a full stop that ends no sentence.
const ABBREVIATIONS: [&str; 20] = [
    "e.g", "i.e", "etc", "vs", "cf", "no", "nr", "approx", "ca", "resp", "incl", "max", "min", "z.b", "d.h", "p.ex",
    "p.ej", "st", "dr", "fig",
];

/// Where the first sentence ends.
fn sentence_end(text: &str, before: usize) -> Option<usize> {
    for (at, one) in text.char_indices() {
        if !matches!(one, '.' | '!' | '?' | '。' | '！' | '？') {
            continue;
        }
        let end = at + one.len_utf8();
        if before + end < 6 {
            continue;
        }
        if matches!(one, '。' | '！' | '？') {
            return Some(end);
        }
        let rest = &text[end..];
        if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
            continue;
        }
        let word = text[..at]
            .rsplit(|one: char| one.is_whitespace() || one == '(')
            .next()
            .unwrap_or_default();
        if one == '.'
            && (ABBREVIATIONS.contains(&word.to_lowercase().as_str())
                || word.chars().count() == 1 && word.chars().all(char::is_alphabetic))
        {
            continue;
        }
        let next = rest.trim_start().chars().next();
        if next.is_none_or(|next| !next.is_lowercase()) {
            return Some(end);
        }
    }
    None
}

/// Where a clause ends that is long enough for a title.
fn clause_end(text: &str, before: usize) -> Option<usize> {
    let found = [": ", ":\n", " – ", " — ", "; ", " - ", "\n", "：", "；"]
        .iter()
        .filter_map(|mark| {
            text.match_indices(mark)
                .find(|(at, _)| before + at >= 15)
                .map(|(at, mark)| {
                    if mark.starts_with([':', ';', '：', '；']) {
                        at + mark.chars().next().map_or(1, char::len_utf8)
                    } else {
                        at
                    }
                })
        });
    found.min()
}

fn trimmed(mut rest: Vec<Inline>) -> Vec<Inline> {
    if let Some(Inline::Text { text }) = rest.first_mut() {
        *text = text.trim_start_matches([' ', ':', '–', '—', '-', '\n', '.']).to_owned();
    }
    rest
}

/// `Run the doctor – \`python -m tools.doctor\``: the code after the dash is the step's command, and no part of its title. Other commands
/// in the text stay in it.
fn title_and_commands(content: &[Inline]) -> (String, Vec<String>) {
    let separators = ['–', '—', ':', '-', '→', ' ', '：'];
    let shown = content.iter().rposition(|piece| match piece {
        Inline::Html { comment, .. } => !comment,
        Inline::Text { text } => text.contains(char::is_alphanumeric),
        _ => true,
    });
    if let Some(last) = shown
        && let Inline::Code { text: code } = &content[last]
    {
        let before = one_line(&content[..last]);
        // Code alone says what to run.
        if before.is_empty() && words::is_inline_command("", code, true) {
            return (code.clone(), vec![code.clone()]);
        }
        let title = before.trim_end_matches(separators);
        let behind = content[last + 1..]
            .iter()
            .all(|piece| !matches!(piece, Inline::Text { text } if text.contains([')', '?'])));
        if !title.is_empty()
            && title.len() < before.len()
            && ends_title(&before)
            && behind
            && words::is_inline_command(&before, code, true)
        {
            let mut commands = commands_in(&content[..last]);
            commands.push(code.clone());
            return (title.to_owned(), commands);
        }
    }
    (one_line(content), commands_in(content))
}

/// Whether a colon or dash stands at the end, and no blank alone.
fn ends_title(before: &str) -> bool {
    before.trim_end().ends_with([':', '–', '—', '-', '→', '：'])
}

/// The commands in running text.
pub(super) fn commands_in(content: &[Inline]) -> Vec<String> {
    let mut commands = Vec::new();
    for (at, piece) in content.iter().enumerate() {
        match piece {
            Inline::Code { text } => {
                let before = match at.checked_sub(1).map(|at| &content[at]) {
                    Some(Inline::Text { text }) => text.as_str(),
                    Some(Inline::Strong { content } | Inline::Emphasis { content }) => &inline_text(content),
                    _ => "",
                };
                if words::is_inline_command(before, text, false) {
                    commands.push(text.clone());
                }
            }
            Inline::Strong { content } | Inline::Emphasis { content } => commands.extend(commands_in(content)),
            _ => {}
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<Inline> {
        vec![Inline::Text { text: text.to_owned() }]
    }

    #[test]
    fn a_long_text_is_cut_after_its_first_sentence() {
        let long = "Collect the names. The tool needs the tags, e.g. v1, so fetch them before you start, or it will count from the first.";
        let found = titled(&text(long));
        assert_eq!(found.title, "Collect the names.");
        assert!(inline_text(&found.rest).starts_with("The tool"));
        assert_eq!(
            titled(&text("RPC contract. It must pass.")).title,
            "RPC contract. It must pass."
        );
        let one = format!("Use e.g. the tool {}", "and so on ".repeat(8));
        assert_eq!(titled(&text(&one)).title, one.trim());
    }

    #[test]
    fn optional_is_a_word_of_the_title_and_not_of_its_sentence() {
        for title in [
            "Settings (optional)",
            "OPTIONAL Step 2",
            "Optional: clean up",
            "[Optional] Clean up",
            "(optional) x",
            "確認（任意）",
        ] {
            assert!(is_optional(title), "{title}");
        }
        for title in ["Check the optional field", "Optional fields are set", "Look"] {
            assert!(!is_optional(title), "{title}");
        }
    }
}
