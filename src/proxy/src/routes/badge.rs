//! A session's standing as a small picture, for dashboards and chat.

use holdpoint_domain::summary::Tone;

/// Height in pixels, and the room beside each text.
const HEIGHT: usize = 24;
const ROOM: usize = 9;
/// Pixels of a character on average, in 12 px of a sans-serif font; `textLength` makes the text as long as that.
const CHARACTER: usize = 7;
/// Characters of the title at most.
const TITLE: usize = 48;

/// The badge: what is said, and how it stands. Words and colour say the same; white on each ground has 4.5:1 or more.
pub(super) fn badge(title: &str, headline: &str, tone: Tone) -> String {
    let title = shortened(title);
    let (left, right) = (width(&title), width(headline));
    let (all, middle) = (left + right, HEIGHT / 2 + 4);
    let ground = match tone {
        Tone::Good => "#17704a",
        Tone::Working => "#1c5a86",
        Tone::Hold => "#8a4f00",
        Tone::Ended => "#4d5259",
    };
    let (said, headline) = (escaped(&title), escaped(headline));
    let text = |x: usize, room: usize, said: &str| {
        let length = room - 2 * ROOM;
        format!(r#"<text x="{x}" y="{middle}" textLength="{length}" lengthAdjust="spacingAndGlyphs">{said}</text>"#)
    };
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="{HEIGHT}" role="img" aria-label="{said}: {headline}"><title>{said}: {headline}</title><rect width="{all}" height="{HEIGHT}" rx="4" fill="#1a1d21"/><path d="M{left} 0h{inner}a4 4 0 0 1 4 4v{side}a4 4 0 0 1-4 4h-{inner}z" fill="{ground}"/><g fill="#fff" font-family="system-ui,sans-serif" font-size="12">{first}{second}</g></svg>"##,
        inner = right - 4,
        side = HEIGHT - 8,
        first = text(ROOM, left, &said),
        second = text(left + ROOM, right, &headline),
    )
}

fn width(text: &str) -> usize {
    text.chars().count().max(1) * CHARACTER + 2 * ROOM
}

fn shortened(title: &str) -> String {
    match title.char_indices().nth(TITLE) {
        Some((end, _)) => format!("{}…", &title[..end]),
        None => title.to_owned(),
    }
}

/// As XML text or as an attribute in double quotes. XML has no place for control characters (XML 1.0, 2.2).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_title_holds_is_text_and_nothing_else() {
        let badge = badge("<script>\"&\u{1}", "ON HOLD", Tone::Hold);
        assert!(
            badge.contains(r#"aria-label="&lt;script&gt;&quot;&amp; : ON HOLD""#),
            "{badge}"
        );
        assert!(!badge.contains("<script>"), "{badge}");
    }

    #[test]
    fn a_long_title_is_cut_between_characters() {
        let badge = badge(&"é".repeat(60), "FINISHED", Tone::Good);
        assert!(badge.contains(&format!("{}…", "é".repeat(TITLE))), "{badge}");
        assert!(!badge.contains(&"é".repeat(TITLE + 1)));
    }
}
