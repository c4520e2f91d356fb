//! What a part of a JSONPath finds.

use serde_json::Value;
use serde_json_path::JsonPath;

/// What a path finds, without its first character, from a value on. It was parsed before.
pub(super) fn query<'a>(segment: &str, node: &'a Value) -> Vec<&'a Value> {
    JsonPath::parse(&format!("${segment}")).map_or_else(|_| Vec::new(), |path| path.query(node).all())
}
