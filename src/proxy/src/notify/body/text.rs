//! People's text in messages: it stays text, and within bounds. A name, a reason or a version that holds a mention, a link or markup
//! is shown as it was written, and does nothing.

/// Stands after `@` and within `://`, where it is not seen and keeps both from being recognised.
const BREAK: char = '\u{200b}';

/// One line of text in which nothing is recognised as a mention or an address, with everything that `escape` names replaced, and at
/// most `most` UTF-16 units of it, which is what receivers count. What is cut ends with `…`.
pub(super) fn fit(text: &str, most: usize, escape: fn(char) -> Option<&'static str>) -> String {
    let mut fitted = String::new();
    let mut length = 0;
    // Where the text must end if it does not fit: room for `…` is left.
    let mut cut = 0;
    let mut before = ' ';
    for character in visible(text) {
        let mut piece = String::new();
        match escape(character) {
            Some(escaped) => piece.push_str(escaped),
            None => piece.push(character),
        }
        if character == '@' || (before == ':' && character == '/') {
            let at = if character == '@' { piece.len() } else { 0 };
            piece.insert(at, BREAK);
        }
        before = character;
        length += piece.encode_utf16().count();
        if length > most {
            fitted.truncate(cut);
            fitted.push('…');
            return fitted;
        }
        fitted.push_str(&piece);
        if length < most {
            cut = fitted.len();
        }
    }
    fitted
}

/// White space is a space, once, and what cannot be seen or turns the writing round is left out.
fn visible(text: &str) -> impl Iterator<Item = char> {
    let hidden = |character: &char| {
        matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
    };
    let space = |character: char| character.is_whitespace() || character.is_control();
    let mut pending = false;
    let mut begun = false;
    text.chars()
        .filter(move |character| !hidden(character))
        .flat_map(move |character| {
            if space(character) {
                pending = begun;
                return [None, None];
            }
            begun = true;
            let gap = std::mem::take(&mut pending).then_some(' ');
            [gap, Some(character)]
        })
        .flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn none(_: char) -> Option<&'static str> {
        None
    }

    #[test]
    fn mentions_and_addresses_are_broken_and_the_line_is_one() {
        assert_eq!(fit(" a \n\t b\u{202e}c\u{0} ", 100, none), "a bc");
        assert_eq!(fit("@everyone a@b", 100, none), "@\u{200b}everyone a@\u{200b}b");
        assert_eq!(fit("https://x.example", 100, none), "https:\u{200b}//x.example");
    }

    proptest! {
        #[test]
        fn nothing_is_longer_than_its_bound_or_cut_within_an_escape(text in "\\PC{0,40}[&<@🚀:/ ]{0,40}", most in 1usize..60) {
            let escape = |character| match character {
                '&' => Some("&amp;"),
                '<' => Some("&lt;"),
                _ => None,
            };
            let fitted = fit(&text, most, escape);
            prop_assert!(fitted.encode_utf16().count() <= most);
            let rest = fitted.replace("&amp;", "").replace("&lt;", "");
            prop_assert!(!rest.contains(['&', '<']), "{fitted}");
            prop_assert!(!fitted.contains("://") && !fitted.contains("@e"), "{fitted}");
        }
    }
}
