//! Messages in the form that their receivers take.

mod discord;
mod facts;
mod plain;
mod slack;
#[cfg(test)]
mod tests;
mod text;

use serde_json::Value;

use super::declaration::Kind;
use super::news::{News, Occasion};

/// The body of a message. `public` is the address under which people reach the proxy, without a final `/`; without one there is no link.
pub(super) fn body(kind: Kind, news: &News, delivery: &str, public: Option<&str>) -> Value {
    let link = public
        .filter(|_| news.occasion != Occasion::Test)
        .map(|public| format!("{public}/watch/{}", news.session));
    match kind {
        Kind::Slack => slack::body(news, link.as_deref()),
        Kind::Discord => discord::body(news, link.as_deref()),
        Kind::Json => plain::body(news, delivery, link.as_deref()),
    }
}
