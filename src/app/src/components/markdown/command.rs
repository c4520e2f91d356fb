//! Command text with its variables filled in, its placeholders marked and its comments set back.

use std::collections::BTreeMap;

use holdpoint_domain::runbook::shown;
use leptos::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Literal,
    /// A `{{name}}` that was filled in; the piece's text is the value.
    Variable(String),
    /// A `<like-this>` or a `{{name}}` without a value: the captain must put something here.
    Placeholder,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    kind: Kind,
    text: String,
    comment: bool,
}

/// The command as it is to be read: filled-in values and open placeholders are marked, comments are quiet.
#[component]
pub fn CommandText(
    text: String,
    /// `bash`, `sql`, …: decides what a comment is.
    #[prop(into, optional)]
    language: String,
    /// What `{{name}}` stands for.
    values: BTreeMap<String, String>,
) -> impl IntoView {
    let pieces = pieces(&text, &language, &values)
        .into_iter()
        .map(show)
        .collect::<Vec<_>>();
    view! { <code>{pieces}</code> }
}

fn show(piece: Piece) -> AnyView {
    let comment = piece.comment;
    // What cannot be seen is shown by its number; what is copied stays as it is written.
    let piece = Piece {
        text: shown(&piece.text).into_owned(),
        ..piece
    };
    match piece.kind {
        Kind::Literal if comment => view! { <span class="comment">{piece.text}</span> }.into_any(),
        Kind::Literal => piece.text.into_any(),
        Kind::Variable(name) => {
            view! { <mark class="var" class:comment=comment title=format!("{name}, filled in")>{piece.text}</mark> }
                .into_any()
        }
        Kind::Placeholder => view! {
            <mark class="placeholder" class:comment=comment title="Put your own value here">{piece.text}</mark>
        }
        .into_any(),
    }
}

/// The command as it is to be copied: variables filled in, everything else as written.
#[must_use]
pub fn filled(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut copy = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        let (before, from) = rest.split_at(at);
        copy.push_str(before);
        match variable(from) {
            Some((name, length)) => {
                copy.push_str(values.get(name).map_or(&from[..length], String::as_str));
                rest = &from[length..];
            }
            None => {
                copy.push_str("{{");
                rest = &from[2..];
            }
        }
    }
    copy.push_str(rest);
    copy
}

fn pieces(text: &str, language: &str, values: &BTreeMap<String, String>) -> Vec<Piece> {
    let mut found = Pieces {
        pieces: Vec::new(),
        literal: String::new(),
        comment: false,
    };
    let mut quote: Option<char> = None;
    let mut before = '\n';
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if let Some((name, length)) = variable(rest) {
            match values.get(name) {
                Some(value) => found.push(Kind::Variable(name.to_owned()), value),
                None => found.push(Kind::Placeholder, &rest[..length]),
            }
            rest = &rest[length..];
            before = '}';
            continue;
        }
        if let Some(length) = placeholder(rest) {
            found.push(Kind::Placeholder, &rest[..length]);
            rest = &rest[length..];
            before = '>';
            continue;
        }
        match next {
            '\n' => {
                // The line's end belongs to the comment, and a quote that is never closed marks one line at most.
                found.literal.push(next);
                found.set_comment(false);
                quote = None;
                rest = &rest[1..];
                before = next;
                continue;
            }
            '"' | '\'' if !found.comment => match quote {
                Some(open) if open == next => quote = None,
                Some(_) => {}
                None => quote = Some(next),
            },
            _ if quote.is_none() && before.is_whitespace() && starts_comment(rest, language) => found.set_comment(true),
            _ => {}
        }
        found.literal.push(next);
        rest = &rest[next.len_utf8()..];
        before = next;
    }
    found.set_comment(false);
    found.pieces
}

struct Pieces {
    pieces: Vec<Piece>,
    literal: String,
    comment: bool,
}

impl Pieces {
    fn flush(&mut self) {
        if !self.literal.is_empty() {
            let text = std::mem::take(&mut self.literal);
            self.pieces.push(Piece {
                kind: Kind::Literal,
                text,
                comment: self.comment,
            });
        }
    }

    fn push(&mut self, kind: Kind, text: &str) {
        self.flush();
        self.pieces.push(Piece {
            kind,
            text: text.to_owned(),
            comment: self.comment,
        });
    }

    fn set_comment(&mut self, comment: bool) {
        self.flush();
        self.comment = comment;
    }
}

fn starts_comment(rest: &str, language: &str) -> bool {
    match language.to_ascii_lowercase().as_str() {
        "sql" | "psql" | "pgsql" => rest.starts_with("--"),
        "json" | "http" | "text" | "txt" => false,
        // `#` opens a comment; `#!` in a first line is one, too.
        _ => rest.starts_with('#'),
    }
}

/// A `{{name}}` at the beginning: its name and its length.
fn variable(rest: &str) -> Option<(&str, usize)> {
    let inner = rest.strip_prefix("{{")?;
    let end = inner.find("}}")?;
    let name = inner[..end].trim();
    let plain = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    (!name.is_empty() && plain).then_some((name, end + 4))
}

/// A `<like-this>` at the beginning: its length. Redirections (`< file`, `<file >out`) are not placeholders.
fn placeholder(rest: &str) -> Option<usize> {
    const LONGEST: usize = 60;
    let inner = rest.strip_prefix('<')?;
    let end = inner.char_indices().take(LONGEST).find(|(_, c)| *c == '>')?.0;
    let name = &inner[..end];
    let starts = name.chars().next().is_some_and(char::is_alphabetic);
    let ends = name.chars().next_back().is_some_and(char::is_alphanumeric);
    let plain = name
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '/' | '|'));
    (starts && ends && plain).then_some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> BTreeMap<String, String> {
        [("git_sha".to_owned(), "a1b2c3d".to_owned())].into()
    }

    fn shown(text: &str, language: &str) -> String {
        let mark = |piece: Piece| {
            let text = match piece.kind {
                Kind::Literal => piece.text,
                Kind::Variable(name) => format!("[{name}={}]", piece.text),
                Kind::Placeholder => format!("[?{}]", piece.text),
            };
            if piece.comment { format!("({text})") } else { text }
        };
        pieces(text, language, &values()).into_iter().map(mark).collect()
    }

    #[test]
    fn marks_variables_placeholders_and_comments() {
        let table = [
            ("bash", "deploy {{git_sha}} now", "deploy [git_sha=a1b2c3d] now"),
            ("bash", "deploy {{ nobody }}", "deploy [?{{ nobody }}]"),
            ("bash", "close <issue-number>", "close [?<issue-number>]"),
            ("bash", "sort <in >out", "sort <in >out"),
            ("sql", "a < b AND c > d", "a < b AND c > d"),
            ("bash", "a # why {{git_sha}}\nb", "a (# why )([git_sha=a1b2c3d])(\n)b"),
            ("bash", "echo '# no comment'", "echo '# no comment'"),
            ("bash", "curl http://x/#top", "curl http://x/#top"),
            (
                "sql",
                "SELECT 1; -- Expected: 0 rows",
                "SELECT 1; (-- Expected: 0 rows)",
            ),
            ("bash", "run --flag", "run --flag"),
            ("", "{{}} {{a b}} <>", "{{}} {{a b}} <>"),
        ];
        for (language, text, expected) in table {
            assert_eq!(shown(text, language), expected, "{language}: {text}");
        }
    }

    #[test]
    fn copies_the_same_text_with_values_only() {
        assert_eq!(
            filled("x {{git_sha}} {{nobody}} {{ <a> # b", &values()),
            "x a1b2c3d {{nobody}} {{ <a> # b"
        );
    }
}
