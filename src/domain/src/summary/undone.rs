//! What is said of a session whose rollback was started, and of the rollback.

use super::claims::Claim;
use super::ending::{Ending, counted, left_out, with_counted};
use super::own::{caution, every_step};
use super::reach::{Sight, sight};
use super::rollback::{Rollback, RollbackStanding};
use super::sentence::Sentence;
use super::waiting::gate_name;
use crate::runbook::ProcedureKind;
use crate::session::{SessionOutcome, Started, State};

/// Of a session that its rollback has taken over, or that was closed: how it ended, what was seen of the new version before, and how
/// the rollback stands.
pub(super) fn undone(started: &Started, state: &State, rollback: Rollback<'_>) -> Sentence {
    let ended = state.closed.as_ref().map(|closed| match closed.outcome {
        SessionOutcome::Completed => every_step(state, "was").and_maybe(caution(state)),
        SessionOutcome::Abandoned => Sentence::new("It was given up.", [Claim::GivenUp]),
        SessionOutcome::RolledBack => Sentence::new(
            format!("{} closed this as rolled back.", closed.actor.name()),
            [Claim::ClosedAsRolledBack],
        ),
    });
    let was_seen = started.acts_as() == ProcedureKind::Release && sight(state, started) == Sight::New;
    let seen = was_seen.then(|| {
        Sentence::new(
            "Before the rollback, a check had seen the new version live.",
            [Claim::NewVersionWasSeen],
        )
    });
    let told = of_rollback(started, rollback);
    match (ended, seen) {
        (Some(ended), seen) => ended.and_maybe(seen).and(told),
        (None, Some(seen)) => seen.and(told),
        (None, None) => told,
    }
}

/// Of the rollback alone. An emergency goes on beside it.
pub(super) fn of_rollback(started: &Started, rollback: Rollback<'_>) -> Sentence {
    let one = Claim::RollbackStarted;
    let unknown = || Sentence::new("A rollback was started; how far it is, is not known here yet.", [one]);
    let Some(state) = rollback.state else {
        return unknown();
    };
    let captain = rollback.captain().unwrap_or(&started.captain);
    let what_is_live = format!("Ask {captain} what is live");
    let steps = counted(state, "its ");
    match rollback.standing {
        RollbackStanding::Unknown => unknown(),
        RollbackStanding::Open => {
            let told = Sentence::new(format!("A rollback was started: {steps}."), [one, Claim::RollbackOpen]);
            told.and_maybe(gone_on(state))
        }
        RollbackStanding::Held => {
            let check = state.hold().map_or("", |(_, gate, _)| gate_name(state, gate));
            let text = format!("A rollback was started and is on hold: the check “{check}” has not passed. {steps}.");
            Sentence::new(text, [one, Claim::RollbackHeld])
        }
        RollbackStanding::Finished(ending) => finished(state, ending),
        RollbackStanding::GivenUp => {
            let steps = with_counted(state);
            Sentence::asking(
                &format!("The rollback was given up {steps}."),
                what_is_live,
                [one, Claim::RollbackGivenUp],
            )
        }
        RollbackStanding::Undone => Sentence::asking(
            "A rollback was started, and then a rollback of that rollback.",
            what_is_live,
            [one, Claim::RollbackUndone],
        ),
    }
}

fn finished(state: &State, ending: Ending) -> Sentence {
    let claims = |how| [Claim::RollbackStarted, Claim::RollbackFinished, how];
    let told = match left_out(state) {
        None => Sentence::new(
            "The rollback is finished: it was closed with every step done.",
            claims(Claim::RollbackEveryStepDone),
        ),
        Some(left_out) => Sentence::new(
            format!("The rollback is finished: every step of it is done or was left out. {left_out}"),
            claims(Claim::RollbackLeftOut),
        ),
    };
    match ending {
        Ending::WithoutPass => told.and_maybe(gone_on(state)),
        Ending::Done | Ending::LeftOut => told,
    }
}

/// The last decision to go on without a pass in the rollback.
fn gone_on(rollback: &State) -> Option<Sentence> {
    let ((_, gate), last) = rollback.cautions.iter().max_by_key(|(_, caution)| caution.at)?;
    let text = format!(
        "In it {} decided to go on although the check “{}” did not pass.",
        last.actor.name(),
        gate_name(rollback, gate)
    );
    Some(Sentence::new(text, [Claim::RollbackWithoutPass]))
}
