//! `GET /api/search`: what was found for a few words.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What was found, the best first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchAnswer {
    /// What was searched for: the question, cut to its bound.
    pub query: String,
    /// Nothing has these words, and what is here has words that are spelt nearly so.
    pub similar: bool,
    /// Exactly these words first, then what begins with them, then what has each of them.
    pub hits: Vec<SearchHit>,
    /// How much there is of each kind, what is not among the hits included.
    pub counts: Vec<SearchCount>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchCount {
    pub kind: FoundKind,
    pub count: u32,
}

/// What kind of thing was found. Where nothing else tells two apart, they stand in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FoundKind {
    Session,
    Procedure,
    Runbook,
    Step,
    /// A row of troubleshooting.
    Symptom,
    Command,
    /// A word of a glossary.
    Term,
    Contact,
    /// Any other row that is looked up.
    Reference,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchHit {
    pub kind: FoundKind,
    pub title: String,
    /// What stands beside it: where it is, or what a table says of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The page that has it, and the place in it.
    pub href: String,
    /// The runbook's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
    /// The procedure that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure: Option<String>,
    /// The step that it is, or is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// What of the title was searched for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub title_marks: Vec<Mark>,
    /// What of the detail was searched for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub detail_marks: Vec<Mark>,
}

/// A piece of a text, counted in characters from 0; `to` is one past its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mark {
    pub from: u32,
    pub to: u32,
}

/// The day (`2026-11-27`, UTC) and the number of the id that a session's report shows: `2026-11-27-38`.
#[must_use]
pub fn report_number(text: &str) -> Option<(String, u32)> {
    let (day, number) = text.trim().rsplit_once('-')?;
    let is_number = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    // `2026-11-27`. No session's id has two `-` at these places.
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    Some((day.to_string(), number.parse().ok().filter(|_| is_number)?))
}

#[cfg(test)]
mod tests {
    use super::report_number;

    #[test]
    fn the_id_of_a_report_is_a_day_and_a_number() {
        for wanted in ["2026-11-27-38", " 2026-11-27-38\n", "2026-11-27-038"] {
            assert_eq!(report_number(wanted), Some(("2026-11-27".to_owned(), 38)), "{wanted}");
        }
        for other in [
            "2026-11-27",
            "2026-13-27-38",
            "2026-11-27-x",
            "2026-11-27-+3",
            "2026-11-27-",
            "0199c2d4-0000-7000-8000-0000000000aa",
            "38",
            "the 2026-11-27-38",
        ] {
            assert_eq!(report_number(other), None, "{other}");
        }
    }
}
