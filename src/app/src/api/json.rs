//! Reading JSON, field by field.
//!
//! The wire types can be read with serde, and the proxy does. In the page that code was a tenth of all bytes, because serde
//! compiles a reader for each type and each source. Here one reader makes a [`Value`], and a type is read from it in a line
//! per type (see `read.rs`); `read_tests.rs` reads every form with both and compares.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

/// What is not as it should be, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It is not JSON.
    #[error("it is not JSON: {0}")]
    Text(String),
    /// It is there, and something else.
    #[error("{what} is not {expected}")]
    Form {
        /// Where.
        what: String,
        /// What it should be.
        expected: &'static str,
    },
    /// It is one of several, and none of those that this page knows.
    #[error("{what} “{word}” is not known here")]
    Word {
        /// What it is.
        what: &'static str,
        /// What was said.
        word: String,
    },
}

impl Wrong {
    /// Something that is not of its form.
    pub fn form(expected: &'static str) -> Self {
        Self::Form {
            what: "a value".to_owned(),
            expected,
        }
    }

    /// The same, within a field.
    fn within(self, field: &str) -> Self {
        match self {
            Self::Form { what, expected } if what == "a value" => Self::Form {
                what: format!("“{field}”"),
                expected,
            },
            other => other,
        }
    }
}

/// What can be read.
pub trait FromJson: Sized {
    /// Reads it.
    fn from_json(value: &Value) -> Result<Self, Wrong>;
}

/// Reads a text.
pub fn from_text<T: FromJson>(text: &str) -> Result<T, Wrong> {
    T::from_json(&parse(text)?)
}

/// Makes a value of a text.
pub fn parse(text: &str) -> Result<Value, Wrong> {
    serde_json::from_str(text).map_err(|error| Wrong::Text(error.to_string()))
}

/// An object's fields.
pub fn object(value: &Value) -> Result<&Map<String, Value>, Wrong> {
    value.as_object().ok_or(Wrong::form("an object"))
}

/// A field of an object. One that is not there is null, which only what may be absent can be.
pub fn field<T: FromJson>(fields: &Map<String, Value>, name: &str) -> Result<T, Wrong> {
    T::from_json(fields.get(name).unwrap_or(&Value::Null)).map_err(|wrong| wrong.within(name))
}

/// A field that must be there, although it may be null: not to be told of something is not to be told that it is not.
pub fn told<T: FromJson>(fields: &Map<String, Value>, name: &str) -> Result<T, Wrong> {
    if fields.contains_key(name) {
        field(fields, name)
    } else {
        Err(Wrong::form("there").within(name))
    }
}

/// A field that is a word.
pub fn word<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<&'a str, Wrong> {
    fields
        .get(name)
        .and_then(Value::as_str)
        .ok_or(Wrong::form("a text"))
        .map_err(|wrong| wrong.within(name))
}

impl FromJson for String {
    fn from_json(value: &Value) -> Result<Self, Wrong> {
        value.as_str().map(str::to_owned).ok_or(Wrong::form("a text"))
    }
}

impl FromJson for bool {
    fn from_json(value: &Value) -> Result<Self, Wrong> {
        value.as_bool().ok_or(Wrong::form("true or false"))
    }
}

impl FromJson for u64 {
    fn from_json(value: &Value) -> Result<Self, Wrong> {
        value.as_u64().ok_or(Wrong::form("a whole number"))
    }
}

impl FromJson for u32 {
    fn from_json(value: &Value) -> Result<Self, Wrong> {
        u64::from_json(value)?
            .try_into()
            .map_err(|_| Wrong::form("a smaller number"))
    }
}

impl FromJson for u16 {
    fn from_json(value: &Value) -> Result<Self, Wrong> {
        u64::from_json(value)?
            .try_into()
            .map_err(|_| Wrong::form("a smaller number"))
    }
}

impl FromJson for u8 {
    fn from_json(value: &Value) -> Result<Self, Wrong> {
        u64::from_json(value)?
            .try_into()
            .map_err(|_| Wrong::form("a smaller number"))
    }
}

impl FromJson for Uuid {
    fn from_json(value: &Value) -> Result<Self, Wrong> {
        value
            .as_str()
            .and_then(|text| Self::parse_str(text).ok())
            .ok_or(Wrong::form("an id"))
    }
}

impl FromJson for DateTime<Utc> {
    fn from_json(value: &Value) -> Result<Self, Wrong> {
        let parsed = value.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        parsed.map(|time| time.with_timezone(&Utc)).ok_or(Wrong::form("a time"))
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: &Value) -> Result<Self, Wrong> {
        if value.is_null() {
            Ok(None)
        } else {
            T::from_json(value).map(Some)
        }
    }
}

impl<T: FromJson> FromJson for Box<T> {
    fn from_json(value: &Value) -> Result<Self, Wrong> {
        T::from_json(value).map(Self::new)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: &Value) -> Result<Self, Wrong> {
        let values = value.as_array().ok_or(Wrong::form("a list"))?;
        let mut items = Self::with_capacity(values.len());
        // A loop, here and below: collecting results is compiled to several times as much for each type.
        for value in values {
            items.push(T::from_json(value)?);
        }
        Ok(items)
    }
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn from_json(value: &Value) -> Result<Self, Wrong> {
        let mut table = Self::new();
        // An empty table may be left out.
        if !value.is_null() {
            for (key, value) in object(value)? {
                table.insert(key.clone(), T::from_json(value)?);
            }
        }
        Ok(table)
    }
}
