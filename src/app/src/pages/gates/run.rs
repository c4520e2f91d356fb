//! What was asked, and what came of it. Nothing of it leaves the page.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use holdpoint_domain::gate::{Outcome, Verdict};
use holdpoint_domain::wire::{CheckGate, CheckableGate};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;

/// Requests at the same time. A browser has six connections to a host over HTTP/1.1, and other tabs want some.
const AT_A_TIME: usize = 3;

/// How a gate stands on this page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckState {
    NotAsked,
    Asking,
    Done(Verdict),
    /// The proxy could not be asked, and why.
    Unreachable(String),
}

/// How many gates stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
    /// Those without any answer, too.
    pub inconclusive: usize,
    pub asking: usize,
    pub not_asked: usize,
}

/// The checks of one environment's gates.
#[derive(Clone, Copy)]
pub struct CheckRun {
    environment: StoredValue<String>,
    states: StoredValue<BTreeMap<String, RwSignal<CheckState>>>,
    /// What a session would tell the gates, by name.
    values: StoredValue<BTreeMap<String, RwSignal<String>>>,
}

impl CheckRun {
    pub fn new(environment: String, gates: &[CheckableGate]) -> Self {
        let names: BTreeSet<&String> = gates.iter().flat_map(|one| &one.session_names).collect();
        let state = |one: &CheckableGate| (one.gate.id.clone(), RwSignal::new(CheckState::NotAsked));
        Self {
            environment: StoredValue::new(environment),
            states: StoredValue::new(gates.iter().map(state).collect()),
            values: StoredValue::new(
                names
                    .into_iter()
                    .map(|name| (name.clone(), RwSignal::new(String::new())))
                    .collect(),
            ),
        }
    }

    pub fn values(self) -> BTreeMap<String, RwSignal<String>> {
        self.values.get_value()
    }

    pub fn state(self, gate: &str) -> Signal<CheckState> {
        let state = self.states.with_value(|states| states.get(gate).copied());
        Signal::derive(move || state.map_or(CheckState::NotAsked, |state| state.get()))
    }

    pub fn tally(self) -> Memo<Tally> {
        let states = self.states;
        Memo::new(move |_| {
            let mut tally = Tally::default();
            states.with_value(|states| {
                for state in states.values() {
                    state.with(|state| *tally.place(state) += 1);
                }
            });
            tally
        })
    }

    /// Asks gates, a few at a time.
    pub fn ask(self, gates: Vec<String>) {
        let queue = StoredValue::new(gates.into_iter().collect::<VecDeque<_>>());
        for _ in 0..AT_A_TIME {
            spawn_local(async move {
                // The page may have gone in the meantime, and the queue with it.
                while let Some(gate) = queue.try_update_value(VecDeque::pop_front).flatten() {
                    self.ask_one(gate).await;
                }
            });
        }
    }

    async fn ask_one(self, gate: String) {
        let Some(Some(state)) = self.states.try_with_value(|states| states.get(&gate).copied()) else {
            return;
        };
        state.try_set(CheckState::Asking);
        let filled = self.values.try_with_value(|values| {
            let filled = values
                .iter()
                .map(|(name, value)| (name.clone(), value.get_untracked().trim().to_owned()));
            filled.filter(|(_, value)| !value.is_empty()).collect()
        });
        let (Some(values), Some(environment)) = (filled, self.environment.try_get_value()) else {
            return;
        };
        let answer = api::check_gate(&environment, &gate, &CheckGate { values }).await;
        state.try_set(match answer {
            Ok(verdict) => CheckState::Done(verdict),
            Err(error) => CheckState::Unreachable(error.to_string()),
        });
    }
}

impl Tally {
    fn place(&mut self, state: &CheckState) -> &mut usize {
        match state {
            CheckState::NotAsked => &mut self.not_asked,
            CheckState::Asking => &mut self.asking,
            CheckState::Done(verdict) if verdict.passes() => &mut self.passed,
            CheckState::Done(verdict) if verdict.outcome == Outcome::Fail => &mut self.failed,
            CheckState::Done(_) | CheckState::Unreachable(_) => &mut self.inconclusive,
        }
    }
}
