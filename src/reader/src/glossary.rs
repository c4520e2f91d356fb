//! The terms that a runbook explains itself.

use std::collections::BTreeSet;

use holdpoint_domain::runbook::{Reference, Runbook};
use holdpoint_domain::wire::Term;

/// Headings of sections that explain terms.
const HEADINGS: [&str; 3] = ["glossary", "terminology", "definitions"];
/// Terms of a runbook, and characters of a term and of its meaning: what is longer explains something else.
const MOST_TERMS: usize = 200;
const LONGEST_TERM: usize = 60;
const LONGEST_MEANING: usize = 600;

/// The terms that the runbook's glossaries explain, in their order, each as it is explained first. A glossary is a section of that name
/// with a table whose first column has the terms and whose second one says what they mean.
#[must_use]
pub fn glossary(book: &Runbook) -> Vec<Term> {
    let mut seen = BTreeSet::new();
    let is_glossary = |section: &&Reference| {
        let title = section.title.to_lowercase();
        HEADINGS.iter().any(|word| title.contains(word))
    };
    let rows = book
        .references
        .iter()
        .filter(is_glossary)
        .flat_map(|section| &section.items);
    let terms = rows.filter_map(|row| match row.as_slice() {
        [term, meaning, ..] => Some(Term {
            term: plain(term),
            meaning: plain(meaning),
        }),
        _ => None,
    });
    terms
        .filter(|one| (1..=LONGEST_TERM).contains(&one.term.chars().count()))
        .filter(|one| (1..=LONGEST_MEANING).contains(&one.meaning.chars().count()))
        .filter(|one| seen.insert(one.term.to_lowercase()))
        .take(MOST_TERMS)
        .collect()
}

fn plain(cell: &str) -> String {
    cell.replace("**", "").replace("__", "").trim().to_owned()
}
