//! Terms that the session's runbook explains, explained on tap in the runbook's own words.

use std::sync::atomic::{AtomicUsize, Ordering};

use holdpoint_domain::wire::Term;
use leptos::prelude::*;

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Plain(&'a str),
    Term(&'a str, &'a Term),
}

/// Cuts a text at the terms in it, as whole words, whatever their case. Each term is explained where it stands first, and of two that
/// begin at the same place the longer one.
fn pieces<'a>(text: &'a str, terms: &'a [Term]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut explained: Vec<&str> = Vec::new();
    let (mut begun, mut at) = (0, 0);
    while let Some(next) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let starts_word = !text[..at].ends_with(char::is_alphanumeric);
        let found = terms
            .iter()
            .filter(|one| starts_word && !explained.contains(&one.term.as_str()))
            .filter(|one| stands_at(text, at, &one.term))
            .max_by_key(|one| one.term.len());
        let Some(term) = found else {
            at += next.len_utf8();
            continue;
        };
        let end = at + term.term.len();
        if begun < at {
            pieces.push(Piece::Plain(&text[begun..at]));
        }
        pieces.push(Piece::Term(&text[at..end], term));
        explained.push(&term.term);
        (begun, at) = (end, end);
    }
    if begun < text.len() {
        pieces.push(Piece::Plain(&text[begun..]));
    }
    pieces
}

fn stands_at(text: &str, at: usize, term: &str) -> bool {
    let end = at + term.len();
    let same = text.get(at..end).is_some_and(|word| word.eq_ignore_ascii_case(term));
    same && !term.is_empty() && !text[end..].starts_with(char::is_alphanumeric)
}

/// A text with its terms as buttons, which show and hide what they mean.
#[component]
pub fn Explained(text: String, #[prop(into)] terms: Signal<Vec<Term>>) -> impl IntoView {
    move || {
        let terms = terms.get();
        let piece = |piece: &Piece<'_>| match piece {
            Piece::Plain(text) => (*text).to_owned().into_any(),
            Piece::Term(word, term) => {
                view! { <TermButton word=(*word).to_owned() meaning=term.meaning.clone() /> }.into_any()
            }
        };
        pieces(&text, &terms).iter().map(piece).collect_view()
    }
}

/// The browser itself opens and closes what a button names as its popover, by a press or Escape, and says whether it is open.
#[component]
fn TermButton(word: String, meaning: String) -> impl IntoView {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let id = format!("term-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    view! {
        <button type="button" class="term" popovertarget=id.clone()>{word.clone()}</button>
        <span id=id popover="auto" class="meaning" role="note">
            <b>{word}</b>
            ": "
            {meaning}
            <span class="quiet small">" (from the runbook’s glossary)"</span>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(words: &[&str]) -> Vec<Term> {
        let term = |word: &&str| Term {
            term: (*word).to_owned(),
            meaning: format!("what {word} means"),
        };
        words.iter().map(term).collect()
    }

    fn cut(text: &str, words: &[&str]) -> Vec<String> {
        let terms = terms(words);
        let pieces = pieces(text, &terms);
        let piece = |piece: &Piece<'_>| match piece {
            Piece::Plain(text) => (*text).to_owned(),
            Piece::Term(word, term) => format!("[{word}={}]", term.term),
        };
        pieces.iter().map(piece).collect()
    }

    #[test]
    fn terms_are_whole_words_in_any_case_and_explained_once() {
        assert_eq!(
            cut("The deploy is done: Deploy, deployed.", &["Deploy"]),
            ["The ", "[deploy=Deploy]", " is done: Deploy, deployed."]
        );
        assert_eq!(
            cut("Main branch", &["Main", "Main branch"]),
            ["[Main branch=Main branch]"]
        );
        assert_eq!(
            cut("“Migration” über", &["Migration"]),
            ["“", "[Migration=Migration]", "” über"]
        );
        assert_eq!(cut("nothing", &["Deploy", ""]), ["nothing"]);
        assert!(cut("", &["Deploy"]).is_empty());
    }
}
