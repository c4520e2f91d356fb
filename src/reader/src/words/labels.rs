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
        || announces_facts(words)
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

/// Whether a title names one of several ways: `Option A`, `If the build is red`.
pub fn is_alternative(title: &str) -> bool {
    const STARTS: [&str; 13] = [
        "if",
        "option",
        "alternative",
        "variant",
        "otherwise",
        "else",
        "either",
        "wenn",
        "falls",
        "sonst",
        "si",
        "sinon",
        "se",
    ];
    let folded = folded(title);
    let first = folded.trim_start().split(' ').next().unwrap_or_default();
    STARTS.contains(&first)
        || ["如果", "若", "もし"].iter().any(|start| title.starts_with(start))
        || title.contains("の場合")
}

/// Whether a title is one of answers that exclude each other: `Go`, `No-go`.
pub fn is_answer(title: &str) -> bool {
    const ANSWERS: [&str; 14] = [
        "go", "no go", "yes", "no", "approve", "approved", "reject", "rejected", "pass", "fail", "proceed", "abort",
        "accepted", "ja",
    ];
    ANSWERS.contains(&folded(title).trim())
}

/// `This tool will`, `The script does`, `How a change gets to production`: what follows is what something does, for nobody to do.
fn announces_facts(words: &str) -> bool {
    let mut each = words.split(' ');
    let first = each.next().unwrap_or_default();
    if first == "how" {
        return each.next().is_some_and(|second| second != "to" && second != "do");
    }
    if !["this", "that", "the", "it"].contains(&first) {
        return false;
    }
    let about = [
        "tool",
        "script",
        "command",
        "job",
        "workflow",
        "pipeline",
        "action",
        "bot",
        "robot",
        "target",
        "task",
        "playbook",
        "program",
        "will",
        "does",
        "automation",
        "hook",
        "build",
        "ci",
        "process",
        "operator",
        "controller",
        "release",
        "run",
    ];
    let does = [
        "will",
        "does",
        "runs",
        "performs",
        "executes",
        "creates",
        "checks",
        "then",
        "automatically",
        "triggers",
        "consists",
        "builds",
        "works",
        "verifies",
        "takes",
        "makes",
    ];
    let rest: Vec<&str> = each.take(12).collect();
    let subject = first == "it" || rest.iter().any(|word| about.contains(word));
    subject && rest.iter().any(|word| does.contains(word)) && !rest.contains(&"you")
}

/// Most texts are no labels, and their first letters tell.
fn may_be_label(text: &str) -> bool {
    const STARTS: [&str; 24] = [
        "why", "reas", "rati", "purp", "stop", "halt", "abor", "no", "roll", "proc", "caut", "if", "when", "on",
        "what", "this", "chec", "it", "expe", "succ", "must", "the", "how", "that",
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
