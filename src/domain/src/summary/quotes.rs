//! What people wrote, in their own words and under their names: it stands apart from what the summary says by its rules.

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

/// The reasons of decisions to go on without a pass, in their order, and the summary of the closing.
pub(super) fn quotes(state: &State) -> Vec<Quote> {
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
    reasons.chain(closing).filter(|quote| !quote.text.is_empty()).collect()
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
