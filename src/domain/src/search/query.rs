//! What is searched for.

use super::fold::{Decompose, phrase, words};

/// Characters of a question; what is more is cut off.
pub const QUERY_LIMIT: usize = 200;
/// Words of a question; those after them are not looked for.
const WORDS: usize = 8;

/// A question, folded.
#[derive(Clone, Debug)]
pub struct Query {
    /// As it was asked, cut to [`QUERY_LIMIT`].
    pub asked: String,
    pub(super) words: Vec<String>,
    pub(super) phrase: String,
    pub(super) decompose: Decompose,
}

impl Query {
    /// Makes a question of what was typed.
    #[must_use]
    pub fn new(asked: &str, decompose: Decompose) -> Self {
        let asked: String = asked.trim().chars().take(QUERY_LIMIT).collect();
        let mut found = words(&asked, decompose);
        found.truncate(WORDS);
        Self {
            phrase: phrase(&found),
            words: found.into_iter().map(|word| word.text).collect(),
            asked,
            decompose,
        }
    }

    /// It has no word, so that nothing is searched for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}
