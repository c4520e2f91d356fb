//! The words by which headings, labels, columns and languages are recognised.

use super::{OnFail, ProcedureKind};

/// What a heading's words say its procedure is for; the first match in this order decides.
const KINDS: [(ProcedureKind, &[&str]); 9] = [
    (
        ProcedureKind::Emergency,
        &[
            "emergency",
            "emergencies",
            "outage",
            "corruption",
            "unresponsive",
            "incident",
            "disaster",
            "scenario",
            "escalation",
            "escalate",
            "recovery",
        ],
    ),
    (
        ProcedureKind::Rollback,
        &[
            "rollback",
            "rollbacks",
            "roll back",
            "rolling back",
            "revert",
            "back out",
        ],
    ),
    (
        ProcedureKind::Monitoring,
        &[
            "monitoring",
            "monitor",
            "first 15 minutes",
            "first hour",
            "first 24 hours",
            "first minutes",
            "first day",
            "first hours",
            "watching",
        ],
    ),
    (
        ProcedureKind::Checklist,
        &[
            "checklist",
            "checklists",
            "requirements",
            "prerequisites",
            "pre flight",
            "preflight",
            "pre release",
            "pre deployment",
            "pre deploy",
            "before you start",
            "before release",
            "before deploying",
        ],
    ),
    (ProcedureKind::Scaling, &["scale", "scaling", "scale up", "scale down"]),
    (
        ProcedureKind::Pipeline,
        &["pipeline", "workflow", "workflows", "ci gates"],
    ),
    (
        ProcedureKind::Validation,
        &[
            "verification",
            "verify",
            "verifying",
            "validation",
            "validate",
            "validating",
            "smoke",
            "golden path",
            "gate",
            "gates",
            "health check",
            "health checks",
            "sanity check",
        ],
    ),
    (
        ProcedureKind::Setup,
        &[
            "setup",
            "set up",
            "configuration",
            "configure",
            "install",
            "installation",
            "provisioning",
        ],
    ),
    (
        ProcedureKind::Release,
        &[
            "release",
            "releasing",
            "deploy",
            "deployment",
            "deploying",
            "go live",
            "cutover",
            "rollout",
            "upgrade",
        ],
    ),
];

/// Words that make a heading a procedure without saying which kind.
const PROCEDURES: [&str; 6] = [
    "procedure",
    "procedures",
    "sequence",
    "step by step",
    "runbook",
    "playbook",
];

/// Headings of things to look up.
const REFERENCES: [&str; 22] = [
    "contacts",
    "contact",
    "glossary",
    "quick reference",
    "reference",
    "troubleshooting",
    "table of contents",
    "contents",
    "appendix",
    "overview",
    "faq",
    "legend",
    "changelog",
    "version",
    "version history",
    "summary",
    "required access",
    "who to contact",
    "links",
    "definitions",
    "further reading",
    "terminology",
];

/// A heading's words, folded to single spaces, so that `Pre-Flight` and `pre flight` are the same.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 2);
    folded.push(' ');
    for character in text.chars() {
        if character.is_alphanumeric() {
            folded.extend(character.to_lowercase());
        } else if !folded.ends_with(' ') && character != '\'' && character != '’' {
            folded.push(' ');
        }
    }
    if !folded.ends_with(' ') {
        folded.push(' ');
    }
    folded
}

fn has(folded: &str, words: &str) -> bool {
    folded
        .match_indices(words)
        .any(|(at, _)| folded[..at].ends_with(' ') && folded[at + words.len()..].starts_with(' '))
}

/// The kind that a folded heading names.
pub(super) fn kind(folded: &str) -> Option<ProcedureKind> {
    KINDS
        .iter()
        .find(|(_, words)| words.iter().any(|word| has(folded, word)))
        .map(|(kind, _)| *kind)
}

/// Whether a folded heading can be a procedure's.
pub(super) fn is_procedure(folded: &str) -> bool {
    kind(folded).is_some() || PROCEDURES.iter().any(|word| has(folded, word))
}

/// Whether a folded heading is of something to look up.
pub(super) fn is_reference(folded: &str) -> bool {
    REFERENCES.iter().any(|word| has(folded, word))
}

/// Whether a folded heading speaks of several procedures, which are then below it.
pub(super) fn is_plural(folded: &str) -> bool {
    [
        "procedures",
        "emergencies",
        "scenarios",
        "rollbacks",
        "checklists",
        "monitoring",
    ]
    .iter()
    .any(|word| has(folded, word))
}

/// Whether a folded heading only wraps the steps of the heading above it: `Rollback steps`, `Step-by-step procedure`.
pub(super) fn is_wrapper(folded: &str) -> bool {
    ["steps", "step by step", "procedure", "sequence"]
        .iter()
        .any(|word| has(folded, word))
}

/// What a label says about what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Why,
    Expected,
    Checks,
    Fails(Option<OnFail>),
}

/// The meaning of a label such as `Expected output` or `STOP if any gate fails`.
pub(super) fn label(text: &str) -> Option<Label> {
    if text.len() > 200 {
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
    if starts("expected") && short
        || matches!(last, "verification" | "verify") && short
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

/// What a text about a failure says to do. Silence means stop.
pub(super) fn action(text: &str) -> OnFail {
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

/// What a table's column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
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
pub(super) fn column(head: &str) -> Column {
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

/// What a fence holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fence {
    /// Something to run.
    Command,
    /// Anything: a drawing, a path, instructions, or a command without a language.
    Unknown,
    /// Data or output.
    Text,
}

/// The meaning of a fence's language.
pub(super) fn fence(language: &str) -> Fence {
    match language.to_ascii_lowercase().as_str() {
        "powershell" | "pwsh" | "ps1" | "ps" | "posh" | "bash" | "sh" | "shell" | "zsh" | "fish" | "console"
        | "shell-session" | "shellsession" | "cmd" | "bat" | "batch" | "dos" | "sql" | "psql" | "pgsql"
        | "postgresql" | "mysql" | "sqlite" | "python" | "py" | "http" | "make" | "makefile" | "dockerfile"
        | "ruby" | "javascript" | "js" | "typescript" | "ts" => Fence::Command,
        "" | "text" | "txt" | "plain" | "plaintext" | "none" => Fence::Unknown,
        _ => Fence::Text,
    }
}

/// Programs that runbooks call, for fences without a language.
const PROGRAMS: [&str; 34] = [
    "cd",
    "git",
    "npm",
    "npx",
    "yarn",
    "pnpm",
    "node",
    "python",
    "python3",
    "pip",
    "psql",
    "pg_dump",
    "curl",
    "wget",
    "railway",
    "cargo",
    "docker",
    "kubectl",
    "helm",
    "terraform",
    "make",
    "bash",
    "sh",
    "pwsh",
    "powershell",
    "ssh",
    "scp",
    "supabase",
    "vercel",
    "gh",
    "aws",
    "gcloud",
    "az",
    "systemctl",
];

/// Whether a line of text is something that a shell would run.
pub(super) fn is_command_line(line: &str) -> bool {
    let line = line.trim();
    if ["./", ".\\", "../", "$ ", "$env:", "PS> "]
        .iter()
        .any(|start| line.starts_with(start))
    {
        return true;
    }
    let mut words = line.split_whitespace();
    words.next().is_some_and(|first| PROGRAMS.contains(&first)) && words.next().is_some()
}

/// Box-drawing characters make a picture.
pub(super) fn is_drawing(text: &str) -> bool {
    text.chars()
        .filter(|c| ('\u{2500}'..='\u{257F}').contains(c))
        .take(8)
        .count()
        == 8
}
