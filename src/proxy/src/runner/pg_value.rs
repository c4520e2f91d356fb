//! PostgreSQL's values as JSON. A type that is not known here is an error with its name, never a guess.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use serde_json::Value;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgColumn, PgRow, PgTypeInfo, PgTypeKind, PgValueFormat, PgValueRef};
use sqlx::{Column, Decode, Postgres, Row, Type, TypeInfo, ValueRef};
use uuid::Uuid;

/// Why a value cannot be read.
#[derive(Debug)]
pub(super) enum CellError {
    Unread { type_name: String },
    Broken(sqlx::Error),
}

/// Reads a row's value in a column.
pub(super) fn read(row: &PgRow, column: &PgColumn) -> Result<Value, CellError> {
    let raw = row.try_get_raw(column.ordinal()).map_err(CellError::Broken)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let info = column.type_info();
    let name = info.name();
    match name.strip_suffix("[]") {
        Some(element) => list(row, column, element),
        None => scalar(row, column, raw, info, name),
    }
}

/// A value as it is shown: text as it is, everything else as JSON.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn scalar(
    row: &PgRow,
    column: &PgColumn,
    raw: PgValueRef<'_>,
    info: &PgTypeInfo,
    name: &str,
) -> Result<Value, CellError> {
    Ok(match name {
        "BOOL" => Value::from(get::<bool>(row, column)?),
        "INT2" => Value::from(get::<i16>(row, column)?),
        "INT4" => Value::from(get::<i32>(row, column)?),
        "INT8" => Value::from(get::<i64>(row, column)?),
        "OID" => Value::from(get::<Oid>(row, column)?.0),
        "FLOAT4" => float(get::<f32>(row, column)?.into()),
        "FLOAT8" => float(get::<f64>(row, column)?),
        "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "CITEXT" => Value::from(get::<String>(row, column)?),
        "JSON" | "JSONB" => get::<Value>(row, column)?,
        "TIMESTAMPTZ" => time(get::<DateTime<Utc>>(row, column)?),
        "TIMESTAMP" => Value::from(
            get::<NaiveDateTime>(row, column)?
                .format("%Y-%m-%dT%H:%M:%S%.f")
                .to_string(),
        ),
        "DATE" => Value::from(get::<NaiveDate>(row, column)?.to_string()),
        "TIME" => Value::from(get::<NaiveTime>(row, column)?.format("%H:%M:%S%.f").to_string()),
        "UUID" => Value::from(get::<Uuid>(row, column)?.to_string()),
        "NUMERIC" | "\"CHAR\"" => {
            let format = raw.format();
            let bytes = raw
                .as_bytes()
                .map_err(|error| CellError::Broken(sqlx::Error::Decode(error)))?;
            let text = match (format, name) {
                (PgValueFormat::Binary, "NUMERIC") => numeric(bytes),
                _ => std::str::from_utf8(bytes).ok().map(str::to_owned),
            };
            Value::from(text.ok_or_else(|| unread(info))?)
        }
        // An enum's value is its label in either format.
        _ if matches!(info.kind(), PgTypeKind::Enum(_)) => {
            let label = raw
                .as_str()
                .map_err(|error| CellError::Broken(sqlx::Error::Decode(error)))?;
            Value::from(label)
        }
        _ => return Err(unread(info)),
    })
}

fn list(row: &PgRow, column: &PgColumn, element: &str) -> Result<Value, CellError> {
    fn all<T>(items: Vec<Option<T>>, json: impl Fn(T) -> Value) -> Value {
        Value::Array(items.into_iter().map(|item| item.map_or(Value::Null, &json)).collect())
    }
    Ok(match element {
        "BOOL" => all(get::<Vec<Option<bool>>>(row, column)?, Value::from),
        "INT2" => all(get::<Vec<Option<i16>>>(row, column)?, Value::from),
        "INT4" => all(get::<Vec<Option<i32>>>(row, column)?, Value::from),
        "INT8" => all(get::<Vec<Option<i64>>>(row, column)?, Value::from),
        "FLOAT8" => all(get::<Vec<Option<f64>>>(row, column)?, float),
        "TEXT" | "VARCHAR" | "CHAR" | "NAME" => all(get::<Vec<Option<String>>>(row, column)?, Value::from),
        "UUID" => all(get::<Vec<Option<Uuid>>>(row, column)?, |id| Value::from(id.to_string())),
        "TIMESTAMPTZ" => all(get::<Vec<Option<DateTime<Utc>>>>(row, column)?, time),
        _ => return Err(unread(column.type_info())),
    })
}

fn get<'r, T: Decode<'r, Postgres> + Type<Postgres>>(row: &'r PgRow, column: &PgColumn) -> Result<T, CellError> {
    row.try_get(column.ordinal()).map_err(CellError::Broken)
}

fn unread(info: &PgTypeInfo) -> CellError {
    CellError::Unread {
        type_name: info.name().to_owned(),
    }
}

fn time(time: DateTime<Utc>) -> Value {
    Value::from(time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// JSON has no number for these three; as text they can be compared and are never taken for one.
fn float(number: f64) -> Value {
    if number.is_finite() {
        Value::from(number)
    } else {
        Value::from(number.to_string())
    }
}

/// PostgreSQL's binary `numeric` as decimal text, digit for digit: groups of four digits, the weight of the first group, a
/// sign and the digits behind the point.
fn numeric(bytes: &[u8]) -> Option<String> {
    let word = |at: usize| Some(u16::from_be_bytes([*bytes.get(2 * at)?, *bytes.get(2 * at + 1)?]));
    let groups = usize::from(word(0)?);
    let weight = i32::from(word(1)? as i16);
    let sign = match word(2)? {
        0x0000 => "",
        0x4000 => "-",
        0xC000 => return Some("NaN".to_owned()),
        0xD000 => return Some("Infinity".to_owned()),
        0xF000 => return Some("-Infinity".to_owned()),
        _ => return None,
    };
    let scale = usize::from(word(3)?);
    let group = |place: i32| -> Option<u16> {
        match usize::try_from(weight - place) {
            Ok(index) if index < groups => word(4 + index),
            _ => Some(0),
        }
    };
    let mut whole = String::new();
    for place in (0..=weight.max(0)).rev() {
        whole.push_str(&format!("{:04}", group(place)?));
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let mut fraction = String::new();
    for place in 1..=scale.div_ceil(4) {
        fraction.push_str(&format!("{:04}", group(-i32::try_from(place).ok()?)?));
    }
    fraction.truncate(scale);
    let point = if scale > 0 { "." } else { "" };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerics_are_read_digit_for_digit() {
        let bytes = |groups: &[u16], weight: i16, sign: u16, scale: u16| -> Vec<u8> {
            let head = [u16::try_from(groups.len()).unwrap(), weight as u16, sign, scale];
            head.iter().chain(groups).flat_map(|word| word.to_be_bytes()).collect()
        };
        for (bytes, text) in [
            (bytes(&[], 0, 0, 0), "0"),
            (bytes(&[], 0, 0, 2), "0.00"),
            (bytes(&[1], 0, 0, 0), "1"),
            (bytes(&[12, 3456, 7800], 1, 0x4000, 2), "-123456.78"),
            (bytes(&[1], 2, 0, 0), "100000000"),
            (bytes(&[5], -1, 0, 4), "0.0005"),
            (bytes(&[5], -2, 0, 8), "0.00000005"),
            (bytes(&[], 0, 0xC000, 0), "NaN"),
        ] {
            assert_eq!(numeric(&bytes).as_deref(), Some(text));
        }
        assert_eq!(numeric(&[0, 1, 0]), None);
        assert_eq!(numeric(&bytes(&[1], 0, 0x1234, 0)), None);
    }
}
