//! Words without their endings, so that *migrations* is found in *Migrate*.

use std::collections::BTreeSet;

/// Words that tell nothing about what is done.
const EMPTY: [&str; 42] = [
    "a",
    "after",
    "against",
    "all",
    "an",
    "and",
    "app",
    "apps",
    "at",
    "by",
    "code",
    "dev",
    "do",
    "every",
    "for",
    "from",
    "in",
    "into",
    "is",
    "it",
    "its",
    "job",
    "new",
    "of",
    "on",
    "or",
    "our",
    "out",
    "prod",
    "production",
    "put",
    "stage",
    "staging",
    "step",
    "that",
    "the",
    "their",
    "this",
    "to",
    "which",
    "with",
    "you",
];

/// Endings with what takes their place, the longest first.
const ENDINGS: [(&str, &str); 20] = [
    ("ifications", "if"),
    ("ification", "if"),
    ("ifying", "if"),
    ("ifies", "if"),
    ("ified", "if"),
    ("ify", "if"),
    ("ations", "at"),
    ("ation", "at"),
    ("ating", "at"),
    ("ates", "at"),
    ("ated", "at"),
    ("ate", "at"),
    ("ments", ""),
    ("ment", ""),
    ("ings", ""),
    ("ing", ""),
    ("ies", "y"),
    ("ed", ""),
    ("es", "e"),
    ("s", ""),
];

/// The stems of a text's telling words.
pub(super) fn stems(text: &str) -> BTreeSet<String> {
    let words = text.split(|one: char| !one.is_alphanumeric()).map(str::to_lowercase);
    words
        .filter(|word| word.chars().count() > 1 && !EMPTY.contains(&word.as_str()))
        .filter(|word| !word.chars().all(|one| one.is_ascii_digit()))
        .map(|word| stem(&word))
        .collect()
}

fn stem(word: &str) -> String {
    let taken = ENDINGS.iter().find_map(|(ending, instead)| {
        let rest = word.strip_suffix(ending)?;
        // `notify` is as long as a stem may get without its ending.
        (rest.chars().count() >= 3).then(|| format!("{rest}{instead}"))
    });
    taken.unwrap_or_else(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem_and_other_words_have_others() {
        for forms in [
            ["test", "tests", "testing"],
            ["migrate", "migration", "migrations"],
            ["notify", "notification", "notifications"],
            ["deploy", "deployment", "deploys"],
            ["build", "builds", "building"],
            ["database", "databases", "database"],
        ] {
            let all: BTreeSet<String> = forms.iter().flat_map(|form| stems(form)).collect();
            assert_eq!(all.len(), 1, "{forms:?}: {all:?}");
        }
        for (one, other) in [
            ("apply", "application"),
            ("product", "production"),
            ("contain", "content"),
            ("verify", "version"),
        ] {
            assert_ne!(stems(one), stems(other));
        }
        assert!(stems("Put it into production, step 3").is_empty());
    }

    #[test]
    fn the_words_that_tell_nothing_stand_in_order() {
        assert!(EMPTY.is_sorted());
    }
}
