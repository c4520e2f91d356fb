//! The published schema of the JSON export.

use std::sync::LazyLock;

use serde_json::Value;

/// What is published of the JSON export.
static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(include_str!("../../../../docs/export.schema.json")).expect("it is JSON");
    jsonschema::validator_for(&schema).expect("it is a schema")
});

/// What is wrong with an export by it.
pub fn schema_says(file: &Value) -> Vec<String> {
    SCHEMA
        .iter_errors(file)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}
