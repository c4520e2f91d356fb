//! Text that was UTF-8, was read once as Windows-1252 or Mac Roman, and was saved so: `â€™` for `’`, `‚òê` for `☐`.

use std::borrow::Cow;

/// The characters of Windows-1252 from 0x80 to 0x9F.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];
/// The characters of Mac Roman from 0x80.
const MAC_ROMAN: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";

/// The text as it was meant, and the offset in it of the first place that was repaired; none where nothing was. One place alone could be
/// meant as it is, if it stands for a letter.
pub(super) fn repaired(text: &str) -> (Cow<'_, str>, Option<(usize, &'static str)>) {
    if text.is_ascii() {
        return (Cow::Borrowed(text), None);
    }
    let attempts = [
        ("Windows-1252", windows_1252 as fn(char) -> Option<u8>),
        ("Mac Roman", mac_roman as fn(char) -> Option<u8>),
    ];
    for (name, byte) in attempts {
        if let Some((repaired, first)) = repair(text, byte) {
            return (Cow::Owned(repaired), Some((first, name)));
        }
    }
    (Cow::Borrowed(text), None)
}

fn windows_1252(one: char) -> Option<u8> {
    match u32::from(one) {
        code @ 0xA0..=0xFF => Some(code as u8),
        code if code > 0x2122 => None,
        _ => WINDOWS_1252
            .iter()
            .position(|known| *known == one)
            .map(|at| 0x80 + at as u8),
    }
}

fn mac_roman(one: char) -> Option<u8> {
    if !matches!(u32::from(one), 0x80..=0x25CA | 0xF8FF | 0xFB01 | 0xFB02) {
        return None;
    }
    MAC_ROMAN
        .chars()
        .position(|known| known == one)
        .map(|at| 0x80 + at as u8)
}

fn repair(text: &str, byte: fn(char) -> Option<u8>) -> Option<(String, usize)> {
    // Most texts have nothing to repair, and are not copied to find that out.
    let mut places = text.char_indices().filter(|(_, one)| !one.is_ascii());
    if !places.any(|(at, _)| sequence(&text[at..], byte).is_some()) {
        return None;
    }
    let mut repaired = String::with_capacity(text.len());
    let (mut first, mut letters, mut signs) = (None, 0, 0);
    let mut rest = text;
    while let Some(start) = rest.find(|one: char| !one.is_ascii()) {
        repaired.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|one: char| one.is_ascii()).unwrap_or(rest.len());
        let (mut run, after) = rest.split_at(end);
        rest = after;
        while let Some(one) = run.chars().next() {
            match sequence(run, byte) {
                Some((meant, length)) => {
                    first.get_or_insert(repaired.len());
                    if length > 2 {
                        signs += 1
                    } else {
                        letters += 1
                    }
                    repaired.push(meant);
                    run = &run[run.chars().take(length).map(char::len_utf8).sum::<usize>()..];
                }
                None => {
                    repaired.push(one);
                    run = &run[one.len_utf8()..];
                }
            }
        }
    }
    repaired.push_str(rest);
    let sure = signs > 0 || letters > 1;
    first.filter(|_| sure).map(|first| (repaired, first))
}

/// The character whose bytes the next characters stand for, and how many they are.
fn sequence(run: &str, byte: fn(char) -> Option<u8>) -> Option<(char, usize)> {
    let mut characters = run.chars();
    let lead = byte(characters.next()?)?;
    let length = match lead {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let mut bytes = [lead, 0, 0, 0];
    for slot in &mut bytes[1..length] {
        *slot = byte(characters.next()?).filter(|byte| (0x80..=0xBF).contains(byte))?;
    }
    let meant = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    Some((meant, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_wrongly_once_is_read_rightly() {
        for (broken, meant) in [
            ("itâ€™s", "it’s"),
            ("CafÃ© fÃ¼r alle", "Café für alle"),
            ("‚òê Open", "☐ Open"),
            ("it‚Äôs", "it’s"),
            ("ðŸš€ go", "🚀 go"),
        ] {
            assert_eq!(repaired(broken).0, meant, "{broken}");
        }
        for meant in ["Café für alle", "“Größe” – naïve ☐", "日本語 ü", "√© alone", "plain"] {
            assert!(repaired(meant).1.is_none(), "{meant}");
        }
    }
}
