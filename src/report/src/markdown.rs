//! The incident report, ready to fill in.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use crate::header::ReportHeader;
use crate::visible;
use holdpoint_domain::gate::{Outcome, Verdict};
use holdpoint_domain::session::{Event, Record, Standing, State, describe, span_in_words};

/// The whole report. What people typed is escaped, so that it stays in its cell and makes no markup.
pub(super) fn report(records: &[Record], state: &State, header: &ReportHeader) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail, so the results of the macros below say nothing.
    head(&mut text, header).unwrap_or(());
    executive_summary(&mut text, state, header).unwrap_or(());
    timeline(&mut text, records, state).unwrap_or(());
    root_cause(&mut text).unwrap_or(());
    corrective_actions(&mut text, records, state).unwrap_or(());
    linked(&mut text, header).unwrap_or(());
    proof(&mut text, records).unwrap_or(());
    text
}

fn head(text: &mut String, header: &ReportHeader) -> std::fmt::Result {
    writeln!(
        text,
        "# Incident report {}: {}\n",
        header.id,
        [escape(&header.procedure), escape(&header.version)]
            .join(" ")
            .trim_end()
    )?;
    if header.rehearsal {
        writeln!(
            text,
            "> **REHEARSAL.** This session ran against a stand-in platform. Nothing in it happened to production.\n"
        )?;
    }
    if !header.on_browsers_word.is_empty() {
        let steps: Vec<String> = header.on_browsers_word.iter().map(|step| escape(step)).collect();
        writeln!(
            text,
            "> **A BROWSER'S WORD.** What ticked these steps was seen by the captain's browser alone; the proxy did not ask: {}.\n",
            steps.join("; ")
        )?;
    }
    if !header.by_old_declaration.is_empty() {
        let steps: Vec<String> = header.by_old_declaration.iter().map(|step| escape(step)).collect();
        writeln!(
            text,
            "> **AN EARLIER DECLARATION.** A gate ticked these steps, its corrected declaration was taken afterwards, and it has \
             not passed by that: {}.\n",
            steps.join("; ")
        )?;
    }
    writeln!(text, "| | |\n| --- | --- |")?;
    let resolved = header.resolved.map_or_else(|| "not yet".to_owned(), time);
    let rows = [
        ("Id", header.id.clone()),
        (
            "Severity",
            format!("{} (suggested by the log; correct it)", header.severity.word()),
        ),
        ("Status", status(header.standing).to_owned()),
        ("Created", time(header.created)),
        ("Resolved", resolved),
        ("Owner", escape(&header.captain)),
        ("Runbook", escape(&header.runbook)),
        ("Environment", escape(&header.environment)),
        ("Version", told(&header.version, escape)),
        ("Git commit", told(&header.git_sha, |sha| format!("`{}`", escape(sha)))),
        ("Rehearsal", if header.rehearsal { "yes" } else { "no" }.to_owned()),
    ];
    for (name, value) in rows {
        writeln!(text, "| {name} | {value} |")?;
    }
    writeln!(text)
}

fn executive_summary(text: &mut String, state: &State, header: &ReportHeader) -> std::fmt::Result {
    writeln!(text, "## Executive summary\n")?;
    let length = header.resolved.map(|end| (end - header.created).num_seconds());
    let length = length
        .and_then(|seconds| u64::try_from(seconds).ok())
        .map(span_in_words);
    let what = match header.standing {
        Standing::Completed => "was completed",
        Standing::RolledBack => "was closed as rolled back",
        Standing::Abandoned => "was given up",
        Standing::RollingBack => "has a rollback that was started",
        Standing::Hold => "is on hold",
        Standing::Go => "is under way",
    };
    write!(
        text,
        "{}{} to {} {what}",
        escape(&header.procedure),
        if header.version.is_empty() {
            String::new()
        } else {
            format!(" of {}", escape(&header.version))
        },
        escape(&header.environment)
    )?;
    if let Some(length) = length {
        write!(text, " after {length}")?;
    }
    writeln!(
        text,
        ": {} of {} steps done, gates passed {}, failed {}, inconclusive {}.\n",
        header.done, header.steps, header.passed, header.failed, header.inconclusive
    )?;
    if let Some(closed) = state.closed.as_ref().filter(|closed| !closed.summary.trim().is_empty()) {
        writeln!(text, "{}\n", escape(&closed.summary))?;
    }
    writeln!(text, "_Impact on users:_ \n")
}

fn timeline(text: &mut String, records: &[Record], state: &State) -> std::fmt::Result {
    writeln!(
        text,
        "## Timeline (UTC)\n\n| Time | Who | What | Verdict | Detail |\n| --- | --- | --- | --- | --- |"
    )?;
    for record in records {
        let told = describe(state, &record.event);
        let verdict = told.outcome.map_or("", |outcome| match outcome {
            Outcome::Pass => "PASS",
            Outcome::Fail => "FAIL",
            Outcome::Inconclusive => "INCONCLUSIVE",
        });
        writeln!(
            text,
            "| {} | {} | {}: {} | {verdict} | {} |",
            time(record.at),
            escape(record.actor.name()),
            escape(&told.subject),
            escape(&told.what),
            escape(&told.detail)
        )?;
    }
    writeln!(text)
}

fn root_cause(text: &mut String) -> std::fmt::Result {
    writeln!(text, "## Root cause: five whys\n")?;
    for number in 1..=5 {
        writeln!(text, "{number}. Why? ")?;
    }
    writeln!(text)
}

/// One action per gate that did not pass at some time, with what was observed the first time.
fn corrective_actions(text: &mut String, records: &[Record], state: &State) -> std::fmt::Result {
    writeln!(
        text,
        "## Corrective actions\n\n| # | Gate | What it saw | Action | Owner | Due |\n| --- | --- | --- | --- | --- | --- |"
    )?;
    let mut named: Vec<&str> = Vec::new();
    for record in records {
        let (Event::GateFinished { gate, verdict, .. } | Event::GateObserved { gate, verdict, .. }) = &record.event
        else {
            continue;
        };
        if verdict.passes() || named.contains(&gate.as_str()) {
            continue;
        }
        named.push(gate);
        writeln!(
            text,
            "| {} | {} | {} | | | |",
            named.len(),
            escape(&state.gate_title(gate)),
            escape(&seen(verdict))
        )?;
    }
    if named.is_empty() {
        writeln!(text, "| | No gate failed. | | | | |")?;
    }
    writeln!(text)
}

fn seen(verdict: &Verdict) -> String {
    let checks = verdict.checks.iter().filter(|check| check.outcome != Outcome::Pass);
    let told: Vec<String> = checks
        .map(|check| {
            format!(
                "{}: expected {}, observed {}",
                check.check, check.expected, check.observed
            )
        })
        .collect();
    if told.is_empty() {
        verdict.summary.clone()
    } else {
        told.join("; ")
    }
}

fn linked(text: &mut String, header: &ReportHeader) -> std::fmt::Result {
    writeln!(text, "## Linked sessions\n")?;
    match (header.undoes, header.undone_by) {
        (None, None) => writeln!(text, "None.")?,
        (undoes, undone_by) => {
            if let Some(session) = undoes {
                writeln!(text, "- Undoes session `{session}`")?;
            }
            if let Some(session) = undone_by {
                writeln!(text, "- Undone by session `{session}`")?;
            }
        }
    }
    writeln!(text)
}

fn proof(text: &mut String, records: &[Record]) -> std::fmt::Result {
    let Some(last) = records.last() else { return Ok(()) };
    writeln!(
        text,
        "## Proof\n\nSession `{}`, {} events, head `{}`. `holdpoint verify` checks the chain of the JSON export.",
        last.session, last.seq, last.hash
    )
}

fn status(standing: Standing) -> &'static str {
    match standing {
        Standing::Go => "open",
        Standing::Hold => "on hold",
        Standing::RollingBack => "rollback started",
        Standing::Completed => "completed",
        Standing::RolledBack => "closed as rolled back",
        Standing::Abandoned => "abandoned",
    }
}

/// A value, or that nobody said it: an emergency is started without a version.
fn told(value: &str, shown: impl Fn(&str) -> String) -> String {
    if value.is_empty() {
        "not known".to_owned()
    } else {
        shown(value)
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// Keeps what people and platforms wrote from being Markdown: no new cell, no new line, no HTML, no link, no stress, no
/// other order of what stands around it.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.trim().chars() {
        match character {
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '~' => {
                out.push('\\');
                out.push(character);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push(' '),
            other => visible::push(&mut out, other),
        }
    }
    out
}
