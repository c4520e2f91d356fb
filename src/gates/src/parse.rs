//! Reading `gates.toml`: everything in it that can be known to be wrong is an error with its place.

use std::ops::Range;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, ValueDeserializer};

use crate::config::{GatesFile, HttpRequest};
use crate::requests::are_named;
use crate::suggest::with_suggestion;

/// What is wrong with a `gates.toml`, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct ConfigError {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is wrong and what to do, in one sentence.
    pub message: String,
}

impl GatesFile {
    /// Reads a `gates.toml`.
    ///
    /// # Errors
    /// It is not TOML, something in it is unknown, or a gate could never be judged.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let document = DeTable::parse(text).map_err(|error| from_toml(text, &error))?;
        let file = Self::deserialize(Deserializer::from(document.clone()));
        let file = file.map_err(|error| from_toml(text, &in_request(&document, &error).unwrap_or(error)))?;
        let problems = file.problems();
        if problems.is_empty() {
            return Ok(file);
        }
        let placed = problems
            .iter()
            .map(|problem| (position(&document, &problem.path), problem));
        let (at, problem) = placed
            .min_by_key(|(at, _)| *at)
            .expect("there is a problem, as looked at above");
        Err(at_offset(text, at, problem.to_string()))
    }
}

/// Reads TOML into a type of serde's, after `prepare` had its document.
///
/// # Errors
/// It is not TOML, or not of that type, or `prepare` says so.
pub fn read_document<T: DeserializeOwned>(
    text: &str,
    prepare: impl FnOnce(Spanned<DeTable<'_>>) -> Result<Spanned<DeTable<'_>>, ConfigError>,
) -> Result<T, ConfigError> {
    let document = prepare(DeTable::parse(text).map_err(|error| from_toml(text, &error))?)?;
    T::deserialize(Deserializer::from(document)).map_err(|error| from_toml(text, &error))
}

/// The mistake in an HTTP gate's table that is the error, at its own place. One request is told from several by the whole table, so
/// that the error itself knows no other place than the table's.
fn in_request(document: &Spanned<DeTable<'_>>, error: &toml::de::Error) -> Option<toml::de::Error> {
    let gates = field(document.get_ref(), "gates")?.get_ref().as_table()?;
    let tables = gates
        .values()
        .filter_map(|gate| field(gate.get_ref().as_table()?, "http"));
    let wrong = tables.filter(|table| Some(table.span()) == error.span());
    let mut requests = wrong.flat_map(|table| match table.get_ref().as_table() {
        Some(fields)
            if are_named(
                fields
                    .iter()
                    .map(|(name, field)| (name.get_ref().as_ref(), field.get_ref().is_table())),
            ) =>
        {
            fields.values().collect()
        }
        _ => vec![table],
    });
    requests.find_map(|request| HttpRequest::deserialize(ValueDeserializer::from(request.clone())).err())
}

fn field<'a, 'i>(table: &'a DeTable<'i>, name: &str) -> Option<&'a Spanned<DeValue<'i>>> {
    table
        .iter()
        .find(|(key, _)| key.get_ref().as_ref() == name)
        .map(|(_, value)| value)
}

/// An error at the deepest part of a path of keys (and indexes of lists) that is in the TOML.
#[must_use]
pub fn error_at<S: AsRef<str>>(text: &str, path: &[S], message: String) -> ConfigError {
    let at = DeTable::parse(text).map_or(0, |document| position(&document, path));
    at_offset(text, at, message)
}

fn from_toml(text: &str, error: &toml::de::Error) -> ConfigError {
    let at = error.span().unwrap_or(Range { start: 0, end: 0 }).start;
    at_offset(text, at, error.message().replace('\n', "; "))
}

fn at_offset(text: &str, at: usize, message: String) -> ConfigError {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    ConfigError {
        line: number(line),
        column: number(column),
        message: with_suggestion(message),
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Where the deepest part of the path that is in the document begins, in bytes.
fn position<S: AsRef<str>>(document: &Spanned<DeTable<'_>>, path: &[S]) -> usize {
    let mut table: Option<&DeTable<'_>> = Some(document.get_ref());
    let mut list: Option<&[Spanned<DeValue<'_>>]> = None;
    let mut at = document.span().start;
    for name in path.iter().map(AsRef::as_ref) {
        let next = match (table, list) {
            (Some(table), _) => table
                .iter()
                .find(|(key, _)| key.get_ref().as_ref() == name)
                .map(|(key, value)| {
                    at = key.span().start;
                    value
                }),
            (None, Some(list)) => name
                .parse::<usize>()
                .ok()
                .and_then(|index| list.get(index))
                .inspect(|item| {
                    at = item.span().start;
                }),
            (None, None) => None,
        };
        let Some(next) = next else { break };
        table = next.get_ref().as_table();
        list = next.get_ref().as_array().map(|array| array.as_ref());
    }
    at
}
