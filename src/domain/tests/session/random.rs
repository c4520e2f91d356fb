//! Random sessions: what the state keeps up to date is what a walk through everything finds, after every event.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::story::*;
use super::{naive, naive_annotations};
use holdpoint_domain::gate::{Outcome, Source};
use holdpoint_domain::runbook::{OnFail, Order, Procedure, ProcedureKind, Step};
use holdpoint_domain::session::*;

const GATES: [&str; 3] = ["contract", "rpc", "nowhere"];

/// A step's id is its place, so that each stands once.
fn step(gates: Vec<usize>, optional: bool, children: Vec<Step>) -> Step {
    Step {
        id: String::new(),
        number: None,
        title: String::new(),
        plain: None,
        line: 1,
        parts: Vec::new(),
        work: !gates.is_empty() && !optional,
        live: false,
        undo: None,
        gates: gates.into_iter().map(|gate| GATES[gate].to_owned()).collect(),
        on_fail: Some(if optional { OnFail::Caution } else { OnFail::Stop }),
        optional,
        timebox_seconds: None,
        children,
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // A gate that is not declared never passes, so that it is seldom.
    let gate = prop_oneof![8 => 0..2_usize, 1 => Just(2)];
    let gates = prop_oneof![2 => Just(Vec::new()), 2 => prop::collection::vec(gate, 1..3)];
    let leaf = (gates.clone(), any::<bool>()).prop_map(|(gates, optional)| step(gates, optional, Vec::new()));
    let gates = prop_oneof![1 => Just(Vec::new()), 1 => gates];
    let inner = leaf.prop_recursive(2, 10, 3, move |inner| {
        (gates.clone(), any::<bool>(), prop::collection::vec(inner, 1..4))
            .prop_map(|(gates, optional, children)| step(gates, optional, children))
    });
    prop::collection::vec(inner, 1..5)
}

fn named(steps: &mut [Step], count: &mut usize) {
    for step in steps {
        step.id = format!("s{count}");
        step.title.clone_from(&step.id);
        *count += 1;
        named(&mut step.children, count);
    }
}

pub fn procedure() -> impl Strategy<Value = Procedure> {
    (steps(), any::<bool>()).prop_map(|(mut steps, sequential)| {
        named(&mut steps, &mut 0);
        Procedure {
            id: "random".to_owned(),
            title: "Random".to_owned(),
            kind: ProcedureKind::Release,
            order: if sequential { Order::Sequential } else { Order::Any },
            line: 1,
            intro: Vec::new(),
            steps,
            rollback: None,
            timebox_seconds: None,
            errors: Vec::new(),
        }
    })
}

/// What happens next. Numbers choose among the steps, gates and open runs that there are.
#[derive(Clone, Debug)]
pub enum Act {
    /// Ticks, runs or skips the next step, as people mostly do.
    Next,
    Tick(usize),
    Untick(usize),
    Skip(usize),
    Start(usize, usize),
    Finish(usize, Outcome),
    Cancel(usize),
    Observe(usize, usize, Outcome),
    /// A declaration is taken: of which gate, and which of a few.
    Take(usize, usize),
    Wait(i64),
    Caution(usize),
    Confirm(usize),
    Note(usize),
    /// Which annotation, and what of.
    Annotate(usize, usize),
    /// A step could not be followed, by its place.
    Unclear(usize),
    Rollback,
    Close(SessionOutcome),
    /// Given up, with the plan of its drill.
    CloseDrill,
    /// The last event is folded in once more, as a page does that sees its own event again.
    Again,
}

pub fn acts() -> impl Strategy<Value = Vec<Act>> {
    let outcome = || {
        prop_oneof![
            5 => Just(Outcome::Pass),
            1 => Just(Outcome::Fail),
            1 => Just(Outcome::Inconclusive)
        ]
    };
    let at = 0..100_usize;
    let act = prop_oneof![
        12 => Just(Act::Next),
        6 => at.clone().prop_map(Act::Tick),
        12 => at.clone().prop_map(Act::Untick),
        5 => at.clone().prop_map(Act::Skip),
        12 => (at.clone(), at.clone()).prop_map(|(step, gate)| Act::Start(step, gate)),
        14 => (at.clone(), outcome()).prop_map(|(run, outcome)| Act::Finish(run, outcome)),
        2 => at.clone().prop_map(Act::Cancel),
        14 => (at.clone(), at.clone(), outcome()).prop_map(|(step, gate, outcome)| Act::Observe(step, gate, outcome)),
        5 => (at.clone(), at.clone()).prop_map(|(gate, which)| Act::Take(gate, which)),
        2 => (-300..400_i64).prop_map(Act::Wait),
        4 => at.clone().prop_map(Act::Caution),
        6 => at.clone().prop_map(Act::Confirm),
        1 => at.clone().prop_map(Act::Note),
        8 => (at.clone(), at.clone()).prop_map(|(which, of)| Act::Annotate(which, of)),
        1 => at.prop_map(Act::Unclear),
        1 => Just(Act::Rollback),
        1 => Just(Act::Close(SessionOutcome::Completed)),
        1 => Just(Act::Close(SessionOutcome::Abandoned)),
        1 => Just(Act::CloseDrill),
        4 => Just(Act::Again),
    ];
    prop::collection::vec(act, 0..80)
}

/// The command that an act stands for in the session as it is.
pub fn command(story: &mut Story, act: &Act) -> Option<Command> {
    let ids: Vec<StepId> = naive::steps(&story.state).iter().map(|step| step.id.clone()).collect();
    let id = |at: usize| ids[at % ids.len()].clone();
    let workable: Vec<StepId> = naive::steps(&story.state)
        .into_iter()
        .filter(|step| naive::is_current(&story.state, step) && !step.gates.is_empty())
        .map(|step| step.id.clone())
        .collect();
    let gated = |at: usize| match workable.get(at % workable.len().max(1)) {
        Some(step) if !at.is_multiple_of(4) => step.clone(),
        _ => id(at),
    };
    let gate = |state: &State, step: &str, at: usize| {
        let gates = state.step(step).map(|step| step.gates.clone()).unwrap_or_default();
        let known = gates.len().max(1);
        gates.get(at % known).cloned()
    };
    let reason = || "why".to_owned();
    let client = |command| Some(Command::Client(command));
    match *act {
        Act::Next => {
            let step = story.state.next_step()?.clone();
            let open = step
                .gates
                .iter()
                .find(|gate| !story.state.gate_state(&step.id, gate, story.now).passes());
            match open.cloned() {
                None => client(ClientCommand::Tick { step: step.id }),
                Some(_) if story.state.waits_for_work(&step) => client(ClientCommand::ConfirmWork { step: step.id }),
                Some(gate) => Some(Command::StartGate {
                    run: story.id(),
                    step: step.id,
                    gate,
                    auto: true,
                }),
            }
        }
        Act::Tick(at) => client(ClientCommand::Tick { step: id(at) }),
        Act::Untick(at) => {
            // Mostly one that can be taken back: the last one, where there is an order.
            let by_hand = |id: &&StepId| {
                let done = story.state.done.get(*id).map(|done| &done.how);
                matches!(done, Some(HowDone::Ticked(TickedBy::Person) | HowDone::Skipped(_)))
            };
            let done: Vec<&StepId> = ids.iter().filter(by_hand).collect();
            let last = done.last().filter(|_| at % 4 != 0);
            let step = last.or_else(|| done.get(at % done.len().max(1)));
            let step = step.map_or_else(|| id(at), |step| (*step).clone());
            client(ClientCommand::Untick { step, reason: reason() })
        }
        Act::Skip(at) => client(ClientCommand::Skip {
            step: id(at),
            reason: reason(),
        }),
        Act::Start(at, which) => {
            let step = gated(at);
            let gate = gate(&story.state, &step, which)?;
            Some(Command::StartGate {
                run: story.id(),
                step,
                gate,
                auto: false,
            })
        }
        Act::Finish(at, outcome) => {
            let open = naive::open_runs(&story.state);
            let (run, gate) = open.get(at % open.len().max(1)).map(|run| (run.id, run.gate.clone()))?;
            let mut verdict = story.verdict(outcome);
            // Now and then the answer is to another declaration.
            verdict.gate_digest = digest_of(&story.state, &gate)
                .filter(|_| at % 8 != 0)
                .unwrap_or(verdict.gate_digest);
            Some(Command::FinishGate { run, verdict })
        }
        Act::Cancel(at) => {
            let open: Vec<RunId> = naive::open_runs(&story.state).iter().map(|run| run.id).collect();
            let run = *open.get(at % open.len().max(1))?;
            Some(Command::CancelGate {
                run,
                by: "Robin".to_owned(),
            })
        }
        Act::Observe(at, which, outcome) => {
            // Mostly at the gate that may be `direct`, of a step that has it.
            let direct = |step: &&StepId| {
                story
                    .state
                    .step(step)
                    .is_some_and(|step| step.gates.iter().any(|gate| gate == "rpc"))
            };
            let seen = workable
                .iter()
                .filter(direct)
                .nth(at % workable.len().max(1))
                .filter(|_| which % 4 != 0);
            let step = seen.cloned().unwrap_or_else(|| gated(at));
            let gate = match seen {
                Some(_) => "rpc".to_owned(),
                None => gate(&story.state, &step, which)?,
            };
            let (observation, run, mut verdict) = (story.id(), story.id(), story.verdict(outcome));
            verdict.source = Source::Browser;
            verdict.gate_digest = digest_of(&story.state, &gate).unwrap_or(verdict.gate_digest);
            Some(Command::Observe {
                observation,
                run,
                step,
                gate,
                verdict,
            })
        }
        Act::Take(gate, which) => {
            let mut declared = corrected(GATES[gate % GATES.len()], ["d", "e", "f"][which % 3]);
            declared.auto = which % 2 == 0;
            declared.direct = which % 5 < 2;
            declared.direct_decides = which % 5 == 0;
            Some(takes(declared))
        }
        Act::Confirm(at) => client(ClientCommand::ConfirmWork { step: gated(at) }),
        Act::Caution(at) => {
            let held: Vec<(StepId, GateId)> = story.state.holds.keys().cloned().collect();
            let (step, gate) = held.get(at % held.len().max(1))?.clone();
            client(ClientCommand::ProceedWithCaution {
                step,
                gate,
                reason: reason(),
            })
        }
        Act::Note(at) => client(ClientCommand::AddNote {
            step: Some(id(at)),
            text: reason(),
            written: None,
        }),
        Act::Annotate(which, of) => client(ClientCommand::Annotate {
            annotation: annotation(which, of),
        }),
        Act::Rollback => Some(Command::LinkRollback {
            session: uuid::Uuid::from_u128(99),
            procedure: "rollback".to_owned(),
        }),
        Act::Unclear(at) => client(ClientCommand::MarkNotFollowed {
            step: id(at),
            reason: reason(),
        }),
        Act::CloseDrill => Some(Command::CloseDrill {
            outcome: SessionOutcome::Abandoned,
            summary: String::new(),
            drill: Box::new(sealed()),
        }),
        Act::Close(outcome) => client(ClientCommand::Close {
            outcome,
            summary: String::new(),
        }),
        Act::Wait(_) | Act::Again => None,
    }
}

/// One of each kind, of few things, so that it often replaces, repeats or takes back another.
fn annotation(which: usize, of: usize) -> Annotation {
    let texts = || vec!["because".to_owned(); of % 3];
    let id = uuid::Uuid::from_u128(of as u128 % 3);
    let (seq, caption) = (of as u64 % 12, "x".repeat(of % 2));
    match which % 8 {
        0 => Annotation::RootCause { whys: texts() },
        1 => Annotation::Factors { factors: texts() },
        2 => Annotation::Impact {
            text: "noticed".repeat(of % 3),
        },
        3 => Annotation::Severity {
            level: SeverityLevel::ALL.get(of % 5).copied(),
            reason: "why".to_owned(),
        },
        4 => Annotation::Action {
            id,
            text: "Watch".repeat(of % 2 + 1),
            owner: "Robin".repeat(of % 2),
            due: chrono::NaiveDate::from_ymd_opt(2026, 12, of as u32 % 28 + 1),
        },
        5 => Annotation::ActionState {
            id,
            state: [ActionState::Open, ActionState::Done, ActionState::Dropped][of % 3],
        },
        6 => Annotation::Star { seq, caption },
        _ => Annotation::Unstar { seq },
    }
}

/// The plan of the drill that every random session is.
fn sealed() -> SealedDrill {
    SealedDrill {
        plan: DrillPlan {
            drill: "random".to_owned(),
            title: "Random".to_owned(),
            seed: "1".to_owned(),
            faults: Vec::new(),
        },
        salt: "2".to_owned(),
    }
}

fn digest_of(state: &State, gate: &str) -> Option<String> {
    state.gate_snapshot(gate)?.digest.clone()
}

fn rows(state: &State) -> BTreeMap<StepId, StepRow> {
    let steps = naive::steps(state).into_iter();
    steps
        .map(|step| (step.id.clone(), state.row(&step.id).expect("the procedure has it")))
        .collect()
}

fn is_as_found_by_a_walk(story: &Story) {
    let (state, records) = (&story.state, &story.records);
    assert_eq!(state.next_step(), naive::next_step(state));
    assert_eq!(state.progress(), naive::progress(state));
    let open: Vec<&Run> = state.open_runs().collect();
    assert_eq!(open, naive::open_runs(state));
    assert_eq!(gates_to_run(state), naive::gates_to_run(state, records));
    for step in naive::steps(state) {
        assert_eq!(state.step(&step.id), Some(step));
        assert_eq!(is_current(state, step), naive::is_current(state, step), "{}", step.id);
        let by_old = state.row(&step.id).is_some_and(|row| row.by_old_declaration);
        assert_eq!(by_old, naive::by_old_declaration(records, step), "{}", step.id);
        for gate in &step.gates {
            let mut open = naive::open_runs(state).into_iter();
            let open = open.rfind(|run| run.step == step.id && run.gate == *gate);
            assert_eq!(state.open_run(&step.id, gate), open);
            let last = naive::last_verdict(state, &step.id, gate);
            assert_eq!(state.last_verdict(&step.id, gate), last);
            let stands = state.gate_state(&step.id, gate, story.now);
            let passes = naive::passes(records, step, gate, story.now);
            assert_eq!(stands.passes(), passes, "{gate} at {}: {stands:?}", step.id);
            let run = naive::last_run(records, step, gate).map(|(_, run)| run);
            let running =
                run.filter(|run| state.gate_snapshot(gate).is_some() && naive::verdict_of(records, *run).is_none());
            let shown = match stands {
                GateState::Running(run) => Some(run.id),
                _ => None,
            };
            assert_eq!(shown, running, "{gate} at {}", step.id);
        }
    }
}

/// Folds an event in, and holds what is said of it to what it changed.
fn fold(state: &mut State, record: &Record) {
    let before = rows(state);
    let touched = state.apply(record);
    let after = rows(state);
    for (step, row) in &before {
        if !touched.contains(step) {
            assert_eq!(
                after.get(step),
                Some(row),
                "{step} is not said to be touched by {:?}",
                record.event
            );
        }
    }
    let positions: Vec<Option<usize>> = touched.iter().map(|step| state.position(step)).collect();
    assert!(
        positions.is_sorted_by(|one, other| one < other),
        "each once, in order: {touched:?}"
    );
    if let Some(step) = record.event.step() {
        assert!(touched.contains(step), "{step} is named by {:?}", record.event);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_state_is_what_a_walk_through_everything_finds(procedure in procedure(), acts in acts(), decides in prop::bool::weighted(0.8)) {
        let mut one = started(CHECKLIST, "list");
        one.procedure = Arc::new(procedure);
        one.gates.values_mut().for_each(|gate| gate.auto = true);
        let rpc = one.gates.get_mut("rpc").expect("declared");
        (rpc.direct, rpc.direct_decides) = (true, decides);
        one.rehearsal = true;
        one.drill = Some(DrillMark { title: None, commitment: Some(sealed().commitment()) });
        let mut story = Story::of(one);
        // Folded beside it, with repeated events.
        let mut state = story.state.clone();
        for act in &acts {
            if let Act::Wait(seconds) = act {
                story.wait(*seconds);
            }
            if let (Act::Again, Some(last)) = (act, story.records.last()) {
                // A note is a new one each time that it is folded in, and a taken-back tick would be none any more.
                if !matches!(last.event, Event::NoteAdded { .. } | Event::StepNotFollowed { .. }) {
                    fold(&mut state, last);
                }
            }
            let Some(command) = command(&mut story, act) else {
                continue;
            };
            let (before, known) = (story.state.clone(), story.records.len());
            let Ok(events) = story.does(&command) else {
                prop_assert_eq!(&before, &story.state, "a refusal changes nothing");
                continue;
            };
            if before.closed.is_some() {
                let allowed = |event: &Event| {
                    matches!(event, Event::NoteAdded { .. } | Event::StepNotFollowed { .. } | Event::Annotated { .. })
                };
                prop_assert!(events.iter().all(allowed), "after the closing: {:?}", events);
            }
            if let Command::Client(ClientCommand::Annotate { .. }) = &command {
                let mut course = story.state.clone();
                (course.annotations, course.head) = (before.annotations.clone(), before.head);
                prop_assert_eq!(&course, &before, "an annotation changes nothing else");
            }
            prop_assert_eq!(&story.state.annotations, &naive_annotations::annotations(&story.records));
            if let Command::Client(ClientCommand::ProceedWithCaution { step, gate, .. }) = &command {
                prop_assert!(naive::may_be_gone_on_with(&story.records[..known], step, gate), "{} at {}", gate, step);
            }
            let ticked: Vec<StepId> = events
                .iter()
                .filter_map(|event| match event {
                    Event::StepTicked { step, .. } => Some(step.clone()),
                    _ => None,
                })
                .collect();
            prop_assert_eq!(ticked, naive::ticks(&before, &events, &story.records, story.now));
            let lifts = events.iter().any(|event| matches!(event, Event::HoldLifted { .. }));
            prop_assert_eq!(lifts, naive::lifts(&before, &events, story.now));
            for record in &story.records[known..] {
                fold(&mut state, record);
            }
            for step in naive::steps(&story.state) {
                prop_assert_eq!(story.state.waits_for_work(step), naive::waits_for_work(&story.records, step));
                for gate in &step.gates {
                    let gone_on = story.state.cautions.contains_key(&(step.id.clone(), gate.clone()));
                    prop_assert_eq!(gone_on, naive::gone_on_with(&story.records, step, gate).is_some(), "{} at {}", gate, step.id);
                }
            }
            prop_assert_eq!(story.state.not_followed.len(), naive::not_followed(&story.records));
            prop_assert_eq!(story.state.drill.is_some(), naive::is_revealed(&story.records));
            is_as_found_by_a_walk(&story);
            prop_assert_eq!(&state, &story.state, "a repeated event counts once");
        }
    }
}
