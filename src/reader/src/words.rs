//! The words by which headings, labels, columns and languages are recognised.

use holdpoint_domain::runbook::{OnFail, ProcedureKind};

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
const REFERENCES: [&str; 23] = [
    "contacts",
    "contact",
    "glossary",
    "quick reference",
    "reference",
    "troubleshooting",
    "when to",
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

/// Whether words stand in a folded text, as whole words.
fn has(folded: &str, words: &str) -> bool {
    let (text, wanted) = (folded.as_bytes(), words.as_bytes());
    let Some(&first) = wanted.first() else { return false };
    // A folded text is short, and its words start after blanks: looking there is cheaper than a general search.
    let mut at = 0;
    while at + wanted.len() < text.len() {
        if text[at] == b' '
            && text[at + 1] == first
            && text[at + 1..].starts_with(wanted)
            && text.get(at + 1 + wanted.len()) == Some(&b' ')
        {
            return true;
        }
        at += 1;
    }
    false
}

/// What a heading's words say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heading {
    /// What it is for.
    pub kind: Option<ProcedureKind>,
    /// It can be a procedure's.
    pub procedure: bool,
    /// It is of something to look up.
    pub reference: bool,
    /// It speaks of several procedures, which are then below it.
    pub plural: bool,
    /// It only wraps the steps of the heading above it: `Rollback steps`, `Step-by-step procedure`.
    pub wrapper: bool,
}

/// A letter as one bit of a set.
fn initial(letter: u8) -> u32 {
    1 << (letter & 31)
}

/// Reads a heading's words.
pub(super) fn heading(text: &str) -> Heading {
    let folded = folded(text);
    // Headings are many and the words are, too; most of them are ruled out by their first letter alone.
    let initials = folded
        .as_bytes()
        .windows(2)
        .filter(|pair| pair[0] == b' ')
        .fold(0_u32, |set, pair| set | initial(pair[1]));
    let any = |words: &[&str]| {
        words
            .iter()
            .any(|word| initials & initial(word.as_bytes()[0]) != 0 && has(&folded, word))
    };
    let kind = KINDS.iter().find(|(_, words)| any(words)).map(|(kind, _)| *kind);
    Heading {
        kind,
        procedure: kind.is_some() || any(&PROCEDURES),
        reference: any(&REFERENCES),
        plural: any(&[
            "procedures",
            "emergencies",
            "scenarios",
            "rollbacks",
            "checklists",
            "monitoring",
        ]),
        wrapper: any(&["steps", "step by step", "procedure", "sequence"]),
    }
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
