//! How a drill went, as a section of the report.

use std::fmt::Write as _;

use holdpoint_domain::drill::{DrillScore, FaultScore};

use crate::escape::escape;
use crate::evidence::time;
use crate::fold::Folded;
use crate::linked::LinkedSessions;
use crate::told::Told;

/// The score of a session's drill, by its log and that of its rollback.
pub(super) fn score_of(folded: &Folded, linked: &LinkedSessions) -> Option<DrillScore> {
    let rollback = linked.undone_by.as_ref().and_then(|one| one.source.as_ref());
    folded.score_with(rollback.map(|source| &*source.folded))
}

/// Nothing in a session that is no drill.
pub(super) fn section(text: &mut String, told: &Told<'_>) -> std::fmt::Result {
    if !told.header.drill {
        return Ok(());
    }
    writeln!(text, "## Drill\n")?;
    let Some(score) = score_of(told.folded, told.linked) else {
        return writeln!(
            text,
            "This rollback is part of a drill. The score is with the session that it undoes.\n"
        );
    };
    if score.closed.is_none() {
        return writeln!(
            text,
            "Which faults strike and when is revealed when the session is closed, and the score with it.\n"
        );
    }
    faults(text, &score)?;
    if let Some(rollback) = &score.rollback {
        writeln!(text, "{}\n", rollback.in_words())?;
    }
    turns(text, &score)?;
    not_followed(text, &score)
}

fn faults(text: &mut String, score: &DrillScore) -> std::fmt::Result {
    match (&score.title, &score.seed) {
        (Some(title), Some(seed)) => writeln!(
            text,
            "**{}**, seed “{}”. Every figure follows from the log. What it has nothing to measure by is n.a.; there is no grade.\n",
            escape(title),
            escape(seed)
        )?,
        _ => {
            return writeln!(
                text,
                "The plan of this drill was lost before the session was closed, so nothing can be said of its faults.\n"
            );
        }
    }
    if score.faults.is_empty() {
        return writeln!(text, "No fault was planned.\n");
    }
    writeln!(
        text,
        "| Fault | Planned for | Gates | Struck (UTC) | Noticed | Time to notice | Time to decide | Time to roll back |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |"
    )?;
    for fault in &score.faults {
        fault_row(text, fault)?;
    }
    writeln!(text)
}

fn fault_row(text: &mut String, fault: &FaultScore) -> std::fmt::Result {
    let cells = [
        fault.planned.title.clone(),
        fault.planned.moment_in_words(),
        fault.planned.gates.join(", "),
        fault.struck.map_or_else(|| "never".to_owned(), time),
        fault.standing().to_owned(),
        fault.noticed_in_words(),
        fault.decided_in_words(),
        fault.roll_back_in_words(),
    ];
    writeln!(text, "| {} |", cells.map(|cell| escape(&cell)).join(" | "))
}

fn turns(text: &mut String, score: &DrillScore) -> std::fmt::Result {
    writeln!(text, "### Wrong turns\n")?;
    if score.turns.is_empty() {
        return writeln!(text, "None that the log shows.\n");
    }
    writeln!(
        text,
        "| Time (UTC) | Who | What | Step or gate | Reason |\n| --- | --- | --- | --- | --- |"
    )?;
    for turn in &score.turns {
        writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            time(turn.at),
            escape(&turn.who),
            turn.kind.in_words(),
            escape(&turn.subject),
            escape(&turn.reason)
        )?;
    }
    writeln!(text)
}

fn not_followed(text: &mut String, score: &DrillScore) -> std::fmt::Result {
    writeln!(text, "### Steps that could not be followed\n")?;
    if score.not_followed.is_empty() {
        return writeln!(text, "Nobody said so of any step.\n");
    }
    writeln!(text, "| Time (UTC) | Who | Step | Reason |\n| --- | --- | --- | --- |")?;
    for one in &score.not_followed {
        writeln!(
            text,
            "| {} | {} | {} | {} |",
            time(one.at),
            escape(&one.who),
            escape(&one.label),
            escape(&one.reason)
        )?;
    }
    writeln!(text)
}
