//! What people write about a session beside its steps, during it and after it: the parts of a post-mortem, and which events matter.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An action item's id, made by the client that writes it.
pub type ActionId = Uuid;

/// One annotation. It changes no step, no gate and no standing. Where it replaces one, the last counts, and the earlier stays in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Annotation {
    /// The root cause, by asking why again and again.
    RootCause {
        /// The answers in order, 5 at most, each of 1 to 2,000 characters. None takes back what stood there.
        whys: Vec<String>,
    },
    /// The contributing factors, in the order in which they are to be read.
    Factors {
        /// 20 at most, each of 1 to 2,000 characters. None takes back what stood there.
        factors: Vec<String>,
    },
    /// What users noticed.
    Impact {
        /// At most 10,000 characters. An empty one takes back what stood there.
        text: String,
    },
    /// How severe it was, by a person's word.
    Severity {
        /// Null takes the word back.
        level: Option<SeverityLevel>,
        /// Never empty, at most 2,000 characters.
        reason: String,
    },
    /// Something to be done so that it does not happen again. The same id once more replaces what it says. With another text
    /// it is open again; another owner or day alone leave it as it stands.
    Action {
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        id: ActionId,
        /// Never empty, at most 2,000 characters.
        text: String,
        /// One line of at most 100 characters; empty while nobody has it.
        #[serde(default)]
        owner: String,
        /// From the year 2000 to 2199; null or absent where no day is set.
        #[serde(default)]
        due: Option<NaiveDate>,
    },
    /// How an action item stands.
    ActionState {
        /// An action item of this session.
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        id: ActionId,
        state: ActionState,
    },
    /// An event that matters for the story.
    Star {
        /// The number of an event of this session.
        seq: u64,
        /// One line of at most 500 characters; may be empty.
        #[serde(default)]
        caption: String,
    },
    /// An event is starred no more.
    Unstar {
        /// The number of an event that is starred.
        seq: u64,
    },
}

/// How severe an incident was, by a person's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SeverityLevel {
    #[serde(rename = "SEV-1")]
    Sev1,
    #[serde(rename = "SEV-2")]
    Sev2,
    #[serde(rename = "SEV-3")]
    Sev3,
    /// It was no incident, whatever the events suggest.
    #[serde(rename = "none")]
    NoIncident,
}

impl SeverityLevel {
    /// From the most severe on.
    pub const ALL: [Self; 4] = [Self::Sev1, Self::Sev2, Self::Sev3, Self::NoIncident];

    /// As reports write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sev1 => "SEV-1",
            Self::Sev2 => "SEV-2",
            Self::Sev3 => "SEV-3",
            Self::NoIncident => "No incident",
        }
    }
}

/// How an action item stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ActionState {
    #[default]
    Open,
    Done,
    /// It will not be done.
    Dropped,
}

impl ActionState {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }
}
