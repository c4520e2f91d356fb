//! What an HTTP gate asks: one request, or several by name.

use std::collections::BTreeMap;

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What an HTTP gate asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
// One request is written as it always was, because digests of gates must stay the same.
#[serde(untagged)]
pub enum HttpRequests {
    /// One request. In TOML the table has its `url`.
    One(HttpRequest),
    /// Requests by name, each a table of its own. They are made in turn, in the order of their names.
    Named(BTreeMap<String, HttpRequest>),
}

/// A request. `{…}` are filled in, percent-encoded in paths and queries, escaped in JSON bodies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpRequest {
    /// `GET` when absent.
    #[serde(default = "get")]
    pub method: String,
    /// `{url.api}/api/health`.
    pub url: String,
    /// By name.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Sent as it is filled in.
    #[serde(default)]
    pub body: Option<String>,
    /// Redirects to follow, each to an allowed host and checked again. 0: a redirect is the answer.
    #[serde(default)]
    pub redirects: u8,
    /// Bytes of body that are read; a longer body is inconclusive.
    #[serde(default = "one_mebibyte")]
    pub max_bytes: u64,
}

impl HttpRequests {
    /// The request of a gate that makes one.
    #[must_use]
    pub fn only(&self) -> Option<&HttpRequest> {
        match self {
            Self::One(request) => Some(request),
            Self::Named(_) => None,
        }
    }

    /// Every request with its name, in the order in which they are made. One alone has no name.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&str>, &HttpRequest)> {
        let (one, named) = match self {
            Self::One(request) => (Some((None, request)), None),
            Self::Named(requests) => (None, Some(requests)),
        };
        let named = named.into_iter().flatten();
        one.into_iter()
            .chain(named.map(|(name, request)| (Some(name.as_str()), request)))
    }
}

/// Whether the fields of a table are requests by name: each is a table itself. A table with a `url` is one request, and so is one that
/// has nothing but `headers`, in which the `url` was forgotten.
pub(super) fn are_named<'a>(fields: impl Iterator<Item = (&'a str, bool)>) -> bool {
    let mut any = false;
    for (name, is_table) in fields {
        if name == "url" || !is_table {
            return false;
        }
        any |= name != "headers";
    }
    any
}

impl<'de> Deserialize<'de> for HttpRequests {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let fields = Map::deserialize(from)?;
        let named = are_named(fields.iter().map(|(name, field)| (name.as_str(), field.is_object())));
        let read = match named {
            false => serde_json::from_value(Value::Object(fields)).map(Self::One),
            true => serde_json::from_value(Value::Object(fields)).map(Self::Named),
        };
        read.map_err(D::Error::custom)
    }
}

fn get() -> String {
    "GET".to_owned()
}

pub(super) fn one_mebibyte() -> u64 {
    1024 * 1024
}
