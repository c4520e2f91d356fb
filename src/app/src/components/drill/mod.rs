//! How a drill went, in words and figures.

mod fault;
mod list;

pub use fault::FaultCard;
pub use list::{NotFollowedList, TurnList};

use crate::format::duration_s;

/// A length in words, or that there is none to measure.
#[must_use]
pub fn measured(seconds: Option<u64>) -> String {
    seconds.map_or_else(|| "n.a.".to_owned(), duration_s)
}

/// Where a drill is repeated.
#[must_use]
pub fn repeat_href(runbook: &str, procedure: &str, drill: &str, seed: &str) -> String {
    let encode = |text: &str| String::from(js_sys::encode_uri_component(text));
    format!(
        "/runbooks/{}/start/{}?drill={}&seed={}",
        encode(runbook),
        encode(procedure),
        encode(drill),
        encode(seed)
    )
}
