//! The rows of a runbook's troubleshooting that speak of a gate that did not pass. By words alone: what is found are the
//! runbook's rows, and not a diagnosis.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use std::collections::{BTreeMap, BTreeSet};

use super::state::State;
use crate::gate::{GateSnapshot, Outcome};
use crate::runbook::Symptom;

/// Rows that are shown for one gate.
const SHOWN: usize = 3;
/// Bytes of a gate's output that are looked through.
const OUTPUT: usize = 4 * 1024;
/// Words that tell nothing of what went wrong.
const COMMON: [&str; 61] = [
    "the", "and", "are", "not", "does", "did", "was", "were", "has", "have", "had", "for", "with", "without", "from",
    "into", "that", "this", "these", "those", "its", "per", "one", "two", "all", "any", "each", "other", "another",
    "what", "when", "while", "where", "which", "who", "how", "fail", "failed", "failing", "failure", "error", "wrong",
    "problem", "issue", "gate", "check", "checked", "run", "step", "there", "only", "still", "then", "than", "can",
    "could", "will", "would", "but", "out", "off",
];

/// Where a word of a row was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoundIn {
    /// What was observed.
    Observed,
    /// The gate's title.
    Gate,
    /// What was expected.
    Expected,
    /// The step's title.
    Step,
}

/// A row, and the words because of which it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TroubleRow {
    pub row: Symptom,
    /// Each word once, with the first place that has it.
    pub because: Vec<(String, FoundIn)>,
}

/// What there is to compare with: the words of each place.
struct Seen {
    /// Observed, with its numbers; what did not pass only.
    observed: String,
    output: String,
    words: [(FoundIn, BTreeSet<String>); 4],
    /// By word: how many other gates of the session have it in their titles.
    others: BTreeMap<String, usize>,
}

impl State {
    /// The rows of the runbook's troubleshooting for a gate that holds at a step, the nearest first.
    #[must_use]
    pub fn troubleshooting(&self, step: &str, gate: &str) -> Vec<TroubleRow> {
        let Some(started) = self.started.as_deref().filter(|started| !started.symptoms.is_empty()) else {
            return Vec::new();
        };
        let seen = self.seen_at(step, gate);
        let found = started
            .symptoms
            .iter()
            .filter_map(|row| Some((matched(row, &seen)?, row)));
        let mut found: Vec<_> = found.collect();
        found.sort_by_key(|((score, _), _)| std::cmp::Reverse(*score));
        found.truncate(SHOWN);
        found
            .into_iter()
            .map(|((_, because), row)| TroubleRow {
                row: row.clone(),
                because,
            })
            .collect()
    }

    fn seen_at(&self, step: &str, gate: &str) -> Seen {
        let (mut observed, mut expected, mut output) = (String::new(), String::new(), String::new());
        let browser = self.observed.get(&(step.to_owned(), gate.to_owned()));
        let verdicts = self.last_verdict(step, gate).into_iter();
        for verdict in verdicts.chain(browser.map(|browser| &browser.verdict)) {
            for check in verdict.checks.iter().filter(|check| check.outcome != Outcome::Pass) {
                observed.push_str(&format!("{} {}\n", check.check, check.observed));
                expected.push_str(&format!("{}\n", check.expected));
            }
            if verdict.outcome != Outcome::Pass {
                let end = verdict.output.floor_char_boundary(OUTPUT);
                output.push_str(&verdict.output[..end].to_lowercase());
            }
        }
        let titles = |one: &GateSnapshot| format!("{} {}", one.title, one.plain);
        let mut others: BTreeMap<String, usize> = BTreeMap::new();
        let declared = self.started.iter().flat_map(|started| &started.gates);
        for (_, other) in declared.filter(|(id, _)| *id != gate) {
            for word in words(&titles(other)) {
                *others.entry(word).or_default() += 1;
            }
        }
        let of_gate = self.gate_snapshot(gate).map(titles);
        let of_step = self
            .step(step)
            .map(|one| format!("{} {}", one.title, one.plain_title()));
        let gate = format!("{gate} {}", of_gate.unwrap_or_default());
        Seen {
            words: [
                (FoundIn::Observed, words(&observed)),
                (FoundIn::Gate, words(&gate)),
                (FoundIn::Expected, words(&expected)),
                (FoundIn::Step, words(&of_step.unwrap_or_default())),
            ],
            observed: observed.to_lowercase(),
            output,
            others,
        }
    }
}

/// What a word weighs that tells all that a word can.
const FULL: usize = 100;

/// How well a row fits, and why. A row fits if what it says was observed or put out word for word, or if at least half of its words
/// are those of the gate, of its step and of what was seen. A word that only an answer has weighs less the more gates of the session
/// speak of it, and is not enough alone. A number in the row must be one that was observed.
fn matched(row: &Symptom, seen: &Seen) -> Option<(usize, Vec<(String, FoundIn)>)> {
    let own = words(&row.symptom);
    let phrase = row.symptom.trim().to_lowercase();
    if phrase.chars().count() >= 8 && (seen.observed.contains(&phrase) || seen.output.contains(&phrase)) {
        return Some((usize::MAX, vec![(row.symptom.trim().to_owned(), FoundIn::Observed)]));
    }
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let is_in = |place: FoundIn, word: &str| {
        seen.words
            .iter()
            .any(|(one, words)| *one == place && words.contains(word))
    };
    if own
        .iter()
        .any(|word| is_number(word) && !is_in(FoundIn::Observed, word))
    {
        return None;
    }
    let place = |word: &String| {
        let mut places = seen.words.iter();
        places.find(|(_, words)| words.contains(word)).map(|(place, _)| *place)
    };
    let found = own.iter().filter_map(|word| Some((word.clone(), place(word)?)));
    let mut because: Vec<(String, FoundIn)> = found.collect();
    because.sort_by_key(|(_, place)| *place);
    // What the gate and its step are about is what the row has to be about; an answer has words of many things.
    let is_named = |word: &str| is_number(word) || is_in(FoundIn::Gate, word) || is_in(FoundIn::Step, word);
    let weight = |word: &str| match is_named(word) {
        true => FULL,
        false => FULL / (1 + seen.others.get(word).copied().unwrap_or_default()),
    };
    let all: usize = because.iter().map(|(word, _)| weight(word)).sum();
    let is_enough = match because.as_slice() {
        [] => false,
        [(word, _)] => own.len() == 1 || is_named(word),
        _ => true,
    };
    let numbers = own.iter().filter(|word| is_number(word)).count();
    (is_enough && 2 * all >= FULL * own.len()).then(|| (all + 2 * FULL * numbers, because))
}

/// The words of a text that tell something, in the singular, and its numbers of three digits and more.
fn words(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let each = lower.split(|one: char| !one.is_alphanumeric());
    each.filter(|word| word.chars().count() > 2 && !COMMON.contains(word))
        .map(|word| match word.strip_suffix('s') {
            Some(singular) if singular.len() > 2 && !singular.ends_with(['s', 'u', 'i']) => singular.to_owned(),
            _ => word.to_owned(),
        })
        .collect()
}
