//! The words of headings.

use super::fold::{folded, has};
use super::languages::{KIND_STEMS, PROCEDURE_STEMS, REFERENCE_STEMS, has_stem};
use super::verbs::begins_with_verb;
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
            "detection",
            "diagnosis",
            "containment",
            "eradication",
            "mitigation",
            "mitigations",
            "remediation",
            "triage",
            "resolution",
            "investigation",
            "failover",
            "is down",
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
            "upgrading",
            "releases",
            "deployments",
            "hotfix",
            "publish",
            "publishing",
        ],
    ),
];

/// Words that make a heading a procedure without saying which kind.
const PROCEDURES: [&str; 14] = [
    "procedure",
    "procedures",
    "sequence",
    "step by step",
    "runbook",
    "playbook",
    "steps",
    "instructions",
    "how to",
    "howto",
    "process",
    "walkthrough",
    "sop",
    "maintenance",
];

/// Words of a document's title that say that it tells what to do.
const GUIDES: [&str; 8] = [
    "guide",
    "handbook",
    "manual",
    "tutorial",
    "migration",
    "rotate",
    "handover",
    "operations",
];

/// What a heading tells that begins so and has no “to” behind it: how something is, and not what to do.
const TELLING: [&str; 16] = [
    "how",
    "why",
    "what",
    "when",
    "who",
    "where",
    "meaning",
    "background",
    "introduction",
    "symptom",
    "symptoms",
    "impact",
    "known",
    "notes",
    "purpose",
    "scope",
];

/// Systems that people choose from.
const PLATFORMS: [&str; 16] = [
    "linux", "macos", "mac", "windows", "ubuntu", "debian", "fedora", "centos", "rhel", "arch", "alpine", "homebrew",
    "docker", "android", "ios", "wsl",
];

/// Headings of things to look up.
const REFERENCES: [&str; 27] = [
    "contacts",
    "contact",
    "glossary",
    "quick reference",
    "reference",
    "references",
    "troubleshooting",
    "when to",
    "table of contents",
    "contents",
    "appendix",
    "overview",
    "faq",
    "legend",
    "changelog",
    "version history",
    "revision history",
    "summary",
    "required access",
    "who to contact",
    "links",
    "definitions",
    "further reading",
    "see also",
    "terminology",
    "resources",
    "architecture",
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
    /// The heading begins with a verb: `Cut a release`.
    pub verb: bool,
    /// The heading tells how something is: `How a change gets there`.
    pub tells: bool,
    /// As a document's title, it says that the document tells what to do.
    pub guide: bool,
    /// The heading names a system that people choose.
    pub platform: bool,
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
    let is_ascii = folded.is_ascii();
    let begins = |letter: u8| initials & initial(letter) != 0;
    let stem = |stems: &[&str]| has_stem(&folded, is_ascii, begins, stems);
    let foreign = || KIND_STEMS.iter().find(|(_, stems)| stem(stems)).map(|(kind, _)| *kind);
    let kind = KINDS
        .iter()
        .find(|(_, words)| any(words))
        .map(|(kind, _)| *kind)
        .or_else(foreign);
    let procedure = kind.is_some() || any(&PROCEDURES) || stem(PROCEDURE_STEMS);
    let first = folded.trim_start().split(' ').next().unwrap_or_default();
    let how_to = has(&folded, "how to");
    Heading {
        kind,
        procedure,
        reference: any(&REFERENCES) || stem(REFERENCE_STEMS),
        plural: any(&[
            "procedures",
            "emergencies",
            "scenarios",
            "rollbacks",
            "checklists",
            "monitoring",
        ]),
        wrapper: any(&["steps", "step by step", "procedure", "sequence"]),
        verb: begins_with_verb(text),
        tells: TELLING.contains(&first) && !how_to,
        guide: procedure || any(&GUIDES),
        platform: any(&PLATFORMS),
    }
}
