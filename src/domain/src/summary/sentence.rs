//! What is known, in one or two sentences: what the steps and gates prove, and nothing beyond it.

use super::claims::Claim;
use super::reach::{Reach, Seen, reach};
use super::rollback::RollbackStanding;
use crate::runbook::ProcedureKind;
use crate::session::{HowDone, Standing, Started, State};

/// What is said of a session, and what that claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    pub text: String,
    /// Each needs its events in the log of the session, or in that of its rollback.
    pub claims: Vec<Claim>,
}

impl Sentence {
    fn new(text: impl Into<String>, claims: impl Into<Vec<Claim>>) -> Self {
        Self {
            text: text.into(),
            claims: claims.into(),
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.text.push(' ');
        self.text.push_str(&other.text);
        self.claims.extend(other.claims);
        self
    }
}

pub(super) fn sentence(started: &Started, state: &State, rollback: Option<RollbackStanding>) -> Sentence {
    let own = match state.standing() {
        Standing::RollingBack => of_the_rollback(started, rollback),
        Standing::RolledBack => Sentence::new(
            format!("{} closed this as rolled back.", started.captain),
            [Claim::ClosedAsRolledBack],
        )
        .and(of_the_rollback(started, rollback)),
        Standing::Completed => completed(started, state),
        Standing::Abandoned => given_up(started, state),
        Standing::Go | Standing::Hold => under_way(started, state),
    };
    // An emergency goes on while what caused it is rolled back.
    let beside = state.rollback.is_some() && !matches!(state.standing(), Standing::RollingBack | Standing::RolledBack);
    let own = match beside {
        true => own.and(of_the_rollback(started, rollback)),
        false => own,
    };
    match started.production || started.rehearsal {
        true => own,
        false => Sentence::new(
            format!("This runs on {}, not on production.", started.environment_title),
            [],
        )
        .and(own),
    }
}

fn under_way(started: &Started, state: &State) -> Sentence {
    let held = state.standing() == Standing::Hold;
    let told = match started.procedure.kind {
        ProcedureKind::Release => of_release(started, state, held),
        kind => {
            let (done, steps) = state.progress();
            let text = match kind {
                ProcedureKind::Rollback => format!("{done} of {steps} steps of the rollback are done."),
                ProcedureKind::Emergency => {
                    format!("There is a problem, and the team responds: {done} of {steps} steps are done.")
                }
                _ => format!("{done} of {steps} steps are done."),
            };
            Sentence::new(text, [])
        }
    };
    let before = if held { not_passed() } else { cautions(state) };
    match before {
        Some(before) => before.and(told),
        None => told,
    }
}

fn not_passed() -> Option<Sentence> {
    Some(Sentence::new("A check has not passed.", [Claim::CheckNotPassed]))
}

fn cautions(state: &State) -> Option<Sentence> {
    let last = state.cautions.values().max_by_key(|caution| caution.at)?;
    let text = format!("{} decided to go on although a check did not pass.", last.actor.name());
    Some(Sentence::new(text, [Claim::WentOnWithoutPass]))
}

fn of_release(started: &Started, state: &State, held: bool) -> Sentence {
    match reach(state, &started.procedure) {
        Reach::Before { live, database } => {
            let told = Sentence::new(
                format!("Nothing new is live yet: “{}” comes later.", live.plain_title()),
                [Claim::NothingNewLive],
            );
            match database {
                Some(step) => told.and(Sentence::new(
                    format!("“{}” is done.", step.plain_title()),
                    [Claim::DatabaseStepDone],
                )),
                None => told,
            }
        }
        Reach::AtHand { live } => Sentence::new(
            format!(
                "“{}” is the step at hand: the new version may go live at any moment, or be live already.",
                live.plain_title()
            ),
            [Claim::LiveStepNext],
        ),
        Reach::Done { live, seen } => {
            let step = live.plain_title();
            match (seen, held) {
                (Seen::Compared, _) => {
                    Sentence::new("The new version is live: a check has seen it.", [Claim::NewVersionSeen])
                }
                (_, true) => Sentence::new(
                    format!("“{step}” is done, and whether the new version is live and well is not known."),
                    [Claim::LiveStepDone],
                ),
                (Seen::Verified, false) => Sentence::new(
                    format!("“{step}” is done, and its checks passed."),
                    [Claim::LiveStepDone, Claim::LiveStepVerified],
                ),
                (Seen::Done, false) => Sentence::new(
                    format!("“{step}” is done; no check has seen the new version yet."),
                    [Claim::LiveStepDone],
                ),
                (Seen::Told, false) => Sentence::new(
                    format!("“{step}” was ticked by hand; no check has seen the new version yet."),
                    [Claim::LiveStepDone],
                ),
            }
        }
        Reach::Unknown => {
            let (done, steps) = state.progress();
            Sentence::new(format!("{done} of {steps} steps are done."), [])
        }
    }
}

fn completed(started: &Started, state: &State) -> Sentence {
    let left_out = state.done.values().any(|done| matches!(done.how, HowDone::Skipped(_)));
    let done = match left_out {
        false => Sentence::new("Every step is done.", [Claim::EveryStepDone]),
        true => Sentence::new("Every step is done or was left out.", [Claim::EveryStepDoneOrLeftOut]),
    };
    let seen = match (started.procedure.kind, reach(state, &started.procedure)) {
        (
            ProcedureKind::Release,
            Reach::Done {
                seen: Seen::Compared, ..
            },
        ) => Some(Sentence::new(
            "The new version is live: a check has seen it.",
            [Claim::NewVersionSeen],
        )),
        _ => None,
    };
    let done = match seen {
        Some(seen) => done.and(seen),
        None => done,
    };
    match cautions(state) {
        Some(caution) => done.and(caution),
        None => done,
    }
}

fn given_up(started: &Started, state: &State) -> Sentence {
    let captain = &started.captain;
    match (started.procedure.kind, reach(state, &started.procedure)) {
        (ProcedureKind::Release, Reach::Before { live, .. }) => Sentence::new(
            format!(
                "It was given up before “{}”: nothing new went live.",
                live.plain_title()
            ),
            [Claim::GivenUp, Claim::NothingNewLive],
        ),
        (ProcedureKind::Release, _) => Sentence::new(
            format!("It was given up. Ask {captain} what is live."),
            [Claim::GivenUp],
        ),
        (ProcedureKind::Rollback, _) => {
            let (done, steps) = state.progress();
            Sentence::new(
                format!("The rollback was given up with {done} of {steps} steps done. Ask {captain} what is live."),
                [Claim::GivenUp],
            )
        }
        _ => Sentence::new(
            format!("It was given up. Ask {captain} how things stand."),
            [Claim::GivenUp],
        ),
    }
}

fn of_the_rollback(started: &Started, rollback: Option<RollbackStanding>) -> Sentence {
    let started_one = Claim::RollbackStarted;
    let captain = &started.captain;
    match rollback {
        None => Sentence::new(
            "A rollback was started; how far it is, is not known here yet.",
            [started_one],
        ),
        Some(RollbackStanding::Open { done, steps }) => Sentence::new(
            format!("A rollback was started: {done} of its {steps} steps are done."),
            [started_one, Claim::RollbackOpen],
        ),
        Some(RollbackStanding::Held { done, steps }) => Sentence::new(
            format!("A rollback was started, and a check of it has not passed: {done} of its {steps} steps are done."),
            [started_one, Claim::RollbackHeld],
        ),
        Some(RollbackStanding::Finished) => Sentence::new(
            "The rollback is finished: it was closed with every step done.",
            [started_one, Claim::RollbackFinished],
        ),
        Some(RollbackStanding::GivenUp { done, steps }) => Sentence::new(
            format!("The rollback was given up with {done} of {steps} steps done. Ask {captain} what is live."),
            [started_one, Claim::RollbackGivenUp],
        ),
        Some(RollbackStanding::Undone) => Sentence::new(
            format!("A rollback was started, and is being undone itself. Ask {captain} what is live."),
            [started_one, Claim::RollbackUndone],
        ),
    }
}
