//! What people search for, as words. It is data: nothing in it is syntax of the index.

/// Words that are searched for, at most.
pub const WORD_LIMIT: usize = 10;

/// The words of a text to search for: what stands between blanks, if it has a letter or a digit.
#[must_use]
pub fn words_of(text: &str) -> Vec<&str> {
    let ends = |one: char| one.is_whitespace() || one.is_control();
    let words = text.split(ends).filter(|word| word.chars().any(char::is_alphanumeric));
    words.collect()
}

/// The word for the index: a phrase, of which the last part may be the beginning of a word.
pub(super) fn phrase(word: &str) -> String {
    format!("\"{}\"*", word.replace('"', "\"\""))
}

/// The word for `LIKE` with `\` as escape: anywhere in a text.
pub(super) fn pattern(word: &str) -> String {
    let mut pattern = String::from("%");
    for one in word.chars() {
        if matches!(one, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(one);
    }
    pattern.push('%');
    pattern
}

/// A person's name as it is compared.
pub(super) fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_for_is_words_and_no_syntax() {
        assert_eq!(words_of(" v1.4.2\t\u{0}balancer — * \" "), ["v1.4.2", "balancer"]);
        assert_eq!(phrase("a\"b"), "\"a\"\"b\"*");
        assert_eq!(pattern("50%_\\"), "%50\\%\\_\\\\%");
    }
}
