//! Whether a document is of the form that a JSONPath walks through. A path that walks a list selects nothing in a text that
//! stands in the list's place, and “nothing” would then be counted as “no errors”.

use holdpoint_domain::json::Json;
use serde_json::Value;

use super::query::query;
use super::segments::{Operand, Segment, Selector, inner_queries, scan};
use super::steps::{Steps, child_count, children};
use crate::compare::type_of;

/// What is made of the selected values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Count,
    /// One of them is compared.
    Value,
}

/// Digits that a float keeps of every decimal number. Filters compare numbers as floats.
const FLOAT_DIGITS: usize = 15;

/// Why what the path selects in the document, or does not, proves nothing; none if it does. The path was parsed before.
pub(super) fn unprovable(path: &str, document: &Value, exact: &Json, purpose: Purpose, what: &str) -> Option<String> {
    let rest = path.trim().strip_prefix('$')?;
    let (segments, length) = scan(rest);
    if length != rest.len() {
        return Some("the path cannot be taken apart, so nobody knows what it leaves out".to_owned());
    }
    let filtered = segments.iter().any(Segment::has_filter);
    if filtered && (has_long_number(exact) || has_long_literal(rest)) {
        return Some("the path's filter would round a number that has more than 15 digits".to_owned());
    }
    // Exactly one value at a fixed place was found or was not; there is nothing to be left out.
    if purpose == Purpose::Value && segments.iter().all(Segment::is_singular) {
        return None;
    }
    let walk = Walk {
        document,
        what,
        steps: Steps::new(),
    };
    walk.walk("$", document, &segments, purpose)
}

/// A walk through one document.
struct Walk<'a> {
    document: &'a Value,
    what: &'a str,
    steps: Steps,
}

impl<'a> Walk<'a> {
    fn walk(&self, from: &str, start: &'a Value, segments: &[Segment<'_>], purpose: Purpose) -> Option<String> {
        let mut prefix = from.to_owned();
        let mut nodes = vec![start];
        for (index, segment) in segments.iter().enumerate() {
            let last = index + 1 == segments.len();
            if nodes.is_empty() {
                return Some(format!("there is no {prefix} in the {}", self.what));
            }
            let within = if segment.deep {
                let mut all = Vec::new();
                for node in &nodes {
                    if let Some(why) = self.descend(node, &mut all) {
                        return Some(why);
                    }
                }
                let fits = |selector: &Selector<'_>| all.iter().any(|node| selector.fits(node, purpose));
                if !segment.selectors.iter().all(fits) {
                    return Some(format!(
                        "nothing in {prefix} is of the kind in which {} could be",
                        segment.text
                    ));
                }
                all
            } else {
                let wrong = nodes
                    .iter()
                    .find(|node| !segment.selectors.iter().all(|one| one.fits(node, purpose)));
                if let Some(node) = wrong {
                    return Some(format!(
                        "{prefix} is {}, in which {} selects nothing",
                        type_of(node),
                        segment.text
                    ));
                }
                nodes.clone()
            };
            if let Some(why) = self.take_selectors(segment, &within) {
                return Some(why);
            }
            let filters = segment.selectors.iter().filter_map(Selector::filter);
            for (filter, child) in filters.flat_map(|filter| {
                within
                    .iter()
                    .flat_map(move |node| children(node).map(move |child| (filter, child)))
            }) {
                if let Some(why) = self.steps.take_filter(filter, child, self.document) {
                    return Some(why);
                }
                if purpose == Purpose::Count
                    && let Some(why) = self.unfit(filter, child)
                {
                    return Some(why);
                }
            }
            let selected: Vec<Vec<&Value>> = nodes.iter().map(|node| query(segment.text, node)).collect();
            // A count of what is at the end of the path may be none; what is on the way there must be there each time.
            let needed = !segment.deep && segment.is_singular() && (!last || purpose == Purpose::Value);
            if needed && selected.iter().any(Vec::is_empty) {
                let (path, what) = (format!("{prefix}{}", segment.text), self.what);
                return Some(if nodes.len() == 1 {
                    format!("there is no {path} in the {what}")
                } else {
                    format!("{path} is not there each time in the {what}")
                });
            }
            nodes = selected.into_iter().flatten().collect();
            prefix.push_str(segment.text);
        }
        None
    }

    /// Adds a value and everything in it. Nesting is limited by the reader of the document.
    fn descend(&self, node: &'a Value, all: &mut Vec<&'a Value>) -> Option<String> {
        let mut next = all.len();
        all.push(node);
        while let Some(node) = all.get(next).copied() {
            if let Some(why) = self.steps.take(1) {
                return Some(why);
            }
            all.extend(children(node));
            next += 1;
        }
        None
    }

    /// Takes the steps of a segment's selectors, but for what its filters look at.
    fn take_selectors(&self, segment: &Segment<'_>, within: &[&Value]) -> Option<String> {
        for selector in &segment.selectors {
            for node in within {
                let steps = match selector {
                    Selector::Name | Selector::Index => 1,
                    Selector::Each | Selector::EachMember | Selector::Slice | Selector::Filter(_) => child_count(node),
                };
                if let Some(why) = self.steps.take(steps) {
                    return Some(why);
                }
            }
        }
        None
    }

    /// Whether a value has the type of what the query at the beginning of a text finds. What it does not find is told by itself.
    fn is_like(&self, value: &Value, query_text: &str, child: &Value) -> bool {
        let start = if query_text.starts_with('$') {
            self.document
        } else {
            child
        };
        let (_, length) = scan(&query_text[1..]);
        let found = query(&query_text[1..=length], start);
        found
            .first()
            .is_none_or(|other| std::mem::discriminant(value) == std::mem::discriminant(*other))
    }

    /// Why a filter says nothing about a value: what it looks at is not there, or of another type than it is compared with.
    fn unfit(&self, filter: &str, child: &'a Value) -> Option<String> {
        let queries = inner_queries(filter);
        for one in &queries {
            let start = if one.root { self.document } else { child };
            let mark = if one.root { '$' } else { '@' };
            if one.segments.iter().any(Segment::has_filter) {
                return Some(format!(
                    "a filter within the filter {filter} leaves open what it did not look at"
                ));
            }
            let tested = queries.iter().any(|other| {
                other.root == one.root && other.text == one.text && matches!(other.operand, Operand::Existence)
            });
            if matches!(one.operand, Operand::Existence) || tested {
                let from = mark.to_string();
                if let Some(why) = self.walk(&from, start, &one.segments, Purpose::Count) {
                    return Some(format!("the filter cannot be tried: {why}"));
                }
            }
            if matches!(one.operand, Operand::Existence) {
                continue;
            }
            let found = query(one.text, start);
            let Some(value) = found.first().copied() else {
                // Whether it is there is what the filter asks as well.
                if tested {
                    continue;
                }
                return Some(format!("{mark}{} of the filter is not there each time", one.text));
            };
            let fits = match one.operand {
                Operand::ComparedWith(literal) => literal.is_type_of(value, one.ordered),
                Operand::ComparedWithQuery(other) => self.is_like(value, other, child),
                Operand::ComparedWithNumber => value.is_number(),
                Operand::Text => value.is_string(),
                Operand::Measured => value.is_string() || value.is_array() || value.is_object(),
                Operand::Existence | Operand::Compared => true,
                Operand::Open => false,
            };
            let has_order = value.is_number() || value.is_string();
            if !fits || (one.ordered && !has_order) {
                return Some(format!(
                    "{mark}{} of the filter is {}, which the filter can say nothing about",
                    one.text,
                    type_of(value)
                ));
            }
        }
        None
    }
}

impl Selector<'_> {
    /// Whether a value is of the kind that the selector selects from. What is counted is a list with `[*]` and an object with `.*`.
    fn fits(&self, node: &Value, purpose: Purpose) -> bool {
        match (self, node) {
            (Self::Name, Value::Object(_)) | (Self::Index | Self::Slice, Value::Array(_)) => true,
            (Self::Each, Value::Array(_)) | (Self::EachMember, Value::Object(_)) => true,
            (Self::Each, Value::Object(_)) | (Self::EachMember, Value::Array(_)) => purpose == Purpose::Value,
            (Self::Filter(_), Value::Array(_) | Value::Object(_)) => true,
            _ => false,
        }
    }
}

fn has_long_number(value: &Json) -> bool {
    match value {
        Json::Number(number) => number.significant_digits() > FLOAT_DIGITS,
        Json::List(items) => items.iter().any(has_long_number),
        Json::Object(members) => members.values().any(has_long_number),
        _ => false,
    }
}

/// Whether a number in the path has more digits than a float keeps.
fn has_long_literal(path: &str) -> bool {
    let mut quote = None;
    let mut digits = 0;
    let mut characters = path.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(_), '\\') => {
                characters.next();
            }
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '0'..='9') => {
                digits += 1;
                if digits > FLOAT_DIGITS {
                    return true;
                }
            }
            (None, '.') => {}
            _ => digits = 0,
        }
    }
    false
}
