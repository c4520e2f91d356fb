//! `check = "json"`: what a JSONPath (RFC 9535) selects.

use holdpoint_domain::json::{self, Json};
use serde_json::Value;
use serde_json_path::JsonPath;

use super::observed::Observed;

use super::path::{Purpose, unprovable};
use super::text::text_of;
use crate::compare::Comparison;
use crate::config::Expectation;

/// Compares what the expectation's path selects in a JSON document.
pub(super) fn compare(
    expectation: &Expectation,
    comparison: &Comparison,
    bytes: &[u8],
    what: &str,
    encoding: Option<&str>,
) -> Observed {
    let Some(path) = &expectation.path else {
        return Observed::not_comparable("the gate's declaration names no path");
    };
    if bytes.is_empty() {
        return Observed::not_comparable(format!("the {what} is empty"));
    }
    let text = match text_of(bytes, encoding) {
        Ok(text) => text,
        Err(why) => return Observed::not_comparable(format!("the {what} is not JSON: {why}")),
    };
    let document: Value = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) => return Observed::not_comparable(format!("the {what} is not JSON: {error}")),
    };
    let exact = match json::read(text.as_bytes()) {
        Ok(exact) => exact,
        Err(error) => return Observed::not_comparable(format!("the {what} cannot be read in one way only: {error}")),
    };
    let parsed = match JsonPath::parse(path) {
        Ok(parsed) => parsed,
        Err(error) => return Observed::not_comparable(format!("the path cannot be read: {error}")),
    };
    let purpose = match comparison {
        Comparison::CountEquals(_) => Purpose::Count,
        _ => Purpose::Value,
    };
    if let Some(why) = unprovable(path, &document, &exact, purpose, what) {
        return Observed::not_comparable(why);
    }
    let selected = parsed.query(&document).all();
    if purpose == Purpose::Count {
        return Observed::judged(comparison, &Value::from(selected.len()));
    }
    match selected.as_slice() {
        [] => Observed::not_comparable("the path selects nothing"),
        [value] => match exactly(value, &document, &exact) {
            Some(value) => Observed::judged_exactly(comparison, value),
            None => Observed::not_comparable("the path selects nothing that can be found again"),
        },
        several => Observed::not_comparable(format!("the path selects {} values instead of one", several.len())),
    }
}

/// A value of the document, with all its digits: `exact` is the same document. Nesting is limited by the reader.
fn exactly<'a>(wanted: &Value, document: &Value, exact: &'a Json) -> Option<&'a Json> {
    if std::ptr::eq(wanted, document) {
        return Some(exact);
    }
    match (document, exact) {
        (Value::Object(members), Json::Object(exact)) => members
            .iter()
            .find_map(|(name, member)| exactly(wanted, member, exact.get(name)?)),
        (Value::Array(items), Json::List(exact)) => items
            .iter()
            .zip(exact)
            .find_map(|(item, exact)| exactly(wanted, item, exact)),
        _ => None,
    }
}
