//! Which step of the one is which of the other.

use std::collections::{BTreeMap, VecDeque};

use holdpoint_domain::wire::Matched;

use super::facts::FactsOfStep;

/// A step of the two, by its places among the steps of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub this: Option<usize>,
    pub other: Option<usize>,
    pub matched: Matched,
}

/// Every step of the two: those of the first one in its order, then those that only the other one has.
pub(super) fn pairs(this: &[FactsOfStep], other: &[FactsOfStep]) -> Vec<Pair> {
    let ids: BTreeMap<&str, usize> = other
        .iter()
        .enumerate()
        .map(|(place, step)| (step.id.as_str(), place))
        .collect();
    let by_id: Vec<Option<usize>> = this.iter().map(|step| ids.get(step.id.as_str()).copied()).collect();
    let taken: Vec<usize> = by_id.iter().flatten().copied().collect();
    let mut free = vec![true; other.len()];
    taken.into_iter().for_each(|place| free[place] = false);
    let mut titles: BTreeMap<(&str, bool), VecDeque<usize>> = BTreeMap::new();
    for (place, step) in other.iter().enumerate().filter(|(place, _)| free[*place]) {
        titles
            .entry((step.title.as_str(), step.phase))
            .or_default()
            .push_back(place);
    }
    let mut pairs: Vec<Pair> = Vec::with_capacity(this.len());
    for (place, step) in this.iter().enumerate() {
        let by_title = || titles.get_mut(&(step.title.as_str(), step.phase))?.pop_front();
        let (other, matched) = match by_id[place] {
            Some(found) => (Some(found), Matched::ById),
            None => match { by_title }() {
                Some(found) => (Some(found), Matched::ByTitle),
                None => (None, Matched::OnlyThis),
            },
        };
        if let Some(other) = other {
            free[other] = false;
        }
        pairs.push(Pair {
            this: Some(place),
            other,
            matched,
        });
    }
    let only_other = free
        .iter()
        .enumerate()
        .filter(|(_, free)| **free)
        .map(|(place, _)| Pair {
            this: None,
            other: Some(place),
            matched: Matched::OnlyOther,
        });
    pairs.extend(only_other);
    pairs
}

/// Of pairs that are done in both, those that are out of order: the fewest without which the order would be the same.
pub(super) fn out_of_order(places: &[(u32, u32)]) -> Vec<bool> {
    let mut by_first: Vec<usize> = (0..places.len()).collect();
    by_first.sort_by_key(|index| places[*index].0);
    // The longest row of places that rises in both: the ends of the rows of each length, and what stands before each.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; places.len()];
    for index in by_first {
        let length = ends.partition_point(|end| places[*end].1 < places[index].1);
        before[index] = length.checked_sub(1).map(|shorter| ends[shorter]);
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let mut out = vec![true; places.len()];
    let mut next = ends.last().copied();
    while let Some(index) = next {
        out[index] = false;
        next = before[index];
    }
    out
}
