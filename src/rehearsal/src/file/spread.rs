//! The answers to several requests of one gate: in the file they stand in a table of the gate's, and each is an entry of its own.

use holdpoint_gates::config::{GatesFile, HttpRequests};
use holdpoint_gates::{ConfigError, error_at};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::wrong::Wrong;
use crate::key::key_of;

type Table<'i> = Spanned<DeTable<'i>>;

/// The document with an entry for each request, under the key of [`key_of`] and with its place in the text.
pub(super) fn spread<'i>(text: &str, mut document: Table<'i>, gates: &GatesFile) -> Result<Table<'i>, ConfigError> {
    each_table(document.get_mut(), "answers", &mut |table| {
        spread_answers(table, gates, text, &[])
    })?;
    each_table(document.get_mut(), "faults", &mut |faults| {
        for (id, fault) in faults.iter_mut() {
            let id = id.get_ref().clone();
            if let DeValue::Table(fault) = fault.get_mut() {
                each_table(fault, "answers", &mut |table| {
                    spread_answers(table, gates, text, &["faults", &id])
                })?;
            }
        }
        Ok(())
    })?;
    Ok(document)
}

/// Does something with the table under a key. What is no table is refused when the document is read.
fn each_table<'i>(
    table: &mut DeTable<'i>,
    key: &str,
    change: &mut dyn FnMut(&mut DeTable<'i>) -> Result<(), ConfigError>,
) -> Result<(), ConfigError> {
    for (name, value) in table.iter_mut() {
        if name.get_ref().as_ref() == key
            && let DeValue::Table(inner) = value.get_mut()
        {
            change(inner)?;
        }
    }
    Ok(())
}

fn spread_answers(answers: &mut DeTable<'_>, gates: &GatesFile, text: &str, path: &[&str]) -> Result<(), ConfigError> {
    for (key, value) in std::mem::take(answers) {
        let gate = key.get_ref().clone().into_owned();
        // It would be taken for the key of a request's answer.
        if gate.contains('.') {
            let path: Vec<&str> = path.iter().copied().chain(["answers", &gate]).collect();
            let wrong = Wrong::NoGate { gate: gate.clone() };
            return Err(error_at(text, &path, wrong.to_string()));
        }
        let requests = gates.gates.get(&gate).and_then(|gate| gate.http.as_ref());
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(entries) if matches!(requests, Some(HttpRequests::Named(_))) && all_answers(&entries) => {
                for (request, entry) in entries {
                    let key = key_of(&gate, Some(request.get_ref()));
                    answers.insert(Spanned::new(request.span(), key.into()), entry);
                }
            }
            value => drop(answers.insert(key, Spanned::new(span, value))),
        }
    }
    Ok(())
}

/// Whether each of the fields can be the answer to a request, and not a part of an answer.
fn all_answers(entries: &DeTable<'_>) -> bool {
    let mut entries = entries.values().peekable();
    entries.peek().is_some() && entries.all(|entry| matches!(entry.get_ref(), DeValue::Table(_) | DeValue::String(_)))
}
