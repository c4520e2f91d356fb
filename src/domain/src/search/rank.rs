//! Searching, and the order of what is found.

use std::collections::BTreeMap;

use super::fold::{Decompose, words};
use super::index::{Index, Indexed};
use super::query::Query;
use crate::wire::{FoundKind, Mark, SearchAnswer, SearchCount, SearchHit};

/// Hits of one kind.
const OF_A_KIND: usize = 8;
/// Hits without a question: everything of the kinds that are offered then, up to this number each.
const OFFERED: usize = 50;

/// How a word is in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    Whole,
    Beginning,
    Within,
    Similar,
    Not,
}

/// How well an entry fits. The better one is the smaller one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Exact,
    Begins,
    InTitle,
    Anywhere,
    Within,
    Similar,
}

/// Searches several indexes as if they were one.
#[must_use]
pub fn search(indexes: &[&Index], query: &Query) -> SearchAnswer {
    if query.is_empty() {
        return offered(indexes, query);
    }
    let mut found: Vec<(Rank, usize, FoundKind, &Indexed)> = Vec::new();
    for index in indexes {
        let classes: Vec<Vec<How>> = query
            .words
            .iter()
            .map(|wanted| index.vocabulary.iter().map(|word| how(wanted, word)).collect())
            .collect();
        for entry in &index.entries {
            if let Some((rank, parts)) = rank(entry, &classes, &query.phrase) {
                found.push((rank, parts, entry.hit.kind, entry));
            }
        }
    }
    let similar = found.iter().all(|(rank, ..)| *rank == Rank::Similar);
    found.retain(|(rank, ..)| similar || *rank != Rank::Similar);
    // Stable, so that what is equal stays in the order of its source.
    found.sort_by_key(|(rank, parts, kind, _)| (*rank, *parts, *kind));
    let similar = similar && !found.is_empty();
    answer(query, similar, OF_A_KIND, found.into_iter().map(|(.., entry)| entry))
}

/// What is offered to somebody who has not typed anything.
fn offered(indexes: &[&Index], query: &Query) -> SearchAnswer {
    let kinds = [FoundKind::Session, FoundKind::Runbook, FoundKind::Procedure];
    let all = indexes.iter().flat_map(|index| &index.entries);
    answer(query, false, OFFERED, all.filter(|one| kinds.contains(&one.hit.kind)))
}

fn answer<'a>(query: &Query, similar: bool, most: usize, found: impl Iterator<Item = &'a Indexed>) -> SearchAnswer {
    let mut counts: BTreeMap<FoundKind, u32> = BTreeMap::new();
    let mut hits = Vec::new();
    for entry in found {
        let count = counts.entry(entry.hit.kind).or_default();
        *count = count.saturating_add(1);
        if (*count as usize) <= most {
            hits.push(marked(&entry.hit, query));
        }
    }
    SearchAnswer {
        query: query.asked.clone(),
        similar,
        hits,
        counts: counts
            .into_iter()
            .map(|(kind, count)| SearchCount { kind, count })
            .collect(),
    }
}

/// How an entry fits, and of how many words it has only a part.
fn rank(entry: &Indexed, classes: &[Vec<How>], phrase: &str) -> Option<(Rank, usize)> {
    let best = |places: &[usize], class: &[How]| places.iter().map(|at| class[*at]).min().unwrap_or(How::Not);
    let mut worst = (How::Whole, How::Whole);
    let mut parts = 0;
    for class in classes {
        let in_title = best(&entry.title, class);
        let anywhere = in_title.min(best(&entry.rest, class));
        parts += usize::from(anywhere != How::Whole);
        worst = (worst.0.max(in_title), worst.1.max(anywhere));
    }
    let rank = match worst {
        _ if entry.phrase == phrase => Rank::Exact,
        (How::Whole | How::Beginning, _) if entry.phrase.starts_with(phrase) => Rank::Begins,
        (How::Whole | How::Beginning, _) => Rank::InTitle,
        (_, How::Whole | How::Beginning) => Rank::Anywhere,
        (_, How::Within) => Rank::Within,
        (_, How::Similar) => Rank::Similar,
        (_, How::Not) => return None,
    };
    Some((rank, parts))
}

fn how(wanted: &str, word: &str) -> How {
    if word == wanted {
        How::Whole
    } else if word.starts_with(wanted) {
        How::Beginning
    } else if wanted.chars().nth(1).is_some() && word.contains(wanted) {
        How::Within
    } else if is_similar(wanted, word) {
        How::Similar
    } else {
        How::Not
    }
}

/// Whether two words differ by a slip: one letter in words of four and more, two in words of eight and more.
fn is_similar(wanted: &str, word: &str) -> bool {
    let (wanted_length, length) = (wanted.chars().count(), word.chars().count());
    let slips = match wanted_length.min(length) {
        ..4 => return false,
        4..8 => 1,
        _ => 2,
    };
    // A number is another number where it differs.
    let is_number = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    wanted_length.abs_diff(length) <= slips
        && !is_number(wanted)
        && !is_number(word)
        && strsim::osa_distance(wanted, word) <= slips
}

fn marked(hit: &SearchHit, query: &Query) -> SearchHit {
    SearchHit {
        title_marks: marks(&hit.title, &query.words, query.decompose),
        detail_marks: marks(&hit.detail, &query.words, query.decompose),
        ..hit.clone()
    }
}

/// Where a text has the words.
fn marks(text: &str, wanted: &[String], decompose: Decompose) -> Vec<Mark> {
    let mut marks = Vec::new();
    for word in words(text, decompose) {
        let found = wanted.iter().filter_map(|wanted| match how(wanted, &word.text) {
            How::Whole | How::Similar => Some((0, word.places.len() - 1)),
            How::Beginning => Some((0, wanted.chars().count())),
            How::Within => {
                let before = word.text.find(wanted.as_str())?;
                let from = word.text[..before].chars().count();
                Some((from, from + wanted.chars().count()))
            }
            How::Not => None,
        });
        let longest = found.max_by_key(|(from, to)| to - from);
        if let Some((from, to)) = longest {
            // A letter that became two is marked whole.
            let end = word.places[to.saturating_sub(1)] + 1;
            marks.push(Mark {
                from: word.places[from],
                to: end.max(word.places[to]),
            });
        }
    }
    marks
}
