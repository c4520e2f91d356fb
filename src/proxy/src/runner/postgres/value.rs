//! PostgreSQL's values, as the server writes them, as JSON. What JSON has an exact form of (numbers, true and false, JSON itself,
//! lists) arrives in it; everything else is the server's text, whatever its type.

use holdpoint_domain::json::{self, Json};
use postgres_types::{Kind, Type};
use serde_json::{Number, Value};

/// PostgreSQL's arrays have no more dimensions.
const MOST_DIMENSIONS: usize = 6;

/// Why a value cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::runner) enum CellError {
    #[error("it is not UTF-8")]
    NotText,
    #[error("its text is not one of the type {type_name}")]
    Misread { type_name: String },
    #[error("its JSON cannot be read: {reason}")]
    Json { reason: String },
}

/// Reads a cell of a column whose type has this object id.
pub(in crate::runner) fn read(type_id: u32, cell: Option<Vec<u8>>) -> Result<Value, CellError> {
    let Some(bytes) = cell else {
        return Ok(Value::Null);
    };
    let text = String::from_utf8(bytes).map_err(|_| CellError::NotText)?;
    // Types that are not built in (enumerations, composites, those of extensions) are their text.
    let Some(kind) = Type::from_oid(type_id) else {
        return Ok(Value::String(text));
    };
    match kind.kind() {
        // `int2vector` and `oidvector` are arrays by kind, and are not written as such.
        Kind::Array(element) if kind.name().starts_with('_') => {
            let delimiter = if *element == Type::BOX { ';' } else { ',' };
            Array::new(&text, delimiter, element)
                .whole()
                .ok_or_else(|| misread(&kind))?
        }
        _ => scalar(&kind, text),
    }
}

/// A value as it is shown: text as it is, everything else as JSON.
pub(in crate::runner) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn misread(kind: &Type) -> CellError {
    CellError::Misread {
        type_name: kind.name().to_owned(),
    }
}

fn scalar(kind: &Type, text: String) -> Result<Value, CellError> {
    Ok(match *kind {
        Type::BOOL => match text.as_str() {
            "t" => Value::Bool(true),
            "f" => Value::Bool(false),
            _ => return Err(misread(kind)),
        },
        Type::INT2 | Type::INT4 | Type::INT8 | Type::OID => {
            Value::from(text.parse::<i64>().map_err(|_| misread(kind))?)
        }
        Type::FLOAT4 | Type::FLOAT8 => match text.as_str() {
            // JSON has no number for these three; as text they can be compared and are never taken for one.
            "NaN" | "Infinity" | "-Infinity" => Value::String(text),
            // The server writes the shortest text that means this number, so 0.1::real is 0.1.
            number => Value::Number(serde_json::from_str::<Number>(number).map_err(|_| misread(kind))?),
        },
        Type::JSON | Type::JSONB => json(&text)?,
        // The blanks that fill it up are no part of its value: `'ok'::char(10) = 'ok'`.
        Type::BPCHAR => Value::from(text.trim_end_matches(' ')),
        Type::TIMESTAMP | Type::TIMESTAMPTZ => Value::String(instant(text)),
        _ => Value::String(text),
    })
}

/// JSON that can be read in one way only, and with all its digits: `json` keeps a key that stands twice as it was given.
fn json(text: &str) -> Result<Value, CellError> {
    let wrong = |reason: String| CellError::Json { reason };
    let value: Value = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    let exact = json::read(text.as_bytes()).map_err(|error| wrong(error.to_string()))?;
    if Json::from(&value) == exact {
        Ok(value)
    } else {
        Err(wrong(
            "it has a number with more digits than can be compared; cast it to text".to_owned(),
        ))
    }
}

/// `2026-01-02 03:04:05.5+00` as RFC 3339 has it. What RFC 3339 has no form of (`infinity`, years before 1 or of five digits) stays as the
/// server writes it.
fn instant(text: String) -> String {
    let Some((date, time)) = text.split_once(' ') else {
        return text;
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || b"-:.".contains(&byte));
    let (clock, zone) = match time.strip_suffix("+00") {
        Some(clock) => (clock, "Z"),
        None => (time, ""),
    };
    if date.len() == 10 && digits(date) && digits(clock) {
        format!("{date}T{clock}{zone}")
    } else {
        text
    }
}

/// An array as the server writes it: `{1,NULL,{2}}`, with quotes where an element needs them.
struct Array<'a> {
    rest: &'a str,
    delimiter: char,
    element: &'a Type,
}

impl<'a> Array<'a> {
    fn new(text: &'a str, delimiter: char, element: &'a Type) -> Self {
        // Bounds that do not begin at 1 stand before it: `[0:1]={5,6}`.
        let rest = match text.split_once('=') {
            Some((bounds, rest)) if bounds.starts_with('[') => rest,
            _ => text,
        };
        Self {
            rest,
            delimiter,
            element,
        }
    }

    /// The list, if it is one to its end. The error is that of an element.
    fn whole(mut self) -> Option<Result<Value, CellError>> {
        let list = match self.list(1)? {
            Ok(list) => list,
            Err(error) => return Some(Err(error)),
        };
        self.rest.is_empty().then_some(Ok(list))
    }

    fn take(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn list(&mut self, depth: usize) -> Option<Result<Value, CellError>> {
        if depth > MOST_DIMENSIONS || !self.take('{') {
            return None;
        }
        let mut items = Vec::new();
        if self.take('}') {
            return Some(Ok(Value::Array(items)));
        }
        loop {
            let item = if self.rest.starts_with('{') {
                self.list(depth + 1)?
            } else {
                match self.element()? {
                    Some(text) => scalar(self.element, text),
                    None => Ok(Value::Null),
                }
            };
            match item {
                Ok(item) => items.push(item),
                Err(error) => return Some(Err(error)),
            }
            if self.take('}') {
                return Some(Ok(Value::Array(items)));
            }
            if !self.take(self.delimiter) {
                return None;
            }
        }
    }

    /// One element's text; no text is NULL.
    fn element(&mut self) -> Option<Option<String>> {
        if !self.take('"') {
            let end = self.rest.find([self.delimiter, '}'])?;
            let (text, rest) = self.rest.split_at(end);
            self.rest = rest;
            return Some((text != "NULL").then(|| text.to_owned()));
        }
        let mut text = String::new();
        let mut characters = self.rest.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Some(Some(text));
                }
                '\\' => text.push(characters.next()?.1),
                other => text.push(other),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn of(kind: Type, text: &str) -> Result<Value, CellError> {
        read(kind.oid(), Some(text.as_bytes().to_vec()))
    }

    #[test]
    fn values_are_what_the_server_writes() {
        for (kind, text, value) in [
            (Type::INT8, "9223372036854775807", json!(i64::MAX)),
            (Type::OID, "4294967295", json!(u32::MAX)),
            (Type::FLOAT4, "0.1", json!(0.1)),
            (Type::FLOAT8, "1e+300", json!(1e300)),
            (Type::FLOAT8, "-Infinity", json!("-Infinity")),
            (Type::NUMERIC, "12.500", json!("12.500")),
            (Type::BPCHAR, "ok        ", json!("ok")),
            (Type::TEXT, "ok ", json!("ok ")),
            (Type::TIME, "24:00:00", json!("24:00:00")),
            (
                Type::TIMESTAMPTZ,
                "2026-01-02 03:04:05.5+00",
                json!("2026-01-02T03:04:05.5Z"),
            ),
            (Type::TIMESTAMP, "2026-01-02 03:04:05", json!("2026-01-02T03:04:05")),
            (Type::TIMESTAMPTZ, "infinity", json!("infinity")),
            (
                Type::TIMESTAMPTZ,
                "0044-03-15 00:00:00+00 BC",
                json!("0044-03-15 00:00:00+00 BC"),
            ),
            (Type::TIMESTAMP, "12026-01-02 03:04:05", json!("12026-01-02 03:04:05")),
            (Type::DATE, "-infinity", json!("-infinity")),
            (Type::JSONB, r#"{"a": [1, null]}"#, json!({"a": [1, null]})),
            (Type::INT4_ARRAY, "[0:1]={1,NULL}", json!([1, null])),
            (Type::INT4_ARRAY, "{{1,2},{3,4}}", json!([[1, 2], [3, 4]])),
            (
                Type::TEXT_ARRAY,
                r#"{a,"NULL","x,\"y\" \\ {}",""}"#,
                json!(["a", "NULL", "x,\"y\" \\ {}", ""]),
            ),
            (
                Type::BOX_ARRAY,
                "{(1,1),(0,0);(2,2),(1,1)}",
                json!(["(1,1),(0,0)", "(2,2),(1,1)"]),
            ),
            (Type::INT2_VECTOR, "1 2", json!("1 2")),
            (Type::TEXT_ARRAY, "{}", json!([])),
        ] {
            assert_eq!(of(kind.clone(), text), Ok(value), "{kind}: {text}");
        }
        assert_eq!(read(Type::INT4.oid(), None), Ok(Value::Null));
        assert_eq!(read(4_000_000_000, Some(b"running".to_vec())), Ok(json!("running")));
    }

    #[test]
    fn what_is_not_of_its_type_is_no_value() {
        for (kind, text) in [
            (Type::BOOL, "yes"),
            (Type::INT4, "1.0"),
            (Type::FLOAT8, "nan"),
            (Type::JSON, "{"),
            (Type::JSON, r#"{"status":"down","status":"ok"}"#),
            (Type::JSONB, "[9007199254740993.0]"),
            (Type::INT4_ARRAY, "{1,2"),
            (Type::INT4_ARRAY, "{1}2"),
            (Type::INT4_ARRAY, "{x}"),
            (Type::INT4_ARRAY, "{{{{{{{1}}}}}}}"),
            (Type::TEXT_ARRAY, "{\"a"),
            (Type::TEXT_ARRAY, "{\"a\\"),
        ] {
            assert!(of(kind.clone(), text).is_err(), "{kind}: {text}");
        }
        assert_eq!(read(Type::TEXT.oid(), Some(vec![0xff])), Err(CellError::NotText));
    }

    proptest! {
        #[test]
        fn no_text_of_any_type_panics(type_id in 0_u32..6000, bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _read = read(type_id, Some(bytes));
        }

        #[test]
        fn no_array_panics(text in r#"[{}\[\]"\\,;=:aN0ü ]{0,30}"#) {
            for kind in [Type::TEXT_ARRAY, Type::BOX_ARRAY, Type::JSON_ARRAY, Type::INT4_ARRAY] {
                let _read = of(kind, &text);
            }
        }
    }
}
