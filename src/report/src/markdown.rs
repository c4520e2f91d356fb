//! The incident report, ready to fill in, or the report of a release that had no incident.

use std::fmt::Write as _;

use crate::actions::corrective_actions;
use crate::error::ExportError;
use crate::escape::escape;
use crate::evidence::{Evidence, time_utc};
use crate::evidence_part::evidence_part;
use crate::fold::Folded;
use crate::header::{ReportHeader, practice};
use crate::linked::{LinkedSession, LinkedSessions};
use crate::paper::Paper;
use crate::post_mortem_sections as post_mortem;
use crate::severity::{is_release, suggested};
use crate::tally::{Tally, in_words};
use crate::timeline::{holds, rollback, timeline};
use crate::told::Told;
use holdpoint_domain::session::{Standing, State, span_in_words};

/// The whole report, part by part. What people typed is escaped, so that it stays in its cell and makes no markup.
pub(super) fn report(paper: &mut dyn Paper, told: &Told<'_>) -> Result<(), ExportError> {
    let (state, header, linked) = (&told.folded.state, told.header, told.linked);
    paper.text(&written(|text| {
        head(text, told)?;
        executive_summary(text, state, header, linked)?;
        holds(text, "## Holds", &header.holds, header.seconds_on_hold.unwrap_or(0))
    }))?;
    post_mortem::starred(paper, told)?;
    timeline(paper, told.log, state)?;
    if let Some(one) = &linked.undone_by {
        rollback(paper, one)?;
    }
    paper.picture(told)?;
    evidence(paper, told)?;
    paper.text(&written(|text| {
        post_mortem::sections(text, &state.annotations, is_incident(told))?;
        corrective_actions(text, &told.folded.actions)?;
        linked_sessions(text, linked)?;
        proof(text, told.folded)
    }))
}

/// What is written so. Writing to a string cannot fail, so that the result says nothing.
fn written(write: impl FnOnce(&mut String) -> std::fmt::Result) -> String {
    let mut text = String::new();
    write(&mut text).unwrap_or(());
    text
}

/// Every verdict of the log with what it rests on.
fn evidence(paper: &mut dyn Paper, told: &Told<'_>) -> Result<(), ExportError> {
    paper.text("## Evidence\n\n")?;
    if told.folded.verdicts == 0 {
        return paper.text("No gate was asked.\n\n");
    }
    for record in told.log.records() {
        let record = record.map_err(ExportError::Log)?;
        if let Some(evidence) = Evidence::of(&record, &told.folded.state) {
            paper.evidence(&evidence_part(&evidence))?;
        }
    }
    Ok(())
}

fn is_incident(told: &Told<'_>) -> bool {
    let state = &told.folded.state;
    crate::severity::is_incident(&told.folded.trouble, state, told.linked.rollback_known(state))
}

fn head(text: &mut String, told: &Told<'_>) -> std::fmt::Result {
    let (state, header, linked) = (&told.folded.state, told.header, told.linked);
    writeln!(
        text,
        "# {} {}: {}\n",
        match is_incident(told) {
            true => "Incident report",
            false if is_release(state) => "Release report",
            false => "Report",
        },
        header.id,
        [escape(&header.procedure), escape(&header.version)]
            .join(" ")
            .trim_end()
    )?;
    notices(text, told)?;
    writeln!(text, "| Field | Value |\n| --- | --- |")?;
    let ended = header.resolved.map_or_else(|| "not yet".to_owned(), time_utc);
    let end = match header.standing {
        Standing::Completed | Standing::RolledBack => "Resolved",
        Standing::Go | Standing::Hold | Standing::RollingBack | Standing::Abandoned => "Ended",
    };
    let severity = suggested(&told.folded.trouble, state, linked.rollback_known(state));
    let severity = severity.map_or_else(String::new, |severity| severity.in_words());
    let id = [("Id", header.id.clone())];
    let said = post_mortem::severity_rows(&state.annotations, severity);
    let rows = [
        ("Status", status(header.standing).to_owned()),
        ("Created", time_utc(header.created)),
        (end, ended),
        ("Owner", escape(&header.captain)),
        ("Runbook", escape(&header.runbook)),
        ("Environment", escape(&header.environment)),
        ("Version", or_unknown(&header.version, escape)),
        (
            "Git commit",
            or_unknown(&header.git_sha, |sha| format!("`{}`", escape(sha))),
        ),
        ("Rehearsal", practice(header.rehearsal, header.drill).to_owned()),
    ];
    let stands = |one: &Option<LinkedSession>, how: fn(&LinkedSession) -> String| {
        one.as_ref().map(|one| escape(&format!("{}: {}", one.name(), how(one))))
    };
    let links = [
        ("Undoes", stands(&linked.undoes, LinkedSession::undone_stands)),
        ("Rollback", stands(&linked.undone_by, LinkedSession::stands)),
        ("Time on hold", header.seconds_on_hold.map(span_in_words)),
    ];
    let links = links.into_iter().filter_map(|(name, value)| Some((name, value?)));
    for (name, value) in id.into_iter().chain(said).chain(rows).chain(links) {
        writeln!(text, "| {name} | {value} |")?;
    }
    writeln!(text)
}

/// What no report of a session may leave out, whoever's template made it.
pub(super) fn notices(text: &mut String, told: &Told<'_>) -> std::fmt::Result {
    let header = told.header;
    if header.drill {
        writeln!(
            text,
            "> **DRILL.** This session was a rehearsal against a stand-in platform, in which faults were made to happen. Nothing in it \
             happened to production.\n"
        )?;
    } else if header.rehearsal {
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
    without_pass(text, header)?;
    unfinished_rollback(text, told.linked)
}

fn without_pass(text: &mut String, header: &ReportHeader) -> std::fmt::Result {
    if header.without_pass.is_empty() {
        return Ok(());
    }
    writeln!(
        text,
        "> **GONE ON WITHOUT A PASS.** A gate of these steps had not passed when a person decided to go on:\n>"
    )?;
    for one in &header.without_pass {
        let later = one.passed.map_or_else(String::new, |at| {
            format!(" The gate passed afterwards, at {}.", time_utc(at))
        });
        writeln!(
            text,
            "> - {}, gate {}: decided by {} at {}. Reason: {}{later}",
            escape(&one.step),
            escape(&one.gate),
            escape(&one.by),
            time_utc(one.at),
            escape(&one.reason)
        )?;
    }
    writeln!(text)
}

/// A session that is closed as rolled back must not be read as if anything were undone.
fn unfinished_rollback(text: &mut String, linked: &LinkedSessions) -> std::fmt::Result {
    let Some(rollback) = linked.undone_by.as_ref().filter(|rollback| !rollback.is_completed()) else {
        return Ok(());
    };
    let title = match (&rollback.known, rollback.is_over()) {
        (None, _) => "HOW THE ROLLBACK WENT IS NOT KNOWN.",
        (Some(_), true) => "THE ROLLBACK WAS NOT FINISHED.",
        (Some(_), false) => "THE ROLLBACK IS NOT FINISHED.",
    };
    let told = match rollback.known {
        None => "The log of the rollback's session could not be read.".to_owned(),
        Some(_) => format!("{} {}.", escape(&rollback.name()), escape(&rollback.stands())),
    };
    writeln!(
        text,
        "> **{title}** {told} Nothing here shows that what this session did was undone.\n"
    )
}

fn executive_summary(
    text: &mut String,
    state: &State,
    header: &ReportHeader,
    linked: &LinkedSessions,
) -> std::fmt::Result {
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
        ": {}. Gates passed {}, failed {}, inconclusive {}.\n",
        escape(&in_words(
            header.done,
            header.steps,
            &header.left_out,
            &Tally::of(state).without_pass
        )),
        header.passed,
        header.failed,
        header.inconclusive
    )?;
    if let Some(one) = &linked.undoes {
        let (name, stands) = (escape(&one.name()), escape(&one.undone_stands()));
        writeln!(text, "It undoes {name}, which {stands}.\n")?;
    }
    if let Some(one) = &linked.undone_by {
        let (name, stands) = (escape(&one.name()), escape(&one.stands()));
        writeln!(text, "Its rollback is {name}, which {stands}.\n")?;
    }
    if let Some(closed) = state.closed.as_ref().filter(|closed| !closed.summary.trim().is_empty()) {
        writeln!(text, "{}\n", escape(&closed.summary))?;
    }
    post_mortem::impact(text, &state.annotations)
}

fn linked_sessions(text: &mut String, linked: &LinkedSessions) -> std::fmt::Result {
    writeln!(text, "## Linked sessions\n")?;
    if linked.is_empty() {
        writeln!(text, "None.")?;
    }
    let undoes = linked.undoes.as_ref().map(|one| ("Undoes", one, one.undone_stands()));
    let undone_by = linked.undone_by.as_ref().map(|one| ("Undone by", one, one.stands()));
    for (role, one, stands) in [undoes, undone_by].into_iter().flatten() {
        let closed = one.known.as_ref().and_then(|known| known.closed);
        writeln!(
            text,
            "- {role} {}: {}{} (session `{}`)",
            escape(&one.name()),
            escape(&stands),
            closed.map_or_else(String::new, |at| format!(", closed {}", time_utc(at))),
            one.session,
        )?;
    }
    writeln!(text)
}

fn proof(text: &mut String, folded: &Folded) -> std::fmt::Result {
    writeln!(
        text,
        "## Proof\n\nSession `{}`, {} events, head `{}`. `holdpoint verify` checks the chain of the JSON export.",
        folded.session, folded.head.seq, folded.head.hash
    )
}

fn status(standing: Standing) -> &'static str {
    match standing {
        Standing::Go => "under way",
        Standing::Hold => "on hold",
        Standing::RollingBack => "rollback started",
        Standing::Completed => "completed",
        Standing::RolledBack => "closed as rolled back",
        Standing::Abandoned => "given up",
    }
}

/// A value, or that nobody said it: an emergency is started without a version.
fn or_unknown(value: &str, shown: impl Fn(&str) -> String) -> String {
    if value.is_empty() {
        "not known".to_owned()
    } else {
        shown(value)
    }
}
