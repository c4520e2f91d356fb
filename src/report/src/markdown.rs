//! The incident report, ready to fill in, or the report of a release that had no incident.

use std::fmt::Write as _;

use crate::escape::escape;
use crate::evidence::{Evidence, time_utc, word};
use crate::fence::fenced;
use crate::header::{ReportHeader, practice};
use crate::linked::{LinkedSession, LinkedSessions};
use crate::post_mortem;
use crate::severity::{is_incident, is_release, suggested};
use crate::tally::{Tally, in_words};
use crate::timeline::{holds, rollback, timeline};
use holdpoint_domain::gate::{Outcome, Verdict};
use holdpoint_domain::session::{Event, Record, Standing, State, span_in_words};

/// The report in parts: what holds of the whole, each piece of evidence, and the rest.
pub(super) struct Report {
    pub before: String,
    /// The heading over the evidence, and what is said where there is none.
    pub evidence_heading: String,
    pub evidence: Vec<EvidencePart>,
    pub after: String,
}

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

impl Report {
    /// As one text.
    pub(super) fn text(&self) -> String {
        let evidence = self.evidence.iter();
        let evidence: String = evidence.map(|part| part.heading() + &part.text).collect();
        [&*self.before, &*self.evidence_heading, &*evidence, &*self.after].concat()
    }
}

/// The whole report. What people typed is escaped, so that it stays in its cell and makes no markup.
pub(super) fn report(records: &[Record], state: &State, header: &ReportHeader, linked: &LinkedSessions) -> Report {
    let (mut before, mut after) = (String::new(), String::new());
    // Writing to a string cannot fail, so the results below say nothing.
    head(&mut before, records, state, header, linked).unwrap_or(());
    executive_summary(&mut before, state, header, linked).unwrap_or(());
    holds(
        &mut before,
        "## Holds",
        &header.holds,
        header.seconds_on_hold.unwrap_or(0),
    )
    .unwrap_or(());
    post_mortem::starred(&mut before, records, state).unwrap_or(());
    timeline(&mut before, records, state).unwrap_or(());
    if let Some(one) = &linked.undone_by {
        rollback(&mut before, one).unwrap_or(());
    }
    let evidence = records.iter().filter_map(|record| Evidence::of(record, state));
    let evidence: Vec<EvidencePart> = evidence.map(|evidence| evidence_part(&evidence)).collect();
    let incident = is_incident(records, state, linked.rollback_known(state));
    post_mortem::sections(&mut after, &state.annotations, incident).unwrap_or(());
    corrective_actions(&mut after, records, state).unwrap_or(());
    linked_sessions(&mut after, linked).unwrap_or(());
    proof(&mut after, records).unwrap_or(());
    let none = if evidence.is_empty() {
        "No gate was asked.\n\n"
    } else {
        ""
    };
    Report {
        before,
        evidence_heading: format!("## Evidence\n\n{none}"),
        evidence,
        after,
    }
}

/// What one verdict rests on. Output and request stand in fences that they cannot end.
fn evidence_part(evidence: &Evidence<'_>) -> EvidencePart {
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

fn head(
    text: &mut String,
    records: &[Record],
    state: &State,
    header: &ReportHeader,
    linked: &LinkedSessions,
) -> std::fmt::Result {
    writeln!(
        text,
        "# {} {}: {}\n",
        match is_incident(records, state, linked.rollback_known(state)) {
            true => "Incident report",
            false if is_release(state) => "Release report",
            false => "Report",
        },
        header.id,
        [escape(&header.procedure), escape(&header.version)]
            .join(" ")
            .trim_end()
    )?;
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
    unfinished_rollback(text, linked)?;
    writeln!(text, "| | |\n| --- | --- |")?;
    let ended = header.resolved.map_or_else(|| "not yet".to_owned(), time_utc);
    let end = match header.standing {
        Standing::Completed | Standing::RolledBack => "Resolved",
        Standing::Go | Standing::Hold | Standing::RollingBack | Standing::Abandoned => "Ended",
    };
    let severity = suggested(records, state, linked.rollback_known(state));
    let severity = severity.map_or_else(String::new, |severity| severity.in_words());
    let said = post_mortem::severity_rows(&state.annotations, severity);
    let rows = [
        ("Status", status(header.standing).to_owned()),
        ("Created", time_utc(header.created)),
        (end, ended),
        ("Owner", escape(&header.captain)),
        ("Runbook", escape(&header.runbook)),
        ("Environment", escape(&header.environment)),
        ("Version", told(&header.version, escape)),
        ("Git commit", told(&header.git_sha, |sha| format!("`{}`", escape(sha)))),
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
    let id = [("Id", header.id.clone())];
    for (name, value) in id.into_iter().chain(said).chain(rows).chain(links) {
        writeln!(text, "| {name} | {value} |")?;
    }
    writeln!(text)
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
        Standing::Go => "under way",
        Standing::Hold => "on hold",
        Standing::RollingBack => "rollback started",
        Standing::Completed => "completed",
        Standing::RolledBack => "closed as rolled back",
        Standing::Abandoned => "given up",
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
