//! What lint found, and how it is told.

use std::fmt;
use std::path::{Path, PathBuf};

use holdpoint_domain::runbook::Severity;

/// One thing that lint says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub path: PathBuf,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    pub severity: Severity,
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.strip_prefix(".").unwrap_or(&self.path).display();
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        write!(out, "{path}:{}:{}: {word}: {}", self.line, self.column, self.message)
    }
}

/// Everything that was found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    all: Vec<Finding>,
}

impl Findings {
    pub(super) fn push(&mut self, path: &Path, at: (u32, u32), severity: Severity, message: String) {
        self.all.push(Finding {
            path: path.to_owned(),
            line: at.0,
            column: at.1,
            severity,
            message,
        });
    }

    pub(super) fn extend(&mut self, found: impl IntoIterator<Item = Finding>) {
        self.all.extend(found);
    }

    /// Those of one file, and what keeps the folder's `gates.toml` from being read.
    pub(super) fn keep(&mut self, file: &Path, broken: Option<&Path>) {
        let kept = |one: &Finding| one.path == file || broken == Some(one.path.as_path());
        self.all.retain(kept);
    }

    /// In the order of the files and of their text.
    pub(super) fn sorted(mut self) -> Self {
        let key = |one: &Finding| (one.path.clone(), one.line, one.column);
        self.all.sort_by_cached_key(key);
        self
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.all.iter()
    }

    pub(super) fn count(&self, severity: Severity) -> usize {
        self.all.iter().filter(|one| one.severity == severity).count()
    }
}
