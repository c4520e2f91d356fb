//! What a message says besides its sentences.

use chrono::SecondsFormat;

use crate::notify::news::{News, Occasion};

/// `REHEARSAL · ON HOLD · Release v1.4.2 to Production`.
pub(super) fn title(news: &News) -> String {
    let mark = if news.rehearsal { "REHEARSAL · " } else { "" };
    format!("{mark}{} · {}", news.headline, news.title)
}

/// A name and a value each; what is not known is left out.
pub(super) fn facts(news: &News) -> Vec<(&'static str, String)> {
    let environment = match news.production {
        true => format!("{} (production)", news.environment_title),
        false => news.environment_title.clone(),
    };
    let author = news.author.clone().unwrap_or_default();
    let waiting = news.waiting_for.clone().unwrap_or_default();
    let all = [
        ("Version", news.version.clone()),
        ("Commit", news.commit.clone()),
        ("Author", author),
        ("Environment", environment),
        ("Captain", news.captain.clone()),
        ("Waiting for", waiting),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// `Hold lifted · Ana · 2026-11-27T14:02:11Z`.
pub(super) fn origin(news: &News) -> String {
    let at = news.at.to_rfc3339_opts(SecondsFormat::Secs, true);
    match news.occasion {
        Occasion::Test => at,
        occasion => format!("{} · {} · {at}", occasion.words(), news.by),
    }
}
