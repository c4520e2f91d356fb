//! One log in a file, checked event by event.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::told::VerifyError;
use crate::fold::{Fold, Folded};
use holdpoint_domain::gate::Verdict;
use holdpoint_domain::json::{self as strict_json, JsonError};
use holdpoint_domain::session::{Chain, ChainError, EVENT_VERSION, Event, Record};

/// The check of a log whose events come one after another, and the fold of those that are right.
#[derive(Default)]
pub(super) struct LogCheck {
    chain: Chain,
    fold: Fold,
    /// The time of the last event.
    before: Option<DateTime<Utc>>,
    /// The first thing that is wrong. Nothing after it is looked at.
    error: Option<VerifyError>,
    /// Events that were given, right or wrong.
    pub(super) given: u64,
    /// Whether the list was read to its end.
    pub(super) whole: bool,
    /// An event as this version writes it.
    written: Vec<u8>,
}

impl LogCheck {
    /// Takes the next event as it stands in the file.
    pub(super) fn take(&mut self, text: &str) {
        self.given += 1;
        if self.error.is_none()
            && let Err(error) = self.check(text)
        {
            self.error = Some(error);
        }
    }

    fn check(&mut self, text: &str) -> Result<(), VerifyError> {
        let seq = self.given;
        let no_json = |error: &dyn std::fmt::Display| VerifyError::NotJson(format!("event {seq}: {error}"));
        let value: Value = serde_json::from_str(text).map_err(|error| no_json(&error))?;
        let record = match self.as_written(text) {
            // It has no field that is not known and none twice, since it is what this version makes of what it read.
            Some(record) => self.chain.check(&value, || Ok(record))?,
            None => {
                read_strictly(text, seq)?;
                let record = self.chain.check(&value, || serde_json::from_value(value.clone()))?;
                only_known_fields(&value, &record)?;
                record
            }
        };
        if record.v != EVENT_VERSION {
            let (seq, version) = (record.seq, record.v);
            return Err(VerifyError::Version { seq, version });
        }
        self.check_times(&record)?;
        self.fold.add(&record);
        Ok(())
    }

    /// The event, if its text is byte for byte what this version writes.
    fn as_written(&mut self, text: &str) -> Option<Record> {
        let record: Record = serde_json::from_str(text).ok()?;
        self.written.clear();
        serde_json::to_writer(&mut self.written, &record).ok()?;
        (self.written == text.as_bytes()).then_some(record)
    }

    /// Whether the record is not from before the one that precedes it, nor from before its verdict.
    fn check_times(&mut self, record: &Record) -> Result<(), VerifyError> {
        let backwards = self.before.is_some_and(|before| record.at < before);
        let verdict = match &record.event {
            Event::GateFinished { verdict, .. } | Event::GateObserved { verdict, .. } => Some(verdict),
            _ => None,
        };
        let early = |verdict: &Verdict| record.at < verdict.finished;
        if backwards || verdict.is_some_and(early) {
            return Err(VerifyError::Times { seq: record.seq });
        }
        self.before = Some(record.at);
        Ok(())
    }

    /// The hash of the last event, if all up to it are right.
    pub(super) fn head(&self) -> Option<&str> {
        self.chain.head().filter(|_| self.error.is_none())
    }

    /// Whether an object of it has two members of the same name.
    pub(super) fn twice(&mut self) -> Option<VerifyError> {
        self.error.take_if(|error| matches!(error, VerifyError::Twice(_)))
    }

    /// What the log comes to, if all of it is right.
    pub(super) fn finish(self) -> Result<Folded, VerifyError> {
        match (self.error, self.given) {
            (Some(error), _) => Err(error),
            (None, 0) => Err(ChainError::Empty.into()),
            // Its first event is its start, or there was an error.
            (None, _) => self.fold.finish().ok_or(VerifyError::NotOurs),
        }
    }
}

/// Whether a text can be read in one way only.
pub(super) fn read_strictly(text: &str, seq: u64) -> Result<(), VerifyError> {
    match strict_json::read(text.as_bytes()) {
        Ok(_) => Ok(()),
        Err(error @ JsonError::Twice { .. }) if seq == 0 => Err(VerifyError::Twice(error.to_string())),
        Err(error @ JsonError::Twice { .. }) => Err(VerifyError::Twice(format!("{error}, in event {seq}"))),
        Err(error) => Err(VerifyError::NotJson(error.to_string())),
    }
}

/// A field that is not known is left out when a record is read, and would be told to nobody.
fn only_known_fields(written: &Value, record: &Record) -> Result<(), VerifyError> {
    let known = serde_json::to_value(record).map_err(|error| VerifyError::NotJson(error.to_string()))?;
    match unknown_field(written, &known) {
        None => Ok(()),
        Some(field) => Err(VerifyError::UnknownField {
            place: format!("Event {}", record.seq),
            field,
        }),
    }
}

/// A member of `written` that is not in `known`, wherever it stands.
fn unknown_field(written: &Value, known: &Value) -> Option<String> {
    match (written, known) {
        (Value::Object(written), Value::Object(known)) => {
            written.iter().find_map(|(name, member)| match known.get(name) {
                Some(known) => unknown_field(member, known),
                None => Some(name.clone()),
            })
        }
        (Value::Array(written), Value::Array(known)) => written
            .iter()
            .zip(known)
            .find_map(|(written, known)| unknown_field(written, known)),
        _ => None,
    }
}
