//! What can be found, by its words.

use std::collections::HashMap;

use super::fold::{Decompose, phrase, words};
use crate::wire::SearchHit;

/// Entries of an index; those after them are not found.
const ENTRIES: usize = 20_000;
/// Characters of what finds an entry besides its title and its detail.
const ALSO: usize = 2_000;

/// Something that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// As it is shown; without marks.
    pub hit: SearchHit,
    /// What finds it besides its title and its detail, and is not shown.
    pub also: String,
}

/// An index of entries. Each word is kept once, so that a search compares with as many words as there are different ones.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) entries: Vec<Indexed>,
    pub(super) vocabulary: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Indexed {
    pub hit: SearchHit,
    pub phrase: String,
    /// Places in the vocabulary.
    pub title: Vec<usize>,
    pub rest: Vec<usize>,
}

impl Index {
    /// Makes the index.
    #[must_use]
    pub fn of(entries: impl IntoIterator<Item = Entry>, decompose: Decompose) -> Self {
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut index = Self::default();
        for Entry { hit, also } in entries.into_iter().take(ENTRIES) {
            let mut places = |text: &str| -> Vec<usize> {
                let each = words(text, decompose).into_iter();
                let mut places: Vec<usize> = each
                    .map(|word| {
                        let next = known.len();
                        *known.entry(word.text).or_insert(next)
                    })
                    .collect();
                places.sort_unstable();
                places.dedup();
                places
            };
            let also: String = also.chars().take(ALSO).collect();
            index.entries.push(Indexed {
                phrase: phrase(&words(&hit.title, decompose)),
                title: places(&hit.title),
                rest: places(&format!("{} {also}", hit.detail)),
                hit,
            });
        }
        index.vocabulary = vec![String::new(); known.len()];
        for (word, at) in known {
            index.vocabulary[at] = word;
        }
        index
    }
}
