//! The words of headings.

use super::fold::{folded, has};
use holdpoint_domain::runbook::ProcedureKind;

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

/// What the words of a heading tell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heading {
    pub kind: Option<ProcedureKind>,
    /// The heading can be a procedure's.
    pub procedure: bool,
    /// The heading is of something to look up.
    pub reference: bool,
    /// The heading is in the plural: its procedures are in the sections below.
    pub plural: bool,
    /// The section only wraps the steps of the heading above it: `Rollback steps`, `Step-by-step procedure`.
    pub wrapper: bool,
}

/// A letter as one bit of a set.
fn initial(letter: u8) -> u32 {
    1 << (letter & 31)
}

/// Reads a heading's words.
pub fn heading(text: &str) -> Heading {
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
