//! The facts as JSON. People's text is as they wrote it: whoever shows it escapes it.

use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::notify::news::{News, Occasion};

/// The version of the format.
const VERSION: u32 = 1;

pub(super) fn body(news: &News, delivery: &str, link: Option<&str>) -> Value {
    let test = news.occasion == Occasion::Test;
    json!({
        "v": VERSION,
        "delivery": delivery,
        "event": news.occasion.id(),
        "session": (!test).then_some(news.session),
        "seq": (!test).then_some(news.seq),
        "at": news.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "by": news.by,
        "title": news.title,
        "headline": news.headline,
        "tone": news.tone,
        "sentence": news.sentence,
        "waiting_for": news.waiting_for,
        "quote": news.quote,
        "version": news.version,
        "commit": news.commit,
        "author": news.author,
        "captain": news.captain,
        "environment": news.environment,
        "environment_title": news.environment_title,
        "production": news.production,
        "rehearsal": news.rehearsal,
        "undoes": news.undoes,
        "watch": link,
    })
}
