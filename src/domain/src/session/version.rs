//! What a version may be called. It stands in the middle of sentences that executives read, so that nothing in it may be read as ours.

use super::limits::NAME_LIMIT;
use super::refusal::Refusal;
use crate::runbook::shown;

const RULE: &str = "it is one name on one line, of letters, digits and signs such as `.`, `-`, `+` or `/`, without quotation marks \
    and characters that cannot be seen, and no sentence: no `.`, `,`, `:`, `;`, `!` or `?` before a blank or at its end.";

/// Refuses a version that could be read as more than a name: with quotation marks, several lines, characters that cannot be seen or
/// reorder what stands around them, or the end of a sentence in it. An empty one is none.
///
/// # Errors
/// [`Refusal::Malformed`], with the characters that cannot be seen by their numbers.
pub fn check_version(version: &str) -> Result<(), Refusal> {
    let ends = |one: &char| matches!(one, '.' | ',' | ':' | ';' | '!' | '?');
    let characters: Vec<char> = version.chars().collect();
    let is_sentence = characters.last().is_some_and(ends)
        || characters
            .windows(2)
            .any(|pair| pair.first().is_some_and(ends) && pair.last() == Some(&' '));
    if characters.iter().all(|one| may_stand_in_version(*one)) && !is_sentence {
        return Ok(());
    }
    Err(Refusal::Malformed {
        what: "The version",
        value: shown(version).chars().take(NAME_LIMIT).collect(),
        rule: RULE,
    })
}

fn may_stand_in_version(one: char) -> bool {
    // Letters by Unicode that are drawn as nothing.
    let is_filler = matches!(one, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}');
    match one.is_ascii() {
        true => one == ' ' || one.is_ascii_graphic() && !matches!(one, '"' | '\'' | '`'),
        false => one.is_alphanumeric() && !is_filler,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_name_and_nothing_that_reads_as_a_sentence() {
        for (version, is_one) in [
            ("", true),
            ("v1.4.2", true),
            ("1.4.2-rc.1+build/7", true),
            ("v1 & more (build 77)", true),
            ("Été 2025", true),
            ("v1.4.2” is live. GOING WELL “", false),
            ("v1.4.2 is live. All is well", false),
            ("v1.4.2 is live and well!", false),
            ("v1.4.2.", false),
            ("v1: nothing to do", false),
            ("v1\nGOING WELL", false),
            ("v1\u{2028}GOING WELL", false),
            ("v1\u{202e}2.4", false),
            ("v1\u{200b}", false),
            ("v1\u{3164}", false),
            ("v1\u{a0}2", false),
            ("\"v1\"", false),
            ("v1’s", false),
            ("«v1»", false),
        ] {
            assert_eq!(check_version(version).is_ok(), is_one, "{version:?}");
        }
    }

    #[test]
    fn a_refusal_shows_what_cannot_be_seen() {
        let refusal = check_version("v\u{202e}1").expect_err("it reorders what follows");
        assert!(
            refusal
                .to_string()
                .starts_with("The version “v⟨U+202E⟩1” is not of the right form: it is one name"),
            "{refusal}"
        );
    }
}
