//! What is no annotation and could have been meant as one. A misspelt gate must not become a step that a hand can tick, so
//! such a text is an error and never silence.

use std::borrow::Cow;

use holdpoint_domain::runbook::{Severity, reorders_or_hides};
use strsim::osa_distance;
use unicode_normalization::UnicodeNormalization as _;

/// What is said of a comment that is nearly one of ours.
pub(super) const NEARLY: &str = "This could be meant for Holdpoint and cannot be read: write <!-- holdpoint: gate=NAME -->, with the colon, or put other words first";
const NAME: &str = "holdpoint";
/// What opens a comment, or a list of attributes, for other readers of Markdown: link definitions that nobody refers to, MDX,
/// templates, kramdown.
const HIDDEN_ELSEWHERE: [&str; 9] = [
    "[//]:",
    "[comment]:",
    "[holdpoint]:",
    "{/*",
    "<%",
    "{%",
    "{#",
    "{:",
    "/*",
];
/// What begins a line that is a comment, in the languages that runbooks have.
const COMMENTS: [&str; 9] = ["#", "//", "-- ", ";", "%", "::", "/*", "<#", "rem "];
/// What begins a comment after other code. Two hyphens end a command's options, too.
const ENDING_COMMENTS: [&str; 4] = ["#", "//", "/*", HYPHENS];
const HYPHENS: &str = "-- ";
/// Optimal string alignment distance up to which a word is taken for the name. “Checkpoint” is 5 away, “holding” 3.
const NAME_DISTANCE: usize = 2;

/// Whether a comment's inside could have been meant for Holdpoint: its first word is nearly the name, or somewhere in it stands
/// the name with a colon, or a key of ours with a value.
pub(super) fn is_meant_in_comment(inside: &str) -> bool {
    let folded = fold(inside);
    let words = Words::of(&folded);
    words.begin_with_name()
        || words.has_name_with(&[':', '='])
        || words.has_our_key(&[':', '='])
        || words.begin_with_gate()
}

/// Where outside of comments and code something stands that could have been meant as an annotation: a comment that is not
/// opened as one, or the name and a key with a value in open text. `text` is one line.
pub(super) fn meant_in_text(line: &str) -> Option<usize> {
    if let Some(at) = meant_in_opened(line, is_mark) {
        return Some(at);
    }
    if !line.contains(['=', '＝', '﹦']) {
        return None;
    }
    let folded = fold(line);
    let words = Words::of(&folded);
    if let Some(at) = HIDDEN_ELSEWHERE.iter().filter_map(|opener| line.find(opener)).min()
        && words.has_our_key(&['='])
    {
        return Some(at);
    }
    // A place in the folded text is none in the line, unless nothing was folded but letters' case.
    words.name_before_key().map(|at| match &folded {
        Cow::Owned(folded) if folded.len() != line.len() => 0,
        _ => at,
    })
}

/// Whether in a value of a key stands another key with `=`, one of `keys` or nearly a gate.
pub(super) fn has_key_in(value: &str, keys: &[&str]) -> bool {
    // What cannot be seen may stand where a blank was meant.
    let spaced: String = value
        .chars()
        .map(|one| {
            if one.is_control() || reorders_or_hides(one) {
                ' '
            } else {
                one
            }
        })
        .collect();
    let folded = fold(&spaced);
    let words = Words::of(&folded);
    words.has_our_key(&['='])
        || words
            .words
            .iter()
            .any(|one| keys.contains(&one.1) && words.follows(*one) == Some('='))
}

/// Where in a line of code a comment of HTML stands that could have been meant for Holdpoint.
pub(super) fn meant_in_code(line: &str) -> Option<usize> {
    meant_in_opened(line, |one| matches!(one, '!' | '！'))
}

/// Where in a line of code that steps can be made of something stands that could have been meant: the name with a colon and a gate or
/// what becomes of a step behind it, such a key in a fence's opening line, or a comment of the code that has the name or begins with
/// such a key. Where such a comment has other words, too, it may say something else, and is a warning.
pub(super) fn named_in_code(line: &str) -> Option<(usize, Severity)> {
    if !line.contains(['=', '＝', '﹦']) {
        return None;
    }
    let folded = fold(line);
    let words = Words::of(&folded);
    let place = |at: usize| match &folded {
        Cow::Owned(folded) if folded.len() != line.len() => 0,
        _ => at,
    };
    if !words.has_our_key(&['=']) {
        return None;
    }
    if let Some(at) = ["```", "~~~"].iter().find_map(|fence| line.find(fence)) {
        return Some((at, Severity::Error));
    }
    if let Some(at) = words.name_with_colon() {
        return Some((place(at), Severity::Error));
    }
    let (at, inside) = comment_of_code(&folded)?;
    let comment = Words::of(&folded[inside..]);
    if comment.name_before_key().is_some() {
        return Some((place(at), Severity::Error));
    }
    let (_, first) = comment.words.first()?;
    let begins = Words::of(&folded[inside..]).begins_with_our_key(first);
    begins.then(|| {
        let ends_options = folded[at..].starts_with(HYPHENS) && !folded[..at].trim().is_empty();
        let alone = !ends_options
            && folded[inside..]
                .split_whitespace()
                .all(|one| one.contains('=') || one == "optional" || !one.contains(char::is_alphanumeric));
        (place(at), if alone { Severity::Error } else { Severity::Warning })
    })
}

/// The comment that a line of code is, or that ends it: where it begins, and where its inside does.
fn comment_of_code(line: &str) -> Option<(usize, usize)> {
    let start = line.len() - line.trim_start().len();
    let mut openers = COMMENTS.iter();
    let whole = openers.any(|opener| line[start..].starts_with(opener));
    let at = match whole {
        true => start,
        false => {
            let blank = |at: &usize| line[..*at].ends_with(char::is_whitespace);
            let ends = ENDING_COMMENTS.iter().filter_map(|opener| line.rfind(opener));
            ends.filter(blank).max()?
        }
    };
    let inside =
        line[at..].trim_start_matches(|one: char| one.is_whitespace() || one.is_ascii_punctuation() && one != '"');
    let rem = inside.strip_prefix("rem ").filter(|_| whole).unwrap_or(inside);
    Some((at, line.len() - rem.len()))
}

/// The first comment, or what nearly is one, that could have been meant. What it must have in its opening is `mark`. Each is
/// looked at up to the next one, so that a line of openings costs its length.
fn meant_in_opened(line: &str, mark: impl Fn(char) -> bool) -> Option<usize> {
    let mut all = openers(line)
        .filter(|(at, inside)| line[*at..*inside].contains(&mark))
        .peekable();
    while let Some((at, inside)) = all.next() {
        let end = all.peek().map_or(line.len(), |(next, _)| (*next).max(inside));
        if is_meant_in_comment(&line[inside..end]) {
            return Some(at);
        }
    }
    None
}

fn is_mark(one: char) -> bool {
    matches!(one, '!' | '！' | '¡' | '-' | '_' | '\u{2212}') || ('\u{2010}'..='\u{2015}').contains(&one)
}

/// What opens a comment, or nearly does: `<!--`, `<!-`, `< !--`, `<--`, `<!—`, `&lt;!--`. Gives where it begins and ends.
fn openers(line: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let starts = line.match_indices(['<', '＜', '‹', '&']);
    starts.filter_map(|(at, start)| {
        let mut rest = &line[at + start.len()..];
        if start == "&" {
            let entity = ["lt;", "LT;", "#60;", "#x3c;", "#x3C;"];
            rest = entity.iter().find_map(|name| rest.strip_prefix(name))?;
        }
        let inside = rest.trim_start_matches(|one: char| one.is_whitespace() || is_mark(one) || one == '?');
        let opener = &rest[..rest.len() - inside.len()];
        opener.contains(is_mark).then(|| (at, line.len() - inside.len()))
    })
}

/// The text with what only looks different made equal: case, full-width forms, look-alike letters, characters without width.
fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        let same = !text
            .bytes()
            .any(|byte| byte.is_ascii_uppercase() || matches!(byte, b'0' | b'1'));
        return if same {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(text.bytes().map(|byte| folded_ascii(char::from(byte))).collect())
        };
    }
    let wide: String = text.nfkc().flat_map(char::to_lowercase).collect();
    // The skeleton of a whole text turns “m” into “rn”: only other alphabets are looked up in it.
    let alike = wide.chars().flat_map(|one| {
        let mut buffer = [0; 4];
        let letter: String = if one.is_ascii() {
            one.to_string()
        } else {
            unicode_security::skeleton(one.encode_utf8(&mut buffer)).collect()
        };
        letter.chars().map(folded_ascii).collect::<Vec<_>>()
    });
    Cow::Owned(alike.collect())
}

fn folded_ascii(one: char) -> char {
    match one {
        '0' => 'o',
        '1' => 'l',
        other => other.to_ascii_lowercase(),
    }
}

/// The words of a folded text, each with its place and what stands behind it.
struct Words<'a> {
    text: &'a str,
    words: Vec<(usize, &'a str)>,
}

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Self {
        let mut words = Vec::new();
        let mut start = None;
        for (at, one) in text.char_indices().chain([(text.len(), ' ')]) {
            let within = one.is_alphanumeric() || one == '\u{FFFD}' || one == '_';
            match (start, within) {
                (None, true) => start = Some(at),
                (Some(from), false) => {
                    words.push((from, &text[from..at]));
                    start = None;
                }
                _ => {}
            }
        }
        Self { text, words }
    }

    fn begin_with_name(&self) -> bool {
        let first = self.words.first().is_some_and(|(_, word)| is_name(word));
        let both = match self.words.as_slice() {
            [(at, one), (next, two), ..] => {
                self.text[at + one.len()..*next].len() <= 3 && is_name(&format!("{one}{two}"))
            }
            _ => false,
        };
        first || both
    }

    /// A gate first, and then a name alone, in brackets or behind an arrow: `gate api`, `gate(api)`, `gate -> api`.
    fn begin_with_gate(&self) -> bool {
        let Some((at, word)) = self.words.first().filter(|(_, word)| is_gate(word)) else {
            return false;
        };
        let rest = &self.text[at + word.len()..];
        let named = rest.trim();
        let alone = rest.starts_with(char::is_whitespace) && !named.is_empty() && !named.contains(char::is_whitespace);
        alone || rest.starts_with('(') || ["->", "=>", "→"].iter().any(|arrow| named.starts_with(arrow))
    }

    /// What follows a word after white space.
    fn follows(&self, (at, word): (usize, &str)) -> Option<char> {
        self.text[at + word.len()..]
            .trim_start_matches(|one: char| one.is_whitespace() || matches!(one, '"' | '\''))
            .chars()
            .next()
    }

    fn has_name_with(&self, marks: &[char]) -> bool {
        let named =
            |one: &&(usize, &str)| is_name(one.1) && self.follows(**one).is_some_and(|next| marks.contains(&next));
        self.words.iter().any(|one| named(&one))
    }

    /// A key that means a gate or what becomes of a step, with a value: other tools have no such key.
    fn has_our_key(&self, marks: &[char]) -> bool {
        let mut pairs = self.words.iter().enumerate();
        pairs.any(|(index, one)| {
            let next = self.follows(*one);
            let joined = || {
                self.words
                    .get(index + 1)
                    .map(|two| (two.0, format!("{}{}", one.1, two.1)))
            };
            if is_gate(one.1) {
                return next.is_some_and(|next| marks.contains(&next));
            }
            let is_other = |word: &str| matches!(word, "timebox" | "on_fail" | "onfail");
            is_other(one.1) && next == Some('=')
                || joined().is_some_and(|(at, word)| {
                    next == Some('-') && is_other(&word) && self.follows((at, self.words[index + 1].1)) == Some('=')
                })
        })
    }

    /// The name with a colon, which is none before a port or a path.
    fn name_with_colon(&self) -> Option<usize> {
        self.words.windows(2).find_map(|pair| {
            let [one, two] = pair else { return None };
            let between = &self.text[one.0 + one.1.len()..two.0];
            let apart = between.trim() == ":" && (between.trim_start() != ":" || self.follows(*two) == Some('='));
            (is_name(one.1) && apart).then_some(one.0)
        })
    }

    /// Whether the first word, which is given, is a key of ours with a value.
    fn begins_with_our_key(&self, first: &str) -> bool {
        let of_gate = is_gate(first) && self.words.first().and_then(|one| self.follows(*one)) == Some('=');
        let up_to_value = self.text.split('=').next().unwrap_or_default().trim();
        of_gate
            || matches!(
                up_to_value,
                "timebox" | "on_fail" | "onfail" | "on-fail" | "time-box" | "time_box"
            )
    }

    /// The name, then a word with `=`: `holdpoint gate=x`, `holdpint: gaet = x`.
    fn name_before_key(&self) -> Option<usize> {
        self.words.windows(2).find_map(|pair| {
            let [one, two] = pair else { return None };
            let between = &self.text[one.0 + one.1.len()..two.0];
            let near = between.chars().all(|one| {
                one.is_whitespace()
                    || !one.is_ascii()
                    || matches!(
                        one,
                        ':' | ';' | ',' | '.' | '-' | '*' | '(' | ')' | '[' | ']' | '#' | '"' | '\''
                    )
            });
            (is_name(one.1) && near && self.follows(*two) == Some('=')).then_some(one.0)
        })
    }
}

/// Whether a folded word is the name or nearly so.
fn is_name(word: &str) -> bool {
    let word = word.replace('_', "");
    let letters = word.chars().count();
    let near = (NAME.len() - NAME_DISTANCE..=NAME.len() + NAME_DISTANCE).contains(&letters)
        && osa_distance(&word, NAME) <= NAME_DISTANCE;
    near || letters <= 32 && word.contains(NAME)
}

/// Whether a folded word is `gate` or nearly so. “Date”, “rate” and “game” are words of others: letters may be missing,
/// doubled or swapped, and not be other ones.
fn is_gate(word: &str) -> bool {
    if word.len() > 6 || !word.starts_with('g') {
        return false;
    }
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let same_length = word.chars().count() == 4;
    matches!(word, "gate" | "gates")
        || osa_distance(word, "gate") == 1 && (!same_length || sorted(word) == sorted("gate"))
}
