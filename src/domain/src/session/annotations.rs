//! The annotations of a session as they stand: the fold of their events.

#![allow(
    missing_docs,
    reason = "plain data: a field is documented where its name does not say all"
)]

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::annotation::{ActionId, ActionState, Annotation, SeverityLevel};
use super::event::Actor;

/// What stands in a session now, who wrote it and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<T> {
    /// The time of its event.
    pub at: DateTime<Utc>,
    pub actor: Actor,
    pub value: T,
}

/// A person's word on the severity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedSeverity {
    pub level: SeverityLevel,
    pub reason: String,
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionItem {
    pub id: ActionId,
    pub text: String,
    /// Empty while nobody has it.
    pub owner: String,
    pub due: Option<NaiveDate>,
    /// Who wrote it last, and when.
    pub at: DateTime<Utc>,
    pub actor: Actor,
    pub state: ActionState,
    /// Who said so, and when. None while nobody said anything of the text that stands.
    pub stated: Option<(DateTime<Utc>, Actor)>,
}

impl ActionItem {
    /// Whether it is open on a day after the one on which it was due.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.state == ActionState::Open && self.due.is_some_and(|due| due < today)
    }
}

/// The annotations of a session: a fold of its events, which needs no other state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotations {
    /// Answers to *why*, in order; never none.
    pub root_cause: Option<Written<Vec<String>>>,
    /// Never none.
    pub factors: Option<Written<Vec<String>>>,
    /// Never empty.
    pub impact: Option<Written<String>>,
    pub severity: Option<Written<StatedSeverity>>,
    /// In the order in which they were written first.
    pub actions: Vec<ActionItem>,
    /// By the number of the event: what is said of it, which may be empty.
    pub stars: BTreeMap<u64, Written<String>>,
}

impl Annotations {
    /// Folds one annotation.
    pub fn apply(&mut self, annotation: &Annotation, at: DateTime<Utc>, actor: &Actor) {
        match annotation {
            Annotation::RootCause { whys } => {
                self.root_cause = (!whys.is_empty()).then(|| written(at, actor, whys.clone()));
            }
            Annotation::Factors { factors } => {
                self.factors = (!factors.is_empty()).then(|| written(at, actor, factors.clone()));
            }
            Annotation::Impact { text } => {
                self.impact = (!text.trim().is_empty()).then(|| written(at, actor, text.clone()));
            }
            Annotation::Severity { level, reason } => {
                let stated = level.map(|level| StatedSeverity {
                    level,
                    reason: reason.clone(),
                });
                self.severity = stated.map(|stated| written(at, actor, stated));
            }
            Annotation::Action { id, text, owner, due } => {
                let item = ActionItem {
                    id: *id,
                    text: text.clone(),
                    owner: owner.clone(),
                    due: *due,
                    at,
                    actor: actor.clone(),
                    state: ActionState::Open,
                    stated: None,
                };
                match self.actions.iter_mut().find(|known| known.id == *id) {
                    Some(known) => {
                        // What was said of another text is not said of this one.
                        let (state, stated) = match known.text == item.text {
                            true => (known.state, known.stated.take()),
                            false => (ActionState::Open, None),
                        };
                        *known = ActionItem { state, stated, ..item };
                    }
                    None => self.actions.push(item),
                }
            }
            Annotation::ActionState { id, state } => {
                if let Some(item) = self.actions.iter_mut().find(|known| known.id == *id) {
                    item.state = *state;
                    item.stated = Some((at, actor.clone()));
                }
            }
            Annotation::Star { seq, caption } => {
                self.stars.insert(*seq, written(at, actor, caption.clone()));
            }
            Annotation::Unstar { seq } => {
                self.stars.remove(seq);
            }
        }
    }

    /// Whether nothing stands there, or only what was taken back.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// An action item and its number, from 1.
    #[must_use]
    pub fn action(&self, id: ActionId) -> Option<(usize, &ActionItem)> {
        let place = self.actions.iter().position(|item| item.id == id)?;
        Some((place + 1, &self.actions[place]))
    }

    /// Action items that are open.
    pub fn open_actions(&self) -> impl Iterator<Item = &ActionItem> {
        self.actions.iter().filter(|item| item.state == ActionState::Open)
    }
}

fn written<T>(at: DateTime<Utc>, actor: &Actor, value: T) -> Written<T> {
    Written {
        at,
        actor: actor.clone(),
        value,
    }
}
