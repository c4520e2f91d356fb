//! What a gate expects, in words: for the page, and for the results of its evaluation.

use crate::compare::{Comparison, expected_text};
use crate::config::{Check, Expectation, Gate};
use holdpoint_domain::gate::GateKind;

impl Gate {
    /// What it expects, one line each, the expectations that its kind implies among them.
    #[must_use]
    pub fn expects(&self) -> Vec<String> {
        let implied = implied(&self.expect, self.kind).map(|(check, expected)| format!("{check}: {expected}"));
        implied
            .into_iter()
            .chain(self.expect.iter().map(Expectation::words))
            .collect()
    }
}

impl Expectation {
    /// What is looked at, for people: the label, or the check's own words.
    #[must_use]
    pub fn subject(&self) -> String {
        if let Some(label) = &self.label {
            return label.clone();
        }
        let named = |what: &str| format!("{what} {}", self.name.as_deref().unwrap_or("?"));
        let mut subject = match self.check {
            Check::Status => "Status".to_owned(),
            Check::Header => named("Header"),
            Check::Json => self.path.clone().unwrap_or_else(|| "JSON".to_owned()),
            Check::Body => "Body".to_owned(),
            Check::ExitCode => "Exit code".to_owned(),
            Check::Output => "Output".to_owned(),
            Check::Rows => "Rows".to_owned(),
            Check::Column => named("Column"),
            Check::Latency => "Time".to_owned(),
        };
        for (index, (column, value)) in self.filter.iter().enumerate() {
            let joint = if index == 0 { "where" } else { "and" };
            subject.push_str(&format!(" {joint} {column} = {value}"));
        }
        subject
    }

    fn words(&self) -> String {
        let expected: Vec<_> = Comparison::all_of(self).iter().map(expected_text).collect();
        let mut words = format!("{}: {}", self.subject(), expected.join(" and "));
        if !self.inconclusive.is_empty() {
            let codes: Vec<_> = self.inconclusive.iter().map(i32::to_string).collect();
            words.push_str(&format!("; {} says nothing", codes.join(", ")));
        }
        words
    }
}

/// The expectation that a kind implies (a status of 2xx, an exit code of 0) as (subject, expected), unless one of the
/// gate's own is about the same check.
pub(super) fn implied(expectations: &[Expectation], kind: GateKind) -> Option<(&'static str, &'static str)> {
    let (check, words) = match kind {
        GateKind::Http => (Check::Status, ("Status", "200 to 299")),
        GateKind::Command => (Check::ExitCode, ("Exit code", "0")),
        GateKind::Sql => return None,
    };
    let spoken = expectations.is_empty() || expectations.iter().any(|expectation| expectation.check == check);
    (!spoken).then_some(words)
}
