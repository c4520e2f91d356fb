//! A gate of a step, as its panel shows it: derived from the state, never stored.

use chrono::{DateTime, Utc};
use holdpoint_domain::gate::{GateSnapshot, Outcome, Verdict};
use holdpoint_domain::session::{ClientCommand, Freshness, GateId, GateState, RunId, State, StepId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateStatus {
    /// `gates.toml` does not declare it for this environment.
    Missing,
    Waiting,
    /// Its start waits in the outbox.
    Queued,
    /// Its start was asked for and could not be sent, and it has no result.
    NotRun,
    Running,
    Verdict(Outcome),
    /// It passed, longer ago than its result is valid.
    Stale,
}

#[derive(Clone, Debug, PartialEq)]
pub struct GateView {
    /// The name in `gates.toml`.
    pub id: String,
    /// As the session goes by it; none when it is missing there.
    pub brief: Option<GateSnapshot>,
    pub status: GateStatus,
    /// Its start was asked for and could not be sent.
    pub not_run: bool,
    /// The run without a verdict yet, and its start.
    pub running: Option<(RunId, DateTime<Utc>)>,
    /// Whether the last run was started automatically.
    pub auto: bool,
    pub verdict: Option<Verdict>,
    /// When the verdict expires, or expired. After the session's end only where it had expired before.
    pub until: Option<DateTime<Utc>>,
    /// It expired while it still could count.
    pub expired: bool,
    pub runs: usize,
    /// What the captain's browser saw, as the proxy judged it.
    pub browser: Option<Verdict>,
    /// `gates.toml` declares it otherwise than the session goes by it, as far as the session's events tell.
    pub declared_otherwise: bool,
    /// Who took its declaration since the session began, and when.
    pub taken: Option<(String, DateTime<Utc>)>,
    /// It ticked its step before another declaration of it was taken, and has not passed since.
    pub old_tick: bool,
}

impl GateView {
    pub fn title(&self) -> String {
        self.brief
            .as_ref()
            .map_or_else(|| self.id.clone(), |brief| brief.title.clone())
    }
}

/// What the outbox has of a gate's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    No,
    /// It is on its way.
    Waits,
    /// It could not be sent.
    NotRun,
}

pub fn gate_view(state: &State, step: &str, gate: &str, asked: Asked, now: DateTime<Utc>) -> GateView {
    let runs: Vec<_> = state
        .runs
        .iter()
        .filter(|run| run.step == step && run.gate == gate)
        .collect();
    let running = state.open_run(step, gate);
    // Nothing expires after the end: what is shown then is what was so at the end.
    let ended = state.closed.as_ref().map(|closed| closed.at);
    let standing = state.gate_state(step, gate, ended.unwrap_or(now));
    let (status, until) = match &standing {
        GateState::Missing => (GateStatus::Missing, None),
        GateState::Running(_) => (GateStatus::Running, None),
        _ if asked == Asked::Waits => (GateStatus::Queued, None),
        GateState::Waiting if asked == Asked::NotRun => (GateStatus::NotRun, None),
        GateState::Waiting => (GateStatus::Waiting, None),
        GateState::Finished(evidence) => {
            let outcome = evidence.verdict.outcome;
            match evidence.freshness {
                Freshness::Fresh(until) => (GateStatus::Verdict(outcome), Some(until).filter(|_| ended.is_none())),
                // Once its step is done, evidence has done its work; a failure stays one however old it is.
                Freshness::Stale(until) if outcome != Outcome::Pass || state.is_done(step) => {
                    (GateStatus::Verdict(outcome), Some(until).filter(|_| ended.is_none()))
                }
                Freshness::Stale(until) if ended.is_some() => (GateStatus::Verdict(outcome), Some(until)),
                Freshness::Stale(until) => (GateStatus::Stale, Some(until)),
            }
        }
    };
    // What another declaration's run said is in the log; here it would stand for an answer to this one.
    let verdict = state
        .last_verdict(step, gate)
        .filter(|_| !state.is_to_run_anew(step, gate));
    let place = (step.to_owned(), gate.to_owned());
    let browser = state.observed.get(&place).map(|seen| &seen.verdict);
    let brief = state.gate_snapshot(gate);
    let digest = brief.and_then(|brief| brief.digest.as_deref());
    let answers_another = |verdict: &Verdict| !verdict.passes() && digest != Some(verdict.gate_digest.as_str());
    GateView {
        id: gate.to_owned(),
        declared_otherwise: status == GateStatus::Missing
            || [verdict, browser].into_iter().flatten().any(answers_another),
        brief: brief.map(|brief| filled_in(state, brief)),
        status,
        not_run: asked == Asked::NotRun && running.is_none(),
        running: running.map(|run| (run.id, run.started)),
        auto: runs.last().is_some_and(|run| run.auto),
        verdict: verdict.cloned(),
        until,
        expired: status == GateStatus::Stale || (ended.is_some() && until.is_some()),
        runs: runs.len(),
        browser: browser.cloned(),
        taken: state
            .taken
            .get(gate)
            .map(|taken| (taken.actor.name().to_owned(), taken.at)),
        old_tick: state.old_ticks.contains_key(&place),
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

/// What people call a gate.
pub fn gate_title(state: &State, gate: &str) -> String {
    let known = state.gate_snapshot(gate);
    known.map_or_else(|| gate.to_owned(), |gate| gate.title.clone())
}

/// The step that is on hold longest, and the gates that hold it, the oldest hold first.
pub fn held_gates(state: &State) -> Option<(&StepId, Vec<&GateId>)> {
    let (step, ..) = state.hold()?;
    let mut held: Vec<_> = state.holds.iter().filter(|((of, _), _)| of == step).collect();
    held.sort_by_key(|(_, hold)| hold.since);
    Some((step, held.into_iter().map(|((_, gate), _)| gate).collect()))
}

/// The gates that hold this step and are not running.
pub fn gates_to_run_again(state: &State, step: &str) -> Vec<ClientCommand> {
    let held = held_gates(state).filter(|(of, _)| *of == step);
    let gates = held.into_iter().flat_map(|(_, gates)| gates);
    gates
        .filter(|gate| state.open_run(step, gate).is_none())
        .map(|gate| ClientCommand::RunGate {
            step: step.to_owned(),
            gate: gate.clone(),
        })
        .collect()
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

#[cfg(test)]
mod tests;
