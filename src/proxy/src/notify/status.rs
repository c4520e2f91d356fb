//! How deliveries go, for `GET /api/notifications`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use holdpoint_domain::wire::{NotificationState, NotificationTarget, Notifications};

use super::declaration::Target;
use super::news::Occasion;
use crate::store::TargetRow;

/// How deliveries go to each target.
#[derive(Debug, Default)]
pub struct Statuses {
    links: bool,
    targets: Mutex<BTreeMap<String, NotificationTarget>>,
}

impl Statuses {
    /// `is_told` says whether a target is told anything by this proxy.
    pub(super) fn new(links: bool, targets: &[Target], is_told: impl Fn(&Target) -> bool) -> Self {
        let status = |target: &Target| NotificationTarget {
            name: target.name.clone(),
            kind: target.kind.word().to_owned(),
            environments: target.environments.clone(),
            events: ids(&target.events),
            rehearsals: target.rehearsals,
            state: match is_told(target) {
                true => NotificationState::Waiting,
                false => NotificationState::Off,
            },
            delivered: 0,
            last_delivered: None,
            failed_attempts: 0,
            last_error: None,
            next_attempt: None,
            given_up: 0,
            last_given_up: None,
            given_up_why: None,
        };
        let targets = targets.iter().map(|target| (target.name.clone(), status(target)));
        Self {
            links,
            targets: Mutex::new(targets.collect()),
        }
    }

    /// How deliveries go now.
    #[must_use]
    pub fn read(&self) -> Notifications {
        let targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        Notifications {
            links: self.links,
            targets: targets.values().cloned().collect(),
        }
    }

    pub(super) fn note(&self, target: &str, change: impl FnOnce(&mut NotificationTarget)) {
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(status) = targets.get_mut(target) {
            change(status);
        }
    }

    pub(super) fn note_given_up(&self, target: &str, row: &TargetRow) {
        self.note(target, |status| {
            status.given_up = row.given_up;
            status.last_given_up = row.given_up_at;
            status.given_up_why.clone_from(&row.given_up_why);
        });
    }
}

fn ids(events: &[Occasion]) -> Vec<String> {
    events.iter().map(|event| event.id().to_owned()).collect()
}
