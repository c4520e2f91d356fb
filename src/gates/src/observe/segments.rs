//! The segments of a JSONPath (RFC 9535), as far as one must know them to say what they walk through. Paths were parsed by
//! `serde_json_path` before, which keeps what it made of them to itself: here their text is only taken apart.

use serde_json::Value;

/// A segment of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    /// As written: `.name`, `..[0]`.
    pub text: &'a str,
    /// It begins with `..`.
    pub deep: bool,
    pub selectors: Vec<Selector<'a>>,
}

/// What a segment selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selector<'a> {
    Name,
    /// `[*]`
    Each,
    /// `.*`
    EachMember,
    Index,
    Slice,
    /// `[?…]`, without the question mark.
    Filter(&'a str),
}

impl<'a> Selector<'a> {
    pub fn filter(&self) -> Option<&'a str> {
        match self {
            Self::Filter(filter) => Some(filter),
            _ => None,
        }
    }
}

impl Segment<'_> {
    pub fn has_filter(&self) -> bool {
        self.selectors.iter().any(|selector| selector.filter().is_some())
    }

    /// Whether it selects one value at most.
    pub fn is_singular(&self) -> bool {
        !self.deep && matches!(self.selectors.as_slice(), [Selector::Name | Selector::Index])
    }
}

/// A query within a filter.
pub(super) struct InnerQuery<'a> {
    /// It begins with `$`, not with `@`.
    pub root: bool,
    /// Without its first character.
    pub text: &'a str,
    pub segments: Vec<Segment<'a>>,
    pub operand: Operand<'a>,
    /// It is compared by `<`, `<=`, `>` or `>=`.
    pub ordered: bool,
}

/// What a filter does with a query.
#[derive(Clone, Copy)]
pub(super) enum Operand<'a> {
    /// It asks whether there is anything.
    Existence,
    /// It compares it with a literal.
    ComparedWith(Literal<'a>),
    /// It compares it with what another query finds: as written, and more after it.
    ComparedWithQuery(&'a str),
    /// It compares it with a length or a count.
    ComparedWithNumber,
    /// It compares it, and the other side says with what.
    Compared,
    /// It looks for a pattern in it, or takes it as one.
    Text,
    /// It takes its length.
    Measured,
    /// It hands it to a function that may make anything of it.
    Open,
}

/// A literal in a filter, as written.
#[derive(Clone, Copy)]
pub(super) struct Literal<'a>(&'a str);

impl Literal<'_> {
    /// Whether a value is of the literal's type. Everything may be null or not, but is not less than null.
    pub fn is_type_of(self, value: &Value, ordered: bool) -> bool {
        match self.0.as_bytes().first() {
            Some(b'"' | b'\'') => value.is_string(),
            Some(b'-' | b'0'..=b'9') => value.is_number(),
            Some(b't' | b'f') => value.is_boolean(),
            _ => !ordered,
        }
    }
}

/// The segments at the beginning of a text, and how many bytes they have.
pub(super) fn scan(text: &str) -> (Vec<Segment<'_>>, usize) {
    let mut segments = Vec::new();
    let mut at = 0;
    loop {
        let start = at + (text.len() - at - text[at..].trim_start().len());
        let rest = &text[start..];
        let deep = rest.starts_with("..");
        let dots = if deep { 2 } else { usize::from(rest.starts_with('.')) };
        let inner = &rest[dots..];
        let (selectors, length) = if inner.starts_with('[') {
            let end = closing(inner);
            (bracketed(&inner[1..end.saturating_sub(1).max(1)]), end)
        } else if dots > 0 && inner.starts_with('*') {
            (vec![Selector::EachMember], 1)
        } else if dots > 0 {
            let plain = |one: char| one.is_alphanumeric() || one == '_' || !one.is_ascii();
            let end = inner.find(|one| !plain(one)).unwrap_or(inner.len());
            (vec![Selector::Name], end)
        } else {
            return (segments, at);
        };
        if length == 0 {
            return (segments, at);
        }
        let end = start + dots + length;
        segments.push(Segment {
            text: &text[start..end],
            deep,
            selectors,
        });
        at = end;
    }
}

/// The queries of a filter.
pub(super) fn inner_queries(filter: &str) -> Vec<InnerQuery<'_>> {
    let mut queries = Vec::new();
    let mut at = 0;
    // The functions whose arguments are open, by name; an empty name is a plain parenthesis.
    let mut open: Vec<&str> = Vec::new();
    while let Some(one) = filter[at..].chars().next() {
        match one {
            '"' | '\'' => at += quoted(&filter[at..]),
            '(' => {
                let name = filter[..at]
                    .rsplit(|one: char| !one.is_ascii_alphanumeric() && one != '_')
                    .next();
                open.push(name.unwrap_or_default());
                at += 1;
            }
            ')' => {
                open.pop();
                at += 1;
            }
            '@' | '$' => {
                let (segments, length) = scan(&filter[at + 1..]);
                let text = &filter[at + 1..at + 1 + length];
                let before = filter[..at].trim_end();
                let after = filter[at + 1 + length..].trim_start();
                let operand = operand(before, after, open.last());
                let sign = before.trim_end_matches('=');
                queries.push(InnerQuery {
                    root: one == '$',
                    text,
                    segments,
                    operand,
                    ordered: after.starts_with(['<', '>']) || sign.ends_with(['<', '>']),
                });
                at += 1 + length;
            }
            other => at += other.len_utf8(),
        }
    }
    queries
}

fn operand<'a>(before: &'a str, after: &'a str, function: Option<&&str>) -> Operand<'a> {
    let compares = |text: &str| text.starts_with("==") || text.starts_with("!=") || text.starts_with(['<', '>']);
    if compares(after) {
        let other = after.trim_start_matches(['=', '!', '<', '>']).trim_start();
        return if is_literal(other) {
            Operand::ComparedWith(Literal(other))
        } else if other.starts_with(['@', '$']) {
            Operand::ComparedWithQuery(other)
        } else if other.starts_with("length") || other.starts_with("count") {
            Operand::ComparedWithNumber
        } else {
            Operand::Open
        };
    }
    if before.ends_with(['=', '<', '>']) {
        let other = before.trim_end_matches(['=', '!', '<', '>']).trim_end();
        let start = match other.chars().next_back() {
            Some(quote @ ('"' | '\'')) => other[..other.len() - 1].rfind(quote),
            _ => other
                .rfind(|one: char| one.is_whitespace() || matches!(one, '(' | '&' | '|' | '!'))
                .map(|at| at + 1),
        };
        let literal = &other[start.unwrap_or(0)..];
        return if other.ends_with(')') {
            // `value()` makes the whole filter open.
            Operand::ComparedWithNumber
        } else if is_literal(literal) {
            Operand::ComparedWith(Literal(literal))
        } else {
            Operand::Compared
        };
    }
    match function {
        Some(&"count") | Some(&"") | None => Operand::Existence,
        Some(&"match" | &"search") => Operand::Text,
        Some(&"length") => Operand::Measured,
        Some(_) => Operand::Open,
    }
}

fn is_literal(text: &str) -> bool {
    text.starts_with(['"', '\'', '-'])
        || text.starts_with(|one: char| one.is_ascii_digit())
        || ["true", "false", "null"].iter().any(|word| text.starts_with(word))
}

/// The selectors between two brackets.
fn bracketed(inside: &str) -> Vec<Selector<'_>> {
    let mut parts = Vec::new();
    let (mut start, mut at, mut depth) = (0, 0, 0_u32);
    while let Some(one) = inside[at..].chars().next() {
        match one {
            '"' | '\'' => {
                at += quoted(&inside[at..]);
                continue;
            }
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += one.len_utf8();
    }
    parts.push(&inside[start..]);
    parts.into_iter().map(selector).collect()
}

fn selector(part: &str) -> Selector<'_> {
    let part = part.trim();
    match part.chars().next() {
        Some('"' | '\'') => Selector::Name,
        Some('*') => Selector::Each,
        Some('?') => Selector::Filter(&part[1..]),
        _ if part.contains(':') => Selector::Slice,
        _ => Selector::Index,
    }
}

/// How many bytes a text has up to the bracket that closes its first one.
fn closing(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0_u32);
    while let Some(one) = text[at..].chars().next() {
        match one {
            '"' | '\'' => {
                at += quoted(&text[at..]);
                continue;
            }
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        at += one.len_utf8();
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// How many bytes a text has up to the end of the quotation that it begins with.
fn quoted(text: &str) -> usize {
    let mut characters = text.char_indices();
    let Some((_, quote)) = characters.next() else { return 0 };
    while let Some((at, one)) = characters.next() {
        if one == '\\' {
            characters.next();
        } else if one == quote {
            return at + 1;
        }
    }
    text.len()
}
