//! Who decides, or decided.

use super::quotes::deciders;
use super::rollback::{Rollback, RollbackStanding};
use crate::session::{Standing, Started, State};

/// Who decides, and whether that is over. While a rollback goes on, whoever leads it does; an emergency goes on beside its own.
pub(super) fn decides(started: &Started, state: &State, rollback: Option<Rollback<'_>>) -> (String, bool) {
    let captain = &started.captain;
    let goes_on = matches!(state.standing(), Standing::Go | Standing::Hold);
    if rollback.is_some_and(|rollback| rollback.standing == RollbackStanding::Undone) {
        let words = format!("{captain}; who leads the rollback of the rollback is told on the rollback’s page");
        return (words, false);
    }
    let other = rollback.and_then(Rollback::captain).filter(|other| *other != captain);
    let is_open = rollback.is_some_and(|rollback| rollback.standing.is_open());
    let is_over = state.closed.is_some() && !is_open;
    let own = match is_over {
        true => deciders(started, state).join(", "),
        false => captain.clone(),
    };
    let words = match (other, is_open) {
        (Some(other), true) if goes_on => format!("{own}; {other} leads the rollback"),
        (Some(other), true) => format!("{other}, who leads the rollback"),
        (Some(other), false) => format!("{own}; {other} led the rollback"),
        (None, true) if !goes_on && rollback.is_some_and(|rollback| rollback.state.is_none()) => {
            "Whoever leads the rollback".to_owned()
        }
        (None, _) => own,
    };
    (words, is_over)
}
