//! Which steps of a release change production, by their titles.

use crate::runbook::Step;

/// The step after which the new version is in use: its plain title says so, or its own title begins with the word for it.
pub(super) fn puts_live(step: &Step) -> bool {
    let plain = step.plain.as_deref().unwrap_or_default().to_ascii_lowercase();
    let says_live = plain.split(|c: char| !c.is_alphanumeric()).any(|word| word == "live");
    says_live || first_word_is(step, &["deploy", "promote", "publish"])
}

/// The step that changes the database's schema.
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
