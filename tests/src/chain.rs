//! The chain of a session's events, checked as `docs/EVENTS.md` describes it and without the crates under test.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::History;

impl History {
    /// The first thing that is wrong with places, chain and hashes, as `docs/EVENTS.md` describes them.
    #[must_use]
    pub fn broken_chain(&self) -> Option<String> {
        let mut prev = "0".repeat(64);
        for (index, record) in self.records().iter().enumerate() {
            if record["seq"] != index + 1 {
                return Some(format!("event {} has the place {}", index + 1, record["seq"]));
            }
            if record["prev"] != prev.as_str() {
                return Some(format!(
                    "event {} follows {}, and not {prev}",
                    index + 1,
                    record["prev"]
                ));
            }
            let hash = hash(&prev, record);
            if record["hash"] != hash.as_str() {
                return Some(format!(
                    "event {} has the hash {}, and not {hash}",
                    index + 1,
                    record["hash"]
                ));
            }
            prev = hash;
        }
        None
    }
}

/// SHA-256 in hexadecimal digits over the hash before it, a line feed, and the record without its own hash in canonical JSON.
fn hash(prev: &str, record: &Value) -> String {
    let mut content = record.clone();
    if let Some(fields) = content.as_object_mut() {
        fields.remove("hash");
    }
    sha256(&format!("{prev}\n{}", canonical(&content)))
}

/// The SHA-256 of a text, in hexadecimal digits.
#[must_use]
pub fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// JSON with sorted keys and without white space.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            let fields = sorted
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        scalar => scalar.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::History;

    /// The hashes were made with Python's `hashlib.sha256` and `json.dumps(…, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`.
    #[test]
    fn an_altered_chain_is_found() {
        let first = json!({"seq": 1, "prev": "0".repeat(64), "event": {"type": "b", "a": [1, true, null, "\u{e9}\n"]},
            "hash": "98071f0afcd49e14c551b5d525791465651b5f7cd975b2f69ca67a1b1c6ac7e8"});
        let second = json!({"seq": 2, "prev": first["hash"], "event": {"type": "c"},
            "hash": "39c0c8b2a102bf671dfbcbb0abd18a51766b19e9e051e1448f35c65b89788182"});
        let whole = [first.clone(), second.clone()];
        assert_eq!(History::new(whole.to_vec()).broken_chain(), None);
        let mut altered = first.clone();
        altered["event"]["type"] = json!("d");
        let wrong = History::new(vec![altered, second.clone()]).broken_chain();
        assert!(wrong.is_some_and(|wrong| wrong.starts_with("event 1 has the hash")));
        let wrong = History::new(vec![second.clone()]).broken_chain();
        assert!(wrong.is_some_and(|wrong| wrong.starts_with("event 1 has the place")));
        let mut moved = second;
        moved["prev"] = json!("0".repeat(64));
        let wrong = History::new(vec![first, moved]).broken_chain();
        assert!(wrong.is_some_and(|wrong| wrong.starts_with("event 2 follows")));
    }
}
