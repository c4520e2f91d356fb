//! What a drill's score is made of.

use holdpoint_domain::drill::{DrillScore, ScoreFold};
use holdpoint_domain::session::{Event, Record, SessionId, State};

use crate::kept::without_evidence;

/// The fold of a drill's score; nothing for a session that has no plan of its own. Of a drill the texts of notes are kept, because one
/// of them can be what showed a fault.
#[derive(Clone, Debug, Default)]
pub(super) struct DrillFold(Option<Box<ScoreFold>>);

impl DrillFold {
    pub(super) fn add(&mut self, record: &Record) {
        if let Event::SessionStarted(started) = &record.event
            && started.drill.as_ref().is_some_and(|mark| mark.commitment.is_some())
        {
            self.0.get_or_insert_default();
        }
        let Some(score) = &mut self.0 else { return };
        match &record.event {
            Event::GateFinished {
                run,
                step,
                gate,
                verdict,
            } => {
                let event = Event::GateFinished {
                    run: *run,
                    step: step.clone(),
                    gate: gate.clone(),
                    verdict: without_evidence(verdict),
                };
                score.add(&Record {
                    v: record.v,
                    session: record.session,
                    seq: record.seq,
                    at: record.at,
                    actor: record.actor.clone(),
                    command: record.command,
                    event,
                    prev: String::new(),
                    hash: String::new(),
                });
            }
            _ => score.add(record),
        }
    }

    /// The score; `rollback` is what the log of the session's rollback comes to, where that is at hand.
    pub(super) fn score(&self, rollback: Option<(SessionId, &State)>) -> Option<DrillScore> {
        let mut score = ScoreFold::clone(self.0.as_deref()?);
        if let Some((session, state)) = rollback {
            score.set_rollback(session, state.clone());
        }
        score.finish()
    }
}
