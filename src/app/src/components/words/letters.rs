//! Letters, without tables of every letter there is: the browser has one, and most questions need none.

/// Whether a character belongs to a word. Outside ASCII, where letters are the rule, only what is a space, punctuation or a
/// symbol does not.
#[must_use]
pub fn is_letter(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || !character.is_ascii()
            && !matches!(character,
                '\u{80}'..='\u{a9}' | '\u{ab}'..='\u{b1}' | '\u{b4}' | '\u{b6}'..='\u{b8}' | '\u{bb}' | '\u{bf}'
                | '×' | '÷' | '\u{2000}'..='\u{206f}' | '\u{20a0}'..='\u{20ff}' | '\u{2190}'..='\u{245f}'
                | '\u{2500}'..='\u{2bff}' | '\u{2e00}'..='\u{2e2e}' | '\u{2e30}'..='\u{2e7f}' | '\u{3000}'..='\u{3004}'
                | '\u{3008}'..='\u{3020}' | '\u{fe00}'..='\u{fe6f}' | '\u{ff01}'..='\u{ff0f}' | '\u{fffc}'..='\u{ffff}'
                | '\u{1f000}'..='\u{1f0ff}' | '\u{1f200}'..='\u{1fbef}')
}

/// A text in small letters, as the browser knows them.
#[cfg(target_arch = "wasm32")]
#[must_use]
pub fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// A text in small letters, where there is no browser: in tests.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// Whether a text has no small letter.
#[must_use]
pub fn is_shouted(text: &str) -> bool {
    js_sys::JsString::from(text).to_upper_case() == text
}

#[cfg(test)]
mod tests {
    use super::is_letter;

    #[test]
    fn knows_letters_from_what_stands_between_them() {
        for character in "aZ09éßµªº²½ŁżΩжя٣देशあ語한ⅳ０Ａ".chars() {
            assert_eq!(is_letter(character), char::is_alphanumeric(character), "{character}");
        }
        for character in " .-_/'\u{a0}«»·–—…“”‘’•→€✓☐□、。（）！\u{fe0f}🚀😀\u{200b}".chars()
        {
            assert!(!is_letter(character), "{character}");
        }
    }
}
