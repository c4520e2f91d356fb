//! `rehearsal.toml`: truer answers than those that are made, and named faults. See `docs/RUNBOOK-FORMAT.md`.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read};
use std::path::Path;

use holdpoint_gates::config::GatesFile;
use holdpoint_gates::{HumanDuration, error_at, read_document};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;
use toml::Spanned;

use crate::answer::Stream;
use crate::drill::declared::Drill;
use crate::error::RehearsalError;

mod check;
mod drills;
mod spread;
mod wrong;

use spread::spread;

/// The name of the file, beside `gates.toml`.
pub const FILE: &str = "rehearsal.toml";
/// Bytes that the file may have.
pub(crate) const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// A whole `rehearsal.toml`. Without one, every answer is made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RehearsalFile {
    /// What gates are answered with, by the gate's name, or by that of the gate and its request: see [`key_of`](crate::key::key_of).
    pub(crate) answers: BTreeMap<String, Entry>,
    /// Faults in the order of the file. An earlier one goes before a later one that answers the same gate.
    pub faults: Vec<NamedFault>,
    /// Drills in the order of the file.
    pub drills: Vec<Drill>,
}

/// A fault with a name: other answers to some gates.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedFault {
    /// As its table in the file is named: letters, digits, `-` and `_`.
    pub id: String,
    /// In the list of faults; never empty.
    pub title: String,
    /// What it does, and which gates see it.
    pub description: String,
    /// The other answers, by the gate's name, or by that of the gate and its request.
    pub(crate) answers: BTreeMap<String, FaultEntry>,
}

/// An answer. What is not said is as in the answer that is made, or, in a fault, as in the answer without it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// Before the answer is given. For commands: before the first line.
    pub(crate) delay: Option<HumanDuration>,
    /// HTTP: the status, from 200 to 599.
    pub(crate) status: Option<u16>,
    /// HTTP: headers, over those that are made.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// HTTP: the body.
    pub(crate) body: Option<String>,
    /// SQL: the columns' names.
    pub(crate) columns: Option<Vec<String>>,
    /// SQL: the rows.
    pub(crate) rows: Option<Vec<Vec<Value>>>,
    /// SQL: what the database says instead.
    pub(crate) error: Option<String>,
    /// Command: the exit code.
    pub(crate) exit_code: Option<u8>,
    /// Command: the lines that it prints.
    pub(crate) output: Option<Vec<OutputLine>>,
}

/// A line of output.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OutputLine {
    pub(crate) after: Option<HumanDuration>,
    pub(crate) stream: Stream,
    pub(crate) line: String,
}

/// What a fault does to a gate: the word of a kind of fault, or another answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FaultEntry {
    Kind(String),
    Answer(Entry),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    answers: BTreeMap<String, Entry>,
    #[serde(default)]
    faults: BTreeMap<String, Spanned<FaultTable>>,
    #[serde(default)]
    drill: Vec<Drill>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultTable {
    title: String,
    description: String,
    answers: BTreeMap<String, FaultEntry>,
}

impl RehearsalFile {
    /// Reads the folder's `rehearsal.toml`; an empty one where there is no such file.
    ///
    /// # Errors
    /// It cannot be read, or it is wrong.
    pub fn load(folder: &Path, gates: &GatesFile) -> Result<Self, RehearsalError> {
        let path = folder.join(FILE);
        let read = |source| RehearsalError::Read {
            path: path.clone(),
            source,
        };
        let bytes = match read_bounded(&path, MOST_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(read(error)),
        };
        let text = String::from_utf8(bytes).map_err(|error| read(io::Error::new(io::ErrorKind::InvalidData, error)))?;
        Self::parse(&text, gates).map_err(|error| RehearsalError::File {
            path: path.clone(),
            line: error.line,
            column: error.column,
            message: error.message,
        })
    }

    /// Reads a `rehearsal.toml` for these gates.
    ///
    /// # Errors
    /// It is not TOML, something in it is unknown, or an answer is not one of its gate's kind.
    pub fn parse(text: &str, gates: &GatesFile) -> Result<Self, holdpoint_gates::ConfigError> {
        let Document { answers, faults, drill } = read_document(text, |document| spread(text, document, gates))?;
        // Tables come by name; people see faults in the order of the file.
        let mut faults: Vec<_> = faults.into_iter().collect();
        faults.sort_by_key(|(_, fault)| fault.span().start);
        let named = |(id, fault): (String, Spanned<FaultTable>)| {
            let FaultTable {
                title,
                description,
                answers,
            } = fault.into_inner();
            NamedFault {
                id,
                title,
                description,
                answers,
            }
        };
        let file = Self {
            answers,
            faults: faults.into_iter().map(named).collect(),
            drills: drill,
        };
        let first = file
            .problems(gates)
            .into_iter()
            .map(|problem| error_at(text, &problem.path, problem.wrong.to_string()))
            .min_by_key(|error| (error.line, error.column));
        first.map_or(Ok(file), Err)
    }

    /// Whether the file has an answer of this key.
    pub(crate) fn has_answer(&self, key: &str) -> bool {
        self.answers.contains_key(key)
    }
}

/// A file's bytes, if they are not more than so many: whatever it says of its size, and also where it never ends. What is not a
/// file is not opened, because a pipe would wait for a writer.
pub(crate) fn read_bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let megabytes = most / 1024 / 1024;
        return Err(io::Error::other(format!("it is longer than {megabytes} MB")));
    }
    Ok(bytes)
}

impl<'de> Deserialize<'de> for FaultEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = FaultEntry;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the word of a kind of fault, or a table with an answer")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<FaultEntry, E> {
                Ok(FaultEntry::Kind(word.to_owned()))
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<FaultEntry, M::Error> {
                Entry::deserialize(MapAccessDeserializer::new(map)).map(FaultEntry::Answer)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for OutputLine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            after: Option<HumanDuration>,
            #[serde(default)]
            stream: Stream,
            line: String,
        }
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = OutputLine;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a line, or a table with `line`, `after` and `stream`")
            }

            fn visit_str<E: serde::de::Error>(self, line: &str) -> Result<OutputLine, E> {
                Ok(OutputLine {
                    after: None,
                    stream: Stream::Out,
                    line: line.to_owned(),
                })
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<OutputLine, M::Error> {
                let Table { after, stream, line } = Table::deserialize(MapAccessDeserializer::new(map))?;
                Ok(OutputLine { after, stream, line })
            }
        }
        let read = deserializer.deserialize_any(Either)?;
        if read.line.contains(['\n', '\r']) {
            return Err(D::Error::custom(
                "a line of output has no line break in it; write two lines",
            ));
        }
        Ok(read)
    }
}
