//! A text that meets several comparisons: parts for each of them, in every order and with every separator, until one holds.

use holdpoint_gates::{Comparison, ComparisonOutcome};
use regex::Regex;
use serde_json::Value;

use super::pattern;

/// Texts that are tried at most for one place.
const MOST_CANDIDATES: usize = 1024;
/// Bytes of them.
const MOST_BYTES: usize = 1024 * 1024;
/// Variants of a pattern that are tried.
const VARIANTS: u32 = 24;
/// Parts whose orders are all tried; more are tried as they come and the other way round.
const MOST_PERMUTED: usize = 4;
/// Texts for a place of which nothing positive is said.
const PLAIN: [&str; 6] = ["ok", "rehearsed", "fine", "1", "x", "-"];

/// The first text that all comparisons hold for and that is accepted.
pub(super) fn find(comparisons: &[Comparison], separators: &[&str], accepted: &dyn Fn(&str) -> bool) -> Option<String> {
    let compiled = compiled(comparisons)?;
    let mut bytes = 0;
    candidates(comparisons, separators)
        .take(MOST_CANDIDATES)
        .take_while(|text| {
            // The first one is tried whatever its length.
            let within = bytes < MOST_BYTES;
            bytes += text.len();
            within
        })
        .find(|text| accepted(text) && compiled.iter().all(|one| one.holds(text)))
}

/// A comparison, with its pattern compiled once for all the texts that are tried.
enum Compiled<'a> {
    Matches(Regex),
    Other(&'a Comparison),
}

/// None if one of the patterns is none: then no text matches it.
fn compiled(comparisons: &[Comparison]) -> Option<Vec<Compiled<'_>>> {
    comparisons.iter().map(Compiled::new).collect()
}

impl<'a> Compiled<'a> {
    fn new(comparison: &'a Comparison) -> Option<Self> {
        match comparison {
            Comparison::Matches(pattern) => Regex::new(pattern).ok().map(Self::Matches),
            other => Some(Self::Other(other)),
        }
    }

    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Matches(regex) => regex.is_match(text),
            Self::Other(comparison) => comparison.compare_with(&Value::from(text)) == ComparisonOutcome::Holds,
        }
    }
}

/// Texts that may do, each made when it is tried.
fn candidates<'a>(comparisons: &'a [Comparison], separators: &'a [&str]) -> Box<dyn Iterator<Item = String> + 'a> {
    let whole = |value: &Value| value.as_str().map(str::to_owned);
    for comparison in comparisons {
        match comparison {
            Comparison::Equals(value) => return Box::new(whole(value).into_iter()),
            Comparison::OneOf(values) => return Box::new(values.iter().filter_map(whole)),
            Comparison::Commit(commit) => return Box::new(std::iter::once(commit.clone())),
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
    // One part may do for all of them.
    let single: Vec<String> = parts.iter().flatten().cloned().collect();
    let joined = choices(parts).flat_map(move |chosen| {
        orders(&chosen).into_iter().flat_map(move |order| {
            separators
                .iter()
                .map(move |separator| order.join(separator))
                .collect::<Vec<_>>()
        })
    });
    Box::new(single.into_iter().chain(joined).chain(PLAIN.map(str::to_owned)))
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
    for text in pattern::texts(pattern, VARIANTS) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// One text for each part: the first of each, then with another one of each in turn.
fn choices(parts: Vec<Vec<String>>) -> impl Iterator<Item = Vec<String>> {
    let first: Option<Vec<String>> = parts.iter().map(|texts| texts.first().cloned()).collect();
    let first = first.filter(|first| first.len() > 1);
    let others = first.clone().into_iter().flat_map(move |first| {
        let places: Vec<(usize, String)> = parts
            .iter()
            .enumerate()
            .flat_map(|(index, texts)| texts.iter().skip(1).map(move |text| (index, text.clone())))
            .collect();
        places.into_iter().map(move |(index, text)| {
            let mut choice = first.clone();
            choice[index] = text;
            choice
        })
    });
    first.into_iter().chain(others)
}

fn orders(parts: &[String]) -> Vec<Vec<String>> {
    if parts.len() > MOST_PERMUTED {
        return vec![parts.to_vec(), parts.iter().rev().cloned().collect()];
    }
    let Some((first, rest)) = parts.split_first() else {
        return vec![Vec::new()];
    };
    let mut all = Vec::new();
    for order in orders(rest) {
        for at in 0..=order.len() {
            let mut longer = order.clone();
            longer.insert(at, first.clone());
            all.push(longer);
        }
    }
    // The order as it is comes first.
    all.sort_by_key(|order| order != parts);
    all
}
