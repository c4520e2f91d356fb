//! The words of labels, and of texts about failure.

use super::fold::{folded, has};
use holdpoint_domain::runbook::OnFail;

/// What a label says about what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    Why,
    Expected,
    Checks,
    Fails(Option<OnFail>),
}

/// The meaning of a label such as `Expected output` or `STOP if any gate fails`.
pub fn label(text: &str) -> Option<Label> {
    if text.len() > 200 || !may_be_label(text) {
        return None;
    }
    let folded = folded(text);
    let words = folded.trim();
    let starts = |start: &str| {
        words
            .strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    if ["why", "reason", "rationale", "purpose", "why this matters"].contains(&words) {
        return Some(Label::Why);
    }
    if starts("stop if") || starts("halt if") || starts("abort if") || starts("no go if") || starts("stop when") {
        return Some(Label::Fails(Some(OnFail::Stop)));
    }
    if starts("rollback if") || starts("roll back if") || starts("rollback when") {
        return Some(Label::Fails(Some(OnFail::Rollback)));
    }
    if starts("proceed with caution if") || starts("caution if") {
        return Some(Label::Fails(Some(OnFail::Caution)));
    }
    let fails = ["fails", "fail", "failed", "failing"]
        .iter()
        .any(|word| has(&folded, word));
    if (starts("if") || starts("when")) && fails || ["on failure", "if not", "on error"].contains(&words) {
        return Some(Label::Fails(None));
    }
    if (starts("what it") || starts("what this")) && words.split(' ').count() <= 4
        || [
            "this runs",
            "this checks",
            "it checks",
            "checks",
            "what is checked",
            "it runs",
            "what runs",
        ]
        .contains(&words)
    {
        return Some(Label::Checks);
    }
    let last = words.rsplit(' ').next().unwrap_or_default();
    let short = words.split(' ').count() <= 3;
    if short && (starts("expected") || matches!(last, "verification" | "verify"))
        || [
            "success criteria",
            "pass if",
            "passes if",
            "you should see",
            "success",
            "done when",
            "must be true",
        ]
        .contains(&words)
    {
        return Some(Label::Expected);
    }
    None
}

/// Most texts are no labels, and their first letters tell.
fn may_be_label(text: &str) -> bool {
    const STARTS: [&str; 21] = [
        "why", "reas", "rati", "purp", "stop", "halt", "abor", "no", "roll", "proc", "caut", "if", "when", "on",
        "what", "this", "chec", "it", "expe", "succ", "must",
    ];
    const OTHERS: [&str; 3] = ["pass", "you", "done"];
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric()).as_bytes();
    let starts = |start: &&str| {
        text.get(..start.len())
            .is_some_and(|text| text.eq_ignore_ascii_case(start.as_bytes()))
    };
    STARTS.iter().any(&starts)
        || OTHERS.iter().any(&starts)
        || text.windows(4).any(|four| four.eq_ignore_ascii_case(b"veri"))
}

/// What a text about a failure says to do; stop when it does not say.
pub fn action(text: &str) -> OnFail {
    let folded = folded(text);
    let any = |words: &[&str]| words.iter().any(|word| has(&folded, word));
    if any(&[
        "caution",
        "continue",
        "continues",
        "warning",
        "warn",
        "proceed with care",
    ]) && !any(&["do not continue", "never continue"])
    {
        OnFail::Caution
    } else if any(&[
        "stop",
        "stops",
        "halt",
        "halts",
        "abort",
        "do not proceed",
        "never proceed",
    ]) {
        OnFail::Stop
    } else if any(&["rollback", "roll back", "rolled back", "revert", "undo"]) {
        OnFail::Rollback
    } else {
        OnFail::Stop
    }
}
