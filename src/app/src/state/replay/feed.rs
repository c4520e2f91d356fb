//! The timeline of records that come little by little.

use std::collections::BTreeMap;

use holdpoint_domain::session::{Record, SessionId};
use holdpoint_domain::timeline::TimelineFold;

/// What was taken of each log, and the timeline that it made.
#[derive(Debug, Default)]
pub struct Feed {
    pub fold: TimelineFold,
    /// The hash of the last event that was taken, by session.
    last: BTreeMap<SessionId, String>,
}

impl Feed {
    /// Takes what is new in these logs. Where one of them is another than it was, or is there no more, all are taken anew.
    pub fn follow(&mut self, logs: &[&[Record]]) {
        let is_there = |id: &SessionId| {
            logs.iter()
                .any(|log| log.first().is_some_and(|first| first.session == *id))
        };
        if !self.last.keys().all(is_there) || !logs.iter().all(|log| self.goes_on(log)) {
            *self = Self::default();
        }
        for log in logs {
            let Some(last) = log.last() else { continue };
            let taken = self.fold.taken(last.session);
            log[taken..].iter().for_each(|record| self.fold.add(record));
            self.last.insert(last.session, last.hash.clone());
        }
    }

    fn goes_on(&self, log: &[Record]) -> bool {
        let Some(first) = log.first() else { return true };
        let taken = self.fold.taken(first.session);
        match taken.checked_sub(1) {
            None => true,
            Some(last) => log.get(last).map(|record| &record.hash) == self.last.get(&first.session),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use holdpoint_domain::session::{Actor, Event, GENESIS};
    use uuid::Uuid;

    use super::*;

    fn log(session: u128, notes: &[&str]) -> Vec<Record> {
        let note = |(place, text): (usize, &&str)| Record {
            v: 1,
            session: Uuid::from_u128(session),
            seq: place as u64 + 1,
            at: DateTime::from_timestamp(1_700_000_000, 0).expect("a time"),
            actor: Actor::Proxy,
            command: Uuid::nil(),
            event: Event::NoteAdded {
                step: None,
                text: (*text).to_owned(),
                written: None,
            },
            prev: GENESIS.to_owned(),
            hash: format!("{session} {place} {text}"),
        };
        notes.iter().enumerate().map(note).collect()
    }

    fn taken(feed: &Feed) -> (usize, usize) {
        let of = |session| feed.fold.taken(Uuid::from_u128(session));
        (of(1), of(2))
    }

    #[test]
    fn what_is_new_is_taken_and_another_log_is_begun_anew() {
        let mut feed = Feed::default();
        let (one, longer, other) = (log(1, &["a"]), log(1, &["a", "b"]), log(1, &["x", "y", "z"]));
        let rollback = log(2, &["r"]);
        feed.follow(&[&one, &[]]);
        assert_eq!(taken(&feed), (1, 0));
        feed.follow(&[&longer, &rollback]);
        assert_eq!(taken(&feed), (2, 1));
        feed.follow(&[&longer, &rollback]);
        assert_eq!(taken(&feed), (2, 1), "nothing is taken twice");
        feed.follow(&[&other, &rollback]);
        assert_eq!(taken(&feed), (3, 1));
        feed.follow(&[&one, &rollback]);
        assert_eq!(taken(&feed), (1, 1), "a shorter log is another one");
        let another = log(3, &["s", "t"]);
        feed.follow(&[&one, &another]);
        assert_eq!(taken(&feed), (1, 0), "another rollback takes the place of the first");
        assert_eq!(feed.fold.taken(Uuid::from_u128(3)), 2);
    }
}
