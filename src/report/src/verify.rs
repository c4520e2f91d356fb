//! Whether an exported log was altered.

use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::format::{FORMAT, FORMAT_VERSION};
use crate::header::{ReportHeader, report_header};
use crate::linked::{LinkedSessions, LinkedStanding};
use holdpoint_domain::gate::Verdict;
use holdpoint_domain::json::{self as strict_json, JsonError};
use holdpoint_domain::session::{ChainError, EVENT_VERSION, Event, Record, SessionId, State, verify_records};

/// Why a file is not the log that was exported.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Not JSON at all.
    #[error("The file is not JSON: {0}")]
    NotJson(String),
    /// An object has two members of the same name, so that readers of the file may disagree about what it says.
    #[error("The file can be read in more than one way: {0}. Nothing that Holdpoint writes is like this.")]
    Twice(String),
    /// Something stands in the file that no export of this version has.
    #[error(
        "{place} has the field “{field}”, which this version of Holdpoint does not know. If a newer version wrote the file, verify \
         it with that one; otherwise the field was added."
    )]
    UnknownField {
        /// `The file`, `Event 3`.
        place: String,
        /// As the file writes it.
        field: String,
    },
    /// A record of another version.
    #[error("Event {seq} is of version {version} of the format, and this version of Holdpoint knows {EVENT_VERSION}.")]
    Version {
        /// Its place, from 1.
        seq: u64,
        /// As the record says.
        version: u16,
    },
    /// Time runs forwards in a log.
    #[error("Event {seq} is from before the one that precedes it, or from before its own verdict.")]
    Times {
        /// Its place, from 1.
        seq: u64,
    },
    /// JSON, but not ours.
    #[error(
        "The file is not a Holdpoint JSON export (its “format” is not “{FORMAT}”, or its version is not {FORMAT_VERSION})."
    )]
    NotOurs,
    /// The chain does not hold.
    #[error("{0}")]
    Chain(#[from] ChainError),
    /// The last event is not the one that the file names as its head.
    #[error("The log ends with event {found}, but the file names event {named} as the last: events were cut off.")]
    Cut {
        /// The last event.
        found: u64,
        /// What the file names.
        named: u64,
    },
    /// The summary says of a session something else than its events, which no rule of any version makes of them.
    #[error("The summary at the head of the file was altered: its “{part}” is not what the events say.")]
    HeaderAltered {
        /// Its name in the file: `rehearsal`, `standing`.
        part: &'static str,
    },
    /// The field `linked` is not what an export has, or names other sessions than the events do.
    #[error(
        "What the file says of linked sessions is not as an export says it, or names other sessions than the events."
    )]
    Links,
    /// The log of a linked session is in the file, and is not as it was recorded.
    #[error("In the log of {role}, which this file has beside its own: {source}")]
    LinkedLog {
        /// `the rollback`, `the session that is undone`.
        role: &'static str,
        /// What is wrong with it.
        source: Box<VerifyError>,
    },
    /// The log of a linked session says other things than the file says of it.
    #[error(
        "What the file says of {role} was altered: it does not follow from the log of that session, which is in the file."
    )]
    LinkedAltered {
        /// `the rollback`, `the session that is undone`.
        role: &'static str,
    },
    /// The log of another session stands in the place of a linked one's.
    #[error("The log that the file has of {role} is of a session that is not linked with this one.")]
    LinkedOther {
        /// `the rollback`, `the session that is undone`.
        role: &'static str,
    },
}

/// A part of the summary, or of what is said of a linked session, that this version makes otherwise out of the same events.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{of} “{part}” is {written}, and this version of Holdpoint makes {made} of the same events: another version made the file, or \
     the summary was changed. Go by the events."
)]
pub struct OtherwiseMade {
    /// `The summary's`, `The rollback's`.
    pub of: &'static str,
    /// Its name in the file: `done`, `severity`.
    pub part: &'static str,
    /// As it stands in the file.
    pub written: String,
    /// As this version makes it.
    pub made: String,
}

/// What was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many events.
    pub events: u64,
    /// The hash of the last one.
    pub head: String,
    /// The id of the session's report, `YYYY-MM-DD-NN`.
    pub id: String,
    /// Its last part, which no event holds.
    pub number: u32,
    /// What of the summary is made otherwise by this version. The rules by which it is made are no part of the chain, and change.
    pub otherwise_made: Vec<OtherwiseMade>,
    /// What the file cannot prove by itself, each as a sentence.
    pub unproven: Vec<String>,
}

/// What the summary repeats of the events as it is, and of which no rule of ours has a say.
const REPEATED: [&str; 14] = [
    "id",
    "number",
    "runbook",
    "procedure",
    "environment",
    "rehearsal",
    "drill",
    "version",
    "git_sha",
    "captain",
    "created",
    "resolved",
    "undoes",
    "undone_by",
];
/// What the summary makes of the events by rules, which a version may change.
const MADE: [&str; 14] = [
    "severity",
    "standing",
    "done",
    "steps",
    "passed",
    "failed",
    "inconclusive",
    "on_browsers_word",
    "by_old_declaration",
    "without_pass",
    "left_out",
    "holds",
    "seconds_on_hold",
    "post_mortem",
];

const REBUILT: &str = "Whoever can write the whole file can seal all of it anew. Compare the last event's hash with one that was kept \
                       elsewhere: only that proves that nothing was changed.";
const OPEN: &str =
    "The session is not closed in this file: whether more was recorded after its last event, the file cannot tell.";
const AFTER_CLOSING: &str = "Notes and the post-mortem can follow the closing: whether more were recorded after the last event, the file cannot tell.";
const LINKED: &str = "The logs of linked sessions in this file are checked as this one is. Whether more was recorded in them after the \
                      export was made, it cannot tell: verify their own exports as well.";
const ROLLBACK: &str = "the rollback";
const LINKED_LATER: &str = "Whether a rollback was started after the closing, a closed session's log does not say.";

/// Checks a JSON export: that it can be read in one way only and has nothing in it that is not known, the chain and its end, that
/// times and versions are right, and that the summary repeats the events as they are. What it makes of them by rules may be another
/// version's, and is told apart.
///
/// # Errors
/// The first thing that is not as it was exported.
pub fn verify(text: &str) -> Result<Verified, VerifyError> {
    let file: Value = serde_json::from_str(text).map_err(|error| VerifyError::NotJson(error.to_string()))?;
    match strict_json::read(text.as_bytes()) {
        Err(error @ JsonError::Twice { .. }) => return Err(VerifyError::Twice(error.to_string())),
        Err(error) => return Err(VerifyError::NotJson(error.to_string())),
        Ok(_) => {}
    }
    let ours = file.get("format").and_then(Value::as_str) == Some(FORMAT)
        && file.get("version").and_then(Value::as_u64) == Some(FORMAT_VERSION);
    let events = file
        .get("events")
        .and_then(Value::as_array)
        .filter(|_| ours)
        .ok_or(VerifyError::NotOurs)?;
    only(
        &file,
        &["format", "version", "rehearsal", "summary", "linked", "head", "events"],
        "The file",
    )?;
    let records = checked_log(events)?;
    let found = events.len() as u64;
    let head = file.get("head");
    let named = head.and_then(|head| head.get("seq")).and_then(Value::as_u64);
    let hash = events.last().and_then(|last| last.get("hash")).and_then(Value::as_str);
    if named != Some(found) || head.and_then(|head| head.get("hash")).and_then(Value::as_str) != hash {
        return Err(VerifyError::Cut {
            found,
            named: named.unwrap_or(0),
        });
    }
    only(head.unwrap_or(&Value::Null), &["seq", "hash"], "The file's “head”")?;
    let number = file
        .pointer("/summary/number")
        .and_then(Value::as_u64)
        .and_then(|number| u32::try_from(number).ok());
    let state = State::fold(&records);
    let header = report_header(&records, &state, number.unwrap_or(1)).ok_or(VerifyError::NotOurs)?;
    let linked = match file.get("linked") {
        None => LinkedSessions::default(),
        Some(linked) => LinkedSessions::deserialize(linked).map_err(|_| VerifyError::Links)?,
    };
    // A file without any link is of a version that did not keep them, or they were taken out: that is said, below.
    if file.get("linked").is_some() && linked.clone().with_those_of(&header) != linked {
        return Err(VerifyError::Links);
    }
    let (linked_unproven, linked_otherwise_made) = check_linked(&file, &records, &header, &linked)?;
    let told = serde_json::to_value(&header).map_err(|error| VerifyError::NotJson(error.to_string()))?;
    if file.get("rehearsal") != told.get("rehearsal") {
        return Err(VerifyError::HeaderAltered { part: "rehearsal" });
    }
    let mut otherwise_made = compare_summary(file.get("summary").unwrap_or(&Value::Null), &told)?;
    otherwise_made.extend(linked_otherwise_made);
    let end = if state.closed.is_some() { AFTER_CLOSING } else { OPEN };
    let mut unproven = vec![REBUILT.to_owned(), end.to_owned()];
    unproven.extend(linked_unproven);
    if state.closed.is_some() && header.undone_by.is_none() {
        unproven.push(LINKED_LATER.to_owned());
    }
    Ok(Verified {
        events: found,
        head: hash.unwrap_or_default().to_owned(),
        id: header.id,
        number: header.number,
        otherwise_made,
        unproven,
    })
}

/// A session's log whose chain, versions and times are right.
fn checked_log(events: &[Value]) -> Result<Vec<Record>, VerifyError> {
    verify_records(events)?;
    let records: Vec<Record> = serde_json::from_value(Value::Array(events.to_vec()))
        .map_err(|error| VerifyError::NotJson(error.to_string()))?;
    for (written, record) in events.iter().zip(&records) {
        of_this_version(written, record)?;
    }
    check_times(&records)?;
    Ok(records)
}

/// Holds what the file says of linked sessions against their logs in it, and says of which there is none, and what this version
/// makes otherwise of those that are there.
fn check_linked(
    file: &Value,
    records: &[Record],
    header: &ReportHeader,
    linked: &LinkedSessions,
) -> Result<(Vec<String>, Vec<OtherwiseMade>), VerifyError> {
    let own = records.first().map(|first| first.session);
    let (mut unproven, mut otherwise_made) = (Vec::new(), Vec::new());
    let mut checked = false;
    for (role, of, place, named, one) in [
        (
            "the session that is undone",
            "The undone session's",
            "/linked/undoes/events",
            header.undoes,
            &linked.undoes,
        ),
        (
            ROLLBACK,
            "The rollback's",
            "/linked/undone_by/events",
            header.undone_by,
            &linked.undone_by,
        ),
    ] {
        let events = file.pointer(place).and_then(Value::as_array);
        match (one, events.filter(|events| !events.is_empty())) {
            (Some(one), Some(events)) => {
                let log = checked_log(events).map_err(|source| VerifyError::LinkedLog {
                    role,
                    source: Box::new(source),
                })?;
                let state = State::fold(&log);
                let undoes = state.started.as_deref().and_then(|started| started.undoes);
                let is_it = log.iter().all(|record| record.session == one.session);
                if !is_it || role == ROLLBACK && undoes != own {
                    return Err(VerifyError::LinkedOther { role });
                }
                let made = LinkedStanding::of(&state);
                let differing = compare_linked(of, one.known.as_ref(), made.as_ref());
                otherwise_made.extend(differing.ok_or(VerifyError::LinkedAltered { role })?);
                checked = true;
            }
            (one, _) => {
                let Some(session) = one.as_ref().map(|one| one.session).or(named) else {
                    continue;
                };
                let by =
                    naming_event(records, session).map_or_else(String::new, |seq| format!(", which event {seq} names"));
                let told = match one.as_ref().is_some_and(|one| one.known.is_some()) {
                    true => "what it says of that session is proven by nothing in it",
                    false => "how that session went, it does not say",
                };
                unproven.push(format!("This file has no log of {role} ({session}){by}: {told}."));
            }
        }
    }
    if checked {
        unproven.push(LINKED.to_owned());
    }
    Ok((unproven, otherwise_made))
}

/// What of a linked session is made otherwise than this version makes it. None where the file says something else of it than its
/// events repeat.
fn compare_linked(
    of: &'static str,
    written: Option<&LinkedStanding>,
    made: Option<&LinkedStanding>,
) -> Option<Vec<OtherwiseMade>> {
    let (Some(written), Some(made)) = (written, made) else {
        return (written == made).then(Vec::new);
    };
    let repeated = |one: &LinkedStanding| (one.procedure.clone(), one.version.clone(), one.closed, one.standing);
    if repeated(written) != repeated(made) {
        return None;
    }
    let counts = |one: &LinkedStanding| {
        [
            ("done", json!(one.done)),
            ("steps", json!(one.steps)),
            ("left_out", json!(one.left_out)),
            ("without_pass", json!(one.without_pass)),
        ]
    };
    let both = counts(written).into_iter().zip(counts(made));
    let differing = both.filter(|((_, written), (_, made))| written != made);
    let differing = differing.map(|((part, written), (_, made))| OtherwiseMade {
        of,
        part,
        written: written.to_string(),
        made: made.to_string(),
    });
    Some(differing.collect())
}

/// The event that says that a session is linked with this one.
fn naming_event(records: &[Record], session: SessionId) -> Option<u64> {
    let names = |record: &&Record| match &record.event {
        Event::SessionStarted(started) => started.undoes == Some(session),
        Event::RollbackStarted { session: started, .. } => *started == session,
        _ => false,
    };
    records.iter().rfind(names).map(|record| record.seq)
}

/// What of a summary is made otherwise than this version makes it.
fn compare_summary(written: &Value, told: &Value) -> Result<Vec<OtherwiseMade>, VerifyError> {
    only(written, &[&REPEATED[..], &MADE[..]].concat(), "The file's “summary”")?;
    if let Some(part) = REPEATED.into_iter().find(|part| written.get(part) != told.get(part)) {
        return Err(VerifyError::HeaderAltered { part });
    }
    // Who went on without a pass, when and why stands in the events; only when the gate passed afterwards is found by a rule.
    let decided = |summary: &Value| summary.get("without_pass").map(without_passes);
    if written.get("without_pass").is_some() && decided(written) != decided(told) {
        return Err(VerifyError::HeaderAltered { part: "without_pass" });
    }
    let text = |value: Option<&Value>| value.map_or_else(|| "absent".to_owned(), Value::to_string);
    let differing = MADE.into_iter().filter(|part| written.get(part) != told.get(part));
    let differing = differing.map(|part| OtherwiseMade {
        of: "The summary's",
        part,
        written: text(written.get(part)),
        made: text(told.get(part)),
    });
    Ok(differing.collect())
}

fn without_passes(decisions: &Value) -> Value {
    let mut decisions = decisions.clone();
    for one in decisions.as_array_mut().into_iter().flatten() {
        one.as_object_mut().map(|one| one.remove("passed"));
    }
    decisions
}

/// Whether an object has these members and no others.
fn only(object: &Value, known: &[&str], place: &str) -> Result<(), VerifyError> {
    let mut names = object.as_object().into_iter().flat_map(serde_json::Map::keys);
    match names.find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(field) => Err(VerifyError::UnknownField {
            place: place.to_owned(),
            field: field.clone(),
        }),
    }
}

/// Whether a record is of the version that is known, and written as this version writes it: a field that is not known is left
/// out when it is read, and would be told to nobody.
fn of_this_version(written: &Value, record: &Record) -> Result<(), VerifyError> {
    let seq = record.seq;
    if record.v != EVENT_VERSION {
        return Err(VerifyError::Version { seq, version: record.v });
    }
    let known = serde_json::to_value(record).map_err(|error| VerifyError::NotJson(error.to_string()))?;
    match unknown_field(written, &known) {
        None => Ok(()),
        Some(field) => Err(VerifyError::UnknownField {
            place: format!("Event {seq}"),
            field,
        }),
    }
}

/// A member of `written` that is not in `known`, wherever it stands.
fn unknown_field(written: &Value, known: &Value) -> Option<String> {
    match (written, known) {
        (Value::Object(written), Value::Object(known)) => {
            written.iter().find_map(|(name, member)| match known.get(name) {
                Some(known) => unknown_field(member, known),
                None => Some(name.clone()),
            })
        }
        (Value::Array(written), Value::Array(known)) => written
            .iter()
            .zip(known)
            .find_map(|(written, known)| unknown_field(written, known)),
        _ => None,
    }
}

/// Whether no record is from before the one that precedes it, and none from before its verdict.
fn check_times(records: &[Record]) -> Result<(), VerifyError> {
    let mut before = None;
    for record in records {
        let backwards = before.is_some_and(|before| record.at < before);
        let verdict = match &record.event {
            Event::GateFinished { verdict, .. } | Event::GateObserved { verdict, .. } => Some(verdict),
            _ => None,
        };
        let early = |verdict: &Verdict| record.at < verdict.finished;
        if backwards || verdict.is_some_and(early) {
            return Err(VerifyError::Times { seq: record.seq });
        }
        before = Some(record.at);
    }
    Ok(())
}
