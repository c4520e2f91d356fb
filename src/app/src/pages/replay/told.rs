//! Spans in the words of this page, with times in the reader's own zone.

use chrono::{DateTime, TimeDelta, Utc};
use holdpoint_domain::session::span_in_words;
use holdpoint_domain::timeline::{Axis, Span, kind_word, result_words};

use crate::format::{TimeFormat, local_time};

/// Times of a day need no date, and longer ones no seconds.
pub fn format_of(axis: &Axis) -> TimeFormat {
    match axis.length() > TimeDelta::hours(20) {
        true => TimeFormat::Day,
        false => TimeFormat::Seconds,
    }
}

/// From when to when, and how long.
pub fn when(span: &Span, format: TimeFormat) -> String {
    let time = |at: DateTime<Utc>| local_time(at, format);
    let from = time(span.from.at);
    match (span.to, span.seconds()) {
        (Some(_), None) => from,
        (Some(to), Some(seconds)) => format!("{from} to {} ({})", time(to.at), span_in_words(seconds)),
        (None, _) => format!("from {from}"),
    }
}

/// `Gate run: Contract, failed, run 1. 14:03:10 to 14:03:12 (2 s). Ada. Status: 503.`
pub fn sentence(span: &Span, format: TimeFormat) -> String {
    let result = result_words(span);
    let result = if result.is_empty() {
        result
    } else {
        format!(", {result}")
    };
    let mut words = format!(
        "{}: {}{result}. {}. {}.",
        kind_word(span),
        span.label,
        when(span, format),
        span.by
    );
    if !span.detail.is_empty() {
        words += &format!(" {}", span.detail);
    }
    words
}
