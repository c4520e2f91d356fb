//! Names of people. Who is signed in can write any name, and nobody one that only looks like another's.

use std::collections::HashMap;

use holdpoint_domain::session::{Actor, NAME_LIMIT};
use precis_core::profile::PrecisFastInvocation as _;
use precis_profiles::Nickname;
use unicode_security::{MixedScript as _, skeleton};

use super::EngineError;

/// Signs by which a name would read as a sentence beside it: `Nobody: all is well`, `Ana” decided “`.
const SENTENCE_SIGNS: [char; 14] = [':', ';', '!', '?', '"', '“', '”', '„', '‟', '«', '»', '‹', '›', '—'];

/// A person by this name, in the form in which it is compared and recorded (RFC 8266: no characters that control or cannot be
/// seen, one blank between words, one form of each letter).
///
/// # Errors
/// It is no name, reads as a sentence, mixes alphabets within a word, or looks like the proxy's own.
pub(super) fn person(name: &str) -> Result<Actor, EngineError> {
    let malformed = |message: String| EngineError::Malformed { message };
    let plain = Nickname::enforce(name.trim()).map_err(|_| {
        malformed(format!(
            "The actor must be a name of 1 to {NAME_LIMIT} characters on one line, without characters that cannot be seen."
        ))
    })?;
    let length = plain.chars().count();
    if length == 0 || length > NAME_LIMIT {
        let message = format!("The actor must be a name of 1 to {NAME_LIMIT} characters.");
        return Err(malformed(message));
    }
    if plain.contains(SENTENCE_SIGNS) {
        let message =
            "A name stands among other words, so it has no quotation marks, and none of `:`, `;`, `!`, `?` and `—`.";
        return Err(malformed(message.to_owned()));
    }
    if reads_as_sentence(&plain) {
        let message = "A name is no sentence: a `.` stands before a blank only after a word of at most three letters, as in `Jr.`, and a \
            `,` only before one or two words.";
        return Err(malformed(message.to_owned()));
    }
    if let Some(word) = plain.split_whitespace().find(|word| !word.is_single_script()) {
        let message = format!(
            "“{word}” has letters of several alphabets, which look like one another. Write each word of a name in one alphabet."
        );
        return Err(malformed(message));
    }
    // Exports show what the proxy did itself by this name.
    let own = likenesses(Actor::Proxy.name());
    if likenesses(&plain).iter().any(|one| own.contains(one)) {
        let message = format!(
            "“{}” is the proxy's own name in the log, and “{plain}” is like it. Give the name of a person.",
            Actor::Proxy.name()
        );
        return Err(malformed(message));
    }
    Ok(Actor::Person {
        name: plain.into_owned(),
    })
}

/// `Nobody. Production is safe`, `Nobody, production is safe`; not `Smith, Ada` or `Ada Jr. Smith`.
fn reads_as_sentence(name: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    words.iter().enumerate().any(|(at, word)| {
        let after = words.len() - at - 1;
        match (word.strip_suffix('.'), word.ends_with(',')) {
            (Some(word), _) => after > 0 && word.chars().count() > 3,
            (None, is_comma) => is_comma && after > 2,
        }
    })
}

/// What is left of a name when all that looks alike is one (UTS 39), without blanks, marks and case. An “I” is like an “l” as it is
/// written, and an “i” in lower case, so there are two.
fn likenesses(name: &str) -> [String; 2] {
    let letters: String = name.chars().filter(|one| one.is_alphanumeric()).collect();
    let folded = |text: &str| -> String { skeleton(text).flat_map(char::to_lowercase).collect() };
    [folded(&letters), folded(&letters.to_lowercase())]
}

/// The names of those who took part in a session, by what they look like.
#[derive(Debug, Default)]
pub(super) struct KnownNames(HashMap<String, String>);

impl KnownNames {
    pub(super) fn note(&mut self, actor: &Actor) {
        if let Actor::Person { name } = actor {
            for likeness in likenesses(name) {
                self.0.entry(likeness).or_insert_with(|| name.clone());
            }
        }
    }

    /// Refuses a name that is another one than somebody's and looks like it. Upper and lower case do not count.
    pub(super) fn check(&self, actor: &Actor) -> Result<(), EngineError> {
        let Actor::Person { name } = actor else {
            return Ok(());
        };
        let alike = likenesses(name);
        let mut known = alike.iter().filter_map(|likeness| self.0.get(likeness));
        match known.find(|known| known.to_lowercase() != name.to_lowercase()) {
            Some(known) => Err(EngineError::Malformed {
                message: format!(
                    "“{name}” looks like “{known}”, who takes part in this session. Write the name so that the two can be told apart."
                ),
            }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Option<String> {
        person(name).ok().map(|actor| actor.name().to_owned())
    }

    #[test]
    fn names_of_people_are_taken_in_one_form() {
        for (given, taken) in [
            ("Ada", "Ada"),
            ("  Ada   Lovelace ", "Ada Lovelace"),
            ("Zoë O’Neil-Smith Jr.", "Zoë O’Neil-Smith Jr."),
            ("Zoe\u{308}", "Zoë"),
            ("Ａｄａ", "Ada"),
            ("Ада Лавлейс", "Ада Лавлейс"),
            ("田中 Taro", "田中 Taro"),
            ("אדה", "אדה"),
            ("R2D2", "R2D2"),
            ("Checkpoint", "Checkpoint"),
        ] {
            assert_eq!(name(given).as_deref(), Some(taken), "{given}");
        }
    }

    #[test]
    fn what_hides_or_mixes_is_no_name() {
        for given in [
            "",
            " ",
            "A\nB",
            "A\tB",
            "A\0",
            "A\u{7f}",
            "A\u{85}B",
            "A\u{2028}B",
            "Ad\u{200b}a",
            "Ada\u{200d}",
            "\u{202e}adA",
            "Ada\u{2066}",
            "Ada\u{200f}",
            "Ada\u{feff}",
            "Ada\u{ad}",
            "Ada\u{e0041}",
            "\u{410}da",
            "Ad\u{430}",
        ] {
            assert_eq!(name(given), None, "{given:?}");
        }
        assert_eq!(name(&"a".repeat(NAME_LIMIT + 1)), None);
    }

    #[test]
    fn a_name_is_no_sentence() {
        for (given, is_one) in [
            ("Nobody: production is safe", false),
            ("Ana” decided to stop. “Zoe", false),
            ("Ana; all is well", false),
            ("Ana\u{ff1a} well", false),
            ("Is it safe?", false),
            ("Robin — all clear", false),
            ("Nobody. Production is safe", false),
            ("Nobody, production is safe", false),
            ("Smith, Ada", true),
            ("Dr. Ada St. Clair Jr.", true),
            ("Ada (on call)", true),
            ("J. R. O'Neil", true),
        ] {
            assert_eq!(name(given).is_some(), is_one, "{given}");
        }
    }

    #[test]
    fn nobody_is_called_like_the_proxy() {
        for given in [
            "Holdpoint",
            "HOLDPOINT",
            "Hold point",
            "Hold-Point.",
            "Ho1dpoint",
            "H0ldpoint",
            "HoIdpoint",
            "Ｈｏｌｄｐｏｉｎｔ",
            "Hold\u{200b}point",
            "H\u{43e}ldp\u{43e}int",
            "“Holdpoint”",
        ] {
            assert_eq!(name(given), None, "{given:?}");
        }
    }

    #[test]
    fn a_name_that_looks_like_anothers_is_refused() {
        let mut known = KnownNames::default();
        for one in ["Paul", "Coco", "Ada Lovelace"] {
            known.note(&person(one).unwrap());
        }
        known.note(&Actor::Proxy);
        for (given, refused) in [
            ("Paul", false),
            ("PAUL", false),
            ("Pau1", true),
            ("PauI", true),
            ("Сосо", true),
            ("C0co", true),
            ("AdaLovelace", true),
            ("Pauline", false),
        ] {
            assert_eq!(known.check(&person(given).unwrap()).is_err(), refused, "{given}");
        }
    }
}
