//! Discord's webhooks.

use chrono::SecondsFormat;
use holdpoint_domain::summary::Tone;
use serde_json::{Value, json};

use super::facts::{facts, origin, title};
use super::text::fit;
use crate::notify::news::News;

// Discord's own limits: 2,000 for the content; 256 for an embed's title, 4,096 for its description, 1,024 for a field, 2,048 for the
// footer, and 6,000 for all of these.
const TITLE: usize = 256;
const SENTENCE: usize = 2000;
const QUOTE: usize = 1000;
const FIELD: usize = 256;
const FOOTER: usize = 256;

/// Every mark that Discord's Markdown and its mentions are made of; a backslash before it is not shown.
fn escape(character: char) -> Option<&'static str> {
    Some(match character {
        '\\' => "\\\\",
        '*' => "\\*",
        '_' => "\\_",
        '~' => "\\~",
        '`' => "\\`",
        '|' => "\\|",
        '<' => "\\<",
        '>' => "\\>",
        '[' => "\\[",
        ']' => "\\]",
        '(' => "\\(",
        ')' => "\\)",
        '#' => "\\#",
        '@' => "\\@",
        ':' => "\\:",
        '-' => "\\-",
        _ => return None,
    })
}

/// Footers know no Markdown.
fn nothing(_: char) -> Option<&'static str> {
    None
}

fn colour(tone: Tone) -> u32 {
    match tone {
        Tone::Good => 0x1a_7f_37,
        Tone::Working | Tone::Hold => 0xd2_99_22,
        Tone::Ended => 0x6e_77_81,
    }
}

pub(super) fn body(news: &News, link: Option<&str>) -> Value {
    let title = fit(&title(news), TITLE, escape);
    let mut description = fit(&news.sentence, SENTENCE, escape);
    if let Some(quote) = &news.quote {
        let quoted = format!("{} wrote: {quote}", news.by);
        description = format!("{description}\n{}", fit(&quoted, QUOTE, escape));
    }
    let field =
        |(name, value): &(&str, String)| json!({ "name": name, "value": fit(value, FIELD, escape), "inline": true });
    let mut embed = json!({
        "title": title,
        "description": description,
        "color": colour(news.tone),
        "fields": facts(news).iter().map(field).collect::<Vec<_>>(),
        "footer": { "text": fit(&origin(news), FOOTER, nothing) },
        "timestamp": news.at.to_rfc3339_opts(SecondsFormat::Millis, true),
    });
    if let (Some(embed), Some(link)) = (embed.as_object_mut(), link) {
        embed.insert("url".to_owned(), link.into());
    }
    // The content is what a phone's notification shows. Nobody is mentioned, whatever the text says.
    json!({ "content": title, "embeds": [embed], "allowed_mentions": { "parse": [] } })
}
