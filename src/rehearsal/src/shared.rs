//! What the platform and its server share.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use holdpoint_domain::session::SessionId;
use holdpoint_gates::fill::Values;

use crate::answer::{Answer, HttpAnswer};
use crate::answers::{Answers, Asked};
use crate::cannot::CannotRehearse;
use crate::drill::RunningDrills;
use crate::tickets::Waiting;

/// The answers, the faults that are on, and the runs that wait.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) answers: Answers,
    /// Host and port of the server.
    pub(crate) address: String,
    on: RwLock<BTreeSet<String>>,
    pub(crate) drills: RunningDrills,
    pub(crate) waiting: Arc<Waiting>,
}

impl Shared {
    pub(crate) fn new(answers: Answers, address: String, on: BTreeSet<String>) -> Self {
        Self {
            answers,
            address,
            on: RwLock::new(on),
            drills: RunningDrills::default(),
            waiting: Arc::default(),
        }
    }

    pub(crate) fn answer(
        &self,
        session: SessionId,
        gate: &str,
        request: Option<&str>,
        environment: &str,
        values: &Values,
    ) -> Result<Answer, CannotRehearse> {
        let now = DateTime::<Utc>::from(SystemTime::now());
        let asked = Asked {
            gate,
            request,
            environment,
            values,
            now,
        };
        let mut on = self.on();
        on.append(&mut self.drills.on(session, now));
        self.answers.answer(asked, &on)
    }

    /// What a browser sees that asks for a `direct` gate.
    pub(crate) fn direct(
        &self,
        asks: SessionId,
        gate: &str,
        environment: &str,
        session: &Values,
    ) -> Result<HttpAnswer, CannotRehearse> {
        let gates = &self.answers.gates;
        let place = gates.environments.get(environment);
        let declared = gates.gates.get(gate).filter(|gate| gate.direct.asks());
        let (Some(place), Some(_)) = (place, declared) else {
            return Err(CannotRehearse::NotDirect { gate: gate.to_owned() });
        };
        match self.answer(asks, gate, None, environment, &place.values(session))? {
            Answer::Http(answer) => Ok(answer),
            _ => Err(CannotRehearse::NotDirect { gate: gate.to_owned() }),
        }
    }

    /// The ids of the faults that are switched on.
    pub(crate) fn on(&self) -> BTreeSet<String> {
        // The set is whole after every change, whoever panicked meanwhile.
        self.on.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_on(&self, on: BTreeSet<String>) {
        *self.on.write().unwrap_or_else(PoisonError::into_inner) = on;
    }
}
