//! The chain: each event carries the hash of the one before it, so that an altered log can be told from the real one.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::drill::SealedDrill;
use super::event::{Event, GateId, Record, RunId, Started, StepId};
use crate::gate::GateSnapshot;

/// What the first event of a session carries as `prev`.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Why a log is not the one that was recorded. `seq` is the place of the event, from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the sentence of each variant says what it is")]
pub enum ChainError {
    /// There are no events.
    #[error("The log has no events.")]
    Empty,
    /// An event's content does not have the hash that it carries.
    #[error("Event {seq} was altered: its content does not have the hash that it carries.")]
    Altered { seq: u64 },
    /// An event does not follow the one before it.
    #[error("Event {seq} does not follow the one before it: an event was removed, added or moved.")]
    Broken { seq: u64 },
    /// The first event does not start the session.
    #[error("Event {seq} is not the start of the session, which comes first.")]
    NoStart { seq: u64 },
    /// A session starts once.
    #[error("Event {seq} starts the session, which was started already.")]
    StartedAgain { seq: u64 },
    /// The runbook's text is not the one that the digest was made of.
    #[error("Event {seq} holds a text that does not have the digest beside it.")]
    AnotherText { seq: u64 },
    /// Two steps of a procedure have the same id.
    #[error("Event {seq} holds the procedure “{procedure}”, in which the step “{step}” stands twice.")]
    DuplicateStep { seq: u64, procedure: String, step: StepId },
    /// A run is started once.
    #[error("Event {seq} starts the run {run}, which was started already.")]
    RunStartedAgain { seq: u64, run: RunId },
    /// A run has at most one verdict, which comes after its start.
    #[error("Event {seq} is a verdict of the run {run}, which is not open.")]
    RunNotOpen { seq: u64, run: RunId },
    /// A declaration is taken in place of the one that the session goes by.
    #[error(
        "Event {seq} takes a declaration of the gate “{gate}” in place of one that the session did not go by, or of another gate."
    )]
    AnotherDeclaration { seq: u64, gate: GateId },
    /// A drill's plan is revealed once, and is the one that the start holds the commitment of.
    #[error("Event {seq} reveals a drill's plan that is not the one that the session was started with.")]
    AnotherDrill { seq: u64 },
    /// An event cannot be read at all.
    #[error("Event {seq} cannot be read: {reason}")]
    Unreadable { seq: u64, reason: String },
}

/// JSON with object keys sorted and no white space: the same bytes on every machine, whatever order a map was built in.
#[must_use]
pub fn canonical(value: &Value) -> String {
    canonical_without(value, None)
}

/// The same, without one field of the outermost object.
fn canonical_without(value: &Value, left_out: Option<&str>) -> String {
    fn scalar(value: &impl serde::Serialize, into: &mut Vec<u8>) {
        serde_json::to_writer(into, value).expect("a scalar can be written to memory");
    }
    fn write(value: &Value, left_out: Option<&str>, into: &mut Vec<u8>) {
        match value {
            Value::Object(map) => {
                let mut fields: Vec<(&String, &Value)> = map.iter().collect();
                fields.retain(|(key, _)| left_out != Some(key.as_str()));
                fields.sort_unstable_by_key(|(key, _)| *key);
                into.push(b'{');
                for (index, (key, value)) in fields.into_iter().enumerate() {
                    if index > 0 {
                        into.push(b',');
                    }
                    scalar(key, into);
                    into.push(b':');
                    write(value, None, into);
                }
                into.push(b'}');
            }
            Value::Array(items) => {
                into.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        into.push(b',');
                    }
                    write(item, None, into);
                }
                into.push(b']');
            }
            other => scalar(other, into),
        }
    }
    let mut text = Vec::with_capacity(512);
    write(value, left_out, &mut text);
    String::from_utf8(text).expect("JSON is UTF-8")
}

/// The hash that a record must carry: over its `prev` and all of its fields but `hash`, unknown ones included.
#[must_use]
pub fn hash_of(record: &Value) -> String {
    let prev = record.get("prev").and_then(Value::as_str).unwrap_or_default();
    let mut hasher = Sha256::new();
    hasher.update(prev.as_bytes());
    hasher.update(b"\n");
    hasher.update(canonical_without(record, Some("hash")).as_bytes());
    hex::encode(hasher.finalize())
}

/// Fills `prev` and `hash` in.
///
/// # Errors
/// When the record cannot be written as JSON, which no record that was made by [`super::decide`] is.
pub fn seal(record: &mut Record, prev: &str) -> Result<(), ChainError> {
    prev.clone_into(&mut record.prev);
    let value = serde_json::to_value(&*record).map_err(|error| ChainError::Unreadable {
        seq: record.seq,
        reason: error.to_string(),
    })?;
    record.hash = hash_of(&value);
    Ok(())
}

/// Checks a whole log, as it stands in a JSON export, and names the first event that is not as it was recorded. The
/// values are checked as they are, before anything is parsed, so that a field that was added is found, too. What was sealed
/// anew is held to what every log must be: it begins with its only start, whose text has its digest and whose steps have ids
/// of their own, each run is started once and has at most one verdict, and each declaration that is taken follows the one
/// before it.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify_records(records: &[Value]) -> Result<(), ChainError> {
    if records.is_empty() {
        return Err(ChainError::Empty);
    }
    let mut chain = Chain::default();
    for record in records {
        chain.check(record, || serde_json::from_value::<Record>(record.clone()))?;
    }
    Ok(())
}

/// The check of [`verify_records`], event by event. What it keeps grows with the runs of gates alone.
#[derive(Default)]
pub struct Chain {
    /// The place of the last event.
    seq: u64,
    /// The hash of the last event; absent before the first.
    prev: Option<String>,
    session: Option<Value>,
    sense: Sense,
}

impl Chain {
    /// Checks the event that comes next, as it stands in the file, and gives what `read` makes of it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(
        &mut self,
        record: &Value,
        read: impl FnOnce() -> Result<Record, serde_json::Error>,
    ) -> Result<Record, ChainError> {
        self.seq += 1;
        let seq = self.seq;
        let Some(hash) = record.get("hash").and_then(Value::as_str) else {
            return Err(ChainError::Unreadable {
                seq,
                reason: "it carries no hash".to_owned(),
            });
        };
        if hash_of(record) != hash {
            return Err(ChainError::Altered { seq });
        }
        let prev = self.prev.as_deref().unwrap_or(GENESIS);
        let session = record.get("session");
        let follows = record.get("seq").and_then(Value::as_u64) == Some(seq)
            && record.get("prev").and_then(Value::as_str) == Some(prev)
            && (seq == 1 || session == self.session.as_ref());
        if !follows {
            return Err(ChainError::Broken { seq });
        }
        if seq == 1 {
            self.session = session.cloned();
        }
        let read = read().map_err(|error| ChainError::Unreadable {
            seq,
            reason: error.to_string(),
        })?;
        self.sense.take(seq, &read.event)?;
        match &mut self.prev {
            Some(prev) => hash.clone_into(prev),
            None => self.prev = Some(hash.to_owned()),
        }
        Ok(read)
    }

    /// How many events were checked.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.seq
    }

    /// The hash of the last event.
    #[must_use]
    pub fn head(&self) -> Option<&str> {
        self.prev.as_deref()
    }
}

/// Whether the events that were seen so far make sense together.
#[derive(Default)]
struct Sense {
    /// Runs that were started, and whether they have no verdict yet.
    runs: BTreeMap<RunId, bool>,
    /// The declarations that the session goes by.
    gates: BTreeMap<GateId, GateSnapshot>,
    /// The commitment of a drill's plan that was not revealed yet.
    commitment: Option<String>,
}

impl Sense {
    fn take(&mut self, seq: u64, event: &Event) -> Result<(), ChainError> {
        match event {
            Event::SessionStarted(started) if seq == 1 => {
                self.gates.clone_from(&started.gates);
                self.commitment = started.drill.as_ref().and_then(|drill| drill.commitment.clone());
                well_made(seq, started)
            }
            Event::SessionStarted(_) => Err(ChainError::StartedAgain { seq }),
            _ if seq == 1 => Err(ChainError::NoStart { seq }),
            Event::GateStarted { run, .. } => match self.runs.insert(*run, true) {
                None => Ok(()),
                Some(_) => Err(ChainError::RunStartedAgain { seq, run: *run }),
            },
            Event::GateFinished { run, .. } => match self.runs.insert(*run, false) {
                Some(true) => Ok(()),
                Some(false) | None => Err(ChainError::RunNotOpen { seq, run: *run }),
            },
            Event::DrillRevealed { drill } => match self.commitment.take() {
                Some(commitment) if commitment == drill.commitment() => Ok(()),
                _ => Err(ChainError::AnotherDrill { seq }),
            },
            Event::DeclarationTaken { gate, old, new, .. } => {
                let known = self.gates.insert(gate.clone(), GateSnapshot::clone(new));
                if known.as_ref() == old.as_deref() && new.id == *gate && new.digest.is_some() {
                    Ok(())
                } else {
                    Err(ChainError::AnotherDeclaration {
                        seq,
                        gate: gate.clone(),
                    })
                }
            }
            _ => Ok(()),
        }
    }
}

/// Whether the start's text has its digest, and the steps of each of its procedures have ids of their own.
fn well_made(seq: u64, started: &Started) -> Result<(), ChainError> {
    if digest(&started.text) != started.digest {
        return Err(ChainError::AnotherText { seq });
    }
    for procedure in started.compiled() {
        if let Some(step) = procedure.duplicate_step() {
            return Err(ChainError::DuplicateStep {
                seq,
                procedure: procedure.id.clone(),
                step: step.id.clone(),
            });
        }
    }
    Ok(())
}

impl SealedDrill {
    /// SHA-256 (hex) of the plan and its salt in canonical JSON, `{"plan":…,"salt":…}`: what a session's start says of a plan
    /// that nobody is to know.
    ///
    /// # Panics
    /// Never: a plan is plain data.
    #[must_use]
    pub fn commitment(&self) -> String {
        let value = serde_json::to_value(self).expect("a plan is plain data");
        digest(&canonical(&value))
    }
}

/// SHA-256 (hex) of a text: a runbook's digest.
#[must_use]
pub fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
