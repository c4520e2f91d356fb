//! A text that meets several comparisons: parts for each of them, in every order and with every separator, until one holds.

use holdpoint_gates::{Comparison, ComparisonOutcome};
use serde_json::Value;

use super::pattern;

/// Texts that are tried at most for one place.
const MOST_CANDIDATES: usize = 1024;
/// Variants of a pattern that are tried.
const VARIANTS: u32 = 24;
/// Parts whose orders are all tried; more are tried as they come and the other way round.
const MOST_PERMUTED: usize = 4;
/// Texts for a place of which nothing positive is said.
const PLAIN: [&str; 6] = ["ok", "rehearsed", "fine", "1", "x", "-"];

/// The first text that all comparisons hold for and that is accepted.
pub(super) fn find(comparisons: &[Comparison], separators: &[&str], accepted: &dyn Fn(&str) -> bool) -> Option<String> {
    candidates(comparisons, separators)
        .into_iter()
        .find(|text| accepted(text) && holds(comparisons, text))
}

fn holds(comparisons: &[Comparison], text: &str) -> bool {
    let value = Value::from(text);
    comparisons
        .iter()
        .all(|comparison| comparison.compare_with(&value) == ComparisonOutcome::Holds)
}

fn candidates(comparisons: &[Comparison], separators: &[&str]) -> Vec<String> {
    let whole = |value: &Value| value.as_str().map(str::to_owned);
    for comparison in comparisons {
        match comparison {
            Comparison::Equals(value) => return whole(value).into_iter().collect(),
            Comparison::OneOf(values) => return values.iter().filter_map(whole).collect(),
            Comparison::Commit(commit) => return vec![commit.clone()],
            _ => {}
        }
    }
    let mut parts: Vec<(Place, Vec<String>)> = comparisons
        .iter()
        .filter_map(|comparison| match comparison {
            Comparison::Contains(part) => Some((Place::Between, vec![part.clone()])),
            Comparison::Matches(pattern) => Some((place_of(pattern), variants(pattern))),
            _ => None,
        })
        .collect();
    parts.sort_by_key(|(place, _)| *place);
    let parts: Vec<Vec<String>> = parts.into_iter().map(|(_, texts)| texts).collect();
    let mut found = Vec::new();
    // One part may do for all of them.
    found.extend(parts.iter().flatten().cloned());
    for chosen in choices(&parts) {
        for order in orders(&chosen) {
            for separator in separators {
                found.push(order.join(separator));
                if found.len() >= MOST_CANDIDATES {
                    return found;
                }
            }
        }
    }
    found.extend(PLAIN.map(str::to_owned));
    found
}

/// Where a part has to stand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    First,
    Between,
    Last,
}

/// A pattern with an anchor wants the beginning or the end.
fn place_of(pattern: &str) -> Place {
    if pattern.starts_with('^') {
        Place::First
    } else if pattern.ends_with('$') {
        Place::Last
    } else {
        Place::Between
    }
}

fn variants(pattern: &str) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for text in (0..VARIANTS).filter_map(|variant| pattern::text(pattern, variant)) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// One text for each part: the first of each, then with another one of each in turn.
fn choices(parts: &[Vec<String>]) -> Vec<Vec<&str>> {
    let Some(first) = parts
        .iter()
        .map(|texts| texts.first().map(String::as_str))
        .collect::<Option<Vec<_>>>()
    else {
        return Vec::new();
    };
    let mut all = Vec::new();
    if first.len() > 1 {
        all.push(first.clone());
        for (index, texts) in parts.iter().enumerate() {
            for text in texts.iter().skip(1) {
                let mut choice = first.clone();
                choice[index] = text;
                all.push(choice);
            }
        }
    }
    all
}

fn orders<'a>(parts: &[&'a str]) -> Vec<Vec<&'a str>> {
    if parts.len() > MOST_PERMUTED {
        return vec![parts.to_vec(), parts.iter().rev().copied().collect()];
    }
    let Some((first, rest)) = parts.split_first() else {
        return vec![Vec::new()];
    };
    let mut all = Vec::new();
    for order in orders(rest) {
        for at in 0..=order.len() {
            let mut longer = order.clone();
            longer.insert(at, *first);
            all.push(longer);
        }
    }
    // The order as it is comes first.
    all.sort_by_key(|order| order != parts);
    all
}
