//! Whose attempt is next. A turn is for one attempt and not for a run: who waits for the next attempt holds none.
//!
//! Several sessions share the turns. A session that has none gets one beyond the shared ones, so that no session, whatever it
//! asks and however long that takes, keeps another one's rollback from asking. Of those that wait, the session with the fewest
//! turns is next; among equals, the one that waited longest.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use uuid::Uuid;

/// Attempts at a time that all sessions share; further ones wait, and their time limits begin only then.
pub(super) const SHARED: usize = 8;
/// Attempts at a time in all, those included that are a session's only one. An attempt takes up to a dozen file descriptors, for
/// which connections of clients must leave room.
pub(super) const MOST: usize = 16;

/// The turns of a runner.
#[derive(Clone, Default)]
pub(super) struct Turns {
    table: Arc<Mutex<Table>>,
}

#[derive(Default)]
struct Table {
    /// Turns by session; one without turns is not in it.
    taken: HashMap<Uuid, usize>,
    total: usize,
    waiting: VecDeque<Waiting>,
}

struct Waiting {
    session: Uuid,
    given: oneshot::Sender<Turn>,
}

/// The permission to ask once. Dropping it gives it back.
pub(super) struct Turn {
    turns: Turns,
    session: Uuid,
}

impl Turns {
    /// Waits for a turn. Dropping the future gives the place in the queue up.
    pub(super) async fn take(&self, session: Uuid) -> Turn {
        let answer = {
            let mut table = self.locked();
            if table.has_room_for(session) {
                table.count(session);
                return self.turn(session);
            }
            let (given, answer) = oneshot::channel();
            table.waiting.push_back(Waiting { session, given });
            answer
        };
        match answer.await {
            Ok(turn) => turn,
            // The table outlives everybody who waits, because each of them holds it.
            Err(_) => std::future::pending().await,
        }
    }

    fn turn(&self, session: Uuid) -> Turn {
        let turns = self.clone();
        Turn { turns, session }
    }

    /// Gives what is free to those who wait for it.
    fn give(&self) {
        loop {
            let next = self.locked().next();
            let Some(Waiting { session, given }) = next else {
                return;
            };
            // One who left in this moment gives it back by dropping it, and the next is looked for there.
            drop(given.send(self.turn(session)));
        }
    }

    fn locked(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn taken_by(&self, session: Uuid) -> usize {
        self.taken.get(&session).copied().unwrap_or(0)
    }

    fn has_room_for(&self, session: Uuid) -> bool {
        self.total < SHARED || (self.total < MOST && self.taken_by(session) == 0)
    }

    fn count(&mut self, session: Uuid) {
        *self.taken.entry(session).or_default() += 1;
        self.total += 1;
    }

    fn give_back(&mut self, session: Uuid) {
        self.total -= 1;
        if let Some(taken) = self.taken.get_mut(&session) {
            *taken -= 1;
            if *taken == 0 {
                self.taken.remove(&session);
            }
        }
    }

    /// Takes the next one out of the queue, and counts its turn.
    fn next(&mut self) -> Option<Waiting> {
        self.waiting.retain(|waiting| !waiting.given.is_closed());
        let fewest = self.waiting.iter().enumerate();
        let (at, _) = fewest.min_by_key(|(_, waiting)| self.taken_by(waiting.session))?;
        let session = self.waiting[at].session;
        if !self.has_room_for(session) {
            return None;
        }
        self.count(session);
        self.waiting.remove(at)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.locked().give_back(self.session);
        self.turns.give();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::FutureExt;

    use super::*;

    fn session(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn at_once(turns: &Turns, number: u128) -> Option<Turn> {
        turns.take(session(number)).now_or_never()
    }

    #[test]
    fn one_session_cannot_keep_another_from_its_turn() {
        let turns = Turns::default();
        let held: Vec<_> = (0..SHARED).map(|_| at_once(&turns, 1).unwrap()).collect();
        assert!(at_once(&turns, 1).is_none(), "the shared ones are taken");
        let other = at_once(&turns, 2).expect("another session's first");
        assert!(at_once(&turns, 2).is_none(), "its second one waits like everybody's");
        drop((held, other));
        assert_eq!(turns.locked().total, 0);
        assert!(turns.locked().taken.is_empty());
    }

    #[test]
    fn who_has_the_fewest_is_next_and_among_equals_who_waited_longest() {
        let turns = Turns::default();
        let mut held: Vec<_> = (0..SHARED).map(|_| at_once(&turns, 1).unwrap()).collect();
        held.push(at_once(&turns, 2).unwrap());
        let mut waiting: Vec<_> = [1, 1, 2].map(|one| Box::pin(turns.take(session(one)))).into();
        assert!(waiting.iter_mut().all(|one| one.now_or_never().is_none()));
        // Nine are taken: one must come back before a shared one is free.
        held.remove(0);
        assert!(waiting.iter_mut().all(|one| one.now_or_never().is_none()));
        held.remove(0);
        let mut order = Vec::new();
        for _ in 0..3 {
            let (at, turn) = waiting
                .iter_mut()
                .enumerate()
                .find_map(|(at, one)| Some((at, one.now_or_never()?)))
                .expect("one of them has its turn");
            drop(waiting.remove(at));
            order.push(turn.session);
            drop(turn);
        }
        assert_eq!(order, [2, 1, 1].map(session));
    }

    #[test]
    fn what_all_sessions_take_is_bounded() {
        let turns = Turns::default();
        let held: Vec<_> = (0..1000).filter_map(|number| at_once(&turns, number)).collect();
        assert_eq!(held.len(), MOST);
    }

    #[test]
    fn who_leaves_the_queue_takes_no_turn() {
        let turns = Turns::default();
        let held: Vec<_> = (0..SHARED).map(|_| at_once(&turns, 1).unwrap()).collect();
        {
            let mut leaving = pin!(turns.take(session(1)));
            assert!(leaving.as_mut().now_or_never().is_none());
        }
        let mut given = Box::pin(turns.take(session(1)));
        assert!((&mut given).now_or_never().is_none());
        drop(held);
        // It was given a turn, and leaves without having looked.
        drop(given);
        assert_eq!(turns.locked().total, 0);
        assert!(turns.locked().waiting.is_empty());
    }
}
