//! What people wrote about a session beside its steps, as data.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use holdpoint_domain::session::{ActionState, Actor, Annotations, SeverityLevel, Written};

/// What people wrote: the field `post_mortem` of a summary. What was replaced or taken back is in the events alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PostMortem {
    /// A person's word. What the events suggest stands apart from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<SaidSeverity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<String>,
    /// Answers to *why*, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub root_cause: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<ActionLine>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub starred: Vec<StarLine>,
}

/// A person's word on the severity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SaidSeverity {
    pub level: SeverityLevel,
    pub by: String,
    pub at: DateTime<Utc>,
    pub reason: String,
}

/// An action item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActionLine {
    /// From 1, in the order in which they were written first.
    pub number: usize,
    pub action: String,
    /// Empty while nobody has it.
    pub owner: String,
    pub due: Option<NaiveDate>,
    pub state: ActionState,
    /// Who said last how it stands, and when; none while nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stated: Option<(DateTime<Utc>, String)>,
}

/// An event that is starred.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StarLine {
    /// The event's number.
    pub seq: u64,
    /// May be empty.
    pub caption: String,
    pub by: String,
}

impl PostMortem {
    /// None where nothing stands there.
    #[must_use]
    pub fn of(noted: &Annotations) -> Option<Self> {
        let name = |actor: &Actor| actor.name().to_owned();
        let texts = |one: &Option<Written<Vec<String>>>| one.as_ref().map(|one| one.value.clone()).unwrap_or_default();
        let actions = noted.actions.iter().enumerate().map(|(at, item)| ActionLine {
            number: at + 1,
            action: item.text.clone(),
            owner: item.owner.clone(),
            due: item.due,
            state: item.state,
            stated: item.stated.as_ref().map(|(at, actor)| (*at, name(actor))),
        });
        let starred = noted.stars.iter().map(|(seq, star)| StarLine {
            seq: *seq,
            caption: star.value.clone(),
            by: name(&star.actor),
        });
        let severity = noted.severity.as_ref().map(|said| SaidSeverity {
            level: said.value.level,
            by: name(&said.actor),
            at: said.at,
            reason: said.value.reason.clone(),
        });
        let told = Self {
            severity,
            impact: noted.impact.as_ref().map(|impact| impact.value.clone()),
            root_cause: texts(&noted.root_cause),
            factors: texts(&noted.factors),
            actions: actions.collect(),
            starred: starred.collect(),
        };
        (told != Self::default()).then_some(told)
    }
}
