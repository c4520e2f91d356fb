//! The incident log as Markdown and as CSV.

use std::fmt::Write as _;

use crate::error::ExportError;
use crate::escape::escape;
use crate::table::neutral;
use holdpoint_domain::wire::{Incident, IncidentLog};

/// The severity in words, and whose word it is.
fn severity(one: &Incident) -> (&'static str, String) {
    match (one.severity, &one.severity_by) {
        (Some(level), Some(by)) => (level.word(), format!("said by {by}")),
        (Some(level), None) => (level.word(), "by the events".to_owned()),
        (None, _) => ("not known", String::new()),
    }
}

fn actions(one: &Incident) -> String {
    match (one.actions, one.open_actions, one.overdue_actions) {
        (0, ..) => "none written".to_owned(),
        (all, 0, _) => format!("{all}, none open"),
        (all, open, 0) => format!("{all}, {open} open"),
        (all, open, overdue) => format!("{all}, {open} open, {overdue} overdue"),
    }
}

/// The log as tables of Markdown.
#[must_use]
pub fn incidents_md(log: &IncidentLog) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    write_md(&mut text, log).unwrap_or(());
    text
}

fn write_md(text: &mut String, log: &IncidentLog) -> std::fmt::Result {
    writeln!(
        text,
        "# Incident log\n\nOf {} sessions that were looked through, {} are incidents. Open action items: {}, of these overdue on {}: {}.\n",
        log.sessions,
        log.incidents.len(),
        log.statistics.open_actions,
        log.today,
        log.statistics.overdue_actions
    )?;
    if log.older.is_some() {
        writeln!(text, "> Older sessions were not looked through.\n")?;
    }
    if log.unread > 0 {
        writeln!(text, "> The logs of {} incidents were not read yet.\n", log.unread)?;
    }
    if log.incidents.is_empty() {
        return writeln!(text, "No incident.");
    }
    writeln!(
        text,
        "| Id | Started (UTC) | Title | Environment | Severity | Whose word | Status | Action items | Owner | Session |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    )?;
    for one in &log.incidents {
        let (severity, whose) = severity(one);
        writeln!(
            text,
            "| {} | {} | {}{} | {} | {severity} | {} | {} | {} | {} | `{}` |",
            one.report,
            one.started.format("%Y-%m-%d %H:%M:%S"),
            escape(&one.title),
            if one.rehearsal { " (rehearsal)" } else { "" },
            escape(&one.environment),
            escape(&whose),
            one.status.word(),
            actions(one),
            escape(&one.owner),
            one.session
        )?;
    }
    writeln!(
        text,
        "\n## By month (UTC)\n\n| Month | SEV-1 | SEV-2 | SEV-3 | No incident | Not known |\n| --- | --- | --- | --- | --- | --- |"
    )?;
    for month in &log.statistics.months {
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            month.month, month.sev1, month.sev2, month.sev3, month.none, month.unknown
        )?;
    }
    Ok(())
}

/// One row an incident. Cells that a spreadsheet would run as a formula are neutralised.
///
/// # Errors
/// A row cannot be written.
pub fn incidents_csv(log: &IncidentLog) -> Result<String, ExportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "id",
        "started (UTC)",
        "closed (UTC)",
        "title",
        "environment",
        "rehearsal",
        "severity",
        "whose word",
        "status",
        "owner",
        "action items",
        "open",
        "overdue",
        "session",
    ])?;
    let time = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M:%S").to_string();
    for one in &log.incidents {
        let (severity, whose) = severity(one);
        let cells = [
            one.report.clone(),
            time(one.started),
            one.closed.map_or_else(String::new, time),
            one.title.clone(),
            one.environment.clone(),
            if one.rehearsal { "yes" } else { "no" }.to_owned(),
            severity.to_owned(),
            whose,
            one.status.word().to_owned(),
            one.owner.clone(),
            one.actions.to_string(),
            one.open_actions.to_string(),
            one.overdue_actions.to_string(),
            one.session.to_string(),
        ];
        writer.write_record(cells.iter().map(|cell| neutral(cell)))?;
    }
    let bytes = writer.into_inner().map_err(|_| ExportError::Text)?;
    String::from_utf8(bytes).map_err(|_| ExportError::Text)
}
