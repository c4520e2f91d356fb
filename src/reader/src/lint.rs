//! Names in a runbook of gates, files and anchors that do not exist.

use std::collections::BTreeSet;

use crate::suggest::nearest;
use holdpoint_domain::runbook::{Diagnostic, Mentioned, Runbook, Severity};

/// What exists beside a runbook. `None` means that it is not known: lint then does not check for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LintContext {
    /// The names of the gates in `gates.toml`.
    pub gates: Option<BTreeSet<String>>,
    /// Files that links may lead to, relative to the runbook's folder: `release.md`. Where a file's anchors are known,
    /// they stand beside it: `release.md#rollback`.
    pub files: Option<BTreeSet<String>>,
}

/// All diagnostics of a runbook in the order of its text: those of reading, and names of gates, files and anchors that do not
/// exist.
#[must_use]
pub fn lint(runbook: &Runbook, known: &LintContext) -> Vec<Diagnostic> {
    let mut all = runbook.diagnostics.clone();
    for mention in &runbook.mentions {
        let found = match &mention.of {
            Mentioned::Gate { name } => {
                let unknown = known.gates.as_ref().and_then(|gates| unknown_gate(name, gates));
                unknown.map(|message| (Severity::Error, message))
            }
            Mentioned::Link { target } => known.files.as_ref().and_then(|files| link(target, files)),
        };
        if let Some((severity, message)) = found {
            all.push(Diagnostic {
                place: mention.place,
                severity,
                message,
            });
        }
    }
    all.sort_by_key(|diagnostic| diagnostic.place);
    all
}

fn unknown_gate(name: &str, gates: &BTreeSet<String>) -> Option<String> {
    if gates.contains(name) {
        return None;
    }
    let hint = match nearest(name, gates.iter().map(String::as_str)) {
        Some(near) => format!("did you mean “{near}”?"),
        None => "declare it in gates.toml".to_owned(),
    };
    Some(format!("There is no gate “{name}”; {hint}"))
}

/// What is to be said of a link. One that leads out of the folder, or from the root of a site, cannot be looked up from here: that is no error.
fn link(target: &str, files: &BTreeSet<String>) -> Option<(Severity, String)> {
    let path = target.split(['#', '?']).next().unwrap_or(target);
    if target.starts_with("//") {
        return None;
    }
    if target.starts_with('/') {
        let known = files.contains(path) || files.contains(path.trim_start_matches('/'));
        return (!known).then(|| {
            (
                Severity::Info,
                format!("The link leads to “{path}” from the root of a site or repository, which was not looked up"),
            )
        });
    }
    if normal(path).starts_with("..") {
        let known = files.contains(path) || files.contains(&normal(path));
        return (!known).then(|| {
            (
                Severity::Info,
                format!("The link leads to “{path}”, out of the folder of the runbooks, where it was not found"),
            )
        });
    }
    broken_link(target, files).map(|message| (Severity::Error, message))
}

fn broken_link(target: &str, files: &BTreeSet<String>) -> Option<String> {
    let scheme = target
        .split(['/', '?', '#'])
        .next()
        .is_some_and(|start| start.contains(':'));
    if scheme || target.starts_with('#') || target.starts_with("//") || target.is_empty() {
        return None;
    }
    let (path, fragment) = match target.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (target, None),
    };
    let path = normal(path.split('?').next().unwrap_or(path));
    if !files.contains(&path) {
        let hint = nearest(
            &path,
            files.iter().map(String::as_str).filter(|file| !file.contains('#')),
        )
        .map_or_else(String::new, |near| format!("; did you mean “{near}”?"));
        return Some(format!("The link leads to “{path}”, which does not exist{hint}"));
    }
    let fragment = fragment.filter(|fragment| !fragment.is_empty())?;
    let prefix = format!("{path}#");
    let mut anchors = files
        .range(prefix.clone()..)
        .take_while(|file| file.starts_with(&prefix))
        .peekable();
    anchors.peek()?;
    let wanted = format!("{prefix}{}", fragment.to_lowercase());
    (!files.contains(&wanted)).then(|| format!("“{path}” has no heading with the anchor “#{fragment}”"))
}

/// A path without `./` and, where they can be resolved, without `..`.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}
