//! The score of a drill: what its log says of how each fault was met. Figures, and no grade.

use chrono::{DateTime, Utc};

use super::clock::DrillClock;
use super::measure::{Facts, of_fault};
use super::told::{DecidedBy, DrillScore, RollbackEnd, RollbackScore, TurnKind, Unfollowed, WrongTurn, seconds};
use crate::session::{Event, HowDone, Record, SessionId, SessionOutcome, State, TickedBy};

/// The fold that makes a score: the session's records, then those of its rollback.
#[derive(Clone, Debug, Default)]
pub struct ScoreFold {
    session: Option<SessionId>,
    state: State,
    clock: DrillClock,
    facts: Facts,
    turns: Vec<WrongTurn>,
    rollback: Option<(SessionId, DateTime<Utc>)>,
    rollback_session: Option<SessionId>,
    rollback_state: Option<State>,
}

impl ScoreFold {
    /// Takes the next event of the session.
    pub fn add(&mut self, record: &Record) {
        let (at, who) = (record.at, record.actor.name());
        match &record.event {
            Event::StepUnticked { step, reason } => {
                let was = self.state.done.get(step).map(|done| &done.how);
                // What a person never did was not theirs to take back: a step that is done by its sub-steps opens with them.
                if !matches!(was, Some(HowDone::Ticked(TickedBy::Children))) {
                    self.turns.push(WrongTurn {
                        at,
                        kind: TurnKind::TakenBack,
                        who: who.to_owned(),
                        subject: self.state.step_label(step),
                        reason: reason.clone(),
                    });
                }
            }
            Event::RollbackStarted { session, .. } => self.rollback = Some((*session, at)),
            _ => {}
        }
        self.session.get_or_insert(record.session);
        self.facts.add(&self.state, record);
        self.clock.add(record);
        self.state.apply(record);
        // What they say of a fault is among the facts.
        self.state.notes.clear();
    }

    /// Takes what the log of the session that undoes this one came to.
    pub fn set_rollback(&mut self, session: SessionId, state: State) {
        self.rollback_session = Some(session);
        self.rollback_state = Some(state);
    }

    /// Takes the next event of the session that undoes this one.
    pub fn add_of_rollback(&mut self, record: &Record) {
        self.rollback_session = Some(record.session);
        self.rollback_state.get_or_insert_default().apply(record);
    }

    /// The score; nothing for a session that is no drill, and for one that undoes a drill and is part of it.
    #[must_use]
    pub fn finish(mut self) -> Option<DrillScore> {
        let started = self.state.started.clone()?;
        let mark = started.drill.as_ref().filter(|mark| mark.commitment.is_some())?;
        let plan = self.state.drill.as_ref().map(|sealed| &sealed.plan);
        let rollback = self.rollback();
        let mut faults = Vec::new();
        for (planned, window) in plan
            .into_iter()
            .flat_map(|plan| plan.faults.iter().zip(self.clock.windows(plan)))
        {
            let (mut score, turns) = of_fault(&self.facts, &self.state, planned, window.as_ref());
            let rolled = score.decided.as_ref().filter(|one| one.by == DecidedBy::RollBack);
            let done = rollback.as_ref().filter(|one| one.end == RollbackEnd::Completed);
            score.roll_back_seconds = rolled.and(done).and_then(|one| one.seconds);
            faults.push(score);
            // Two faults of a gate see the same turn.
            for turn in turns {
                if !self.turns.contains(&turn) {
                    self.turns.push(turn);
                }
            }
        }
        self.turns.extend(self.rollback_given_up());
        self.turns.sort_by_key(|turn| turn.at);
        let not_followed = self.not_followed();
        Some(DrillScore {
            drill: plan.map(|plan| plan.drill.clone()),
            title: plan.map(|plan| plan.title.clone()).or_else(|| mark.title.clone()),
            seed: plan.map(|plan| plan.seed.clone()),
            started: self.state.started_at?,
            closed: self.state.closed.as_ref().map(|closed| closed.at),
            captain: started.captain.clone(),
            faults,
            turns: self.turns,
            rollback,
            not_followed,
        })
    }

    fn rollback(&self) -> Option<RollbackScore> {
        let known = self.rollback_state.as_ref();
        let linked = self.rollback_session.zip(known.and_then(|state| state.started_at));
        // One that was started after the closing is in its own log only, and is the newest.
        let (session, started) = match (self.rollback, linked) {
            (Some((own, _)), Some((linked, at))) if own != linked => (linked, at),
            (own, linked) => own.or(linked)?,
        };
        let known = known.filter(|_| self.rollback_session == Some(session));
        let closed = known.and_then(|state| state.closed.as_ref());
        let end = match (known, closed.map(|closed| closed.outcome)) {
            (None, _) => RollbackEnd::Unknown,
            (_, None) => RollbackEnd::UnderWay,
            (_, Some(SessionOutcome::Completed)) => RollbackEnd::Completed,
            (_, Some(SessionOutcome::Abandoned)) => RollbackEnd::GivenUp,
            (_, Some(SessionOutcome::RolledBack)) => RollbackEnd::RolledBack,
        };
        Some(RollbackScore {
            session,
            started,
            end,
            seconds: closed.map(|closed| seconds(started, closed.at)),
        })
    }

    fn rollback_given_up(&self) -> Option<WrongTurn> {
        let state = self.rollback_state.as_ref()?;
        let closed = state.closed.as_ref()?;
        (closed.outcome == SessionOutcome::Abandoned).then(|| WrongTurn {
            at: closed.at,
            kind: TurnKind::RollbackGivenUp,
            who: closed.actor.name().to_owned(),
            subject: state
                .procedure
                .as_ref()
                .map_or_else(|| "Rollback".to_owned(), |procedure| procedure.title.clone()),
            reason: closed.summary.clone(),
        })
    }

    fn not_followed(&self) -> Vec<Unfollowed> {
        let own = self.session.map(|session| unfollowed(session, &self.state));
        let linked = self.rollback_session.zip(self.rollback_state.as_ref());
        let linked = linked.map(|(session, state)| unfollowed(session, state));
        own.into_iter().chain(linked).flatten().collect()
    }
}

/// The steps of a session of which somebody said that they could not be followed.
#[must_use]
pub fn unfollowed(session: SessionId, state: &State) -> Vec<Unfollowed> {
    let told = state.not_followed.iter().map(|one| Unfollowed {
        session,
        step: one.step.clone(),
        label: state.step_label(&one.step),
        at: one.at,
        who: one.actor.name().to_owned(),
        reason: one.reason.clone(),
    });
    told.collect()
}
