//! What people wrote about a session beside its steps, as sections of the report.

use std::fmt::Write as _;

use crate::error::ExportError;
use crate::escape::{escape, line_start};
use crate::evidence::{time, time_utc, word};
use crate::paper::Paper;
use crate::timeline::is_annotation;
use crate::told::Told;
use holdpoint_domain::session::{Annotations, Record, State, Written, describe};

/// The rows of the head that tell the severity: a person's word where there is one, and always what the events suggest.
pub(super) fn severity_rows(noted: &Annotations, suggested: String) -> Vec<(&'static str, String)> {
    match &noted.severity {
        None => vec![("Severity", suggested)],
        Some(said) => {
            let by = format!(
                "{}, said by {} at {}: {}",
                said.value.level.word(),
                escape(said.actor.name()),
                time_utc(said.at),
                escape(&said.value.reason)
            );
            vec![("Severity", by), ("Severity by the events", suggested)]
        }
    }
}

pub(super) fn impact(text: &mut String, noted: &Annotations) -> std::fmt::Result {
    match &noted.impact {
        None => writeln!(text, "_Impact on users:_ not written yet.\n"),
        Some(impact) => writeln!(
            text,
            "_Impact on users_, written by {}:\n\n{}",
            escape(impact.actor.name()),
            quoted(&impact.value)
        ),
    }
}

/// A text with its lines and paragraphs, as a quote in which nothing is markup.
fn quoted(value: &str) -> String {
    let lines: Vec<String> = value.trim().lines().map(|line| line_start(&escape(line))).collect();
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        let goes_on = !line.is_empty() && lines.get(at + 1).is_some_and(|next| !next.is_empty());
        text += &match (line.is_empty(), goes_on) {
            (true, _) => ">\n".to_owned(),
            (false, true) => format!("> {line}\\\n"),
            (false, false) => format!("> {line}\n"),
        };
    }
    match lines.is_empty() {
        true => ">\n".to_owned(),
        false => text,
    }
}

/// Root cause, contributing factors and action items. What nobody wrote is said to be so where the report is of an incident, and
/// left out of any other.
pub(super) fn sections(
    text: &mut String,
    noted: &Annotations,
    incident: bool,
    to_be_filled_in: bool,
) -> std::fmt::Result {
    if incident || noted.root_cause.is_some() {
        root_cause(text, noted, to_be_filled_in)?;
    }
    if incident || noted.factors.is_some() {
        factors(text, noted)?;
    }
    if incident || !noted.actions.is_empty() {
        actions(text, noted)?;
    }
    Ok(())
}

fn root_cause(text: &mut String, noted: &Annotations, to_be_filled_in: bool) -> std::fmt::Result {
    writeln!(text, "## Root cause: five whys\n")?;
    let Some(cause) = &noted.root_cause else {
        writeln!(text, "Not written yet.\n")?;
        if !to_be_filled_in {
            return Ok(());
        }
        for number in 1..=5 {
            writeln!(text, "{number}. Why? ")?;
        }
        return writeln!(text);
    };
    for (at, why) in cause.value.iter().enumerate() {
        writeln!(text, "{}. Why? {}", at + 1, escape(why))?;
    }
    written_by(text, cause)
}

fn factors(text: &mut String, noted: &Annotations) -> std::fmt::Result {
    writeln!(text, "## Contributing factors\n")?;
    let Some(factors) = &noted.factors else {
        return writeln!(text, "Not written yet.\n");
    };
    writeln!(text, "| # | Contributing factor |\n| --- | --- |")?;
    for (at, factor) in factors.value.iter().enumerate() {
        writeln!(text, "| {} | {} |", at + 1, escape(factor))?;
    }
    written_by(text, factors)
}

fn written_by<T>(text: &mut String, one: &Written<T>) -> std::fmt::Result {
    writeln!(
        text,
        "\n_Written by {} at {}._\n",
        escape(one.actor.name()),
        time_utc(one.at)
    )
}

fn actions(text: &mut String, noted: &Annotations) -> std::fmt::Result {
    writeln!(text, "## Action items\n")?;
    if noted.actions.is_empty() {
        return writeln!(text, "None written yet.\n");
    }
    writeln!(
        text,
        "| # | Action | Owner | Due | State | Last changed (UTC) |\n| --- | --- | --- | --- | --- | --- |"
    )?;
    for (at, item) in noted.actions.iter().enumerate() {
        let (changed, by) = match &item.stated {
            Some((stated, by)) if *stated >= item.at => (stated, by),
            _ => (&item.at, &item.actor),
        };
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {}, {} |",
            at + 1,
            escape(&item.text),
            or(&item.owner, "nobody"),
            item.due.map_or_else(|| "no day set".to_owned(), |due| due.to_string()),
            item.state.word(),
            time(*changed),
            escape(by.name())
        )?;
    }
    writeln!(text)
}

fn or(text: &str, otherwise: &str) -> String {
    match text.trim().is_empty() {
        true => otherwise.to_owned(),
        false => escape(text),
    }
}

/// The events that are starred, with what is said of them, and how many are not. Nothing where none is.
pub(super) fn starred(paper: &mut dyn Paper, told: &Told<'_>) -> Result<(), ExportError> {
    let state = &told.folded.state;
    let stars = &state.annotations.stars;
    if stars.is_empty() {
        return Ok(());
    }
    let (all, count) = (told.folded.head.seq, stars.len() as u64);
    paper.text(&format!(
        "## Starred events (UTC)\n\nPeople starred {count} of {all} events.\n\n"
    ))?;
    let rows = told.log.records().filter_map(|record| match record {
        Ok(record) => Some(Ok(star_row(&record, stars.get(&record.seq)?, state))),
        Err(error) => Some(Err(ExportError::Log(error))),
    });
    paper.table(
        "| Event | Time (UTC) | Who | What | Verdict | Detail | Caption | Starred by |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        &mut Box::new(rows),
    )
}

fn star_row(record: &Record, star: &Written<String>, state: &State) -> String {
    let told = describe(state, record);
    format!(
        "| {} | {} | {} | {}: {} | {} | {} | {} | {} |\n",
        record.seq,
        time(record.at),
        escape(record.actor.name()),
        escape(&told.subject),
        escape(&told.what),
        told.outcome.map_or("", word),
        // A draft may have been replaced since.
        if is_annotation(record) {
            String::new()
        } else {
            escape(&told.detail)
        },
        escape(&star.value),
        escape(star.actor.name())
    )
}
