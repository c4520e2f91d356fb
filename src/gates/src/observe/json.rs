//! `check = "json"`: what a JSONPath (RFC 9535) selects.

use serde_json::Value;
use serde_json_path::JsonPath;

use super::observed::Observed;
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
    let selected = match JsonPath::parse(path) {
        Ok(parsed) => parsed.query(&document).all(),
        Err(error) => return Observed::not_comparable(format!("the path cannot be read: {error}")),
    };
    if let Comparison::CountEquals(_) = comparison {
        // Nothing selected proves that a list is empty only if the list is there.
        let list = parent_of(path);
        if selected.is_empty() && JsonPath::parse(list).is_ok_and(|list| list.query(&document).is_empty()) {
            return Observed::not_comparable(format!("there is no {list} in the {what}"));
        }
        return Observed::judged(comparison, &Value::from(selected.len()));
    }
    match selected.as_slice() {
        [] => Observed::not_comparable("the path selects nothing"),
        [value] => Observed::judged(comparison, value),
        several => Observed::not_comparable(format!("the path selects {} values instead of one", several.len())),
    }
}

/// A path without its last segment: what it selects from.
fn parent_of(path: &str) -> &str {
    let mut last = path.len();
    let (mut depth, mut quote) = (0_u32, None);
    let mut characters = path.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (Some(_), '\\') => {
                characters.next();
            }
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, '[') => {
                // `.name[…]` has two segments, `..[…]` has one.
                if depth == 0 && !path[..at].ends_with("..") {
                    last = at;
                }
                depth += 1;
            }
            (None, ']') => depth = depth.saturating_sub(1),
            (None, '.') if depth == 0 && !path[..at].ends_with('.') => last = at,
            (None, _) => {}
        }
    }
    &path[..last]
}
