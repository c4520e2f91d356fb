//! What a file says at its head, held against what its events say.

use holdpoint_domain::drill::DrillScore;
use serde_json::{Value, json};

use super::told::{OtherwiseMade, VerifyError};
use crate::linked::LinkedStanding;

/// What the summary repeats of the events as it is, and of which no rule of ours has a say.
const REPEATED: [&str; 15] = [
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
    "post_mortem",
];
/// What the summary makes of the events by rules, which a version may change.
const MADE: [&str; 13] = [
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
];

/// What of a linked session is made otherwise than this version makes it. None where the file says something else of it than its
/// events repeat.
pub(super) fn compare_linked(
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

/// What of a summary is made otherwise than this version makes it.
pub(super) fn compare_summary(written: &Value, told: &Value) -> Result<Vec<OtherwiseMade>, VerifyError> {
    only(written, &[&REPEATED[..], &MADE[..]].concat(), "The file's “summary”")?;
    if let Some(part) = REPEATED.into_iter().find(|part| written.get(part) != told.get(part)) {
        return Err(VerifyError::HeaderAltered { part });
    }
    // Who went on without a pass, when and why stands in the events; only when the gate passed afterwards is found by a rule.
    let decided = |summary: &Value| summary.get("without_pass").map(without_passes);
    if written.get("without_pass").is_some() && decided(written) != decided(told) {
        return Err(VerifyError::HeaderAltered { part: "without_pass" });
    }
    Ok(differing("The summary's", &MADE, written, told))
}

/// What of a drill's score only repeats its events.
const SCORE_REPEATED: [&str; 6] = ["drill", "title", "seed", "started", "closed", "captain"];
/// What it makes of them by rules.
const SCORE_MADE: [&str; 4] = ["faults", "turns", "rollback", "not_followed"];

/// What of a drill's score is made otherwise than this version makes it. A file of a drill from before there were scores has none.
pub(super) fn compare_score(
    written: Option<&Value>,
    made: Option<&DrillScore>,
) -> Result<Vec<OtherwiseMade>, VerifyError> {
    let made = match made.map(serde_json::to_value).transpose() {
        Ok(made) => made,
        Err(error) => return Err(VerifyError::NotJson(error.to_string())),
    };
    let (written, made) = match (written, made) {
        (None, None) => return Ok(Vec::new()),
        (Some(_), None) => return Err(VerifyError::ScoreAltered),
        (None, Some(made)) => {
            return Ok(vec![OtherwiseMade {
                of: "The file's",
                part: "drill_score",
                written: "absent".to_owned(),
                made: made.to_string(),
            }]);
        }
        (Some(written), Some(made)) => (written, made),
    };
    only(
        written,
        &[&SCORE_REPEATED[..], &SCORE_MADE[..]].concat(),
        "The file's “drill_score”",
    )?;
    if SCORE_REPEATED.iter().any(|name| written.get(name) != made.get(name)) {
        return Err(VerifyError::ScoreAltered);
    }
    Ok(differing("The drill score's", &SCORE_MADE, written, &made))
}

/// The parts that are not what this version makes.
fn differing(of: &'static str, parts: &[&'static str], written: &Value, made: &Value) -> Vec<OtherwiseMade> {
    let text = |value: Option<&Value>| value.map_or_else(|| "absent".to_owned(), Value::to_string);
    let parts = parts.iter().filter(|part| written.get(part) != made.get(part));
    let differing = parts.map(|part| OtherwiseMade {
        of,
        part,
        written: text(written.get(part)),
        made: text(made.get(part)),
    });
    differing.collect()
}

fn without_passes(decisions: &Value) -> Value {
    let mut decisions = decisions.clone();
    for one in decisions.as_array_mut().into_iter().flatten() {
        one.as_object_mut().map(|one| one.remove("passed"));
    }
    decisions
}

/// Whether an object has these members and no others.
pub(super) fn only(object: &Value, known: &[&str], place: &str) -> Result<(), VerifyError> {
    let mut names = object.as_object().into_iter().flat_map(serde_json::Map::keys);
    match names.find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(field) => Err(VerifyError::UnknownField {
            place: place.to_owned(),
            field: field.clone(),
        }),
    }
}
