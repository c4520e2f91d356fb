//! Looking words up in a text without regard to case and punctuation.

/// A heading's words, folded to single spaces, so that `Pre-Flight` and `pre flight` are the same.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 2);
    folded.push(' ');
    for character in text.chars() {
        if character.is_alphanumeric() {
            folded.extend(character.to_lowercase());
        } else if !folded.ends_with(' ') && character != '\'' && character != '’' {
            folded.push(' ');
        }
    }
    if !folded.ends_with(' ') {
        folded.push(' ');
    }
    folded
}

/// Whether words stand in a folded text, as whole words.
pub fn has(folded: &str, words: &str) -> bool {
    let (text, wanted) = (folded.as_bytes(), words.as_bytes());
    let Some(&first) = wanted.first() else { return false };
    // A folded text is short, and its words start after blanks: looking there is cheaper than a general search.
    let mut at = 0;
    while at + wanted.len() < text.len() {
        if text[at] == b' '
            && text[at + 1] == first
            && text[at + 1..].starts_with(wanted)
            && text.get(at + 1 + wanted.len()) == Some(&b' ')
        {
            return true;
        }
        at += 1;
    }
    false
}
