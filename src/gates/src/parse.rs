//! Reading `gates.toml`: everything in it that can be known to be wrong is an error with its place.

use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, ValueDeserializer};

use crate::config::{GatesFile, HttpRequest};
use crate::problem::subject;
use crate::requests::are_named;
use crate::shape::{sentence, without_strings};
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
        let document = DeTable::parse(text).map_err(|error| not_toml(text, &error))?;
        let file: Self = serde_path_to_error::deserialize(Deserializer::from(document.clone()))
            .map_err(|error| of_wrong_shape(text, &document, error))?;
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

type ShapeError = serde_path_to_error::Error<toml::de::Error>;

fn keys(path: &serde_path_to_error::Path) -> Vec<String> {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { variant } => Some(variant.clone()),
            Segment::Unknown => None,
        })
        .collect()
}

/// The mistake with its place, the gate or the environment that has it, the key, and what to write.
fn of_wrong_shape(text: &str, document: &Spanned<DeTable<'_>>, error: ShapeError) -> ConfigError {
    let (path, error) = in_request(document, &error).unwrap_or_else(|| (keys(error.path()), error.into_inner()));
    let at = error
        .span()
        .map_or_else(|| position(document, &path), |span| span.start);
    let said = sentence(&error.message().replace('\n', "; "), &path);
    at_offset(text, at, about(&path, &said))
}

/// The mistake in an HTTP gate's table that is the error, at its own place. One request is told from several by the whole table, so
/// that the error itself knows no other place than the table's.
fn in_request(document: &Spanned<DeTable<'_>>, error: &ShapeError) -> Option<(Vec<String>, toml::de::Error)> {
    let table = keys(error.path());
    let [gates, gate, http] = table.as_slice() else {
        return None;
    };
    let gate = field(field(document.get_ref(), gates)?.get_ref().as_table()?, gate)?;
    let value = field(gate.get_ref().as_table()?, http)?;
    let (gates, http) = (gates == "gates", http == "http");
    let fields = value.get_ref().as_table().filter(|_| gates && http)?;
    let shapes = fields
        .iter()
        .map(|(name, field)| (name.get_ref().as_ref(), field.get_ref().is_table()));
    let requests: Vec<(Vec<String>, &Spanned<DeValue<'_>>)> = if are_named(shapes) {
        let named = |(name, request)| ([table.clone(), vec![name]].concat(), request);
        let fields = fields.iter().map(|(name, field)| (name.get_ref().to_string(), field));
        fields.map(named).collect()
    } else {
        vec![(table.clone(), value)]
    };
    requests.into_iter().find_map(|(path, request)| {
        let read = serde_path_to_error::deserialize::<_, HttpRequest>(ValueDeserializer::from(request.clone()));
        let error = read.err()?;
        Some(([path, keys(error.path())].concat(), error.into_inner()))
    })
}

/// What is not TOML, in the gate or the environment in whose table it stands.
fn not_toml(text: &str, error: &toml::de::Error) -> ConfigError {
    let wrong = from_toml(text, error);
    let at = error.span().map_or(0, |span| span.start);
    let (document, _) = DeTable::parse_recoverable(text);
    let path = table_at(text, &document, at);
    ConfigError {
        message: about(&path, &wrong.message),
        ..wrong
    }
}

/// The gate or the environment, by its two keys, in whose lines a byte is. Nothing where a header of another table stands between.
fn table_at(text: &str, document: &Spanned<DeTable<'_>>, at: usize) -> Vec<String> {
    let kinds = document.get_ref().iter();
    let kinds = kinds.filter(|(kind, _)| ["environments", "gates"].contains(&kind.get_ref().as_ref()));
    let tables = kinds.flat_map(|(kind, tables)| {
        let tables = tables.get_ref().as_table().into_iter().flatten();
        tables.map(move |(name, _)| (kind, name))
    });
    let before = tables.filter(|(_, name)| name.span().start <= at);
    let Some((kind, name)) = before.max_by_key(|(_, name)| name.span().start) else {
        return Vec::new();
    };
    let path = vec![kind.get_ref().to_string(), name.get_ref().to_string()];
    let end = text
        .get(at..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |rest| at + rest);
    let between = text.get(name.span().end..end).unwrap_or_default();
    let own = format!("[{}.", path.join("."));
    let mut headers = between.lines().skip(1).filter(|line| line.starts_with('['));
    if headers.all(|line| line.starts_with(&own)) {
        path
    } else {
        Vec::new()
    }
}

fn about(path: &[String], said: &str) -> String {
    match path {
        [_, _, ..] => format!("{}: {said}", subject(path)),
        _ => said.to_owned(),
    }
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
    at_offset(text, at, without_strings(&error.message().replace('\n', "; ")))
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
