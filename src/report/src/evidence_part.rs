//! What one verdict rests on, as a part of a report.

use crate::escape::escape;
use crate::evidence::{Evidence, time_utc, word};
use crate::fence::fenced;
use holdpoint_domain::gate::Outcome;

/// The evidence of one event.
pub(super) struct EvidencePart {
    pub seq: u64,
    pub passed: bool,
    pub outcome: Outcome,
    /// What it is of and what came of it, escaped.
    title: String,
    /// As Markdown.
    pub text: String,
}

impl EvidencePart {
    pub(super) fn heading(&self) -> String {
        format!("### {}\n\n", self.title)
    }
}

/// What one verdict rests on. Output and request stand in fences that they cannot end.
pub(super) fn evidence_part(evidence: &Evidence<'_>) -> EvidencePart {
    let verdict = evidence.verdict;
    let mut text = if evidence.was_cut_off() {
        cut_off(evidence)
    } else {
        format!(
            "Step {}. Asked by {}, {} to {} ({} s), attempts: {}. Result: {}\n\n",
            escape(&evidence.step),
            evidence.source(),
            time_utc(verdict.started),
            time_utc(verdict.finished),
            evidence.seconds(),
            verdict.attempts,
            escape(&verdict.summary)
        )
    };
    if !verdict.request.is_empty() {
        text += &format!("Request:\n\n{}\n", fenced(&evidence.request()));
    }
    if !verdict.checks.is_empty() {
        text += "| Check | Expected | Observed | Verdict |\n| --- | --- | --- | --- |\n";
        for check in &verdict.checks {
            text += &format!(
                "| {} | {} | {} | {} |\n",
                escape(&check.check),
                escape(&check.expected),
                escape(&check.observed),
                word(check.outcome)
            );
        }
        text.push('\n');
    }
    let (output, size) = evidence.output();
    text += &match output.is_empty() {
        true if evidence.was_cut_off() => String::new(),
        true => format!("Output: none ({size}).\n\n"),
        false => format!("Output, {size}:\n\n{}\n", fenced(&output)),
    };
    EvidencePart {
        seq: evidence.seq,
        passed: verdict.passes(),
        outcome: verdict.outcome,
        title: format!(
            "Event {}: {}, {}",
            evidence.seq,
            escape(&evidence.gate),
            word(verdict.outcome)
        ),
        text,
    }
}

/// A run that was ended before there was an answer.
fn cut_off(evidence: &Evidence<'_>) -> String {
    let verdict = evidence.verdict;
    let mut text = format!(
        "Step {}. Started at {}, ended at {} after {} s, before there was an answer. {}",
        escape(&evidence.step),
        time_utc(verdict.started),
        time_utc(verdict.finished),
        evidence.seconds(),
        escape(&verdict.summary)
    );
    // The summary of a run that a person cancelled names the person.
    if let Some(by) = evidence.ended_by.filter(|by| !verdict.summary.contains(*by)) {
        text += &format!(" By {}.", escape(by));
    }
    let asking = evidence.was_asking();
    text + &match asking.is_empty() {
        true => "\n\n".to_owned(),
        false => format!("\n\nWhat it was asking, as it is declared:\n\n{}\n", fenced(&asking)),
    }
}
