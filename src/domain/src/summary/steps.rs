//! Which steps of a release change production.

use crate::runbook::Step;

/// The author says that the new version goes live with this step or a sub-step of it.
pub(super) fn puts_live(step: &Step) -> bool {
    step.live || step.children.iter().any(puts_live)
}

/// The steps that the author marked so: the step itself, or its sub-steps.
pub(super) fn marked(step: &Step) -> Vec<&Step> {
    match step.live {
        true => vec![step],
        false => step.children.iter().flat_map(marked).collect(),
    }
}

/// The step that changes the database's schema, by its titles.
pub(super) fn changes_database(step: &Step) -> bool {
    first_word_is(step, &["migrate", "migrations", "apply"])
        || step
            .plain
            .as_deref()
            .is_some_and(|plain| plain.to_ascii_lowercase().contains("database updated"))
}

fn first_word_is(step: &Step, words: &[&str]) -> bool {
    let title = step.title.to_ascii_lowercase();
    let first = title
        .split(|c: char| !c.is_alphanumeric())
        .find(|word| !word.is_empty());
    first.is_some_and(|first| words.contains(&first))
}
