//! What a log has to measure a fault by, and the measuring.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::clock::FaultWindow;
use super::told::{Decided, DecidedBy, FaultScore, Noticed, NoticedBy, TurnKind, WrongTurn, person, seconds};
use crate::gate::{Outcome, Source, Verdict};
use crate::session::{Actor, Event, GateId, PlannedFault, Record, RunId, State, StepId};

/// What happened that a score speaks of.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// Runs that have no verdict yet: when each was asked for, and whether its gate held then.
    open: BTreeMap<RunId, (DateTime<Utc>, bool)>,
    answers: Vec<Answer>,
    holds: Vec<Held>,
    notes: Vec<(DateTime<Utc>, String, String)>,
    ends: Vec<End>,
}

/// An answer that a gate gave.
#[derive(Clone, Debug)]
struct Answer {
    gate: GateId,
    asked: DateTime<Utc>,
    at: DateTime<Utc>,
    passed: bool,
    /// It shows that something is wrong.
    shows: bool,
    /// The gate held when it was asked.
    again: bool,
    who: Actor,
}

/// A gate that held.
#[derive(Clone, Debug)]
struct Held {
    step: StepId,
    gate: GateId,
    asked: DateTime<Utc>,
    at: DateTime<Utc>,
}

/// Something that can end a hold.
#[derive(Clone, Debug)]
struct End {
    at: DateTime<Utc>,
    by: DecidedBy,
    who: Actor,
    reason: String,
    /// The hold that it ends; every one where absent.
    of: Option<(StepId, GateId)>,
}

impl Facts {
    /// Takes the next event. `state` is that before it.
    pub(super) fn add(&mut self, state: &State, record: &Record) {
        let (at, who) = (record.at, &record.actor);
        let end = |by, of: Option<(&StepId, &GateId)>, reason: &str| End {
            at,
            by,
            who: who.clone(),
            reason: reason.to_owned(),
            of: of.map(|(step, gate)| (step.clone(), gate.clone())),
        };
        match &record.event {
            Event::GateStarted { run, step, gate, .. } => {
                let held = state.holds.contains_key(&(step.clone(), gate.clone()));
                self.open.insert(*run, (at, held));
            }
            Event::GateFinished {
                run,
                step,
                gate,
                verdict,
            } => {
                let (asked, again) = self.open.get(run).copied().unwrap_or((verdict.started, false));
                self.answer(gate, verdict, asked, record, again);
                if verdict.passes() {
                    self.ends.push(end(DecidedBy::RunAgain, Some((step, gate)), ""));
                }
            }
            Event::GateObserved {
                observation,
                step,
                gate,
                verdict,
            } => {
                let held = state.holds.contains_key(&(step.clone(), gate.clone()));
                self.open.insert(*observation, (verdict.started, held));
                self.answer(gate, verdict, verdict.started, record, held);
                if verdict.passes() && state.gate_snapshot(gate).is_some_and(|one| one.direct_decides) {
                    self.ends.push(end(DecidedBy::RunAgain, Some((step, gate)), ""));
                }
            }
            Event::HoldPlaced { step, gate, run, .. } => {
                let asked = self.open.get(run).map_or(at, |(asked, _)| *asked);
                self.holds.push(Held {
                    step: step.clone(),
                    gate: gate.clone(),
                    asked,
                    at,
                });
            }
            Event::ProceededWithCaution { step, gate, reason, .. } => {
                let of = Some((step, gate));
                self.ends.push(end(DecidedBy::ProceedWithCaution, of, reason));
            }
            Event::NoteAdded { text, .. } => self.notes.push((at, who.name().to_owned(), text.clone())),
            Event::RollbackStarted { .. } => self.ends.push(end(DecidedBy::RollBack, None, "")),
            Event::SessionClosed { .. } => self.ends.push(end(DecidedBy::Close, None, "")),
            _ => {}
        }
    }

    /// A run that was cancelled before anything was asked has no answer.
    fn answer(&mut self, gate: &GateId, verdict: &Verdict, asked: DateTime<Utc>, record: &Record, again: bool) {
        if verdict.attempts == 0 {
            return;
        }
        self.answers.push(Answer {
            gate: gate.clone(),
            asked,
            at: record.at,
            passed: verdict.passes(),
            // What a browser could not see is no sign of anything.
            shows: !verdict.passes() && (verdict.source == Source::Proxy || verdict.outcome == Outcome::Fail),
            again,
            who: record.actor.clone(),
        });
    }
}

/// How a fault was met, and the wrong turns while it was on.
pub(super) fn of_fault(
    facts: &Facts,
    state: &State,
    planned: &PlannedFault,
    window: Option<&FaultWindow>,
) -> (FaultScore, Vec<WrongTurn>) {
    let mut score = FaultScore {
        planned: planned.clone(),
        struck: window.map(|window| window.from),
        ended: window.and_then(|window| window.until),
        asked: 0,
        noticed: None,
        held: None,
        decided: None,
        roll_back_seconds: None,
    };
    let Some(window) = window else {
        return (score, Vec::new());
    };
    let captain = state.started.as_deref().map_or("", |started| &started.captain);
    let is_its = |gate: &GateId| planned.gates.contains(gate);
    let met: Vec<&Answer> = facts
        .answers
        .iter()
        .filter(|one| is_its(&one.gate) && window.meets(one.asked, one.at))
        .collect();
    score.asked = u32::try_from(met.len()).unwrap_or(u32::MAX);
    score.noticed = noticed(facts, state, &met, window);
    let held = facts
        .holds
        .iter()
        .find(|one| is_its(&one.gate) && window.meets(one.asked, one.at) && one.at >= window.from);
    score.held = held.map(|held| held.at);
    score.decided = held.and_then(|held| decided(facts, held, captain));

    let turn = |at, kind, who: &Actor, gate: &GateId, reason: &str| WrongTurn {
        at,
        kind,
        who: person(who, captain).to_owned(),
        subject: state.gate_title(gate),
        reason: reason.to_owned(),
    };
    let retries = met.iter().filter(|one| one.again && !one.passed);
    let retries = retries.map(|one| turn(one.at, TurnKind::RetryWithoutEffect, &one.who, &one.gate, ""));
    let went_on = facts.ends.iter().filter_map(|end| {
        let (_, gate) = end.of.as_ref()?;
        let is_turn = end.by == DecidedBy::ProceedWithCaution && is_its(gate) && window.is_on(end.at);
        is_turn.then(|| turn(end.at, TurnKind::WentOnWithoutPass, &end.who, gate, &end.reason))
    });
    let turns = retries.chain(went_on).collect();
    (score, turns)
}

/// The first sign: a gate of the fault that did not pass, or a note, whichever came first while it was on.
fn noticed(facts: &Facts, state: &State, met: &[&Answer], window: &FaultWindow) -> Option<Noticed> {
    let by_gate = met.iter().find(|one| one.shows && one.at >= window.from);
    let by_gate = by_gate.map(|one| {
        let by = NoticedBy::Gate {
            gate: one.gate.clone(),
            title: state.gate_title(&one.gate),
        };
        (one.at, by)
    });
    let by_note = facts.notes.iter().find(|(at, ..)| window.is_on(*at));
    let by_note = by_note.map(|(at, who, text)| {
        let by = NoticedBy::Note {
            who: who.clone(),
            text: text.clone(),
        };
        (*at, by)
    });
    let (at, by) = by_gate.into_iter().chain(by_note).min_by_key(|(at, _)| *at)?;
    let seconds = seconds(window.from, at);
    Some(Noticed { at, seconds, by })
}

fn decided(facts: &Facts, held: &Held, captain: &str) -> Option<Decided> {
    let ends = |end: &&End| match &end.of {
        Some((step, gate)) => *step == held.step && *gate == held.gate,
        None => true,
    };
    let end = facts.ends.iter().filter(|end| end.at >= held.at).find(ends)?;
    Some(Decided {
        at: end.at,
        seconds: seconds(held.at, end.at),
        by: end.by,
        who: person(&end.who, captain).to_owned(),
    })
}
