//! What can be known to be wrong with a `rehearsal.toml` before anything is rehearsed.

use std::collections::BTreeSet;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use holdpoint_domain::gate::GateKind;
use holdpoint_gates::config::{Gate, GatesFile, HttpRequests};
use holdpoint_gates::{HumanDuration, sample_values};

use super::wrong::{Problem, Wrong, is_id};
use super::{Entry, FaultEntry, RehearsalFile};
use crate::answer::{Answer, LONGEST_SILENCE};
use crate::fault::FaultKind;
use crate::filling::Filling;
use crate::key::keys_to;
use crate::make;

impl RehearsalFile {
    pub(super) fn problems(&self, gates: &GatesFile) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (key, entry) in &self.answers {
            let path = ["answers"].into_iter().chain(keys_to(key)).map(str::to_owned);
            check_entry(gates, key, entry, &path.collect::<Vec<_>>(), &mut problems);
        }
        for fault in &self.faults {
            let base = ["faults", &fault.id].map(str::to_owned).to_vec();
            let mut add = |wrong| {
                problems.push(Problem {
                    path: base.clone(),
                    wrong,
                })
            };
            if !is_id(&fault.id) {
                add(Wrong::Id { id: fault.id.clone() });
            }
            if fault.title.trim().is_empty() {
                add(Wrong::NoTitle);
            }
            if fault.answers.is_empty() {
                add(Wrong::NoAnswers);
            }
            for (key, entry) in &fault.answers {
                let keys = ["answers"].into_iter().chain(keys_to(key)).map(str::to_owned);
                let path: Vec<String> = base.iter().cloned().chain(keys).collect();
                match entry {
                    FaultEntry::Answer(entry) => check_entry(gates, key, entry, &path, &mut problems),
                    FaultEntry::Kind(word) => check_kind(gates, key, word, path, &mut problems),
                }
            }
        }
        problems.extend(self.drill_problems(gates));
        problems
    }
}

/// The gate that a key names, and whether the key names one of several requests that it makes.
fn declared<'a>(gates: &'a GatesFile, key: &str) -> Result<(&'a Gate, bool), Wrong> {
    let mut names = keys_to(key);
    let id = names.next().unwrap_or_default();
    let gate = gates
        .gates
        .get(id)
        .ok_or_else(|| Wrong::NoGate { gate: id.to_owned() })?;
    match (names.next(), &gate.http) {
        (Some(request), Some(HttpRequests::Named(requests))) if !requests.contains_key(request) => {
            Err(Wrong::NoRequest {
                gate: id.to_owned(),
                request: request.to_owned(),
                known: known_requests(gate),
            })
        }
        (request, _) => Ok((gate, request.is_some())),
    }
}

fn known_requests(gate: &Gate) -> String {
    let names: Vec<_> = gate.parts().into_iter().filter_map(|part| part.name).collect();
    names.join(", ")
}

fn check_kind(gates: &GatesFile, gate: &str, word: &str, path: Vec<String>, problems: &mut Vec<Problem>) {
    let wrong = match declared(gates, gate) {
        Err(wrong) => wrong,
        Ok((declared, _)) if FaultKind::from_word(declared.kind, word).is_none() => {
            let known: Vec<_> = FaultKind::of(declared.kind).iter().map(|kind| kind.word()).collect();
            Wrong::NoKind {
                gate: gate.to_owned(),
                word: word.to_owned(),
                known: known.join(", "),
            }
        }
        Ok(_) => return,
    };
    problems.push(Problem { path, wrong });
}

fn check_entry(gates: &GatesFile, id: &str, entry: &Entry, path: &[String], problems: &mut Vec<Problem>) {
    let mut add = |keys: &[&str], wrong| {
        let path = path.iter().cloned().chain(keys.iter().map(|key| (*key).to_owned()));
        problems.push(Problem {
            path: path.collect(),
            wrong,
        });
    };
    let gate = match declared(gates, id) {
        Err(wrong) => return add(&[], wrong),
        Ok((gate, false)) if matches!(gate.http, Some(HttpRequests::Named(_))) => {
            let (gate, known) = (id.to_owned(), known_requests(gate));
            return add(&[], Wrong::WhichRequest { gate, known });
        }
        Ok((gate, _)) => gate,
    };
    for (key, kind, given) in [
        ("status", GateKind::Http, entry.status.is_some()),
        ("headers", GateKind::Http, !entry.headers.is_empty()),
        ("body", GateKind::Http, entry.body.is_some()),
        ("columns", GateKind::Sql, entry.columns.is_some()),
        ("rows", GateKind::Sql, entry.rows.is_some()),
        ("error", GateKind::Sql, entry.error.is_some()),
        ("exit_code", GateKind::Command, entry.exit_code.is_some()),
        ("output", GateKind::Command, entry.output.is_some()),
    ] {
        if given && kind != gate.kind {
            let (gate, kind) = (id.to_owned(), word_of(gate.kind));
            add(&[key], Wrong::Key { gate, kind, key });
        }
    }
    if entry.status.is_some_and(|status| !(200..600).contains(&status)) {
        add(&["status"], Wrong::Status);
    }
    let too_long = |span: &HumanDuration| span.duration() > LONGEST_SILENCE;
    if entry.delay.as_ref().is_some_and(too_long) {
        add(&["delay"], Wrong::Delay);
    }
    for (index, line) in entry.output.iter().flatten().enumerate() {
        if line.after.as_ref().is_some_and(too_long) {
            add(&["output", &index.to_string()], Wrong::Delay);
        }
    }
    for name in entry.headers.keys() {
        if make::is_own_header(name) {
            add(&["headers", name], Wrong::OwnHeader { name: name.clone() });
        }
    }
    check_rows(entry, &mut add);
    check_filled(gates, gate, entry, &mut add);
}

fn check_rows(entry: &Entry, add: &mut impl FnMut(&[&str], Wrong)) {
    if entry.error.is_some() && (entry.columns.is_some() || entry.rows.is_some()) {
        add(&["error"], Wrong::ErrorAndRows);
    }
    match (&entry.columns, &entry.rows) {
        (Some(columns), Some(rows)) => {
            let mut seen = BTreeSet::new();
            for name in columns.iter().filter(|name| !seen.insert(*name)) {
                add(&["columns"], Wrong::TwoColumns { name: name.clone() });
            }
            for (index, row) in rows.iter().enumerate().filter(|(_, row)| row.len() != columns.len()) {
                let (found, columns) = (row.len(), columns.len());
                add(&["rows", &index.to_string()], Wrong::RowLength { found, columns });
            }
        }
        (None, None) => {}
        (Some(_), None) => add(&["columns"], Wrong::HalfRows),
        (None, Some(_)) => add(&["rows"], Wrong::HalfRows),
    }
}

/// Tries the texts out in every environment that has the gate.
fn check_filled(gates: &GatesFile, gate: &Gate, entry: &Entry, add: &mut impl FnMut(&[&str], Wrong)) {
    for (name, environment) in gates.environments.iter().filter(|(name, _)| gate.exists_in(name)) {
        let mut values = sample_values(name, environment);
        // An answer is no place for a secret.
        values.retain(|value, _| !value.starts_with("secret."));
        let filling = Filling {
            values: &values,
            now: DateTime::<Utc>::from(SystemTime::now()),
        };
        match entry.applied(gate.kind, Ok(entry.blank(gate.kind)), &filling) {
            Ok(Answer::Http(answer)) => {
                for header in make::unsendable(&answer) {
                    add(&["headers", &header], Wrong::Header { name: header.clone() });
                }
            }
            Ok(_) => {}
            Err(crate::CannotRehearse::Fill(error)) => {
                let environment = name.clone();
                add(&[], Wrong::Fill { environment, error });
            }
            Err(_) => {}
        }
    }
}

fn word_of(kind: GateKind) -> &'static str {
    match kind {
        GateKind::Http => "http",
        GateKind::Sql => "sql",
        GateKind::Command => "command",
    }
}
