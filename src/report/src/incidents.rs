//! The incident log as Markdown and as CSV.

use std::fmt::Write as _;

use crate::error::ExportError;
use crate::escape::escape;
use crate::table::neutral;
use holdpoint_domain::wire::{Incident, IncidentLog};

fn actions(one: &Incident) -> String {
    if !one.actions_known {
        return "not known".to_owned();
    }
    match (one.actions, one.open_actions, one.overdue_actions) {
        (0, ..) => "none written".to_owned(),
        (all, 0, _) => format!("{all}, none open"),
        (all, open, 0) => format!("{all}, {open} open"),
        (all, open, overdue) => format!("{all}, {open} open, {overdue} overdue"),
    }
}

fn unread(log: &IncidentLog) -> String {
    format!(
        "The logs of {} sessions that may be incidents were not read yet. Export the log again in a while.",
        log.unread
    )
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
        "# Incident log\n\nOf {} sessions that were looked through, {} are incidents. Open action items: {}, of these overdue on {}: {}{}.\n",
        log.sessions,
        log.statistics.incidents,
        log.statistics.open_actions,
        log.today,
        log.statistics.overdue_actions,
        match log.statistics.actions_unknown {
            0 => String::new(),
            unknown => format!(", not counting {unknown} whose log was not read"),
        }
    )?;
    if log.older.is_some() {
        writeln!(text, "> Older sessions were not looked through.\n")?;
    }
    if log.unread > 0 {
        writeln!(text, "> **NOT COMPLETE.** {}\n", unread(log))?;
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
        let (severity, whose) = one.severity_in_words();
        writeln!(
            text,
            "| {} | {} | {}{} | {} | {severity} | {} | {} | {} | {} | `{}` |",
            one.report,
            one.started.format("%Y-%m-%d %H:%M:%S"),
            escape(&one.title),
            if one.rehearsal { " (rehearsal)" } else { "" },
            escape(&one.environment),
            escape(&whose),
            one.status_in_words(),
            actions(one),
            escape(&one.owner),
            one.session
        )?;
    }
    writeln!(
        text,
        "\n## By month (UTC)\n\n{}| Month | SEV-1 | SEV-2 | SEV-3 | No incident | Not known |\n| --- | --- | --- | --- | --- | --- |",
        match log.older {
            Some(_) => "The oldest month may be incomplete.\n\n",
            None => "",
        }
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
        let (severity, whose) = one.severity_in_words();
        let number = |number: u32| match one.actions_known {
            true => number.to_string(),
            false => "not known".to_owned(),
        };
        let cells = [
            one.report.clone(),
            time(one.started),
            one.closed.map_or_else(String::new, time),
            one.title.clone(),
            one.environment.clone(),
            if one.rehearsal { "yes" } else { "no" }.to_owned(),
            severity.to_owned(),
            whose,
            one.status_in_words(),
            one.owner.clone(),
            number(one.actions),
            number(one.open_actions),
            number(one.overdue_actions),
            one.session.to_string(),
        ];
        writer.write_record(cells.iter().map(|cell| neutral(cell).into_owned()))?;
    }
    if log.unread > 0 {
        let mut cells = [const { String::new() }; 14];
        (cells[0], cells[3]) = ("NOT COMPLETE".to_owned(), unread(log));
        writer.write_record(&cells)?;
    }
    let bytes = writer.into_inner().map_err(|_| ExportError::Text)?;
    String::from_utf8(bytes).map_err(|_| ExportError::Text)
}

#[cfg(test)]
mod tests {
    use holdpoint_domain::wire::{IncidentStatistics, IncidentStatus};

    use super::*;

    #[test]
    fn what_was_not_read_is_said_and_is_no_figure() {
        let started = chrono::DateTime::UNIX_EPOCH;
        let incident = Incident {
            session: uuid::Uuid::nil(),
            report: "1970-01-01-01".to_owned(),
            started,
            closed: Some(started),
            title: "Emergency".to_owned(),
            kind: None,
            environment: "Production".to_owned(),
            production: true,
            rehearsal: false,
            severity: None,
            severity_by: None,
            status: IncidentStatus::UndoneAfterwards,
            stands: "rollback given up".to_owned(),
            owner: "Ada".to_owned(),
            actions_known: false,
            actions: 0,
            open_actions: 0,
            overdue_actions: 0,
            unreadable: false,
        };
        let log = IncidentLog {
            incidents: vec![incident],
            sessions: 9,
            older: Some(uuid::Uuid::nil()),
            unread: 2,
            today: started.date_naive(),
            statistics: IncidentStatistics {
                actions_unknown: 1,
                incidents: 1,
                ..IncidentStatistics::default()
            },
        };
        let text = incidents_md(&log);
        for part in [
            "Of 9 sessions that were looked through, 1 are incidents. Open action items: 0, of these overdue on 1970-01-01: 0, not \
             counting 1 whose log was not read.",
            "> **NOT COMPLETE.** The logs of 2 sessions that may be incidents were not read yet.",
            "| not known |  | closed; afterwards: rollback given up | not known |",
            "The oldest month may be incomplete.",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        let table = incidents_csv(&log).expect("it is written");
        assert!(table.contains(",Ada,not known,not known,not known,"), "{table}");
        assert!(
            table
                .lines()
                .last()
                .is_some_and(|row| row.starts_with("NOT COMPLETE,,,The logs of 2 sessions")),
            "{table}"
        );
    }
}
