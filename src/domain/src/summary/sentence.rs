//! A sentence of the summary, with what it claims.

use super::claims::Claim;

/// What is said of a session, and what that claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    pub text: String,
    /// Each needs its events in the log of the session, or in that of its rollback.
    pub claims: Vec<Claim>,
    /// The text once more, each part with its own claims.
    pub parts: Vec<Said>,
    /// What whoever reads it is asked to do, which the text says, too: `Ask Ana what is live`.
    pub ask: Option<String>,
}

/// A part of what is said, which is a sentence by itself or belongs together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub text: String,
    pub claims: Vec<Claim>,
}

impl Sentence {
    pub(super) fn new(text: impl Into<String>, claims: impl Into<Vec<Claim>>) -> Self {
        let (text, claims) = (text.into(), claims.into());
        Self {
            text: text.clone(),
            claims: claims.clone(),
            parts: vec![Said { text, claims }],
            ask: None,
        }
    }

    /// With what whoever reads it is asked to do at its end.
    pub(super) fn asking(text: &str, ask: String, claims: impl Into<Vec<Claim>>) -> Self {
        Self {
            ask: Some(ask.clone()),
            ..Self::new(format!("{text} {ask}."), claims)
        }
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.text.push(' ');
        self.text.push_str(&other.text);
        self.claims.extend(other.claims);
        self.parts.extend(other.parts);
        self.ask = self.ask.or(other.ask);
        self
    }

    pub(super) fn and_maybe(self, other: Option<Self>) -> Self {
        match other {
            Some(other) => self.and(other),
            None => self,
        }
    }
}
