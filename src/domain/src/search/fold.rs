//! Letters without case, accents and marks.

/// Takes a character apart, as Unicode's compatibility decomposition does (NFKD), and gives the pieces in order.
pub type Decompose = fn(char, &mut dyn FnMut(char));

/// A word of a text, folded, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    /// The character of the text that each folded character comes from, and one past the last.
    pub places: Vec<u32>,
}

/// Appends a character, folded. Marks that stand on another letter become nothing.
fn fold(one: char, decompose: Decompose, into: &mut String) {
    if one.is_ascii() {
        into.push(one.to_ascii_lowercase());
        return;
    }
    decompose(one, &mut |piece| match piece {
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' => {}
        '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{ad}' => {}
        // What Unicode does not take apart, and people type without.
        'ß' | 'ẞ' => into.push_str("ss"),
        'æ' | 'Æ' => into.push_str("ae"),
        'œ' | 'Œ' => into.push_str("oe"),
        'ø' | 'Ø' => into.push('o'),
        'đ' | 'Đ' => into.push('d'),
        'ł' | 'Ł' => into.push('l'),
        'ı' => into.push('i'),
        piece => into.extend(piece.to_lowercase().filter(|one| *one != '\u{307}')),
    });
}

/// The words of a text: runs of letters and digits.
pub(super) fn words(text: &str, decompose: Decompose) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut folded = String::new();
    let mut within = false;
    for (at, one) in (0_u32..).zip(text.chars()) {
        folded.clear();
        fold(one, decompose, &mut folded);
        if folded.is_empty() {
            // It belongs to the letter that it stands on.
            if let Some(end) = words
                .last_mut()
                .filter(|_| within)
                .and_then(|word| word.places.last_mut())
            {
                *end = at + 1;
            }
            continue;
        }
        let is_word = folded.chars().all(char::is_alphanumeric);
        if is_word && !within {
            words.push(Word {
                text: String::new(),
                places: Vec::new(),
            });
        }
        if let Some(word) = words.last_mut().filter(|_| is_word) {
            if within {
                word.places.pop();
            }
            word.places.extend(folded.chars().map(|_| at));
            word.places.push(at + 1);
            word.text.push_str(&folded);
        }
        within = is_word;
    }
    words
}

/// The words of a text, with a blank between them.
pub(super) fn phrase(words: &[Word]) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    words.join(" ")
}
