//! Slack's incoming webhooks. `text` is what notifications show, and what receivers without blocks (Mattermost) show whole.

use serde_json::{Value, json};

use super::facts::{facts, origin, title};
use super::text::fit;
use crate::notify::news::News;

// Slack's own limits: 150 for a header, 3,000 for a section, 2,000 for a field and ten of these, and 4,000 advised for `text`.
const HEADER: usize = 150;
const SECTION: usize = 3000;
const FIELD: usize = 500;
const TEXT: usize = 1500;
/// Of what a person wrote: reasons may be 2,000 characters long, and closing words 10,000.
const QUOTE: usize = 1000;

/// The three characters that stand for something in any text of Slack's.
fn escape(character: char) -> Option<&'static str> {
    Some(match character {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        _ => return None,
    })
}

/// Where markup is read, its marks, for which there is no escape, are kept from their words.
fn without_markup(character: char) -> Option<&'static str> {
    Some(match character {
        '*' => "\u{200b}*\u{200b}",
        '_' => "\u{200b}_\u{200b}",
        '~' => "\u{200b}~\u{200b}",
        '`' => "\u{200b}`\u{200b}",
        // Links, pictures, headings, names of emoji and tables, in Mattermost and whatever else reads Markdown.
        '[' => "[\u{200b}",
        ']' => "]\u{200b}",
        '(' => "(\u{200b}",
        ')' => ")\u{200b}",
        '!' => "!\u{200b}",
        '#' => "#\u{200b}",
        ':' => ":\u{200b}",
        '|' => "|\u{200b}",
        other => return escape(other),
    })
}

fn plain(text: &str, most: usize) -> Value {
    json!({ "type": "plain_text", "emoji": false, "text": fit(text, most, escape) })
}

pub(super) fn body(news: &News, link: Option<&str>) -> Value {
    let title = title(news);
    let mut blocks = vec![
        json!({ "type": "header", "text": plain(&title, HEADER) }),
        json!({ "type": "section", "text": plain(&news.sentence, SECTION) }),
    ];
    if let Some(quote) = &news.quote {
        let quoted = format!("{} wrote: {quote}", news.by);
        blocks.push(json!({ "type": "section", "text": plain(&quoted, QUOTE) }));
    }
    let fields: Vec<Value> = facts(news)
        .iter()
        .map(|(name, value)| plain(&format!("{name}: {value}"), FIELD))
        .collect();
    if !fields.is_empty() {
        blocks.push(json!({ "type": "section", "fields": fields }));
    }
    blocks.push(json!({ "type": "context", "elements": [plain(&origin(news), FIELD)] }));
    if let Some(link) = link {
        let text = format!("<{link}|Open the watch page>");
        blocks.push(json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } }));
    }
    let mut text = fit(&format!("{title}: {}", news.sentence), TEXT, without_markup);
    if let Some(link) = link {
        text = format!("{text} <{link}|Open the watch page>");
    }
    json!({ "text": text, "blocks": blocks, "unfurl_links": false, "unfurl_media": false, "link_names": false })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// No two marks stand together, and each is followed by what keeps it from the next word.
        #[test]
        fn no_mark_of_markdown_touches_what_follows(text in "[a-z *_~`\\[\\]()!#:|@<&/]{0,60}", most in 1usize..120) {
            let fitted = fit(&text, most, without_markup);
            prop_assert!(fitted.encode_utf16().count() <= most);
            let characters: Vec<char> = fitted.chars().collect();
            for (place, mark) in characters.iter().enumerate().filter(|(_, one)| "*_~`[]()!#:|@".contains(**one)) {
                let next = characters.get(place + 1);
                prop_assert!(next == Some(&'\u{200b}'), "{mark} in {fitted:?}");
            }
        }
    }

    #[test]
    fn a_link_of_markdown_is_none() {
        let text = fit("![x](https://evil.example) :tada: # a | b", TEXT, without_markup);
        for whole in ["![", "[x", "](", "(h", "://", ":t", "# a", "| b"] {
            assert!(!text.contains(whole), "{whole} in {text:?}");
        }
    }
}
