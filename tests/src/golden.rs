//! Making texts alike that differ only in what each run draws anew, so that they can be compared with files of the repository.

use std::collections::BTreeMap;

use regex::{Captures, Regex};
use serde_json::{Map, Value};

/// What differs from run to run, and what stands in its place. `N` counts the different ones in the order of their coming, so
/// that two places that named the same id still do.
const DRAWN: [(&str, &str); 14] = [
    // The picture of a timeline is to scale.
    (
        "(?s)<h2>Timeline to scale \\(UTC\\)</h2>.*?</svg>\n</div>\n<p>.*?</p>",
        "<h2>Timeline to scale (UTC)</h2>«picture»",
    ),
    ("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "«id N»"),
    ("\\b[0-9a-f]{64}\\b", "«hash N»"),
    (
        "\\b20\\d\\d-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|\\+00:00| UTC)?",
        "«time»",
    ),
    ("\\b20\\d\\d-\\d\\d-\\d\\d\\b", "«date»"),
    ("\\b\\d\\d:\\d\\d:\\d\\d\\b", "«clock»"),
    ("127\\.0\\.0\\.1:\\d+", "«address»"),
    ("\\b\\d+(\\.\\d+)? ms\\b", "«duration»"),
    ("\\bafter \\d+ s\\b", "after «duration»"),
    // The lengths of holds.
    ("\\bTime on hold: \\d+ s\\b", "Time on hold: «duration»"),
    ("\\| \\d+ s \\|", "| «duration» |"),
    ("<td>\\d+ s</td>", "<td>«duration»</td>"),
    ("\"seconds(_on_hold)?\": \\d+", "\"seconds\": «count»"),
    ("\\b\\d+\\.\\d{3}\\b", "«seconds»"),
];

/// The text with ids, SHA-256 hashes, times, ports of 127.0.0.1 and durations replaced.
#[must_use]
pub fn normalised(text: &str) -> String {
    DRAWN.iter().fold(text.to_owned(), |text, (pattern, place)| {
        let pattern = Regex::new(pattern).expect("the pattern is ours");
        let mut numbers = BTreeMap::new();
        let replaced = pattern.replace_all(&text, |found: &Captures| {
            let next = numbers.len() + 1;
            let number = numbers.entry(found[0].to_owned()).or_insert(next);
            place.replace('N', &number.to_string())
        });
        replaced.into_owned()
    })
}

/// The JSON as indented text with sorted keys, [`normalised`].
#[must_use]
pub fn normalised_json(value: &Value) -> String {
    normalised(&format!("{:#}", sorted(value)))
}

/// The same value, whichever order its maps keep their keys in.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<&String, &Value> = fields.iter().collect();
            let fields = fields.into_iter().map(|(name, value)| (name.clone(), sorted(value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{normalised, normalised_json};

    #[test]
    fn what_was_the_same_stays_the_same() {
        let (one, other) = (
            "0198c0de-0000-7000-8000-000000000001",
            "0198c0de-0000-7000-8000-000000000002",
        );
        let text =
            format!("{other} {one} {other} at 2026-11-26T18:00:01.5Z on 2026-11-26, 12.5 ms from 127.0.0.1:4317");
        assert_eq!(
            normalised(&text),
            "«id 1» «id 2» «id 1» at «time» on «date», «duration» from «address»"
        );
    }

    #[test]
    fn what_is_not_drawn_is_left_alone() {
        let text = "v1.4.2 of a1b2c3d4 in 300 s, 20 % at 10.0.0.1:80";
        assert_eq!(normalised(text), text);
    }

    #[test]
    fn keys_are_sorted() {
        assert_eq!(
            normalised_json(&json!({"b": 1, "a": [{"d": 2, "c": 3}]})),
            "{\n  \"a\": [\n    {\n      \"c\": 3,\n      \"d\": 2\n    }\n  ],\n  \"b\": 1\n}"
        );
    }
}
