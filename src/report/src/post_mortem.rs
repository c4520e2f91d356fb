//! What people wrote about a session beside its steps, as data and as sections of the report.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::error::ExportError;
use crate::escape::escape;
use crate::evidence::{time, time_utc, word};
use crate::paper::Paper;
use crate::told::Told;
use holdpoint_domain::session::{ActionState, Actor, Annotations, Record, SeverityLevel, State, Written, describe};

/// What people wrote: the field `post_mortem` of a summary. What was replaced or taken back is in the events alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PostMortem {
    /// A person's word. What the events suggest stands apart from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<SaidSeverity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<String>,
    /// Answers to *why*, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub root_cause: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<ActionLine>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub starred: Vec<StarLine>,
}

/// A person's word on the severity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SaidSeverity {
    pub level: SeverityLevel,
    pub by: String,
    pub at: DateTime<Utc>,
    pub reason: String,
}

/// An action item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActionLine {
    /// From 1, in the order in which they were written first.
    pub number: usize,
    pub action: String,
    /// Empty while nobody has it.
    pub owner: String,
    pub due: Option<NaiveDate>,
    pub state: ActionState,
    /// Who said last how it stands, and when; none while nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stated: Option<(DateTime<Utc>, String)>,
}

/// An event that is starred.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StarLine {
    /// The event's number.
    pub seq: u64,
    /// May be empty.
    pub caption: String,
    pub by: String,
}

impl PostMortem {
    /// None where nothing stands there.
    #[must_use]
    pub fn of(noted: &Annotations) -> Option<Self> {
        let name = |actor: &Actor| actor.name().to_owned();
        let texts = |one: &Option<Written<Vec<String>>>| one.as_ref().map(|one| one.value.clone()).unwrap_or_default();
        let actions = noted.actions.iter().enumerate().map(|(at, item)| ActionLine {
            number: at + 1,
            action: item.text.clone(),
            owner: item.owner.clone(),
            due: item.due,
            state: item.state,
            stated: item.stated.as_ref().map(|(at, actor)| (*at, name(actor))),
        });
        let starred = noted.stars.iter().map(|(seq, star)| StarLine {
            seq: *seq,
            caption: star.value.clone(),
            by: name(&star.actor),
        });
        let severity = noted.severity.as_ref().map(|said| SaidSeverity {
            level: said.value.level,
            by: name(&said.actor),
            at: said.at,
            reason: said.value.reason.clone(),
        });
        let told = Self {
            severity,
            impact: noted.impact.as_ref().map(|impact| impact.value.clone()),
            root_cause: texts(&noted.root_cause),
            factors: texts(&noted.factors),
            actions: actions.collect(),
            starred: starred.collect(),
        };
        (told != Self::default()).then_some(told)
    }
}

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
            "_Impact on users:_ {} ({})\n",
            escape(&impact.value),
            escape(impact.actor.name())
        ),
    }
}

/// Root cause, contributing factors and action items. What nobody wrote is said to be so where the report is of an incident, and
/// left out of any other.
pub(super) fn sections(text: &mut String, noted: &Annotations, incident: bool) -> std::fmt::Result {
    if incident || noted.root_cause.is_some() {
        root_cause(text, noted)?;
    }
    if incident || noted.factors.is_some() {
        factors(text, noted)?;
    }
    if incident || !noted.actions.is_empty() {
        actions(text, noted)?;
    }
    Ok(())
}

fn root_cause(text: &mut String, noted: &Annotations) -> std::fmt::Result {
    writeln!(text, "## Root cause: five whys\n")?;
    let Some(cause) = &noted.root_cause else {
        writeln!(text, "Not written yet.\n")?;
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
        "## Starred events (UTC)\n\nPeople starred {count} of {all} events. The other {} are in the whole timeline below.\n\n",
        all.saturating_sub(count)
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
        escape(&told.detail),
        escape(&star.value),
        escape(star.actor.name())
    )
}
