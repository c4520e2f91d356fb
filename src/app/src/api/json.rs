//! Reading JSON, field by field.
//!
//! The wire types can be read with serde, and the proxy does. In the page that code was a tenth of all bytes, because serde
//! compiles a reader for each type and each source. Here one parser makes a [`Value`], and a type is read from it in a line
//! per type (see `read.rs`); `read_tests.rs` reads every form with both and compares.
//!
//! A reader goes on after something that is not as it should be, with whatever value is at hand, so that there is no way out
//! behind each field to compile. [`from_value`] and [`from_text`] alone give values out, and only where nothing was wrong.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// What is not as it should be, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It is not JSON.
    #[error("it is not JSON: see line {line}, column {column}")]
    Text {
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
    /// It is there, and something else, or it has to be there and is not.
    #[error("“{what}” is not {expected}")]
    Form {
        /// The field.
        what: &'static str,
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

/// What reading has come to.
pub struct Reader {
    /// The field that is being read.
    at: &'static str,
    /// The first thing that is not as it should be.
    wrong: Option<Wrong>,
}

/// What can be read.
pub trait FromJson: Sized {
    /// Reads it. Where it cannot be read, the reader is told, and what this gives is of no meaning.
    fn read(value: &Value, reader: &mut Reader) -> Self;
}

/// Reads a text.
pub fn from_text<T: FromJson>(text: &str) -> Result<T, Wrong> {
    from_value(&parse(text)?)
}

/// Reads a value.
pub fn from_value<T: FromJson>(value: &Value) -> Result<T, Wrong> {
    let mut reader = Reader {
        at: "the answer",
        wrong: None,
    };
    let read = T::read(value, &mut reader);
    match reader.wrong {
        Some(wrong) => Err(wrong),
        None => Ok(read),
    }
}

/// Makes a value of a text.
pub fn parse(text: &str) -> Result<Value, Wrong> {
    serde_json::from_str(text).map_err(|error| Wrong::Text {
        line: error.line(),
        column: error.column(),
    })
}

impl Reader {
    /// What is being read is not of its form.
    #[cold]
    #[inline(never)]
    pub fn form(&mut self, expected: &'static str) {
        let what = self.at;
        self.wrong.get_or_insert(Wrong::Form { what, expected });
    }

    /// What is being read is none of the words that are known.
    #[cold]
    #[inline(never)]
    pub fn word(&mut self, what: &'static str, word: &str) {
        let word = word.to_owned();
        self.wrong.get_or_insert(Wrong::Word { what, word });
    }

    /// A field of an object. One that is not there is null, which only what may be absent can be.
    #[inline(never)]
    pub fn field<'a>(&mut self, object: &'a Value, name: &'static str) -> &'a Value {
        if !object.is_object() {
            self.form("an object");
        }
        self.at = name;
        object.get(name).unwrap_or(&Value::Null)
    }

    /// A field that must be there, although it may be null: not to be told of something is not to be told that it is not.
    pub fn told<'a>(&mut self, object: &'a Value, name: &'static str) -> &'a Value {
        let value = self.field(object, name);
        if object.get(name).is_none() {
            self.form("there");
        }
        value
    }

    /// A text; empty where it is none.
    #[inline(never)]
    pub fn text<'a>(&mut self, value: &'a Value) -> &'a str {
        value.as_str().unwrap_or_else(|| {
            self.form("a text");
            ""
        })
    }

    /// A whole number that is not greater than this.
    #[inline(never)]
    fn number(&mut self, value: &Value, most: u64) -> u64 {
        value.as_u64().filter(|number| *number <= most).unwrap_or_else(|| {
            self.form("a whole number that fits");
            0
        })
    }

    /// What is given back where something cannot be read.
    #[cold]
    fn instead<T: Default>(&mut self, expected: &'static str) -> T {
        self.form(expected);
        T::default()
    }
}

impl FromJson for String {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        reader.text(value).to_owned()
    }
}

impl FromJson for bool {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        value.as_bool().unwrap_or_else(|| reader.instead("true or false"))
    }
}

macro_rules! numbers {
    ($($type:ident),*) => {$(
        impl FromJson for $type {
            fn read(value: &Value, reader: &mut Reader) -> Self {
                // The reader has seen that it fits.
                reader.number(value, u64::from(Self::MAX)) as Self
            }
        }
    )*};
}
numbers!(u8, u16, u32, u64);

impl FromJson for Uuid {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        let parsed = Self::parse_str(reader.text(value));
        parsed.unwrap_or_else(|_| reader.instead("an id"))
    }
}

impl FromJson for DateTime<Utc> {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        match DateTime::parse_from_rfc3339(reader.text(value)) {
            Ok(time) => time.with_timezone(&Utc),
            Err(_) => reader.instead("a time"),
        }
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        (!value.is_null()).then(|| T::read(value, reader))
    }
}

impl<T: FromJson> FromJson for Box<T> {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        Self::new(T::read(value, reader))
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        let mut items = Self::new();
        match value.as_array() {
            // A loop, here and below: collecting is compiled to several times as much for each type.
            Some(values) => {
                for value in values {
                    items.push(T::read(value, reader));
                }
            }
            None => reader.form("a list"),
        }
        items
    }
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn read(value: &Value, reader: &mut Reader) -> Self {
        let mut table = Self::new();
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    table.insert(key.clone(), T::read(value, reader));
                }
            }
            // An empty table may be left out.
            Value::Null => {}
            _ => reader.form("an object"),
        }
        table
    }
}
