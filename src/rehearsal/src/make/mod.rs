//! Making an answer that passes out of what a gate expects: candidates are made for each thing that is looked at, and tried.

mod command;
mod document;
mod http;
mod path;
mod pattern;
mod sql;
mod text;
mod value;

use holdpoint_domain::gate::{GateKind, Outcome};
use holdpoint_gates::config::{Check, Expectation};
use holdpoint_gates::fill::Values;
use holdpoint_gates::{Comparison, Part};

use crate::answer::Answer;
use crate::cannot::CannotRehearse;
pub(crate) use http::{is_own_header, unsendable};
pub(crate) use path::{Step, steps};
pub(crate) use value::others;

/// An expectation with its values filled in.
pub(crate) struct Expected<'a> {
    pub(crate) expectation: &'a Expectation,
    pub(crate) comparison: Comparison,
}

/// An answer to a part of a gate that passes.
///
/// # Errors
/// None is found.
pub(crate) fn passing(part: Part<'_>, values: &Values) -> Result<Answer, CannotRehearse> {
    let expected = expected(part, values)?;
    let candidates = match part.gate.kind {
        GateKind::Http => http::candidates(part, &expected)?,
        GateKind::Sql => sql::candidates(part.gate, &expected, values)?,
        GateKind::Command => command::candidates(part.gate, &expected)?,
    };
    let mut summary = "there is none".to_owned();
    for candidate in candidates {
        let (outcome, said) = candidate.judge(part, values);
        if outcome == Outcome::Pass {
            return Ok(candidate);
        }
        summary = said;
    }
    Err(CannotRehearse::DoesNotPass { summary })
}

fn expected<'a>(part: Part<'a>, values: &Values) -> Result<Vec<Expected<'a>>, CannotRehearse> {
    let mut all = Vec::new();
    for expectation in part.expect() {
        for comparison in Comparison::all_of(expectation) {
            all.push(Expected {
                expectation,
                comparison: comparison.filled(values)?,
            });
        }
    }
    Ok(all)
}

/// The comparisons of one check.
fn of(expected: &[Expected<'_>], check: Check) -> Vec<Comparison> {
    expected
        .iter()
        .filter(|one| one.expectation.check == check)
        .map(|one| one.comparison.clone())
        .collect()
}

/// What a check looks at, for people.
fn subject(expected: &[Expected<'_>], check: Check) -> String {
    let first = expected.iter().find(|one| one.expectation.check == check);
    first.map_or_else(String::new, |one| one.expectation.subject())
}
