//! Which answer a gate gets: the made one, the entry of `rehearsal.toml` over it, and the faults that are on over both.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use holdpoint_domain::gate::Outcome;
use holdpoint_domain::wire::FaultState;
use holdpoint_gates::config::{Gate, GatesFile};
use holdpoint_gates::fill::Values;
use holdpoint_gates::{Part, sample_values};

use crate::answer::Answer;
use crate::cannot::CannotRehearse;
use crate::drill::declared::Drill;
use crate::fault::{FaultKind, fault_id};
use crate::file::{FaultEntry, NamedFault, RehearsalFile};
use crate::filling::Filling;
use crate::key::{key_of, keys_to};
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
    /// Which of its requests, where it makes several.
    pub(crate) request: Option<&'a str>,
    pub(crate) environment: &'a str,
    /// What a gate's texts are filled with, without secrets.
    pub(crate) values: &'a Values,
    pub(crate) now: DateTime<Utc>,
}

/// An answer, or why there is none.
type Made = Result<Answer, CannotRehearse>;

/// What a remark is about, by its name. That of an answer to one of several requests is `GATE.REQUEST`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A gate that `rehearsal.toml` says nothing of.
    Gate(String),
    /// A gate that `rehearsal.toml` answers.
    Entry(String),
    /// A fault of `rehearsal.toml`.
    Fault(String),
    /// A fault of a drill: both by their places.
    DrillFault(usize, usize),
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
                let parts = gate.parts();
                let ordinary = answers.ordinary(id, &parts, &values, DateTime::<Utc>::from(SystemTime::now()));
                let can = |kind: &FaultKind| struck(*kind, &parts, &ordinary, &values).is_some();
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
                let parts = gate.parts();
                let made = self.ordinary(id, &parts, &values, DateTime::<Utc>::from(SystemTime::now()));
                for (part, made) in parts.iter().zip(made) {
                    let key = key_of(id, part.name);
                    let message = match made {
                        Err(cannot) => {
                            format!("The gate “{key}” cannot be rehearsed in “{environment}”, because {cannot}.")
                        }
                        Ok(answer) => match answer.judge(*part, &values) {
                            (Outcome::Pass, _) => continue,
                            (_, summary) => {
                                format!("The answer to the gate “{key}” does not pass in “{environment}”: {summary}")
                            }
                        },
                    };
                    let subject = match self.file.has_answer(&key) {
                        true => Subject::Entry(key),
                        false => Subject::Gate(id.clone()),
                    };
                    remarks.push(Remark { subject, message });
                }
            }
        }
        remarks.extend(self.faults_without_effect());
        remarks.extend(self.drills_without_effect());
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

    /// Faults of drills that are a gate's own, and that do not hold it.
    fn drills_without_effect(&self) -> impl Iterator<Item = Remark> {
        let faults = self.file.drills.iter().enumerate().flat_map(|(at, drill)| {
            let faults = drill.faults.iter().enumerate();
            faults.map(move |(index, fault)| (at, index, drill, &fault.fault))
        });
        let without = faults.filter(|(.., fault)| self.known_fault(fault).is_none());
        without.map(|(at, index, drill, fault)| Remark {
            subject: Subject::DrillFault(at, index),
            message: format!(
                "The fault “{fault}” of the drill “{}” does not hold its gate, so it never strikes.",
                drill.id
            ),
        })
    }

    /// The drills of the file, in its order.
    pub(crate) fn drills(&self) -> &[Drill] {
        &self.file.drills
    }

    /// A fault's title, and the gates that it answers. Nothing for one that there is not, or that does not hold its gate.
    pub(crate) fn known_fault(&self, id: &str) -> Option<(String, Vec<String>)> {
        if let Some(named) = self.file.faults.iter().find(|fault| fault.id == id) {
            let gates: BTreeSet<&str> = named.answers.keys().filter_map(|key| keys_to(key).next()).collect();
            return Some((named.title.clone(), gates.into_iter().map(str::to_owned).collect()));
        }
        let (gate, word) = id.split_once(':')?;
        let mut offered = self.offered.get(gate)?.iter();
        let kind = offered.find(|kind| kind.word() == word)?;
        Some((format!("{gate}: {}", kind.title()), vec![gate.to_owned()]))
    }

    /// Whether one of the fault's gates does not pass somewhere when it is on. A gate that no environment has is not judged.
    fn holds_any(&self, fault: &NamedFault) -> bool {
        let on = BTreeSet::from([fault.id.clone()]);
        let gates = fault.answers.keys().filter_map(|key| {
            let id = keys_to(key).next()?;
            Some((id, self.gates.gates.get(id)?))
        });
        let mut passes = gates
            .flat_map(|(id, gate)| {
                self.samples(gate).into_iter().map(|(_, values)| {
                    let parts = gate.parts();
                    let answers = self.answers(id, &parts, &values, DateTime::<Utc>::from(SystemTime::now()), &on);
                    parts.iter().zip(answers).all(|(part, answer)| {
                        answer.is_ok_and(|answer| answer.judge(*part, &values).0 == Outcome::Pass)
                    })
                })
            })
            .peekable();
        passes.peek().is_none() || passes.any(|passes| !passes)
    }

    /// The answer with the faults that are on.
    pub(crate) fn answer(&self, asked: Asked<'_>, on: &BTreeSet<String>) -> Result<Answer, CannotRehearse> {
        let Asked {
            gate: id,
            request,
            environment,
            values,
            now,
        } = asked;
        let declared = self.gates.gates.get(id).filter(|gate| gate.exists_in(environment));
        let gate = declared.ok_or_else(|| CannotRehearse::NoGate { gate: id.to_owned() })?;
        let parts = gate.parts();
        let answers = self.answers(id, &parts, values, now, on);
        let asked = parts.iter().zip(answers).find(|(part, _)| part.name == request);
        asked.map_or_else(
            || Err(CannotRehearse::NoRequest { gate: id.to_owned() }),
            |(_, answer)| answer,
        )
    }

    /// The answers to a gate's parts, in their order, with the faults that are on.
    fn answers(
        &self,
        id: &str,
        parts: &[Part<'_>],
        values: &Values,
        now: DateTime<Utc>,
        on: &BTreeSet<String>,
    ) -> Vec<Made> {
        let mut answers = self.ordinary(id, parts, values, now);
        // The first fault of the file that is on is put over the others.
        for fault in self.file.faults.iter().rev().filter(|fault| on.contains(&fault.id)) {
            if let Some(FaultEntry::Kind(word)) = fault.answers.get(id) {
                strike(word, parts, &mut answers, values);
            }
            for (part, answer) in parts.iter().zip(&mut answers) {
                match fault.answers.get(&key_of(id, part.name)) {
                    Some(FaultEntry::Answer(entry)) => {
                        *answer = entry.applied(part.gate.kind, answer.clone(), &Filling { values, now });
                    }
                    Some(FaultEntry::Kind(word)) if part.name.is_some() => {
                        strike(word, &[*part], std::slice::from_mut(answer), values);
                    }
                    _ => {}
                }
            }
        }
        let own = self.offered.get(id).into_iter().flatten();
        if let Some(kind) = own.copied().find(|kind| on.contains(&fault_id(id, *kind))) {
            answers = self.ordinary(id, parts, values, now);
            strike(kind.word(), parts, &mut answers, values);
        }
        answers
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

    /// The answers to a gate's parts without any fault.
    fn ordinary(&self, id: &str, parts: &[Part<'_>], values: &Values, now: DateTime<Utc>) -> Vec<Made> {
        let ordinary = |part: &Part<'_>| {
            let made = make::passing(*part, values);
            match self.file.answers.get(&key_of(id, part.name)) {
                Some(entry) => entry.applied(part.gate.kind, made, &Filling { values, now }),
                None => made,
            }
        };
        parts.iter().map(ordinary).collect()
    }
}

/// Which of the parts a fault strikes, and the answer with it: the first that it can hold. The others are answered as without it,
/// which is enough to hold the gate, and shows that one is.
fn struck(kind: FaultKind, parts: &[Part<'_>], answers: &[Made], values: &Values) -> Option<(usize, Answer)> {
    let spoiled = |(part, answer): (&Part<'_>, &Made)| spoiled(kind, *part, answer.as_ref().ok(), values);
    let mut all = parts.iter().zip(answers).map(spoiled).enumerate();
    all.find_map(|(index, answer)| Some((index, answer?)))
}

/// Puts the fault with this word over the answers.
fn strike(word: &str, parts: &[Part<'_>], answers: &mut [Made], values: &Values) {
    let kind = parts
        .first()
        .and_then(|part| FaultKind::from_word(part.gate.kind, word));
    let Some(kind) = kind else { return };
    if let Some((index, answer)) = struck(kind, parts, answers, values) {
        answers[index] = Ok(answer);
        return;
    }
    // Without an answer to spoil there is still none: the gate holds either way.
    for answer in answers.iter_mut().filter(|answer| answer.is_ok()) {
        *answer = Err(CannotRehearse::NoFault {
            fault: kind.word().to_owned(),
        });
    }
}
