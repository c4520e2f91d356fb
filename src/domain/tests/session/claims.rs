//! What the summary claims is in the log: after every event of random sessions, each claim's events are looked for by a walk
//! through the log of the session and of its rollback.

use std::sync::Arc;

use proptest::prelude::*;
use uuid::Uuid;

use super::claims_log::Log;
use super::random::{Act, acts, command, procedure};
use super::story::*;
use holdpoint_domain::gate::{DeclaredLine, Outcome};
use holdpoint_domain::runbook::{Procedure, ProcedureKind, Step};
use holdpoint_domain::session::*;
use holdpoint_domain::summary::{Claim, Evidence, Place, Summary, Undoing};

/// Whether a rollback was started: the session's log says so, or it was closed and the rollback's log says that it undoes it.
fn begun(log: &Log<'_>, rollback: Option<&Log<'_>>) -> bool {
    let undoes = rollback.is_some_and(|rollback| rollback.start().undoes == Some(SESSION));
    log.rollback() || (log.closed().is_some() && undoes)
}

/// Whether the events that a claim needs are there. `is_undone` says that another rollback's log undoes the rollback.
fn is_recorded(claim: Claim, log: &Log<'_>, rollback_log: Option<&Log<'_>>, is_undone: bool) -> bool {
    let rollback = |holds: fn(&Log<'_>) -> bool| begun(log, rollback_log) && rollback_log.is_some_and(holds);
    match claim {
        Claim::NothingNewLive => log.live().is_some_and(|(at, live)| {
            let before = &log.start().procedure.steps[..at];
            let untouched = !log.events().any(|event| match event {
                Event::GateStarted { step, .. } | Event::GateObserved { step, .. } => live.contains(step),
                _ => false,
            });
            let seen = log.comparisons().iter().any(|(_, verdict)| verdict.passes()) || log.browser_saw();
            // At no time was it next.
            let never_at_hand = (0..log.0.len()).all(|at| {
                let then = Log(&log.0[..=at]);
                before.iter().any(|step| !then.is_over(step))
            });
            untouched && !seen && log.last_of(live).is_none() && never_at_hand
        }),
        Claim::DatabaseStepDone => log
            .titled("Database updated")
            .is_some_and(|(_, step)| log.ticked(step).is_some()),
        Claim::LiveStepNext => log.live().is_some_and(|(at, live)| {
            let before = &log.start().procedure.steps[..at];
            !log.is_over(live) && before.iter().all(|step| log.is_over(step))
        }),
        Claim::LiveStepDone => log.live().is_some_and(|(_, live)| log.ticked(live).is_some()),
        Claim::LiveStepVerified => log.live().is_some_and(|(_, live)| {
            let by_gates = matches!(log.ticked(live), Some(TickedBy::Gate { .. }));
            by_gates && !log.gone_on_within(live)
        }),
        // No rollback has begun to undo it.
        Claim::NewVersionSeen => log.new_version_seen() && !begun(log, rollback_log),
        Claim::NewVersionWasSeen => log.new_version_seen() && begun(log, rollback_log),
        Claim::OtherVersionSeen => log.comparisons().first().is_some_and(|(_, verdict)| {
            let mut failed = verdict.checks.iter().filter(|check| check.outcome == Outcome::Fail);
            failed.any(|check| check.expected.contains(&log.start().git_sha))
        }),
        Claim::CheckNotPassed => log.holds() && log.closed().is_none(),
        Claim::WentOnWithoutPass => log
            .events()
            .any(|event| matches!(event, Event::ProceededWithCaution { .. })),
        Claim::EveryStepDone => log.steps().iter().all(|step| log.ticked(step).is_some()),
        Claim::EveryStepDoneOrLeftOut => {
            log.steps().iter().all(|step| log.is_over(step)) && log.steps().iter().any(|step| log.left_out(step))
        }
        Claim::ClosedEarly => {
            let procedure = &log.start().procedure;
            let lasted = (log.closed_at() - log.0[0].at).num_seconds().unsigned_abs();
            procedure.kind == ProcedureKind::Monitoring
                && log.closed() == Some(SessionOutcome::Completed)
                && procedure.timebox_seconds.is_some_and(|window| lasted < window)
        }
        Claim::GivenUp => log.closed() == Some(SessionOutcome::Abandoned),
        Claim::ClosedAsRolledBack => log.closed() == Some(SessionOutcome::RolledBack),
        Claim::RollbackStarted => begun(log, rollback_log),
        Claim::RollbackOpen => rollback(|one| one.closed().is_none() && !one.holds()),
        Claim::RollbackHeld => rollback(|one| one.closed().is_none() && one.holds()),
        Claim::RollbackFinished => rollback(|one| {
            one.closed() == Some(SessionOutcome::Completed) && one.steps().iter().all(|step| one.is_over(step))
        }),
        Claim::RollbackEveryStepDone => rollback(|one| one.steps().iter().all(|step| one.ticked(step).is_some())),
        Claim::RollbackLeftOut => rollback(|one| one.steps().iter().any(|step| one.left_out(step))),
        Claim::RollbackWithoutPass => rollback(|one| {
            one.events()
                .any(|event| matches!(event, Event::ProceededWithCaution { .. }))
        }),
        Claim::RollbackGivenUp => rollback(|one| {
            matches!(
                one.closed(),
                Some(SessionOutcome::Abandoned | SessionOutcome::RolledBack)
            )
        }),
        Claim::RollbackUndone => is_undone || rollback(|one| one.rollback()),
    }
}

/// Whether the event at a place is one that shows the claim, by a look at that event and the log around it.
fn is_shown_at(claim: Claim, place: Place, session: &Log<'_>, rollback: Option<&Log<'_>>) -> bool {
    let log = match place.in_rollback {
        true => rollback.expect("a place in the rollback's log"),
        false => session,
    };
    let at = usize::try_from(place.seq).expect("small") - 1;
    let event = &log.0[at].event;
    let ticks = |step: Option<(usize, &Step)>| {
        let last = step.and_then(|(_, step)| log.last_of(step));
        last.is_some_and(|last| std::ptr::eq(last, event)) && matches!(event, Event::StepTicked { .. })
    };
    let compares = |gate: &GateId| log.start().gates.get(gate).is_some_and(|gate| gate.compares_release);
    // The hold of this run was placed after its verdict.
    let holds = |of: &RunId| {
        let mut later = log.0[at..].iter();
        later.any(|record| matches!(&record.event, Event::HoldPlaced { run, .. } if run == of))
    };
    match claim {
        Claim::DatabaseStepDone => ticks(log.titled("Database updated")),
        Claim::LiveStepDone => ticks(log.live()),
        Claim::LiveStepVerified => match (event, log.live().and_then(|(_, live)| log.ticked(live))) {
            (Event::GateFinished { run, verdict, .. }, Some(TickedBy::Gate { run: by })) => {
                run == by && verdict.passes()
            }
            _ => false,
        },
        Claim::NewVersionSeen | Claim::NewVersionWasSeen => {
            matches!(event, Event::GateFinished { gate, verdict, .. } if compares(gate) && verdict.passes())
        }
        Claim::OtherVersionSeen => {
            matches!(event, Event::GateFinished { gate, verdict, .. } if compares(gate) && !verdict.passes())
        }
        Claim::CheckNotPassed | Claim::RollbackHeld => match event {
            // A pass of a gate that nobody declared holds, too.
            Event::GateFinished { run, .. } => holds(run),
            Event::GateObserved { observation, .. } => holds(observation),
            _ => false,
        },
        Claim::WentOnWithoutPass | Claim::RollbackWithoutPass => log.standing_decision() == Some(at),
        Claim::EveryStepDone
        | Claim::EveryStepDoneOrLeftOut
        | Claim::ClosedEarly
        | Claim::RollbackFinished
        | Claim::RollbackEveryStepDone => {
            matches!(
                event,
                Event::SessionClosed {
                    outcome: SessionOutcome::Completed,
                    ..
                }
            )
        }
        Claim::GivenUp => matches!(
            event,
            Event::SessionClosed {
                outcome: SessionOutcome::Abandoned,
                ..
            }
        ),
        Claim::ClosedAsRolledBack => matches!(
            event,
            Event::SessionClosed {
                outcome: SessionOutcome::RolledBack,
                ..
            }
        ),
        Claim::RollbackGivenUp => {
            matches!(event, Event::SessionClosed { outcome, .. } if *outcome != SessionOutcome::Completed)
        }
        Claim::RollbackStarted => match event {
            Event::RollbackStarted { .. } => !place.in_rollback,
            Event::SessionStarted(_) => place.in_rollback,
            _ => false,
        },
        Claim::RollbackLeftOut => match event {
            Event::StepSkipped { step: of, .. } => {
                let steps = log.steps();
                let step = steps.into_iter().find(|step| step.id == *of);
                step.and_then(|step| log.last_of(step))
                    .is_some_and(|last| std::ptr::eq(last, event))
            }
            _ => false,
        },
        Claim::RollbackUndone => place.in_rollback && matches!(event, Event::RollbackStarted { .. }),
        Claim::LiveStepNext | Claim::RollbackOpen => {
            let later = log.0[at + 1..].iter().map(|record| &record.event);
            let moves = |event: &Event| matches!(event, Event::StepTicked { .. } | Event::StepSkipped { .. });
            !later.into_iter().any(moves) && (moves(event) || at == 0)
        }
        Claim::NothingNewLive => false,
    }
}

/// A random procedure, with steps that say what they do to production.
fn of_kind(mut procedure: Procedure, kind: ProcedureKind, live: usize) -> Procedure {
    procedure.kind = kind;
    procedure.timebox_seconds = Some(120);
    let live = live % procedure.steps.len();
    procedure.steps[live].live = true;
    for before in live.saturating_sub(2)..live {
        procedure.steps[before].plain = Some("Database updated".to_owned());
    }
    procedure
}

/// The session that the rollback undoes.
const SESSION: SessionId = Uuid::from_u128(1);

fn evidence(story: &Story) -> Evidence<'_> {
    Evidence {
        state: &story.state,
        records: &story.records,
    }
}

fn story(procedure: Procedure) -> Story {
    let mut one = started(CHECKLIST, "list");
    one.undoes = (procedure.kind == ProcedureKind::Rollback).then_some(SESSION);
    one.procedure = Arc::new(procedure);
    let contract = one.gates.get_mut("contract").expect("declared");
    contract.compares_release = true;
    contract.asks = vec![DeclaredLine {
        label: "Request".to_owned(),
        text: "GET {url.api}/health".to_owned(),
    }];
    Story::of(one)
}

fn does(story: &mut Story, act: &Act) {
    if let Act::Wait(seconds) = act {
        story.wait(*seconds);
    }
    // Another declaration may compare something else: what the log has to be searched for is then another question.
    if matches!(act, Act::Take(..)) {
        return;
    }
    if let Some(mut command) = command(story, act) {
        // What a gate compares is the commit.
        if let Command::FinishGate { verdict, .. } = &mut command {
            verdict.checks[0].expected = format!("commit {}", story.state.started.as_ref().expect("began").git_sha);
        }
        // What is refused changes nothing.
        drop(story.does(&command));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_claim_is_made_without_its_events(
        (of, kind, live) in (procedure(), 0..5_usize, 0..4_usize),
        (back, acts, after) in (procedure(), acts(), acts()),
    ) {
        let kinds = [
            ProcedureKind::Release,
            ProcedureKind::Release,
            ProcedureKind::Emergency,
            ProcedureKind::Checklist,
            ProcedureKind::Monitoring,
        ];
        let mut session = story(of_kind(of, kinds[kind], live));
        let mut rollback = story(of_kind(back, ProcedureKind::Rollback, live));
        let mut beside = after.iter();
        for act in &acts {
            does(&mut session, act);
            beside.next().into_iter().for_each(|act| does(&mut rollback, act));
            for (known, is_undone) in [(None, false), (Some(&rollback), false), (Some(&rollback), true)] {
                let undoing = match known {
                    Some(one) if is_undone => Undoing::Undone(&one.state),
                    known => known.map(|one| &one.state).into(),
                };
                let summary = Summary::of(&session.state, undoing).expect("it began");
                let parts: Vec<&str> = summary.sentence.parts.iter().map(|part| part.text.as_str()).collect();
                prop_assert_eq!(parts.join(" "), &*summary.sentence.text);
                let log = Log(&session.records);
                let of_rollback = known.map(|one| Log(&one.records));
                for claim in &summary.sentence.claims {
                    prop_assert!(
                        is_recorded(*claim, &log, of_rollback.as_ref(), is_undone),
                        "{:?} of “{}”",
                        claim,
                        summary.sentence.text
                    );
                    let place = claim.place(evidence(&session), known.map(evidence));
                    // That nothing happened has no event, and what is said of a rollback alone has none while its log is not known.
                    // The start of a rollback of the rollback is in its own log where that one was closed before.
                    let elsewhere = is_undone && rollback.state.rollback.is_none() && *claim == Claim::RollbackUndone;
                    let has_none = *claim == Claim::NothingNewLive || elsewhere;
                    prop_assert_eq!(place.is_none(), has_none, "{:?}", claim);
                    if let Some(place) = place {
                        prop_assert!(
                            is_shown_at(*claim, place, &log, of_rollback.as_ref()),
                            "{:?} of “{}” at {:?}",
                            claim,
                            summary.sentence.text,
                            place
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_sentence_on_the_newest_rollback_rests_on_its_own_log() {
    let link = |story: &mut Story, session: u128| {
        story.must(&Command::LinkRollback {
            session: Uuid::from_u128(session),
            procedure: "rollback".to_owned(),
        })
    };
    let mut release = Story::release();
    link(&mut release, 98);
    let rollback = Story::release();
    let begun = |session: u128| {
        let mut records = rollback.records.clone();
        records
            .iter_mut()
            .for_each(|record| record.session = Uuid::from_u128(session));
        records
    };
    for (session, in_rollback) in [(98, false), (99, true)] {
        let records = begun(session);
        let of_rollback = Evidence {
            state: &rollback.state,
            records: &records,
        };
        let place = Claim::RollbackStarted.place(evidence(&release), Some(of_rollback));
        assert_eq!(place.map(|place| place.in_rollback), Some(in_rollback), "{session}");
    }
}
