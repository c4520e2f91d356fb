//! Filling values into a gate's texts: `{url.api}/api/health?sha={git_sha}`.
//!
//! A placeholder is a name in braces. Braces around anything else (JSON, regular expressions, PostgreSQL's arrays) are
//! ordinary text, and `{{name}}` stands for the text `{name}`. A name without a value is an error, never an empty text.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The values that placeholders stand for, by name.
pub type Values = BTreeMap<String, String>;

/// How a value is written into the place that it goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// One component of a URL: everything but unreserved characters is percent-encoded. Base URLs (`{url.…}`) go in as
    /// they are.
    UrlComponent,
    /// The inside of a JSON string.
    Json,
    /// As it is.
    Plain,
}

/// Why a text could not be filled in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the sentence of each variant says what it is")]
pub enum FillError {
    /// There is no such value.
    #[error("there is no value for {{{name}}}")]
    Unknown { name: String },
    /// A value that would change which resource a URL's path names.
    #[error("the value of {{{name}}} is “{value}”, which would climb in the URL's path")]
    Climbs { name: String, value: String },
}

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Ordinary text.
    Text(&'a str),
    /// A placeholder's name.
    Name(&'a str),
}

/// Splits a template into its pieces. It never fails: what is not a placeholder is text.
#[must_use]
pub fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut text_from = 0;
    let mut at = 0;
    while let Some(open) = template[at..].find('{').map(|offset| at + offset) {
        if let Some(length) = escaped(&template[open..]) {
            found.push(Piece::Text(&template[text_from..open]));
            // The inner braces and the name between them are the text that was meant.
            found.push(Piece::Text(&template[open + 1..open + length - 1]));
            at = open + length;
            text_from = at;
        } else if let Some(length) = named(&template[open..]) {
            found.push(Piece::Text(&template[text_from..open]));
            found.push(Piece::Name(&template[open + 1..open + length - 1]));
            at = open + length;
            text_from = at;
        } else {
            at = open + 1;
        }
    }
    found.push(Piece::Text(&template[text_from..]));
    found.retain(|piece| *piece != Piece::Text(""));
    found
}

/// The placeholders that a template names, in order.
pub fn names(template: &str) -> impl Iterator<Item = &str> {
    pieces(template).into_iter().filter_map(|piece| match piece {
        Piece::Name(name) => Some(name),
        Piece::Text(_) => None,
    })
}

/// Whether a template names a secret: `{secret.NAME}`.
#[must_use]
pub(super) fn has_secret(template: &str) -> bool {
    names(template).any(|name| name.starts_with("secret."))
}

/// The template with every placeholder replaced by its value, encoded for its place.
///
/// # Errors
/// A placeholder has no value, or a value would climb in a URL's path.
pub fn fill(template: &str, values: &Values, encoding: Encoding) -> Result<String, FillError> {
    let mut filled = String::with_capacity(template.len());
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Name(name) => {
                let value = values
                    .get(name)
                    .ok_or_else(|| FillError::Unknown { name: name.to_owned() })?;
                match encoding {
                    Encoding::UrlComponent if name.starts_with("url.") => filled.push_str(value),
                    Encoding::UrlComponent if value == "." || value == ".." => {
                        return Err(FillError::Climbs {
                            name: name.to_owned(),
                            value: value.clone(),
                        });
                    }
                    Encoding::UrlComponent => filled.extend(utf8_percent_encode(value, RESERVED)),
                    Encoding::Json => json_escape(value, &mut filled),
                    Encoding::Plain => filled.push_str(value),
                }
            }
        }
    }
    Ok(filled)
}

/// The length of the placeholder at the start of the text, if there is one.
fn named(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'{')
        || !bytes
            .get(1)
            .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
    {
        return None;
    }
    let end = bytes.iter().skip(1).position(|byte| !is_name_byte(*byte))? + 1;
    (bytes[end] == b'}').then_some(end + 1)
}

/// The length of the escaped placeholder (`{{name}}`) at the start of the text, if there is one.
fn escaped(text: &str) -> Option<usize> {
    let inner = named(text.strip_prefix('{')?)?;
    (text.as_bytes().get(inner + 1) == Some(&b'}')).then_some(inner + 2)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

fn json_escape(value: &str, into: &mut String) {
    let quoted = serde_json::Value::String(value.to_owned()).to_string();
    into.push_str(&quoted[1..quoted.len() - 1]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values() -> Values {
        [
            ("url.api", "https://api.example"),
            ("git_sha", "a1b2c3d"),
            ("odd", "a b/\"ü"),
            ("up", ".."),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    #[test]
    fn values_are_encoded_for_their_place() {
        for (template, encoding, expected) in [
            (
                "{url.api}/x?sha={git_sha}",
                Encoding::UrlComponent,
                "https://api.example/x?sha=a1b2c3d",
            ),
            ("/{odd}", Encoding::UrlComponent, "/a%20b%2F%22%C3%BC"),
            (r#"{"sha": "{odd}"}"#, Encoding::Json, r#"{"sha": "a b/\"ü"}"#),
            ("{odd}", Encoding::Plain, "a b/\"ü"),
            (
                r"\d{3} {} { git_sha } {3a}",
                Encoding::Plain,
                r"\d{3} {} { git_sha } {3a}",
            ),
            ("{{git_sha}} {git_sha}", Encoding::Plain, "{git_sha} a1b2c3d"),
            ("{git_sha", Encoding::Plain, "{git_sha"),
            ("{{git_sha}", Encoding::Plain, "{a1b2c3d"),
        ] {
            assert_eq!(
                fill(template, &values(), encoding).as_deref(),
                Ok(expected),
                "{template}"
            );
        }
    }

    #[test]
    fn a_name_without_a_value_is_an_error() {
        let error = fill("{nobody}", &values(), Encoding::Plain).unwrap_err();
        assert_eq!(
            error,
            FillError::Unknown {
                name: "nobody".to_owned()
            }
        );
    }

    #[test]
    fn a_value_cannot_climb_in_a_path() {
        let error = fill("{url.api}/a/{up}/b", &values(), Encoding::UrlComponent).unwrap_err();
        assert!(matches!(error, FillError::Climbs { .. }));
    }

    proptest! {
        #[test]
        fn no_value_leaves_its_url_component(value in ".*") {
            let values = Values::from([("v".to_owned(), value)]);
            if let Ok(filled) = fill("{v}", &values, Encoding::UrlComponent) {
                prop_assert!(filled.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%".contains(&byte)));
            }
        }

        #[test]
        fn a_json_string_stays_one_string(value in ".*") {
            let values = Values::from([("v".to_owned(), value.clone())]);
            let filled = fill(r#"["{v}"]"#, &values, Encoding::Json).unwrap();
            prop_assert_eq!(serde_json::from_str::<Vec<String>>(&filled).unwrap(), vec![value]);
        }

        #[test]
        fn text_without_braces_is_kept(template in "[^{}]*") {
            prop_assert_eq!(fill(&template, &Values::new(), Encoding::Plain).unwrap(), template);
        }
    }
}
