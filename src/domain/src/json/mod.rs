//! JSON as it was written: a number is its decimal digits and never a float, and a key that stands twice is an error.
//!
//! Readers of JSON differ in which of two equal keys counts, and floats round. What is judged or proven must not depend on
//! either, so both are read here, and by nothing else.

mod decimal;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde_json::Value;
use struson::reader::{JsonReader as _, JsonStreamReader, ReaderError, ValueType};

pub use decimal::Decimal;

/// A JSON value, exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the types of JSON")]
pub enum Json {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

/// Why a text is not read.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// An object has two members of the same name: which of them counts, nobody knows.
    #[error("the key “{key}” stands twice in one object")]
    Twice {
        /// The key, unescaped.
        key: String,
    },
    /// A number has a larger exponent than can be compared.
    #[error("the number {number} does not fit")]
    Number {
        /// As written.
        number: String,
    },
    /// It is no JSON, is nested deeper than 128, or has a number of more than 100 digits or an exponent of more than two.
    #[error("{0}")]
    Syntax(#[from] ReaderError),
}

/// Reads a text that is one JSON value.
///
/// # Errors
/// It is no JSON, or a key stands twice.
pub fn read(bytes: &[u8]) -> Result<Json, JsonError> {
    let mut reader = JsonStreamReader::new(bytes);
    let value = value(&mut reader)?;
    reader.consume_trailing_whitespace()?;
    Ok(value)
}

/// The depth of nesting is limited by the reader.
fn value(reader: &mut JsonStreamReader<&[u8]>) -> Result<Json, JsonError> {
    Ok(match reader.peek()? {
        ValueType::Null => {
            reader.next_null()?;
            Json::Null
        }
        ValueType::Boolean => Json::Bool(reader.next_bool()?),
        ValueType::Number => {
            let number = reader.next_number_as_string()?;
            Json::Number(Decimal::parse(&number).ok_or(JsonError::Number { number })?)
        }
        ValueType::String => Json::Text(reader.next_string()?),
        ValueType::Array => {
            reader.begin_array()?;
            let mut items = Vec::new();
            while reader.has_next()? {
                items.push(value(reader)?);
            }
            reader.end_array()?;
            Json::List(items)
        }
        ValueType::Object => {
            reader.begin_object()?;
            let mut members = BTreeMap::new();
            while reader.has_next()? {
                let key = reader.next_name_owned()?;
                let member = value(reader)?;
                match members.entry(key) {
                    Entry::Vacant(free) => free.insert(member),
                    Entry::Occupied(taken) => {
                        return Err(JsonError::Twice {
                            key: taken.key().clone(),
                        });
                    }
                };
            }
            reader.end_object()?;
            Json::Object(members)
        }
    })
}

/// A value of serde_json's: a float is the shortest text that means it.
impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(Decimal::from(number)),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Object(members) => {
                let members = members.iter().map(|(key, member)| (key.clone(), Self::from(member)));
                Self::Object(members.collect())
            }
        }
    }
}

/// As JSON, numbers as they were written.
impl fmt::Display for Json {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |text: &str| Value::from(text).to_string();
        match self {
            Self::Null => to.write_str("null"),
            Self::Bool(value) => value.fmt(to),
            Self::Number(number) => number.fmt(to),
            Self::Text(value) => to.write_str(&text(value)),
            Self::List(items) => {
                to.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    write!(to, "{comma}{item}")?;
                }
                to.write_str("]")
            }
            Self::Object(members) => {
                to.write_str("{")?;
                for (index, (key, member)) in members.iter().enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    write!(to, "{comma}{}:{member}", text(key))?;
                }
                to.write_str("}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_an_error_wherever_it_stands() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"b":2,"a":null}"#,
            r#"{"status":"down","st\u0061tus":"ok"}"#,
            r#"[{"x":[{"":1,"":2}]}]"#,
            r#"{"a":{"b":1,"b":2},"c":3}"#,
        ] {
            assert!(matches!(read(text.as_bytes()), Err(JsonError::Twice { .. })), "{text}");
            assert!(serde_json::from_str::<Value>(text).is_ok(), "serde_json takes {text}");
        }
        assert!(read(br#"{"a":{"a":1},"A":[{"a":1},{"a":1}]}"#).is_ok());
    }

    #[test]
    fn what_is_read_is_what_serde_json_reads() {
        for text in ["null", "[]", "{}", r#" {"b":[1,-2.5,true,"\u00e4\n"],"a":null} "#] {
            let value: Value = serde_json::from_str(text).unwrap();
            let read = read(text.as_bytes()).unwrap();
            assert_eq!(read, Json::from(&value));
            assert_eq!(serde_json::from_str::<Value>(&read.to_string()).unwrap(), value);
        }
        for text in [
            "",
            "{",
            "1 2",
            "[1,]",
            "01",
            "+1",
            "NaN",
            "\"\\ud800\"",
            "{a:1}",
            "// no\n1",
            "1e1000",
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
        assert!(read(b"\"\xff\"").is_err());
        assert!(
            read("[".repeat(100_000).as_bytes()).is_err(),
            "deep nesting ends no stack"
        );
    }

    #[test]
    fn numbers_keep_their_digits() {
        let text = "[9007199254740993,0.1000000000000000055,-0.0,1e2]";
        assert_eq!(read(text.as_bytes()).unwrap().to_string(), text);
    }
}
