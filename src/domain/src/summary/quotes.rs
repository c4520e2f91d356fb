//! What people wrote, in their own words and under their names: it stands apart from what the summary says by its rules.

use super::rollback::Rollback;
use super::waiting::gate_name;
use crate::session::{Actor, Started, State};

/// A person's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The name of whoever wrote it.
    pub by: String,
    /// `on going on without a pass of “The service is healthy”`, `on closing it`.
    pub about: String,
    pub text: String,
}

/// What was written of customers and of the severity, here and in the rollback, the reasons of decisions to go on without a pass, in their
/// order, and the summary of the closing.
pub(super) fn quotes(state: &State, rollback: Option<Rollback<'_>>) -> Vec<Quote> {
    let of_rollback = rollback.and_then(|rollback| rollback.state);
    let of_rollback = of_rollback.map(|rollback| effect(rollback, ", in the rollback"));
    let effects = effect(state, "").into_iter().chain(of_rollback.into_iter().flatten());
    let mut cautions: Vec<_> = state.cautions.iter().collect();
    cautions.sort_by_key(|(_, caution)| caution.at);
    let reasons = cautions.into_iter().map(|((_, gate), caution)| Quote {
        by: caution.actor.name().to_owned(),
        about: format!("on going on without a pass of “{}”", gate_name(state, gate)),
        text: caution.reason.trim().to_owned(),
    });
    let closing = state.closed.iter().map(|closed| Quote {
        by: closed.actor.name().to_owned(),
        about: "on closing it".to_owned(),
        text: closed.summary.trim().to_owned(),
    });
    let all = effects.chain(reasons).chain(closing);
    all.filter(|quote| !quote.text.is_empty()).collect()
}

/// What a session's people wrote of its effect.
fn effect(state: &State, place: &str) -> Vec<Quote> {
    let annotations = &state.annotations;
    let impact = annotations.impact.iter().map(|impact| Quote {
        by: impact.actor.name().to_owned(),
        about: format!("on what customers notice{place}"),
        text: impact.value.trim().to_owned(),
    });
    let severity = annotations.severity.iter().map(|severity| Quote {
        by: severity.actor.name().to_owned(),
        about: format!("on how severe it is{place}"),
        text: format!("{}: {}", severity.value.level.word(), severity.value.reason.trim()),
    });
    impact.chain(severity).collect()
}

/// Whether anybody wrote what customers notice, in the session or in its rollback.
pub(super) fn tells_impact(state: &State, rollback: Option<Rollback<'_>>) -> bool {
    let of_rollback = rollback.and_then(|rollback| rollback.state);
    let mut states = [Some(state), of_rollback].into_iter().flatten();
    states.any(|state| state.annotations.impact.is_some())
}

/// Who decided, the captain first and each once.
pub(super) fn deciders(started: &Started, state: &State) -> Vec<String> {
    let mut cautions: Vec<_> = state.cautions.values().collect();
    cautions.sort_by_key(|caution| caution.at);
    let persons = cautions.into_iter().map(|caution| &caution.actor);
    let closed = state.closed.iter().map(|closed| &closed.actor);
    let mut names = vec![started.captain.clone()];
    for actor in persons.chain(closed) {
        if let Actor::Person { name } = actor
            && !names.contains(name)
        {
            names.push(name.clone());
        }
    }
    names
}
