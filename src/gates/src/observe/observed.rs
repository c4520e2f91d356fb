//! What an expectation finds in an answer.

use holdpoint_domain::json::Json;
use serde_json::Value;

use crate::compare::{Comparison, ComparisonOutcome};
use holdpoint_domain::gate::Outcome;

/// The part of an answer that an expectation looks at, and how it compares.
pub struct Observed {
    pub text: String,
    pub outcome: Outcome,
    /// The text in which something was looked for, where that did not hold: a part of it is shown once it is redacted.
    pub searched: Option<String>,
}

impl Observed {
    pub fn compared(text: impl Into<String>, held: bool) -> Self {
        Self {
            text: text.into(),
            outcome: if held { Outcome::Pass } else { Outcome::Fail },
            searched: None,
        }
    }

    pub fn fail(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            outcome: Outcome::Fail,
            searched: None,
        }
    }

    pub fn not_comparable(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            outcome: Outcome::Inconclusive,
            searched: None,
        }
    }

    pub fn judged(comparison: &Comparison, value: &Value) -> Self {
        Self::judged_exactly(comparison, &Json::from(value))
    }

    pub fn judged_exactly(comparison: &Comparison, value: &Json) -> Self {
        match comparison.compare(value) {
            ComparisonOutcome::Holds => Self::compared(value.to_string(), true),
            ComparisonOutcome::Differs => Self {
                searched: match value {
                    Json::Text(text) if comparison.searches() => Some(text.clone()),
                    _ => None,
                },
                ..Self::compared(value.to_string(), false)
            },
            ComparisonOutcome::NotComparable(why) => Self::not_comparable(format!("{value} ({why})")),
        }
    }
}
