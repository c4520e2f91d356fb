//! A gate of a step, as its panel shows it: derived from the state, never stored.

use chrono::{DateTime, Utc};
use holdpoint_domain::gate::{GateSnapshot, Outcome, Verdict};
use holdpoint_domain::session::{ClientCommand, Freshness, GateState, RunId, State};

/// How a gate stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateWord {
    /// `gates.toml` does not declare it for this environment.
    Missing,
    /// It has not run yet.
    Waiting,
    /// It was asked for, and the proxy has not heard of it yet.
    Asked,
    /// It is running.
    Running,
    /// It reached a verdict that counts.
    Verdict(Outcome),
    /// It passed, but too long ago.
    Stale,
}

/// A gate of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct GateView {
    /// Its name in `gates.toml`.
    pub id: String,
    /// What the session knows of it from its start; absent when it is missing.
    pub brief: Option<GateSnapshot>,
    /// How it stands.
    pub word: GateWord,
    /// The run that has no verdict yet, and when it was started.
    pub running: Option<(RunId, DateTime<Utc>)>,
    /// The last run was started automatically.
    pub auto: bool,
    /// The proxy's last verdict.
    pub verdict: Option<Verdict>,
    /// Until when the verdict counts, or since when it does not.
    pub until: Option<DateTime<Utc>>,
    /// How often it was run for this step.
    pub runs: usize,
    /// What this gate's browser saw, as the proxy judged it.
    pub browser: Option<Verdict>,
}

impl GateView {
    /// What it is called.
    pub fn title(&self) -> String {
        self.brief
            .as_ref()
            .map_or_else(|| self.id.clone(), |brief| brief.title.clone())
    }
}

/// How a gate of a step stands now.
pub fn gate_view(state: &State, step: &str, gate: &str, asked: bool, now: DateTime<Utc>) -> GateView {
    let runs: Vec<_> = state
        .runs
        .iter()
        .filter(|run| run.step == step && run.gate == gate)
        .collect();
    let running = state.open_run(step, gate);
    let standing = state.gate_state(step, gate, now);
    let (word, until) = match &standing {
        GateState::Missing => (GateWord::Missing, None),
        GateState::Running(_) => (GateWord::Running, None),
        _ if asked => (GateWord::Asked, None),
        GateState::Waiting => (GateWord::Waiting, None),
        GateState::Finished(evidence) => {
            let outcome = evidence.verdict.outcome;
            match evidence.freshness {
                Freshness::Fresh(until) => (GateWord::Verdict(outcome), Some(until)),
                // Once its step is done, evidence has done its work; a failure stays one however old it is.
                Freshness::Stale(until) if outcome != Outcome::Pass || state.is_done(step) => {
                    (GateWord::Verdict(outcome), Some(until))
                }
                Freshness::Stale(until) => (GateWord::Stale, Some(until)),
            }
        }
    };
    GateView {
        id: gate.to_owned(),
        brief: state.gate_brief(gate).map(|brief| filled_in(state, brief)),
        word,
        running: running.map(|run| (run.id, run.started)),
        auto: runs.last().is_some_and(|run| run.auto),
        verdict: state.last_verdict(step, gate).cloned(),
        until,
        runs: runs.len(),
        browser: state
            .observed
            .get(&(step.to_owned(), gate.to_owned()))
            .map(|seen| seen.verdict.clone()),
    }
}

/// What a gate expects, in this session's own values.
fn filled_in(state: &State, brief: &GateSnapshot) -> GateSnapshot {
    let mut brief = brief.clone();
    for (name, value) in state.values_for_placeholders() {
        let placeholder = format!("{{{name}}}");
        brief
            .expects
            .iter_mut()
            .for_each(|expects| *expects = expects.replace(&placeholder, &value));
    }
    brief
}

/// The gate that the key `g` runs: the first of the step that does not pass and is not running.
pub fn gate_to_run(state: &State, step: &str, now: DateTime<Utc>) -> Option<ClientCommand> {
    let found = state.step(step)?;
    let gate = found.gates.iter().find(|gate| {
        let standing = state.gate_state(step, gate, now);
        !standing.passes() && !matches!(standing, GateState::Running(_))
    })?;
    Some(ClientCommand::RunGate {
        step: step.to_owned(),
        gate: gate.clone(),
    })
}
