//! A gate's declaration in words, and two of them line beside line.

use serde::{Deserialize, Serialize};

use super::{GateKind, GateSnapshot};
use crate::runbook::OnFail;

/// One line of a declaration. Several may have the same label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeclaredLine {
    /// What it is about: `Request`, `Expects`.
    pub label: String,
    /// What is declared, placeholders as they are.
    pub text: String,
}

/// What two declarations of a gate say of the same thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComparedLine {
    /// What it is about. It stands once.
    pub label: String,
    /// What the first one says, a line for each of its own; nothing where it says nothing of it.
    pub old: Option<String>,
    /// What the second one says.
    pub new: Option<String>,
}

impl ComparedLine {
    /// Whether the two differ in it.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.old != self.new
    }
}

impl GateSnapshot {
    /// The whole of what is known of the declaration, in words.
    #[must_use]
    pub fn lines(&self) -> Vec<DeclaredLine> {
        let line = |label: &str, text: String| DeclaredLine {
            label: label.to_owned(),
            text,
        };
        let yes_or_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        let kind = match self.kind {
            GateKind::Http => "an HTTP request",
            GateKind::Sql => "an SQL statement",
            GateKind::Command => "a program",
        };
        let browser = match (self.direct, self.direct_decides) {
            (_, true) => "asks, and alone decides",
            (true, false) => "asks, too",
            (false, false) => "does not ask",
        };
        let advice = match self.on_fail {
            OnFail::Stop => "stop",
            OnFail::Rollback => "roll back",
            OnFail::Caution => "proceed with caution or roll back",
        };
        let mut lines = vec![
            line("Title", self.title.clone()),
            line("In plain words", self.plain.clone()),
            line("Kind", kind.to_owned()),
        ];
        if self.asks.is_empty() {
            lines.push(line(
                "Asks",
                "not kept by the version that began the session".to_owned(),
            ));
        }
        lines.extend(self.asks.iter().cloned());
        lines.extend(self.expects.iter().map(|expects| line("Expects", expects.clone())));
        lines.extend([
            line("Takes at most", format!("{} s", self.timeout_seconds)),
            line("Result valid for", format!("{} s", self.fresh_seconds)),
            line("Runs by itself", yes_or_no(self.auto)),
            line("The captain's browser", browser.to_owned()),
            line("If it fails", advice.to_owned()),
        ]);
        lines
    }
}

/// Two declarations of a gate, line beside line, in the order of the new one. A gate that is not declared has no lines.
#[must_use]
pub fn compare_declarations(old: Option<&GateSnapshot>, new: Option<&GateSnapshot>) -> Vec<ComparedLine> {
    let (old, new) = (grouped(old), grouped(new));
    let text =
        |of: &[DeclaredLine], label: &str| of.iter().find(|line| line.label == label).map(|line| line.text.clone());
    let only_old = old.iter().filter(|line| text(&new, &line.label).is_none());
    let labels = new.iter().chain(only_old).map(|line| line.label.clone());
    labels
        .map(|label| ComparedLine {
            old: text(&old, &label),
            new: text(&new, &label),
            label,
        })
        .collect()
}

/// The lines with each label once.
fn grouped(of: Option<&GateSnapshot>) -> Vec<DeclaredLine> {
    let mut grouped: Vec<DeclaredLine> = Vec::new();
    for line in of.map(GateSnapshot::lines).unwrap_or_default() {
        match grouped.iter_mut().find(|known| known.label == line.label) {
            Some(known) => {
                known.text.push('\n');
                known.text.push_str(&line.text);
            }
            None => grouped.push(line),
        }
    }
    grouped
}
