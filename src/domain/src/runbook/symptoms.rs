//! What a runbook says about things that go wrong: rows of its troubleshooting, and its emergencies.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use serde::{Deserialize, Serialize};

use super::book::{Reference, Runbook};
use super::document::{Block, Inline, inline_text};
use super::procedure::ProcedureKind;

/// Rows that are kept of a runbook.
const MOST: usize = 200;
/// Characters that are kept of each text.
const LONGEST: usize = 500;
/// What the first column of a table is called that tells what went wrong.
const COLUMNS: [&str; 13] = [
    "symptom",
    "symptoms",
    "problem",
    "problems",
    "issue",
    "error",
    "error message",
    "failure",
    "fault",
    "what happened",
    "what you see",
    "what you find",
    "what goes wrong",
];

/// Something that goes wrong, in the runbook's words. It is stored in the first event of a session: see
/// [`Procedure`](super::Procedure).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Symptom {
    /// `The API answers 503`.
    pub symptom: String,
    /// The heading that it stands under.
    pub section: String,
    /// That heading's fragment.
    pub anchor: String,
    /// The other columns of its row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<Said>,
    /// The procedure for it, where it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure: Option<String>,
}

/// What one column says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Said {
    /// The column's head: `Likely cause`.
    pub label: String,
    pub text: String,
}

impl Runbook {
    /// The rows of tables that tell what goes wrong, the sections *If … fails*, and the emergencies, in this order.
    #[must_use]
    pub fn symptoms(&self) -> Vec<Symptom> {
        let mut found = Vec::new();
        for reference in &self.references {
            self.of_reference(reference, &mut found);
        }
        let emergencies = self
            .procedures
            .iter()
            .filter(|one| one.kind == ProcedureKind::Emergency);
        found.extend(emergencies.filter(|one| !one.steps.is_empty()).map(|one| Symptom {
            symptom: cut(&one.title),
            section: one.title.clone(),
            anchor: self.anchor_at(one.line).unwrap_or_default().to_owned(),
            says: Vec::new(),
            procedure: Some(one.id.clone()),
        }));
        found.truncate(MOST);
        found
    }

    /// The fragment of the heading that a line stands under.
    #[must_use]
    pub fn anchor_at(&self, line: u32) -> Option<&str> {
        let after = self.headings.partition_point(|heading| heading.line <= line);
        let heading = self.headings.get(after.checked_sub(1)?)?;
        Some(heading.anchor.as_str()).filter(|anchor| !anchor.is_empty())
    }

    /// Whether the heading at a line, or one above it, says *troubleshooting*.
    fn is_troubleshooting(&self, line: u32) -> bool {
        let after = self.headings.partition_point(|heading| heading.line <= line);
        let mut level = u8::MAX;
        for heading in self.headings[..after].iter().rev() {
            if heading.level < level {
                level = heading.level;
                if heading.title.to_lowercase().contains("troubleshooting") {
                    return true;
                }
            }
        }
        false
    }

    fn of_reference(&self, reference: &Reference, into: &mut Vec<Symptom>) {
        let anchor = self.anchor_at(reference.line).unwrap_or_default().to_owned();
        let symptom = |symptom: String, says: Vec<Said>| Symptom {
            symptom: cut(&symptom),
            section: reference.title.clone(),
            anchor: anchor.clone(),
            says,
            procedure: None,
        };
        if is_about_failing(&reference.title) {
            let paragraphs = reference.blocks.iter().filter_map(|block| match block {
                Block::Paragraph { content } => Some(cut(&inline_text(content))),
                _ => None,
            });
            let says = paragraphs.take(3).map(|text| Said {
                label: String::new(),
                text,
            });
            into.push(symptom(reference.title.clone(), says.collect()));
            return;
        }
        let troubleshooting = self.is_troubleshooting(reference.line);
        for block in &reference.blocks {
            let Block::Table { head, rows } = block else {
                continue;
            };
            let first = head.first().map(|cell| text(cell).to_lowercase()).unwrap_or_default();
            if head.len() < 2 || !(troubleshooting || COLUMNS.contains(&first.as_str())) {
                continue;
            }
            for row in rows {
                let Some((first, rest)) = row.split_first().filter(|(first, _)| !text(first).is_empty()) else {
                    continue;
                };
                let says = rest.iter().zip(&head[1..]).map(|(cell, head)| Said {
                    label: text(head),
                    text: cut(&text(cell)),
                });
                into.push(symptom(
                    text(first),
                    says.filter(|said| !said.text.is_empty()).collect(),
                ));
            }
        }
    }
}

/// `If the migration fails`, `When tests fail`.
fn is_about_failing(title: &str) -> bool {
    let words: Vec<String> = title.split_whitespace().map(str::to_lowercase).collect();
    let begins = words.first().is_some_and(|word| matches!(word.as_str(), "if" | "when"));
    begins
        && words
            .iter()
            .any(|word| matches!(word.as_str(), "fail" | "fails" | "failed"))
}

fn text(cell: &[Inline]) -> String {
    inline_text(cell).trim().to_owned()
}

fn cut(text: &str) -> String {
    text.trim().chars().take(LONGEST).collect()
}
