//! Which stage of a runbook a name belongs to, by words.

use std::collections::{BTreeMap, BTreeSet};

use super::stems::stems;
use crate::wire::{PipelineGuide, StageGuide};

/// Words by which a name is recognised, at least. One alone is found in too much: `Install the Railway CLI` deploys nothing.
const LEAST: usize = 2;

/// What is done with anything, so that it tells no stage from another; it counts among a stage's words all the same.
const DOING: [&str; 6] = ["execute", "make", "run", "send", "start", "trigger"];

/// Knows the words of each stage.
#[derive(Clone, Debug)]
pub struct Recogniser {
    stages: Vec<Words>,
}

#[derive(Clone, Debug)]
struct Words {
    /// Of the title.
    title: BTreeSet<String>,
    /// Of the title that no other stage's title has.
    own: BTreeSet<String>,
    /// Of what the stage does that no other stage has.
    does: BTreeSet<String>,
}

impl Recogniser {
    /// By the guide's stages.
    #[must_use]
    pub fn new(guide: &PipelineGuide) -> Self {
        Self::of(&guide.stages)
    }

    /// The same for stages that are not in a guide yet.
    #[must_use]
    pub fn of(stages: &[StageGuide]) -> Self {
        let titles: Vec<BTreeSet<String>> = stages.iter().map(|stage| stems(&stage.title)).collect();
        let whole: Vec<BTreeSet<String>> = stages
            .iter()
            .zip(&titles)
            .map(|(stage, title)| title | &stems(&stage.does))
            .collect();
        let (in_titles, in_whole) = (counts(&titles), counts(&whole));
        let words = |(title, whole): (BTreeSet<String>, BTreeSet<String>)| Words {
            own: once(&title, &in_titles),
            does: once(&whole, &in_whole).difference(&title).cloned().collect(),
            title,
        };
        Self {
            stages: titles.into_iter().zip(whole).map(words).collect(),
        }
    }

    /// The stage that a job or a step is, by its name: it has a telling word that only this stage's title has, none that only another's has, and
    /// two of the stage's words at least.
    #[must_use]
    pub fn stage_of(&self, name: &str) -> Option<usize> {
        let said = stems(name);
        let mut among = self
            .stages
            .iter()
            .enumerate()
            .filter(|(_, words)| meets(&words.own, &said));
        let (at, words) = among.next()?;
        let shared = words
            .title
            .union(&words.does)
            .filter(|word| said.contains(*word))
            .count();
        (among.next().is_none() && shared >= LEAST).then_some(at)
    }

    /// The stages that a text of the runbook speaks of: those whose own words are in it, and where there are none, those whose descriptions' are.
    #[must_use]
    pub fn spoken_of(&self, text: &str) -> Vec<usize> {
        let said = stems(text);
        let by = |of: fn(&Words) -> &BTreeSet<String>| -> Vec<usize> {
            let found = self
                .stages
                .iter()
                .enumerate()
                .filter(|(_, words)| meets(of(words), &said));
            found.map(|(at, _)| at).collect()
        };
        match by(|words| &words.own) {
            none if none.is_empty() => by(|words| &words.does),
            found => found,
        }
    }

    /// How many of a stage's own words a text has.
    #[must_use]
    pub fn weight(&self, stage: usize, text: &str) -> usize {
        let said = stems(text);
        self.stages
            .get(stage)
            .map_or(0, |words| words.own.intersection(&said).count())
    }
}

fn meets(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    !one.is_disjoint(other)
}

fn counts(sets: &[BTreeSet<String>]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for word in sets.iter().flatten() {
        *counts.entry(word.clone()).or_insert(0) += 1;
    }
    counts
}

fn once(words: &BTreeSet<String>, counts: &BTreeMap<String, usize>) -> BTreeSet<String> {
    let tells = |word: &&String| counts.get(*word) == Some(&1) && !DOING.contains(&word.as_str());
    words.iter().filter(tells).cloned().collect()
}
