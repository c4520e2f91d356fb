//! Which answer a gate gets: the made one, the entry of `rehearsal.toml` over it, and the faults that are on over both.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::wire::FaultState;
use holdpoint_gates::config::{Gate, GatesFile};
use holdpoint_gates::fill::Values;
use holdpoint_gates::sample_values;

use crate::answer::Answer;
use crate::cannot::CannotRehearse;
use crate::fault::{FaultKind, fault_id};
use crate::file::{FaultEntry, NamedFault, RehearsalFile};
use crate::filling::Filling;
use crate::make;
use crate::spoil::spoiled;

/// The gates of a folder with everything that they can be answered with.
#[derive(Debug)]
pub(crate) struct Answers {
    pub(crate) gates: GatesFile,
    file: RehearsalFile,
    /// The kinds of faults that hold a gate, by its name.
    offered: BTreeMap<String, Vec<FaultKind>>,
}

/// Which gate asks, with which values and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) gate: &'a str,
    pub(crate) environment: &'a str,
    /// What a gate's texts are filled with, without secrets.
    pub(crate) values: &'a Values,
    pub(crate) now: DateTime<Utc>,
}

/// What a remark is about, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A gate that `rehearsal.toml` says nothing of.
    Gate(String),
    /// A gate that `rehearsal.toml` answers.
    Entry(String),
    /// A fault of `rehearsal.toml`.
    Fault(String),
}

/// Something that holds a gate without a fault, or a fault that holds none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remark {
    pub(crate) subject: Subject,
    /// A whole sentence.
    pub(crate) message: String,
}

impl Answers {
    pub(crate) fn new(gates: GatesFile, file: RehearsalFile) -> Self {
        let mut answers = Self {
            gates,
            file,
            offered: BTreeMap::new(),
        };
        for (id, gate) in &answers.gates.gates {
            let mut kinds = BTreeSet::new();
            for (_, values) in answers.samples(gate) {
                let ordinary = answers
                    .ordinary(id, gate, &values, DateTime::<Utc>::from(SystemTime::now()))
                    .ok();
                let can = |kind: &FaultKind| spoiled(*kind, gate, ordinary.as_ref(), &values).is_some();
                kinds.extend(FaultKind::of(gate.kind).iter().copied().filter(can));
            }
            answers.offered.insert(id.clone(), kinds.into_iter().collect());
        }
        answers
    }

    /// The environments that have a gate, each with values to try it out.
    fn samples(&self, gate: &Gate) -> Vec<(String, Values)> {
        let environments = self.gates.environments.iter();
        environments
            .filter(|(name, _)| gate.exists_in(name))
            .map(|(name, environment)| {
                let mut values = sample_values(name, environment);
                // An answer is no place for a secret.
                values.retain(|value, _| !value.starts_with("secret."));
                (name.clone(), values)
            })
            .collect()
    }

    /// What holds without any fault: gates that cannot be rehearsed, and answers of the file that do not pass. And named faults
    /// that hold none of their gates.
    pub(crate) fn remarks(&self) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for (id, gate) in &self.gates.gates {
            for (environment, values) in self.samples(gate) {
                let message = match self.ordinary(id, gate, &values, DateTime::<Utc>::from(SystemTime::now())) {
                    Err(cannot) => format!("The gate “{id}” cannot be rehearsed in “{environment}”, because {cannot}."),
                    Ok(answer) => match answer.judge(gate, &values) {
                        (Outcome::Pass, _) => continue,
                        (_, summary) => {
                            format!("The answer to the gate “{id}” does not pass in “{environment}”: {summary}")
                        }
                    },
                };
                let subject = match self.file.has_answer(id) {
                    true => Subject::Entry(id.clone()),
                    false => Subject::Gate(id.clone()),
                };
                remarks.push(Remark { subject, message });
            }
        }
        remarks.extend(self.faults_without_effect());
        remarks
    }

    fn faults_without_effect(&self) -> impl Iterator<Item = Remark> {
        let without = self.file.faults.iter().filter(|fault| !self.holds_any(fault));
        without.map(|NamedFault { id, answers, .. }| {
            let gates: Vec<_> = answers.keys().map(|gate| format!("“{gate}”")).collect();
            let gates = gates.join(" and ");
            let message = format!(
                "The fault “{id}” holds nothing: {gates} pass with it as without it. Give it an answer that does not pass."
            );
            Remark {
                subject: Subject::Fault(id.clone()),
                message,
            }
        })
    }

    /// Whether one of the fault's gates does not pass somewhere when it is on. A gate that no environment has is not judged.
    fn holds_any(&self, fault: &NamedFault) -> bool {
        let on = BTreeSet::from([fault.id.clone()]);
        let gates = fault
            .answers
            .keys()
            .filter_map(|id| Some((id, self.gates.gates.get(id)?)));
        let mut judged = gates
            .flat_map(|(id, gate)| {
                self.samples(gate).into_iter().map(|(environment, values)| {
                    let asked = Asked {
                        gate: id,
                        environment: &environment,
                        values: &values,
                        now: DateTime::<Utc>::from(SystemTime::now()),
                    };
                    let answer = self.answer(asked, &on);
                    answer.map_or(Outcome::Inconclusive, |answer| answer.judge(gate, &values).0)
                })
            })
            .peekable();
        judged.peek().is_none() || judged.any(|outcome| outcome != Outcome::Pass)
    }

    /// The answer with the faults that are on.
    pub(crate) fn answer(&self, asked: Asked<'_>, on: &BTreeSet<String>) -> Result<Answer, CannotRehearse> {
        let Asked {
            gate: id,
            environment,
            values,
            now,
        } = asked;
        let declared = self.gates.gates.get(id).filter(|gate| gate.exists_in(environment));
        let gate = declared.ok_or_else(|| CannotRehearse::NoGate { gate: id.to_owned() })?;
        let mut answer = self.ordinary(id, gate, values, now);
        // The first fault of the file that is on is put over the others.
        for fault in self.file.faults.iter().rev().filter(|fault| on.contains(&fault.id)) {
            if let Some(entry) = fault.answers.get(id) {
                answer = faulty(gate, entry, answer, values, now);
            }
        }
        let own = self.offered.get(id).into_iter().flatten();
        if let Some(kind) = own.copied().find(|kind| on.contains(&fault_id(id, *kind))) {
            let ordinary = self.ordinary(id, gate, values, now);
            answer = faulty_kind(gate, kind, ordinary, values);
        }
        answer
    }

    /// Every fault: the named ones in the order of the file, and then each gate's.
    pub(crate) fn faults(&self, on: &BTreeSet<String>) -> Vec<FaultState> {
        let named = self.file.faults.iter().map(|fault| {
            let NamedFault {
                id, title, description, ..
            } = fault.clone();
            FaultState {
                on: on.contains(&id),
                id,
                title,
                description,
                gate: None,
            }
        });
        let own = self.offered.iter().flat_map(|(gate, kinds)| {
            kinds.iter().map(move |kind| {
                let id = fault_id(gate, *kind);
                FaultState {
                    on: on.contains(&id),
                    id,
                    title: format!("{gate}: {}", kind.title()),
                    description: kind.description().to_owned(),
                    gate: Some(gate.clone()),
                }
            })
        });
        named.chain(own).collect()
    }

    fn ordinary(&self, id: &str, gate: &Gate, values: &Values, now: DateTime<Utc>) -> Result<Answer, CannotRehearse> {
        let made = make::passing(gate, values);
        match self.file.answers.get(id) {
            Some(entry) => entry.applied(gate, made, &Filling { values, now }),
            None => made,
        }
    }
}

fn faulty(
    gate: &Gate,
    entry: &FaultEntry,
    answer: Result<Answer, CannotRehearse>,
    values: &Values,
    now: DateTime<Utc>,
) -> Result<Answer, CannotRehearse> {
    match entry {
        FaultEntry::Answer(entry) => entry.applied(gate, answer, &Filling { values, now }),
        FaultEntry::Kind(word) => match FaultKind::from_word(gate.kind, word) {
            Some(kind) => faulty_kind(gate, kind, answer, values),
            None => answer,
        },
    }
}

fn faulty_kind(
    gate: &Gate,
    kind: FaultKind,
    answer: Result<Answer, CannotRehearse>,
    values: &Values,
) -> Result<Answer, CannotRehearse> {
    let made = spoiled(kind, gate, answer.as_ref().ok(), values);
    // Without an answer to spoil there is still none: the gate holds either way.
    made.ok_or_else(|| match answer {
        Err(cannot) => cannot,
        Ok(_) => CannotRehearse::NoFault {
            fault: kind.word().to_owned(),
        },
    })
}
