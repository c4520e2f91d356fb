//! Whether a JSON export was altered.

use std::collections::BTreeSet;
use std::io::{self, Read};

use holdpoint_domain::session::SessionId;
use serde_json::Value;

use super::compare::{compare_linked, compare_score, compare_summary, only};
use super::file::{self, File, LinkedOne};
use super::log::LogCheck;
use super::told::{MADE_BY_PART, OtherwiseMade, Verified, VerifyError};
use crate::fold::Folded;
use crate::format::{FORMAT, FORMAT_VERSION, MADE_BY};
use crate::linked::LinkedStanding;

const REBUILT: &str = "Whoever can write the whole file can seal all of it anew. Compare the last event's hash with one that was kept \
                       elsewhere: only that proves that nothing was changed.";
const OPEN: &str =
    "The session is not closed in this file: whether more was recorded after its last event, the file cannot tell.";
const AFTER_CLOSING: &str = "Notes and the post-mortem can follow the closing: whether more were recorded after the last event, the file cannot tell.";
const LINKED: &str = "The logs of linked sessions in this file are checked as this one is. Whether more was recorded in them after the \
                      export was made, it cannot tell: verify their own exports as well.";
const ROLLBACK: &str = "the rollback";
const LINKED_LATER: &str = "Whether a rollback was started after the closing, a closed session's log does not say.";

/// Checks a JSON export that is at hand as a text; see [`verify_from`].
///
/// # Errors
/// The first thing that is not as it was exported.
pub fn verify(text: &str) -> Result<Verified, VerifyError> {
    let none = BTreeSet::new();
    verify_from(text.as_bytes(), &none).unwrap_or_else(|error| Err(VerifyError::NotJson(error.to_string())))
}

/// Checks a JSON export: that it can be read in one way only and has nothing in it that is not known, the chain and its end, that
/// times and versions are right, and that the summary repeats the events as they are. What it makes of them by rules may be another
/// version's, and is told apart. The file is read once, and no event of it is kept; the hashes at `places` are given.
///
/// # Errors
/// The file cannot be read. Within that: the first thing that is not as it was exported.
pub fn verify_from(reader: impl Read, places: &BTreeSet<u64>) -> io::Result<Result<Verified, VerifyError>> {
    Ok(File::read(reader, places)?.and_then(check))
}

fn check(mut file: File) -> Result<Verified, VerifyError> {
    let member = |name: &str| file.members.get(name);
    let ours = member("format").and_then(Value::as_str) == Some(FORMAT)
        && member("version").and_then(Value::as_u64) == Some(FORMAT_VERSION);
    let own = file.own.log.take().filter(|_| ours).ok_or(VerifyError::NotOurs)?;
    let known = [
        "format",
        "version",
        "made_by",
        "rehearsal",
        "summary",
        "drill_score",
        "head",
    ];
    if let Some(field) = file.members.keys().find(|name| !known.contains(&name.as_str())) {
        let (place, field) = ("The file".to_owned(), field.clone());
        return Err(VerifyError::UnknownField { place, field });
    }
    let folded = own.finish()?;
    let (found, hash) = (folded.head().seq, folded.head().hash.clone());
    let head = member("head").unwrap_or(&Value::Null);
    let named = head.get("seq").and_then(Value::as_u64);
    if named != Some(found) || head.get("hash").and_then(Value::as_str) != Some(&hash) {
        return Err(VerifyError::Cut {
            found,
            named: named.unwrap_or(0),
        });
    }
    only(head, &["seq", "hash"], "The file's “head”")?;
    let summary = member("summary").unwrap_or(&Value::Null);
    let number = summary.get("number").and_then(Value::as_u64);
    let number = number.and_then(|number| u32::try_from(number).ok()).unwrap_or(1);
    let header = folded.header(number);
    let rehearsal = member("rehearsal").and_then(Value::as_bool) == Some(header.rehearsal);
    let told = serde_json::to_value(&header).map_err(|error| VerifyError::NotJson(error.to_string()))?;
    let linked = check_linked(file.linked.take(), &folded)?;
    if !rehearsal {
        return Err(VerifyError::HeaderAltered { part: "rehearsal" });
    }
    let summary = file.members.get("summary").unwrap_or(&Value::Null);
    let mut otherwise_made = compare_summary(summary, &told)?;
    otherwise_made.extend(linked.otherwise_made);
    let score = folded.score_with(linked.rollback.as_ref());
    otherwise_made.extend(compare_score(file.members.get("drill_score"), score.as_ref())?);
    let made_by = file.members.get("made_by");
    let by_this_version = made_by.and_then(Value::as_str) == Some(MADE_BY);
    if let Some(written) = made_by.filter(|_| !by_this_version) {
        otherwise_made.push(OtherwiseMade {
            of: "The file's",
            part: MADE_BY_PART,
            written: written.to_string(),
            made: format!("\"{MADE_BY}\""),
        });
    }
    let end = if folded.is_closed() { AFTER_CLOSING } else { OPEN };
    let mut unproven = vec![REBUILT.to_owned(), end.to_owned()];
    unproven.extend(linked.unproven);
    if folded.is_closed() && header.undone_by.is_none() {
        unproven.push(LINKED_LATER.to_owned());
    }
    Ok(Verified {
        session: folded.session,
        events: found,
        head: hash,
        hashes: file.own.hashes,
        id: header.id,
        number: header.number,
        linked: linked.sessions,
        otherwise_made,
        by_this_version,
        unproven,
    })
}

/// What was found of linked sessions.
#[derive(Default)]
struct LinkedFound {
    /// Whose logs were checked.
    sessions: Vec<SessionId>,
    unproven: Vec<String>,
    otherwise_made: Vec<OtherwiseMade>,
    /// What the rollback's log comes to.
    rollback: Option<Folded>,
}

/// A linked session as the file has it: how it stands, and its log.
struct Told {
    session: SessionId,
    known: Option<LinkedStanding>,
    log: Option<Result<Folded, VerifyError>>,
}

impl Told {
    /// None where it is not as an export has it.
    fn read(one: LinkedOne) -> Option<Self> {
        let mut members = one.members;
        let session = serde_json::from_value(members.remove("session")?).ok()?;
        let known = serde_json::from_value(members.remove("known").unwrap_or(Value::Null)).ok()?;
        members.is_empty().then(|| Self {
            session,
            known,
            log: one.log.filter(|log| log.given > 0).map(LogCheck::finish),
        })
    }
}

/// Holds what the file says of linked sessions against their logs in it, and says of which there is none, and what this version
/// makes otherwise of those that are there. A file without any link is of a version that did not keep them, or they were taken out:
/// that is said, too.
fn check_linked(linked: Option<file::Linked>, folded: &Folded) -> Result<LinkedFound, VerifyError> {
    let is_there = linked.is_some();
    let mut sessions = match linked {
        None => Default::default(),
        Some(linked) if linked.is_object() => linked.sessions,
        Some(_) => return Err(VerifyError::Links),
    };
    let mut told = |role: &str| {
        let one = sessions.remove(role).flatten();
        one.map(|one| Told::read(one).ok_or(VerifyError::Links)).transpose()
    };
    let (undoes, undone_by) = (told("undoes")?, told("undone_by")?);
    let named = |one: &Option<Told>, session: Option<SessionId>| one.as_ref().map(|one| one.session) == session;
    let as_named =
        named(&undoes, folded.undoes()) && (named(&undone_by, folded.undone_by()) || folded.undone_by().is_none());
    if !sessions.is_empty() || is_there && !as_named {
        return Err(VerifyError::Links);
    }
    let mut found = LinkedFound::default();
    let undone = (
        "the session that is undone",
        "The undone session's",
        folded.undoes(),
        undoes,
    );
    let rollback = (ROLLBACK, "The rollback's", folded.undone_by(), undone_by);
    for (role, of, named, one) in [undone, rollback] {
        match one {
            Some(Told {
                session,
                known,
                log: Some(log),
            }) => {
                let log = log.map_err(|source| VerifyError::LinkedLog {
                    role,
                    source: Box::new(source),
                })?;
                let undoes_this = role != ROLLBACK || log.undoes() == Some(folded.session);
                if log.session != session || !undoes_this {
                    return Err(VerifyError::LinkedOther { role });
                }
                let made = LinkedStanding::of(&log.state);
                let differing = compare_linked(of, known.as_ref(), made.as_ref());
                let differing = differing.ok_or(VerifyError::LinkedAltered { role })?;
                found.otherwise_made.extend(differing);
                found.sessions.push(session);
                found.rollback = Some(log).filter(|_| role == ROLLBACK).or(found.rollback);
            }
            one => {
                let known = one.as_ref().is_some_and(|one| one.known.is_some());
                let session = one.map(|one| one.session).or(named);
                found
                    .unproven
                    .extend(session.map(|session| no_log(role, session, known, folded)));
            }
        }
    }
    let checked = !found.sessions.is_empty();
    found.unproven.extend(checked.then(|| LINKED.to_owned()));
    Ok(found)
}

/// That the file has no log of a linked session, in a sentence.
fn no_log(role: &str, session: SessionId, known: bool, folded: &Folded) -> String {
    let naming = folded.naming.get(&session);
    let by = naming.map_or_else(String::new, |seq| format!(", which event {seq} names"));
    let told = match known {
        true => "what it says of that session is proven by nothing in it",
        false => "how that session went, it does not say",
    };
    format!("This file has no log of {role} ({session}){by}: {told}.")
}
