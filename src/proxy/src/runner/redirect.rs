//! Redirects: where an answer points, and what of a request may go there.

use holdpoint_gates::http_url;
use percent_encoding::percent_decode_str;
use reqwest::header::{
    CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE, HOST, HeaderMap, LOCATION,
};
use reqwest::{Method, Url};

use super::error::GateRunError;
use super::redact::Redaction;
use super::request::{Prepared, host_of};

/// Where the answer points, if it is a redirect. It is only looked up to be followed: a redirect that is not followed is an
/// answer, wherever it points.
pub(super) fn target(status: u16, headers: &HeaderMap, from: &Url) -> Result<Option<Url>, GateRunError> {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let unreadable = |reason: &str| GateRunError::Redirect {
        reason: reason.to_owned(),
    };
    let mut locations = headers.get_all(LOCATION).iter();
    let Some(location) = locations.next() else {
        return Ok(None);
    };
    if locations.any(|other| other != location) {
        return Err(unreadable("it has several Location headers"));
    }
    let location = std::str::from_utf8(location.as_bytes());
    let location = location.map_err(|_| unreadable("its Location header is not text"))?;
    let next = from.join(location).map_err(|error| unreadable(&error.to_string()))?;
    http_url(next.as_str())
        .map(Some)
        .map_err(|error| unreadable(&error.to_string()))
}

/// Whether the address holds one of the secrets, encoded for a part of an address once or several times.
fn tells(secrets: &Redaction, address: &Url) -> bool {
    let mut text = address.to_string();
    for _ in 0..4 {
        if secrets.is_in(&text) {
            return true;
        }
        text = percent_decode_str(&text).decode_utf8_lossy().into_owned();
    }
    false
}

impl Prepared {
    /// Turns to where the answer points, if that is allowed. A body and a secret stay at the origin that they were meant for.
    pub(super) fn follow(&mut self, next: Url, status: u16) -> Result<(), GateRunError> {
        if !self.rules.iter().any(|rule| rule.allows(&next)) {
            return Err(GateRunError::RedirectHost { host: host_of(&next) });
        }
        // As browsers do it (Fetch, HTTP-redirect fetch).
        let becomes_get = match status {
            303 => self.method != Method::HEAD,
            301 | 302 => self.method == Method::POST,
            _ => false,
        };
        if becomes_get {
            self.method = Method::GET;
            self.body = None;
            for of_body in [
                CONTENT_TYPE,
                CONTENT_LENGTH,
                CONTENT_ENCODING,
                CONTENT_LANGUAGE,
                CONTENT_LOCATION,
            ] {
                self.headers.remove(of_body);
            }
        }
        if next.origin() != self.url.origin() {
            let host = host_of(&next);
            if self.body.is_some() {
                return Err(GateRunError::RedirectBody { host });
            }
            // Some sites repeat what they were asked in the address that they point to.
            if tells(&self.secrets, &next) {
                return Err(GateRunError::RedirectSecret { host });
            }
            self.headers.remove(HOST);
            for name in &self.confidential {
                self.headers.remove(name);
            }
        }
        self.url = next;
        Ok(())
    }
}
