//! The words at the head of table columns.

use super::fold::{folded, has};

/// What a table's column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Title,
    Number,
    Command,
    Expected,
    Fails,
    Checks,
    Why,
    Other,
}

/// The meaning of a column's head.
pub fn column(head: &str) -> Column {
    let folded = folded(head);
    let words = folded.trim();
    let has_word = |word: &str| has(&folded, word);
    if ["no", "nr", "number", ""].contains(&words) {
        return Column::Number;
    }
    if has_word("expected") || ["should be", "pass when", "passes when", "pass criteria", "must show"].contains(&words)
    {
        return Column::Expected;
    }
    if (has_word("fails") || has_word("failure") || has_word("failed")) && (has_word("if") || has_word("on")) {
        return Column::Fails;
    }
    if has_word("command") || ["run", "how", "how to check", "query"].contains(&words) {
        return Column::Command;
    }
    if words.starts_with("what it ") || words.starts_with("what this ") || words == "gates" {
        return Column::Checks;
    }
    if ["why", "reason"].contains(&words) {
        return Column::Why;
    }
    let titles = [
        "check",
        "checks",
        "step",
        "steps",
        "action",
        "actions",
        "stage",
        "task",
        "workflow",
        "requirement",
        "what to check",
        "what to do",
    ];
    if titles.contains(&words) {
        Column::Title
    } else {
        Column::Other
    }
}
