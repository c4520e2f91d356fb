//! Filling values into the answers of `rehearsal.toml`: what gates can name (secrets are never among the values), and times (`{now}`, `{now-20m}`).

use chrono::{DateTime, SecondsFormat, Utc};
use holdpoint_gates::HumanDuration;
use holdpoint_gates::fill::{Encoding, FillError, Values, fill, names};
use serde_json::Value;

/// The values of a run, and the time for `{now}`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filling<'a> {
    pub(crate) values: &'a Values,
    pub(crate) now: DateTime<Utc>,
}

impl Filling<'_> {
    /// The text with its values, as they are.
    pub(crate) fn text(&self, template: &str) -> Result<String, FillError> {
        self.encoded(template, Encoding::Plain)
    }

    /// The body with its values: escaped where it looks like JSON.
    pub(crate) fn body(&self, template: &str) -> Result<String, FillError> {
        let encoding = if looks_like_json(template) {
            Encoding::Json
        } else {
            Encoding::Plain
        };
        self.encoded(template, encoding)
    }

    /// The cell with its texts filled in; a time of TOML's becomes text.
    pub(crate) fn cell(&self, cell: &Value) -> Result<Value, FillError> {
        Ok(match cell {
            Value::String(text) => Value::String(self.text(text)?),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.cell(item)).collect::<Result<_, _>>()?),
            Value::Object(fields) => match toml_time(fields) {
                Some(time) => Value::from(time),
                None => Value::Object(
                    fields
                        .iter()
                        .map(|(key, field)| Ok((key.clone(), self.cell(field)?)))
                        .collect::<Result<_, FillError>>()?,
                ),
            },
            other => other.clone(),
        })
    }

    fn encoded(&self, template: &str, encoding: Encoding) -> Result<String, FillError> {
        let times: Vec<(String, String)> = names(template)
            .filter_map(|name| Some((name.to_owned(), self.time(name)?)))
            .collect();
        if times.is_empty() {
            return fill(template, self.values, encoding);
        }
        let mut values = self.values.clone();
        values.extend(times);
        fill(template, &values, encoding)
    }

    /// `now`, or so long before it.
    fn time(&self, name: &str) -> Option<String> {
        let time = match name.strip_prefix("now")? {
            "" => self.now,
            before => {
                let span: HumanDuration = before.strip_prefix('-')?.parse().ok()?;
                self.now
                    .checked_sub_signed(chrono::Duration::from_std(span.duration()).ok()?)?
            }
        };
        Some(time.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

pub(crate) fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// The type by which a body is announced that does not say its own.
pub(crate) fn content_type(body: &str) -> &'static str {
    if looks_like_json(body) {
        "application/json"
    } else {
        "text/plain; charset=utf-8"
    }
}

/// How the TOML reader hands over a date or time: a table with one key of its own.
fn toml_time(fields: &serde_json::Map<String, Value>) -> Option<&str> {
    let (key, time) = fields.iter().next().filter(|_| fields.len() == 1)?;
    time.as_str().filter(|_| key.starts_with("$__toml"))
}
