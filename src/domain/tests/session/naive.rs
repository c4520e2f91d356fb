//! The rules of a session written plainly, with a walk through everything each time: what the indexed state is held to.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use holdpoint_domain::gate::{GateSnapshot, Outcome, Verdict};
use holdpoint_domain::runbook::{OnFail, Order, Procedure, Step};
use holdpoint_domain::session::*;

fn procedure(state: &State) -> &Procedure {
    &state.started.as_ref().expect("it was started").procedure
}

pub fn steps(state: &State) -> Vec<&Step> {
    procedure(state).in_order()
}

pub fn next_step(state: &State) -> Option<&Step> {
    steps(state).into_iter().find(|step| !state.done.contains_key(&step.id))
}

pub fn progress(state: &State) -> (usize, usize) {
    let top = &procedure(state).steps;
    let done = top.iter().filter(|step| state.done.contains_key(&step.id));
    (done.count(), top.len())
}

pub fn open_runs(state: &State) -> Vec<&Run> {
    state.runs.iter().filter(|run| run.verdict.is_none()).collect()
}

pub fn last_verdict<'a>(state: &'a State, step: &str, gate: &str) -> Option<&'a Verdict> {
    let runs = state.runs.iter().filter(|run| run.step == step && run.gate == gate);
    runs.filter_map(|run| run.verdict.as_ref()).next_back()
}

pub fn is_current(state: &State, step: &Step) -> bool {
    let done = |step: &Step| state.done.contains_key(&step.id);
    !done(step)
        && step.children.iter().all(done)
        && (procedure(state).order == Order::Any || next_step(state).is_some_and(|next| next.id == step.id))
}

/// Whether work on the step has to be done anew once this tick was taken back.
fn outdates(procedure: &Procedure, back: &str, step: &Step) -> bool {
    let all = procedure.in_order();
    let turn = |id: &str| all.iter().position(|one| one.id == id);
    let ahead = procedure.order == Order::Sequential && turn(back) <= turn(&step.id);
    ahead || step.contains(back)
}

/// The start of a log, which is its first event.
fn start(records: &[Record]) -> &Started {
    match records.first().map(|record| &record.event) {
        Some(Event::SessionStarted(started)) => started,
        other => panic!("a log begins with a start: {other:?}"),
    }
}

/// The steps that are done after these records.
fn done(records: &[Record]) -> BTreeSet<&str> {
    let mut done = BTreeSet::new();
    for record in records {
        match &record.event {
            Event::StepTicked { step, .. } | Event::StepSkipped { step, .. } => done.insert(step.as_str()),
            Event::StepUnticked { step, .. } => done.remove(step.as_str()),
            _ => continue,
        };
    }
    done
}

/// Whether the step is done after these records, or can be worked on and waits for nobody's word.
fn is_in_turn(records: &[Record], step: &Step) -> bool {
    let (procedure, done) = (&start(records).procedure, done(records));
    let is_open = |one: &&Step| !done.contains(one.id.as_str());
    let next = procedure.in_order().into_iter().find(is_open);
    let next = procedure.order == Order::Any || next.is_some_and(|next| next.id == step.id);
    let waits = waits_for_work(records, step);
    done.contains(step.id.as_str()) || (next && !waits && !step.children.iter().any(|child| is_open(&child)))
}

/// How many records there were when the step had to be done anew for the last time, that one included.
fn anew(records: &[Record], step: &Step) -> usize {
    let procedure = &start(records).procedure;
    let outdating = |record: &Record| matches!(&record.event, Event::StepUnticked { step: back, .. } if outdates(procedure, back, step));
    records.iter().rposition(outdating).map_or(0, |at| at + 1)
}

/// The declaration of a gate that the session goes by after these records, and how many records there were when it was taken.
fn declared<'a>(records: &'a [Record], gate: &str) -> Option<(usize, &'a GateSnapshot)> {
    let taken = records.iter().enumerate().rev();
    let mut taken = taken.filter_map(|(at, record)| match &record.event {
        Event::DeclarationTaken { gate: of, new, .. } if of == gate => Some((at + 1, &**new)),
        _ => None,
    });
    let at_start = || Some((0, start(records).gates.get(gate)?));
    taken.next().or_else(at_start)
}

/// Whether the last thing that holds at the gate of the step is a failure of which the runbook says *proceed with caution*, by the
/// declaration that the session goes by.
pub fn may_be_gone_on_with(records: &[Record], step: &str, gate: &str) -> bool {
    let mut held = records
        .iter()
        .enumerate()
        .rev()
        .filter_map(|(at, record)| match &record.event {
            Event::HoldPlaced {
                step: of,
                gate: by,
                run,
                advice,
                ..
            } if of == step && by == gate => Some((at, *run, *advice)),
            _ => None,
        });
    let Some((at, run, advice)) = held.next() else {
        return false;
    };
    if declared(records, gate).is_some_and(|(taken, _)| taken > at) {
        return false;
    }
    let failed = records.iter().any(|record| match &record.event {
        Event::GateFinished { run: of, verdict, .. }
        | Event::GateObserved {
            observation: of,
            verdict,
            ..
        } => *of == run && verdict.outcome == Outcome::Fail,
        _ => false,
    });
    failed && advice == OnFail::Caution
}

/// How often somebody said that a step could not be followed.
pub fn not_followed(records: &[Record]) -> usize {
    let said = |record: &&Record| matches!(record.event, Event::StepNotFollowed { .. });
    records.iter().filter(said).count()
}

/// Whether the plan of the drill was told, which is once, and right before the end.
pub fn is_revealed(records: &[Record]) -> bool {
    let told = |record: &Record| matches!(record.event, Event::DrillRevealed { .. });
    let Some(at) = records.iter().position(told) else {
        return false;
    };
    let closed = records.get(at + 1).map(|record| &record.event);
    assert!(
        matches!(closed, Some(Event::SessionClosed { .. })),
        "the closing follows"
    );
    assert!(!records[at + 1..].iter().any(told), "it is told once");
    true
}

/// Whether the gate passed at the step between these records, by the declaration of its time.
fn passed_between(records: &[Record], from: usize, to: usize, step: &Step, gate: &str) -> bool {
    (from..to).any(|at| {
        let answers = |verdict: &Verdict| {
            declared(&records[..at], gate).is_some_and(|(_, snapshot)| {
                verdict.passes() && snapshot.digest.as_ref().is_none_or(|one| *one == verdict.gate_digest)
            })
        };
        let decides = || declared(&records[..at], gate).is_some_and(|(_, snapshot)| snapshot.direct_decides);
        match &records[at].event {
            Event::GateFinished {
                step: of,
                gate: by,
                verdict,
                ..
            } => *of == step.id && by == gate && answers(verdict),
            Event::GateObserved {
                step: of,
                gate: by,
                verdict,
                ..
            } => *of == step.id && by == gate && decides() && answers(verdict),
            _ => false,
        }
    })
}

/// The steps that are done by a gate whose declaration was replaced since, and which has not passed since. A gate that the step was
/// done without a pass of is none, unless it passed before that.
pub fn by_old_declaration(records: &[Record], step: &Step) -> bool {
    let ticked = records.iter().rposition(|record| {
        matches!(&record.event, Event::StepTicked { step: of, .. } | Event::StepUnticked { step: of, .. }
            | Event::StepSkipped { step: of, .. } if *of == step.id)
    });
    let Some((
        at,
        Event::StepTicked {
            by: by @ (TickedBy::Gate { .. } | TickedBy::Caution { .. }),
            ..
        },
    )) = ticked.map(|at| (at, &records[at].event))
    else {
        return false;
    };
    let with_caution = matches!(by, TickedBy::Caution { .. });
    step.gates.iter().any(|gate| {
        let Some((taken, snapshot)) = declared(records, gate).filter(|(taken, _)| *taken > at) else {
            return false;
        };
        let without = with_caution
            && gone_on_with(&records[..at], step, gate).is_some()
            && !passes(&records[..at], step, gate, records[at].at);
        if without && !passed_between(records, at, taken, step, gate) {
            return false;
        }
        let answers = |verdict: &Verdict| {
            verdict.passes() && snapshot.digest.as_ref().is_none_or(|one| *one == verdict.gate_digest)
        };
        let passed = records[taken..].iter().any(|record| match &record.event {
            Event::GateFinished {
                step: of,
                gate: by,
                verdict,
                ..
            } => *of == step.id && by == gate && answers(verdict),
            Event::GateObserved {
                step: of,
                gate: by,
                verdict,
                ..
            } => snapshot.direct_decides && *of == step.id && by == gate && answers(verdict),
            _ => false,
        });
        !passed
    })
}

/// Where the last run of the gate at the step was started, and its id.
pub fn last_run(records: &[Record], step: &Step, gate: &str) -> Option<(usize, RunId)> {
    let runs = records.iter().enumerate().rev();
    let mut runs = runs.filter_map(|(at, record)| match &record.event {
        Event::GateStarted {
            run,
            step: of,
            gate: by,
            ..
        } if *of == step.id && by == gate => Some((at, *run)),
        _ => None,
    });
    runs.next()
}

/// The verdict of a run, if it has one.
pub fn verdict_of(records: &[Record], wanted: RunId) -> Option<&Verdict> {
    records.iter().find_map(|record| match &record.event {
        Event::GateFinished { run, verdict, .. } if *run == wanted => Some(verdict),
        _ => None,
    })
}

/// The last thing that the browser saw at the gate of the step, and where.
fn last_seen<'a>(records: &'a [Record], step: &Step, gate: &str) -> Option<(usize, &'a Verdict)> {
    let seen = records.iter().enumerate().rev();
    let mut seen = seen.filter_map(|(at, record)| match &record.event {
        Event::GateObserved {
            step: of,
            gate: by,
            verdict,
            ..
        } if *of == step.id && by == gate => Some((at, verdict)),
        _ => None,
    });
    seen.next()
}

/// Whether the gate passes at the step, from the log alone: its last run was started in the step's turn and passed, or it
/// never ran, its browser decides, and the browser saw it pass; no tick that this rests on was taken back since, and no other
/// declaration of the gate was taken; and it is fresh.
pub fn passes(records: &[Record], step: &Step, gate: &str, now: DateTime<Utc>) -> bool {
    let Some((taken, snapshot)) = declared(records, gate) else {
        return false;
    };
    let evidence = match last_run(records, step, gate).filter(|(at, _)| *at >= taken) {
        Some((at, run)) => verdict_of(records, run)
            .filter(|_| is_in_turn(&records[..at], step))
            .map(|verdict| (at, verdict)),
        None => last_seen(records, step, gate)
            .filter(|_| snapshot.direct_decides)
            .filter(|(at, _)| is_in_turn(&records[..*at], step)),
    };
    let fresh = TimeDelta::seconds(
        snapshot
            .fresh_seconds
            .try_into()
            .expect("a test's gate is fresh for minutes"),
    );
    evidence.is_some_and(|(at, verdict)| {
        let is_fresh = verdict.started <= now && now <= verdict.finished + fresh;
        let answers = snapshot.digest.as_ref().is_none_or(|one| *one == verdict.gate_digest);
        at >= anew(records, step).max(taken) && verdict.passes() && answers && is_fresh
    })
}

/// Whether the step waits for somebody's word that its work is done: there is none since the last tick that it rests on was taken
/// back.
pub fn waits_for_work(records: &[Record], step: &Step) -> bool {
    let since = anew(records, step);
    let mut later = records[since..].iter();
    let said = later.any(|record| matches!(&record.event, Event::WorkConfirmed { step: of } if *of == step.id));
    step.work && !done(records).contains(step.id.as_str()) && !said
}

/// Whether a person decided to go on without a pass of the gate at the step, and nothing has ended that since: then, whether it was
/// the step's turn, so that it ticks.
pub fn gone_on_with(records: &[Record], step: &Step, gate: &str) -> Option<bool> {
    let here = |of: &StepId, by: &GateId| *of == step.id && by == gate;
    // By the declaration of that time.
    let answers = |at: usize, verdict: &Verdict| {
        declared(&records[..at], gate).is_some_and(|(_, snapshot)| {
            verdict.passes() && snapshot.digest.as_ref().is_none_or(|one| *one == verdict.gate_digest)
        })
    };
    let decides = |at: usize| declared(&records[..at], gate).is_some_and(|(_, snapshot)| snapshot.direct_decides);
    let ends = |at: usize, record: &Record| match &record.event {
        Event::HoldPlaced { step: of, gate: by, .. } => here(of, by),
        Event::GateFinished {
            step: of,
            gate: by,
            verdict,
            ..
        } => here(of, by) && answers(at, verdict),
        Event::GateObserved {
            step: of,
            gate: by,
            verdict,
            ..
        } => here(of, by) && decides(at) && answers(at, verdict),
        Event::DeclarationTaken { gate: by, .. } => by == gate && !done(&records[..at]).contains(step.id.as_str()),
        Event::StepUnticked { step: back, .. } => outdates(&start(records).procedure, back, step),
        _ => false,
    };
    let decided = records.iter().rposition(
        |record| matches!(&record.event, Event::ProceededWithCaution { step: of, gate: by, .. } if here(of, by)),
    )?;
    let ended = records
        .iter()
        .enumerate()
        .skip(decided + 1)
        .any(|(at, record)| ends(at, record));
    (!ended).then(|| is_in_turn(&records[..decided], step))
}

/// Whether every gate of the step passes, or was gone on with without a pass. A step without gates is not ticked by gates.
fn all_pass(records: &[Record], step: &Step, now: DateTime<Utc>) -> bool {
    let runs = |gate: &str| {
        last_run(records, step, gate).is_some_and(|(at, run)| {
            let taken = declared(records, gate).map_or(usize::MAX, |(taken, _)| taken);
            at >= taken && verdict_of(records, run).is_none()
        })
    };
    let gone_on = |gate: &str| gone_on_with(records, step, gate) == Some(true) && !runs(gate);
    let done = |gate: &String| passes(records, step, gate, now) || gone_on(gate);
    !step.gates.is_empty() && !waits_for_work(records, step) && step.gates.iter().all(done)
}

pub fn gates_to_run(state: &State, records: &[Record]) -> Vec<(StepId, GateId)> {
    let mut found: Vec<(StepId, GateId)> = Vec::new();
    if state.standing() != Standing::Go {
        return found;
    }
    for step in steps(state).into_iter().filter(|step| is_current(state, step)) {
        let anew = anew(records, step);
        for gate in &step.gates {
            let taken = declared(records, gate).map_or(0, |(taken, _)| taken);
            let anew = anew.max(taken);
            let auto = state
                .gate_snapshot(gate)
                .is_some_and(|snapshot| snapshot.auto && !snapshot.direct_decides);
            let ran = (anew..records.len()).any(|at| {
                let of = |of: &StepId, by: &GateId| *of == step.id && by == gate && is_in_turn(&records[..at], step);
                matches!(&records[at].event, Event::GateStarted { step, gate, .. } if of(step, gate))
            });
            let busy = open_runs(state).iter().any(|run| run.gate == *gate) || found.iter().any(|(_, one)| one == gate);
            if auto && !ran && !busy && !waits_for_work(records, step) {
                found.push((step.id.clone(), gate.clone()));
            }
        }
    }
    found
}

/// Whether the events should lift what holds: something does, and after the verdict or with the rollback nothing may.
pub fn lifts(before: &State, events: &[Event], now: DateTime<Utc>) -> bool {
    let mut after = before.clone();
    let verdicts = events.iter().filter(|event| {
        matches!(
            event,
            Event::GateFinished { .. } | Event::GateObserved { .. } | Event::ProceededWithCaution { .. }
        )
    });
    for event in verdicts {
        after.apply_event(event, now, &Actor::Proxy);
    }
    let rollback = events
        .iter()
        .any(|event| matches!(event, Event::RollbackStarted { .. }));
    let held = events.iter().any(|event| matches!(event, Event::HoldPlaced { .. }));
    !before.holds.is_empty() && (rollback || (after.holds.is_empty() && !held && before.rollback.is_none()))
}

/// The steps that the events should tick, in order: the rules are carried out on a copy of the state, one tick at a time.
/// The records are the whole log with these events at its end.
pub fn ticks(before: &State, events: &[Event], records: &[Record], now: DateTime<Utc>) -> Vec<StepId> {
    let mut state = before.clone();
    let mut ticked = Vec::new();
    let apply = |state: &mut State, event: &Event| {
        state.apply_event(event, now, &Actor::Proxy);
    };
    let tick = |state: &mut State, ticked: &mut Vec<StepId>, step: StepId| {
        let by = TickedBy::Children;
        state.apply_event(&Event::StepTicked { step: step.clone(), by }, now, &Actor::Proxy);
        ticked.push(step);
    };
    let mut gates = false;
    let mut parents = false;
    for event in events {
        match event {
            Event::StepTicked {
                by: TickedBy::Person,
                step,
            } => {
                apply(&mut state, event);
                ticked.push(step.clone());
                parents = true;
            }
            Event::StepSkipped { .. } => {
                apply(&mut state, event);
                parents = true;
            }
            Event::StepTicked { .. } => {}
            Event::GateFinished { .. } | Event::ProceededWithCaution { .. } => {
                apply(&mut state, event);
                gates = true;
            }
            Event::GateObserved { gate, .. } => {
                apply(&mut state, event);
                gates |= state
                    .gate_snapshot(gate)
                    .is_some_and(|snapshot| snapshot.direct_decides);
            }
            other => apply(&mut state, other),
        }
    }
    if gates && state.holds.is_empty() && state.rollback.is_none() {
        let all: Vec<Step> = steps(&state).into_iter().cloned().collect();
        for step in &all {
            if is_current(&state, step) && all_pass(records, step, now) {
                tick(&mut state, &mut ticked, step.id.clone());
                parents = true;
            }
        }
    }
    if parents {
        let all: Vec<Step> = steps(&state).into_iter().cloned().collect();
        for step in &all {
            let done = |step: &Step| state.done.contains_key(&step.id);
            let ready = !step.children.is_empty() && step.gates.is_empty();
            if ready && !done(step) && step.children.iter().all(done) {
                tick(&mut state, &mut ticked, step.id.clone());
            }
        }
    }
    ticked
}
