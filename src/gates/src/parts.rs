//! The parts of a gate: what is asked at once, and what is expected of the answer to it.

use crate::config::{Expectation, Gate, HttpRequest};

/// One of the things that a gate asks. A gate that makes several requests has a part for each of them; every other gate has one.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The gate that it is a part of.
    pub gate: &'a Gate,
    /// The request's name, where the gate makes several.
    pub name: Option<&'a str>,
    /// The request of an HTTP gate.
    pub http: Option<&'a HttpRequest>,
}

impl Gate {
    /// Its parts, in the order in which they are asked.
    #[must_use]
    pub fn parts(&self) -> Vec<Part<'_>> {
        let part = |(name, http)| Part { gate: self, name, http };
        match &self.http {
            Some(requests) => requests.iter().map(|(name, http)| part((name, Some(http)))).collect(),
            None => vec![part((None, None))],
        }
    }
}

impl<'a> Part<'a> {
    /// What is expected of its answer, in the gate's order.
    pub fn expect(self) -> impl Iterator<Item = &'a Expectation> {
        self.gate
            .expect
            .iter()
            .filter(move |expectation| self.includes(expectation))
    }

    /// Whether an expectation of the gate is about its answer.
    pub(super) fn includes(self, expectation: &Expectation) -> bool {
        expectation.of.as_deref() == self.name
    }
}
