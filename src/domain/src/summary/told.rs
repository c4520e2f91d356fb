//! What is said of a session, by its own log and that of its rollback.

use super::own::{completed, given_up, under_way};
use super::rollback::Rollback;
use super::sentence::Sentence;
use super::undone::{of_rollback, undone};
use crate::session::{Standing, Started, State};

pub(super) fn sentence(started: &Started, state: &State, rollback: Option<Rollback<'_>>) -> Sentence {
    let goes_on = matches!(state.standing(), Standing::Go | Standing::Hold);
    let own = match rollback {
        // An emergency goes on while what caused it is rolled back.
        Some(rollback) if goes_on => under_way(started, state).and(of_rollback(started, rollback)),
        Some(rollback) => undone(started, state, rollback),
        None => match state.standing() {
            Standing::Completed => completed(started, state),
            Standing::Abandoned => given_up(started, state),
            Standing::Go | Standing::Hold => under_way(started, state),
            Standing::RollingBack | Standing::RolledBack => undone(started, state, Rollback::UNKNOWN),
        },
    };
    match started.production || started.rehearsal {
        true => own,
        false => Sentence::new(
            format!(
                "This runs on {}, which is not marked as production.",
                started.environment_title
            ),
            [],
        )
        .and(own),
    }
}
