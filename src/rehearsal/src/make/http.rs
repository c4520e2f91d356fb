//! Answers to HTTP gates.

use std::collections::BTreeMap;
use std::time::Duration;

use holdpoint_gates::config::Check;
use holdpoint_gates::{Comparison, Part};
use hyper::header::{HeaderName, HeaderValue};
use serde_json::Value;

use super::{Expected, document, of, subject, text, value};
use crate::answer::{Answer, HttpAnswer, HttpReply};
use crate::cannot::CannotRehearse;
use crate::filling::content_type;

/// Headers that the server writes itself, because they say how an answer is sent.
const OWN_HEADERS: [&str; 7] = [
    "connection",
    "content-length",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

pub(crate) fn is_own_header(name: &str) -> bool {
    OWN_HEADERS.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// The headers of an answer that cannot be sent.
pub(crate) fn unsendable(answer: &HttpAnswer) -> Vec<String> {
    let HttpReply::Response { headers, .. } = &answer.reply else {
        return Vec::new();
    };
    let bad = |(name, value): &&(String, String)| HeaderName::from_bytes(name.as_bytes()).is_err() || !sendable(value);
    headers.iter().filter(bad).map(|(name, _)| name.clone()).collect()
}

/// Whether a header with this value arrives as it was sent.
fn sendable(value: &str) -> bool {
    HeaderValue::from_bytes(value.as_bytes()).is_ok() && value.trim() == value
}

pub(super) fn candidates(part: Part<'_>, expected: &[Expected<'_>]) -> Result<Vec<Answer>, CannotRehearse> {
    let status = status(expected)?;
    let headers = headers(expected)?;
    let answer = |body: String| {
        let mut headers = headers.clone();
        if !body.is_empty() {
            headers
                .entry("content-type".to_owned())
                .or_insert_with(|| content_type(&body).to_owned());
        }
        Answer::Http(HttpAnswer {
            delay: Duration::ZERO,
            reply: HttpReply::Response {
                status,
                headers: headers.into_iter().collect(),
                body: body.into_bytes(),
            },
        })
    };
    Ok(bodies(part, expected)?.into_iter().map(answer).collect())
}

fn status(expected: &[Expected<'_>]) -> Result<u16, CannotRehearse> {
    let comparisons = of(expected, Check::Status);
    // Without a word about it, a status of 2xx is implied.
    let found = value::find_whole(&comparisons, 200..600).and_then(|status| u16::try_from(status).ok());
    found.ok_or_else(|| CannotRehearse::NoValue {
        subject: subject(expected, Check::Status),
    })
}

fn headers(expected: &[Expected<'_>]) -> Result<BTreeMap<String, String>, CannotRehearse> {
    let mut by_name: BTreeMap<String, (String, Vec<Comparison>)> = BTreeMap::new();
    for one in expected.iter().filter(|one| one.expectation.check == Check::Header) {
        let name = one.expectation.name.clone().unwrap_or_default().to_ascii_lowercase();
        let (_, comparisons) = by_name
            .entry(name)
            .or_insert_with(|| (one.expectation.subject(), Vec::new()));
        comparisons.push(one.comparison.clone());
    }
    let header = |(name, (subject, comparisons)): (String, (String, Vec<Comparison>))| {
        let found = text::find(&comparisons, &[" ", ", ", "; ", ""], &sendable).filter(|_| !is_own_header(&name));
        let value = found.ok_or(CannotRehearse::NoValue { subject })?;
        Ok((name, value))
    };
    by_name.into_iter().map(header).collect()
}

fn bodies(part: Part<'_>, expected: &[Expected<'_>]) -> Result<Vec<String>, CannotRehearse> {
    let texts = of(expected, Check::Body);
    match document::make(expected)? {
        Some(document) => Ok(written(&document, &texts)),
        None if texts.is_empty() => {
            let bare = part.http.is_some_and(|request| request.method == "HEAD");
            Ok(vec![if bare { String::new() } else { "ok\n".to_owned() }])
        }
        None => {
            let found = text::find(&texts, &["\n", " ", ""], &|_| true);
            found.map(|text| vec![text]).ok_or_else(|| CannotRehearse::NoValue {
                subject: subject(expected, Check::Body),
            })
        }
    }
}

/// Ways of writing a document, in case its text is compared, too: without and with white space, and with a further member
/// that holds the text.
pub(super) fn written(document: &Value, texts: &[Comparison]) -> Vec<String> {
    let mut all = vec![document.to_string()];
    if texts.is_empty() {
        return all;
    }
    let note = text::find(texts, &[" ", "\n", ""], &|_| true).map(Value::from);
    let with_note = match (document, note) {
        (Value::Object(fields), Some(note)) => {
            let mut more = fields.clone();
            more.insert("note".to_owned(), note);
            Some(Value::Object(more))
        }
        _ => None,
    };
    for one in std::iter::once(document).chain(&with_note) {
        all.push(one.to_string());
        all.extend(serde_json::to_string_pretty(one).ok());
        all.push(spaced(one));
    }
    all
}

/// On one line, with a space after each colon and comma, as Python writes it.
fn spaced(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let members = fields
                .iter()
                .map(|(key, field)| format!("{}: {}", Value::from(key.as_str()), spaced(field)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
