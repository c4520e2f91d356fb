//! What a gate expects, in words: for the page, and for the results of its evaluation.

use crate::compare::{Comparison, expected_text};
use crate::config::{Check, Expectation, Gate};
use crate::parts::Part;
use holdpoint_domain::gate::GateKind;

impl Gate {
    /// What it expects, one line each, the expectations that its kind implies among them.
    #[must_use]
    pub fn expects(&self) -> Vec<String> {
        let parts = self.parts().into_iter();
        let implied = parts
            .filter_map(implied)
            .map(|(check, expected)| format!("{check}: {expected}"));
        implied.chain(self.expect.iter().map(Expectation::words)).collect()
    }
}

impl Expectation {
    /// What is looked at, for people: the label, or the check's own words, with the name of the request whose answer it is.
    #[must_use]
    pub fn subject(&self) -> String {
        match (&self.label, &self.of) {
            (Some(label), None) => label.clone(),
            (Some(label), Some(request)) => format!("{label} ({request})"),
            (None, request) => of_request(&self.own_subject(), request.as_deref()),
        }
    }

    /// What is looked at, in the check's own words and without the request's name.
    fn own_subject(&self) -> String {
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

/// The expectation that a part's kind implies (a status of 2xx, an exit code of 0) as (subject, expected), unless one of the
/// part's own is about the same check. A gate that expects nothing at all has none; one of several requests always has.
pub(super) fn implied(part: Part<'_>) -> Option<(String, &'static str)> {
    let (check, subject, expected) = match part.gate.kind {
        GateKind::Http => (Check::Status, "Status", "200 to 299"),
        GateKind::Command => (Check::ExitCode, "Exit code", "0"),
        GateKind::Sql => return None,
    };
    let expects_nothing = part.gate.expect.is_empty();
    let is_spoken_of = part.expect().any(|expectation| expectation.check == check);
    (!expects_nothing && !is_spoken_of).then(|| (of_request(subject, part.name), expected))
}

/// What is looked at, with the name of the request whose answer it is.
pub(super) fn of_request(subject: &str, request: Option<&str>) -> String {
    match request {
        Some(request) => format!("{subject} of {request}"),
        None => subject.to_owned(),
    }
}
